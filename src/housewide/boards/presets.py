"""Which numbers stand at the top of Today for whom: data by role, never code by person."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

MOST = 6
WHEN = ("", "today")


@dataclass(frozen=True)
class Number:
    """A measure with the words that follow its value; ``when`` is "today" for what is planned for the day itself."""

    measure: str
    label: str = ""
    when: str = ""


class BadPresets(ValueError):
    """The file of presets cannot be used; the message says why."""


@cache
def presets() -> dict[str, tuple[Number, ...]]:
    """Numbers by role. Raises BadPresets."""
    return read_presets((files("housewide.boards") / "data" / "presets.toml").read_text(encoding="utf-8"))


def read_presets(text: str) -> dict[str, tuple[Number, ...]]:
    """Read the file. Raises BadPresets for a role named twice, an unknown word or a number without a measure."""
    found: dict[str, tuple[Number, ...]] = {}
    for entry in tomllib.loads(text).get("presets", []):
        numbers = []
        for said in entry.get("numbers", []):
            if set(said) - {"measure", "label", "when"} or not said.get("measure"):
                raise BadPresets(f"A number says measure, label and when; this one says {said}.")
            if said.get("when", "") not in WHEN:
                raise BadPresets(f"“{said['when']}” is not a day; leave it out or write today.")
            numbers.append(Number(**said))
        for role in entry.get("roles", []):
            if role in found:
                raise BadPresets(f"The role “{role}” has two presets.")
            found[role] = tuple(numbers)
    return found


def numbers_for(roles: Iterable[str], there: Iterable[str]) -> list[Number]:
    """At most six numbers for somebody with these roles, among the measures that are ``there``: the preset's first, in
    its order, then the others."""
    known = list(dict.fromkeys(there))
    chosen = [one for role in roles for one in presets().get(role, ()) if one.measure in known]
    named = {one.measure for one in chosen}
    every = [*chosen, *(Number(measure) for measure in known if measure not in named)]
    return list({one.measure: one for one in reversed(every)}.values())[::-1][:MOST]
