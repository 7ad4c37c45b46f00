"""Words on a board hang on a wall: what looks like a patient's number, birthday or name is pointed out first."""

from __future__ import annotations

import re

_HINTS = (
    (re.compile(r"\b(?:mrn|dob|ssn|med(?:ical)? rec(?:ord)?)\b", re.IGNORECASE), "names a record number or a birthday"),
    (re.compile(r"\b\d{3}-\d{2}-\d{4}\b"), "holds what looks like a social security number"),
    (re.compile(r"\b\d{6,}\b"), "holds a number as long as a record number"),
    (
        re.compile(r"\b\d{1,2}[/-]\d{1,2}[/-](?:19\d\d|200\d|201\d|[3-9]\d)\b"),
        "holds what looks like a date of birth",
    ),
    (re.compile(r"\b(?:Mr|Mrs|Ms|Miss)\.? [A-Z][a-z]+"), "names somebody; if that is a patient, leave the name out"),
    (re.compile(r"\b(?:pt|patient)\.? [A-Z][a-z]+ [A-Z][a-z]+"), "seems to name a patient"),
)


def patient_hints(text: str) -> list[str]:
    """What in a text looks as if it told who a patient is; each completes “This …”. A hint, never a proof."""
    return [said for pattern, said in _HINTS if pattern.search(text)]
