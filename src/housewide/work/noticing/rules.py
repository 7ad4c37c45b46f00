"""Which signals raise a task, for whom and by when: read from ``data/rules.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

WORDS = ("worsening", "improving", "changed")
SEVERITIES = ("act", "look", "learn")


class BadRule(ValueError):
    """A rule cannot be used; the message names it and what is wrong with it."""


@dataclass(frozen=True)
class Rule:
    """One rule. ``measures`` are ids in which * stands for any letters; ``severity`` is act, look or learn."""

    key: str
    title: str
    measures: tuple[str, ...]
    words: tuple[str, ...]
    severity: str
    due_workdays: int
    owner_roles: tuple[str, ...]

    def fits(self, measure: str, word: str) -> bool:
        return word in self.words and any(fnmatchcase(measure, pattern) for pattern in self.measures)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule in order. Raises BadRule."""
    return rules_from((files("housewide.work.noticing") / "data" / "rules.toml").read_text(encoding="utf-8"))


def rules_from(text: str) -> tuple[Rule, ...]:
    """Read rules from TOML. Raises BadRule with what is wrong, in words."""
    from housewide.access.roles import roles

    found = []
    for said in tomllib.loads(text).get("rule", ()):
        try:
            rule = Rule(
                said["key"], said["title"], tuple(said["measures"]), tuple(said["words"]), said["severity"],
                said["due_workdays"], tuple(said["owner_roles"]),
            )  # fmt: skip
        except KeyError as missing:
            raise BadRule(f"A rule of signals lacks {missing}.") from missing
        faults = [f"“{word}” is no signal" for word in rule.words if word not in WORDS]
        faults += [f"“{role}” is no role" for role in rule.owner_roles if role not in roles()]
        faults += [f"“{rule.severity}” is no severity"] if rule.severity not in SEVERITIES else []
        faults += ["due_workdays must be 1 to 60"] if not 1 <= rule.due_workdays <= 60 else []
        if faults:
            raise BadRule(f"The rule “{rule.key}”: " + "; ".join(faults))
        found.append(rule)
    return tuple(found)


def rule_for(measure: str, word: str) -> Rule | None:
    """The first rule that fits a signal; None when it raises nothing."""
    return next((rule for rule in rules() if rule.fits(measure, word)), None)
