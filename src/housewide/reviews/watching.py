"""Signals that somebody knows of and watches: while that holds, a review asks for no comment on them."""

from __future__ import annotations

from datetime import date

from housewide.work.noticing import known


def watched(measure: str, place: str, day: date) -> str:
    """What is known of a measure's signal at a place, in words (“known, watching until Dec 1, 2026”); else ""."""
    found = known(measure, place, day)
    if found is None:
        return ""
    words = found.text
    why = found.reason.strip().rstrip(".")
    return f"{words}: {why}" if why else words
