"""Who huddles where and when: each facility's tiers, and with them the line that an issue goes up."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, time
from functools import cache
from importlib.resources import files
from typing import Any

from housewide.kit.clock import today
from housewide.kit.memory import remembered
from housewide.measures.topics import TOPICS
from housewide.org.models import Place
from housewide.org.tree import Tree, tree_on
from housewide.work.huddles.models import HuddlePlan

HOSPITAL, PRACTICE, SYSTEM = "hospital", "practice", "system"
FEW = 2  # managers of one unit have nobody to huddle with


@dataclass(frozen=True)
class Tier:
    """A level of huddles: the places of one kind meet at one time, by the clock of the place."""

    number: int
    title: str
    who: str
    kind: str
    time: time
    minutes: int

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> Tier:
        return cls(**{**said, "time": time.fromisoformat(str(said["time"]))})

    def to_dict(self) -> dict[str, Any]:
        return {**asdict(self), "time": f"{self.time:%H:%M}"}


@dataclass(frozen=True)
class Topic:
    """A column of the board and the topics of measures it draws on; ``counts_as``: under which of the five topics its
    issues are counted."""

    key: str
    title: str
    draws_on: tuple[str, ...]
    counts_as: str


@dataclass(frozen=True)
class Preset:
    """What a facility starts from."""

    key: str
    title: str
    tiers: tuple[Tier, ...]
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Meeting:
    """That a place huddles: at which tier and time, about which topics."""

    place: Place
    tier: Tier
    topics: tuple[Topic, ...]


@dataclass(frozen=True)
class Plans:
    """Every place that huddles on a day, by its code."""

    tree: Tree
    meetings: dict[str, Meeting] = field(default_factory=dict)

    def home_of(self, code: str) -> Meeting | None:
        """The huddle that hears of a place: its own or the nearest above."""
        return next((self.meetings[up] for up in self.tree.above(code) if up in self.meetings), None)

    def line(self, code: str) -> list[Meeting]:
        """The huddles above the home of a place, nearest first."""
        home = self.home_of(code)
        ups = self.tree.above(home.place.code)[1:] if home else []
        return [self.meetings[up] for up in ups if up in self.meetings]

    def above(self, code: str) -> Meeting | None:
        """The next huddle up from a place that huddles."""
        return next(iter(self.line(code)), None)

    def rows(self, code: str) -> list[str]:
        """What a board has a row for: the places that come to this huddle; for the lowest tier its own units."""
        below = [one for one in self.tree.below(code)[1:] if one in self.meetings]
        nearest = [one for one in below if (up := self.above(one)) and up.place.code == code]
        if nearest:
            return nearest
        units = [one for one in self.tree.below(code) if not self.tree.children.get(one)]
        return units if len(units) > 1 else [code]


@cache
def presets() -> dict[str, Preset]:
    """The presets that come with the house, by key."""
    said = tomllib.loads((files("housewide.work.huddles") / "data" / "presets.toml").read_text(encoding="utf-8"))
    return {key: _preset(key, entry) for key, entry in said.items()}


def _preset(key: str, entry: dict[str, Any]) -> Preset:
    topics = tuple(
        Topic(one["key"], one["title"], tuple(one["draws_on"]), one.get("counts_as") or next(iter(one["draws_on"])))
        for one in entry["topics"]
    )
    strange = {drawn for topic in topics for drawn in (*topic.draws_on, topic.counts_as)} - set(TOPICS)
    if strange:
        raise ValueError(f"presets.toml: {', '.join(sorted(strange))} is no topic of measures")
    return Preset(key, entry["title"], tuple(Tier.from_dict(one) for one in entry["tiers"]), topics)


def topic_of(key: str) -> Topic:
    """A topic of any preset by its key. Raises KeyError."""
    return _topics()[key]


@cache
def _topics() -> dict[str, Topic]:
    return {topic.key: topic for preset in presets().values() for topic in preset.topics}


@dataclass(frozen=True)
class Planned:
    """The plan of one facility or of the system: its own where it changed something, else the preset."""

    place: Place
    preset: Preset
    tiers: tuple[Tier, ...]
    without: frozenset[str]
    own: bool


def planned_for(place: Place, stored: HuddlePlan | None) -> Planned:
    """The plan of a facility or system."""
    default = SYSTEM if place.kind == Place.Kind.SYSTEM else HOSPITAL
    preset = presets()[stored.preset if stored else default]
    if stored is None:
        return Planned(place, preset, preset.tiers, frozenset(), False)
    return Planned(place, preset, tuple(map(Tier.from_dict, stored.tiers)), frozenset(stored.without), True)


def plan_of(code: str) -> Planned:
    """The plan of a facility or system by its code. Raises Place.DoesNotExist."""
    place = Place.objects.get(code=code)
    return planned_for(place, HuddlePlan.objects.filter(place=place).first())


def plans_on(day: date | None = None) -> Plans:
    """Every place that huddles, on the tree of a day: one query besides the tree, once a request."""
    day = day or today()
    return remembered(("huddle plans", day), lambda: read_plans(tree_on(day)))


def read_plans(tree: Tree) -> Plans:
    """Who huddles by what is stored at this moment, whatever was remembered."""
    stored = {plan.place_id: plan for plan in HuddlePlan.objects.all()}
    meetings: dict[str, Meeting] = {}
    for code, place in tree.places.items():
        if place.kind not in (Place.Kind.FACILITY, Place.Kind.SYSTEM) or _is_shut(place, tree.day):
            continue
        plan = planned_for(place, stored.get(place.pk))
        for tier in plan.tiers:
            for one in _places_of(tier, code, tree):
                if one not in plan.without and not _is_shut(tree.places[one], tree.day):
                    meetings.setdefault(one, Meeting(tree.places[one], tier, plan.preset.topics))
    return Plans(tree, dict(sorted(meetings.items(), key=lambda item: (item[1].tier.number, item[0]))))


def _places_of(tier: Tier, top: str, tree: Tree) -> Iterable[str]:
    """The places at which a tier meets. A department without units huddles with the units, one with a single unit not
    at all."""
    if tier.kind in (Place.Kind.FACILITY, Place.Kind.SYSTEM):
        return [top] if tree.places[top].kind == tier.kind else []
    below = [code for code in tree.below(top) if code != top]
    if tier.kind == Place.Kind.UNIT:
        return [code for code in below if not tree.children.get(code)]
    return [code for code in below if tree.places[code].kind == tier.kind and len(tree.children.get(code, ())) >= FEW]


def _is_shut(place: Place, day: date) -> bool:
    return place.active_from > day or (place.active_to is not None and place.active_to <= day)
