"""Profiles: stored from a text or not at all, and suggested from the file so that most lines need no touch."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.facts.crosswalks import meaning
from housewide.facts.models import Crosswalk, Feed
from housewide.facts.tables import table
from housewide.intake.profiles import BadProfile, Profile, make_feed, profile_of, save_profile, store_feeds
from housewide.intake.sheets import detect_layout, preview
from housewide.intake.suggesting import guess_formats, guess_values, suggest_mapping
from housewide.intake.tests.cast import Cast, demo_feeds
from housewide.kit.actions import NotSeen, Refused

if TYPE_CHECKING:
    from housewide.demo.writing import WrittenFile

DEMO = (files("housewide.demo") / "feeds.toml").read_text(encoding="utf-8")


def test_storing_the_same_text_again_changes_nothing(cast: Cast) -> None:
    first = demo_feeds()
    codes = Crosswalk.objects.count()
    again = demo_feeds()
    assert {feed.profile_version for feed in again.values()} == {1}
    assert [feed.pk for feed in first.values()] == [feed.pk for feed in again.values()]
    assert Crosswalk.objects.count() == codes == 11
    store_feeds(DEMO.replace('header = "Late reason"', 'header = "Cancel reason"', 1), by="system:setup")
    assert Feed.objects.get(code="mvh-or-log").profile_version == 2


@pytest.mark.parametrize(
    ("find", "put", "said"),
    [
        ('code = "mvh-or-blocks"', "code =", "not TOML"),
        ('title = "Operating room blocks"', 'titel = "x"', "lacks title"),
        ('table = "or_block"', 'table = "or_blocks"', "There is no table"),
        ('block_id = { header = "Block ID" }', 'block_id = { header = "Block No" }', "no heading “Block No”"),
        ('block_id = { header = "Block ID" }', "", "is required"),
        ('delimiter = "|"', 'delimiter = "||"', "one character"),
        ('owner = "MVH-PERIOP"', 'owner = "LKO-CLINIC"', "does not belong"),
        ('"MV MAIN OR" = "MVH-OR"', '"MV MAIN OR" = "MVH-XX"', "There is no place"),
    ],
)
def test_a_text_with_a_mistake_is_refused_whole_and_says_where(cast: Cast, find: str, put: str, said: str) -> None:
    assert find in DEMO
    with pytest.raises(BadProfile, match=said):
        store_feeds(DEMO.replace(find, put, 1), by="system:setup")
    assert not Feed.objects.exists()
    assert not Crosswalk.objects.exists()


def test_a_department_may_keep_the_feeds_it_runs_and_no_others(cast: Cast, feeds: dict[str, Feed]) -> None:
    from housewide.facts.crosswalks import map_code

    store_feeds(DEMO, by=cast.alice)
    about = {"kind": "room", "scope": "MVH", "source_code": "OR 14", "target": "OR 4"}
    with pytest.raises(NotSeen):
        map_code(by=cast.charlie, feed=feeds["mvh-or-log"], **about)
    map_code(by=cast.alice, feed=feeds["mvh-or-log"], **about)
    from datetime import date

    assert meaning("room", "MVH", "OR 14", date(2026, 1, 1)) == "OR 4"
    with pytest.raises(NotSeen):
        make_feed(by=cast.charlie, code="x", title="X", table="or_case", scope="MVH", owner="MVH-PERIOP")
    with pytest.raises(Refused, match="already a feed"):
        make_feed(by=cast.alice, code="mvh-or-log", title="X", table="or_case", scope="MVH", owner="MVH-PERIOP")


def test_a_profile_survives_being_stored(cast: Cast, feeds: dict[str, Feed]) -> None:
    for feed in feeds.values():
        stored = profile_of(feed)
        assert stored is not None
        assert Profile.from_dict(stored.to_dict()) == stored
        assert save_profile(by=cast.alice, feed=feed, profile=stored).profile_version == 1


@pytest.mark.parametrize("code", ["mvh-or-log", "mvh-or-blocks", "mvh-staffed-rooms"])
def test_most_of_a_mapping_is_suggested_right(world: list[WrittenFile], feeds: dict[str, Feed], code: str) -> None:
    feed = feeds[code]
    path = next(file.path for file in world if file.table == feed.table)
    seen = preview(path, detect_layout(path), limit=200)
    suggested = suggest_mapping(table(feed.table), seen.header, [one.cells for one in seen.rows])
    stored = profile_of(feed)
    assert stored is not None
    for name, source in stored.mapping.columns.items():
        if name == "facility":
            continue
        found = suggested.columns[name]
        assert (found.header, found.date_header) == (source.header, source.date_header), name
        if name != "released_at":
            assert found.formats == source.formats, name


@pytest.mark.parametrize(
    ("cells", "pattern"),
    [
        (["2026-10-14", "2026-10-02"], "%Y-%m-%d"),
        (["10/14/2026"], "%m/%d/%Y"),
        (["14/10/2026", "02/10/2026"], "%d/%m/%Y"),
        (["10/14/26 7:30", "1/2/26 13:05"], "%m/%d/%y %H:%M"),
        (["10/14/2026 7:30 PM"], "%m/%d/%Y %I:%M %p"),
        (["46309.3125"], "excel"),
    ],
)
def test_the_way_dates_are_written_is_recognised(cells: list[str], pattern: str) -> None:
    assert guess_formats(cells) == (pattern,)


def test_words_of_other_systems_are_recognised() -> None:
    values = ("elective", "urgent", "emergent", "trauma")
    assert guess_values(values, ["Elective", "URG", "Emergency", "?"]) == {
        "Elective": "elective", "URG": "urgent", "Emergency": "emergent",
    }  # fmt: skip


@given(st.lists(st.text(max_size=20), max_size=12), st.lists(st.lists(st.text(max_size=12), max_size=12), max_size=5))
def test_any_headings_and_cells_get_a_suggestion_that_uses_each_heading_once(
    header: list[str], rows: list[list[str]]
) -> None:
    names = list(dict.fromkeys(header))
    found = suggest_mapping(table("or_case"), names, rows)
    used = [source.header for source in found.columns.values()]
    assert len(used) == len(set(used))
    assert set(used) <= set(names)


def test_the_guides_example_is_the_profile_it_shows() -> None:
    guide = Path(__file__).parents[4] / "docs" / "guides" / "import-a-file.md"
    text = guide.read_text(encoding="utf-8")
    assert "set_aside_batch,set_aside_line,reasons" in text
    for key in ("code", "title", "table", "scope", "owner", "mode", "header", "layout", "columns"):
        assert f"`{key}`" in text, key
