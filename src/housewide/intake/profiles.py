"""How a source's file is written and what its columns mean: decided once by a person, then used for every file.

A feed's profile is ``{"layout": …, "mapping": …, "header": […]}``. Without a header any file that has the mapped
headings is taken; with one, a file whose headings differ is refused until somebody has looked at it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import Any

from housewide.access.gates import may
from housewide.facts.crosswalks import map_code
from housewide.facts.mapping import Mapping
from housewide.facts.models import Crosswalk, Feed
from housewide.facts.publishing import is_published
from housewide.facts.tables import FactTable, table, tables
from housewide.intake.sheets import Layout
from housewide.intake.suggesting import suggest_mapping
from housewide.kit.actions import Refused, act, action
from housewide.org.models import Place

__all__ = [
    "BadProfile", "Profile", "columns_given", "make_feed", "profile_of", "save_profile", "store_feeds",
    "suggest_mapping",
]  # fmt: skip
SETUP = "system:setup"
FEED_KEYS = {"code", "title", "table", "scope", "owner", "mode", "header", "layout", "columns"}
CROSSWALK_KEYS = {"kind", "scope", "codes", "valid_from"}


class BadProfile(Exception):
    """A profile cannot be used; the message says what is wrong with it. Nothing was stored."""


@dataclass(frozen=True)
class Profile:
    """How the files of a feed are read. ``header`` are the headings a person has seen and confirmed."""

    layout: Layout
    mapping: Mapping
    header: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        said = {"layout": self.layout.to_dict(), "mapping": self.mapping.to_dict()}
        return said | ({"header": list(self.header)} if self.header else {})

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> Profile:
        """Raises BadProfile for one that nobody can have written through this module."""
        try:
            layout = Layout.from_dict(said["layout"])
            return cls(layout, Mapping.from_dict(said["mapping"]), tuple(said.get("header", ())))
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise BadProfile(f"The profile cannot be read ({fault}). Nothing was stored.") from fault

    def problems(self, declared: FactTable, given: frozenset[str]) -> list[str]:
        """What stops it from being used, in words."""
        known = list(self.header) or [
            heading
            for source in self.mapping.columns.values()
            for heading in (source.header, source.date_header, source.plus_minutes)
        ]
        return self.mapping.problems(declared, known, given=given)


def profile_of(feed: Feed) -> Profile | None:
    """The stored profile, None while nobody has made one."""
    return Profile.from_dict(feed.profile) if feed.profile and not is_published(feed) else None


def columns_given(feed: Feed) -> frozenset[str]:
    """Columns that the feed itself fills: its facility and place; a feed of a whole system fills neither."""
    return frozenset() if feed.scope.kind == Place.Kind.SYSTEM else frozenset({"facility", "place"})


# --- actions --------------------------------------------------------------------------------------------------------


def _may_make(*, by: Any, scope: str, owner: str = "", **_: Any) -> dict[str, str]:
    if by == SETUP:
        return {"place": owner or scope}
    return may(by, "intake.profile", owner or scope, "set up data feeds", sees="see.intake")


def _may_profile(*, by: Any, feed: Feed, **_: Any) -> dict[str, str]:
    about = {"subject": f"feed:{feed.code}"}
    if by == SETUP:
        return {"place": feed.owning_place, **about}
    return {**may(by, "intake.profile", feed.owning_place, "change how files are read", sees="see.intake"), **about}


@action("intake.make_feed", gate=_may_make)
def make_feed(
    *, by: Any, code: str, title: str, table: str, scope: str, owner: str = "", mode: str = "replace"
) -> Feed:
    """A feed without a profile: rows of one table for one place, run by ``owner`` (default: the place itself).

    Raises Refused when the code is taken, the table unknown, or the owner does not lie in or above the scope.
    """
    if Feed.objects.filter(code=code).exists():
        raise Refused(f"There is already a feed “{code}”. Choose another code.")
    if table not in tables():
        raise Refused(f"There is no table “{table}”. There are: {', '.join(sorted(tables()))}.")
    if mode not in Feed.Mode.values:
        raise Refused(f"“{mode}” is not a way to load; use {', '.join(Feed.Mode.values)}.")
    places = {place.code: place for place in Place.objects.filter(code__in=[scope, owner])}
    if scope not in places or (owner and owner not in places):
        raise Refused("There is no such place. Nothing was made.")
    if owner and not _belong_together(scope, owner):
        raise Refused(f"{places[owner]} does not belong to {places[scope]}, so it cannot run its feeds.")
    return Feed.objects.create(
        code=code, title=title, table=table, scope=places[scope], owner=places.get(owner) if owner else None, mode=mode
    )


def _belong_together(scope: str, owner: str) -> bool:
    from housewide.kit.clock import today
    from housewide.org.tree import tree_on

    tree = tree_on(today())
    return owner in tree.below(scope) or scope in tree.below(owner)


@action("intake.save_profile", gate=_may_profile)
def save_profile(*, by: Any, feed: Feed, profile: Profile) -> Feed:
    """Store how a feed's files are read, as a new version when it differs. Raises Refused with every problem found."""
    problems = profile.problems(table(feed.table), columns_given(feed))
    if problems:
        raise Refused(" ".join(problems) + " Nothing was stored.")
    said = profile.to_dict()
    if said != feed.profile:
        feed.profile = said
        feed.profile_version += 1
        feed.save(update_fields=["profile", "profile_version"])
    return feed


# --- feeds as a text ------------------------------------------------------------------------------------------------


def store_feeds(text: str, *, by: Any) -> list[Feed]:
    """Make or bring up to date the feeds, profiles and crosswalks that a TOML text declares; all of it or nothing.

    Raises BadProfile with what is wrong in words, Refused or NotSeen when ``by`` may not.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise BadProfile(f"The text is not TOML: {fault}. Nothing was stored.") from fault
    unknown = sorted(set(said) - {"feeds", "crosswalks"})
    if unknown or not said.get("feeds"):
        raise BadProfile(f"A feeds file says [[feeds]] and [[crosswalks]]{_not(unknown)}. Nothing was stored.")
    try:
        with act("intake.store_feeds", actor=str(getattr(by, "username", by))):
            feeds = [_store_feed(entry, by) for entry in said["feeds"]]
            for entry in said.get("crosswalks", []):
                _store_crosswalk(entry, feeds, by)
    except Refused as refusal:
        raise BadProfile(str(refusal)) from refusal
    return feeds


def _not(unknown: list[str]) -> str:
    return f", not {', '.join(unknown)}" if unknown else ""


def _store_feed(entry: dict[str, Any], by: Any) -> Feed:
    missing = sorted({"code", "title", "table", "scope", "columns"} - set(entry))
    unknown = sorted(set(entry) - FEED_KEYS)
    if missing or unknown:
        what = f"lacks {', '.join(missing)}" if missing else f"says {', '.join(unknown)}, which a feed does not"
        raise BadProfile(f"The feed “{entry.get('code', '?')}” {what}. Nothing was stored.")
    about = {key: entry[key] for key in ("title", "table", "scope", "owner", "mode") if key in entry}
    feed = Feed.objects.filter(code=entry["code"]).select_related("scope", "owner").first()
    if feed is None:
        feed = make_feed(by=by, code=entry["code"], **about)
    elif (feed.table, feed.scope.code) != (entry["table"], entry["scope"]):
        raise BadProfile(f"The feed “{feed.code}” exists with another table or scope. Give the new one another code.")
    profile = Profile.from_dict(
        {"layout": entry.get("layout", {}), "mapping": entry["columns"], "header": entry.get("header", [])}
    )
    return save_profile(by=by, feed=feed, profile=profile)


def _store_crosswalk(entry: dict[str, Any], feeds: list[Feed], by: Any) -> None:
    if set(entry) - CROSSWALK_KEYS or not {"kind", "scope", "codes"} <= set(entry):
        raise BadProfile("A crosswalk says kind, scope, codes and perhaps valid_from. Nothing was stored.")
    start: date | None = entry.get("valid_from")
    for code, target in entry["codes"].items():
        rows = Crosswalk.objects.filter(kind=entry["kind"], scope=entry["scope"], source_code=code, target=target)
        if not rows.filter(valid_from=start).exists():
            feed = next((one for one in feeds if one.scope.code == entry["scope"]), None)
            map_code(
                by=by, kind=entry["kind"], scope=entry["scope"], source_code=code, target=target,
                valid_from=start, feed=feed,
            )  # fmt: skip
