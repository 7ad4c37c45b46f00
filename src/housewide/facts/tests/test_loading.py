"""Replace, upsert, append: what is in the facts afterwards, and that nothing is ever half there."""

from __future__ import annotations

import csv
import io
import os
from contextlib import contextmanager
from typing import Any

import pytest

from housewide.facts import checks, loading, set_aside
from housewide.facts.catalogue import current_parts, facts_folder, last_batch, part_path
from housewide.facts.engines import session
from housewide.facts.judging import LoadFailed
from housewide.facts.models import Batch, Feed, Identity, Part
from housewide.facts.rows import find
from housewide.facts.tests.conftest import HEADER, row
from housewide.kit.actions import act
from housewide.kit.events.models import Event
from housewide.kit.jobs import enqueue, run_all

pytestmark = pytest.mark.django_db


def visits(as_of: int | None = None, column: str = "charge") -> dict[str, object]:
    with session({"test_visit": current_parts("test_visit", as_of=as_of)}) as engine:
        return dict(engine.rows(f"SELECT visit_id, {column} FROM test_visit ORDER BY 1"))


def told() -> list[tuple[str, str]]:
    return [(e.payload["facility"], e.payload["period"]) for e in Event.objects.filter(name="facts.part_changed")]


def mode(feed: Feed, wanted: str) -> Feed:
    feed.mode = wanted
    feed.save()
    return feed


def test_replace_replaces_the_months_of_the_file_and_no_other(feed, send):
    send(feed, [row(Visit="A"), row(Visit="B"), row(Visit="C", Date="09/30/2026")])
    send(feed, [row(Visit="D")])
    assert list(visits()) == ["C", "D"]
    assert told() == [("MVH", "2026-09"), ("MVH", "2026-10"), ("MVH", "2026-10")]


def test_replace_leaves_the_rows_of_another_feed_and_another_hospital(feed, send, places):
    endo = Feed.objects.create(code="endo", title="Endoscopy", table="test_visit", scope=places["MVH"])
    lakeside = Feed.objects.create(code="lsr", title="Lakeside", table="test_visit", scope=places["LSR"])
    send(feed, [row(Visit="A")])
    send(endo, [row(Visit="E")])
    send(lakeside, [row(Visit="A", Unit="LSR-OR", Charge="9")])
    send(feed, [row(Visit="B")])
    with session({"test_visit": current_parts("test_visit")}) as engine:
        found = engine.rows("SELECT facility, visit_id FROM test_visit ORDER BY 1, 2")
    assert found == [("LSR", "A"), ("MVH", "B"), ("MVH", "E")]


@pytest.mark.parametrize("wanted", ["replace", "upsert", "append"])
def test_the_same_file_again_is_accepted_and_changes_nothing(feed, send, wanted):
    mode(feed, wanted)
    rows = [row(Visit="A"), row(Visit="B", Date="09/30/2026"), row(Visit="C", In="?")]
    send(feed, rows)
    before = (visits(), [part.pk for part in current_parts("test_visit")], told())
    again = send(feed, rows)
    assert (again.rows_accepted, again.rows_set_aside) == (2, 1)
    assert (visits(), [part.pk for part in current_parts("test_visit")], told()) == before


def test_upsert_replaces_by_key_and_keeps_the_rest(feed, send):
    mode(feed, "upsert")
    send(feed, [row(Visit="A"), row(Visit="B")])
    send(feed, [row(Visit="B", Charge="2"), row(Visit="C", Charge="3")])
    assert visits() == {"A": 123450, "B": 200, "C": 300}


@pytest.mark.parametrize("wanted", ["replace", "upsert"])
def test_a_row_that_moves_to_another_month_leaves_the_old_one(feed, send, wanted):
    mode(feed, wanted)
    send(feed, [row(Visit="A", Date="09/30/2026"), row(Visit="B", Date="09/30/2026")])
    batch = send(feed, [row(Visit="A", Date="10/01/2026")])
    assert visits(column="CAST(day AS VARCHAR)") == {"A": "2026-10-01", "B": "2026-09-30"}
    assert {entry["period"]: entry["rows"] for entry in batch.periods} == {"2026-09": 0, "2026-10": 1}
    assert [(part.period, part.rows) for part in current_parts("test_visit")] == [("2026-09", 1), ("2026-10", 1)]


def test_a_month_that_loses_its_last_row_has_no_part(feed, send):
    send(feed, [row(Visit="A", Date="09/30/2026")])
    send(feed, [row(Visit="A", Date="10/01/2026")])
    assert [part.period for part in current_parts("test_visit")] == ["2026-10"]
    assert ("MVH", "2026-09") in told()[1:]
    assert not checks.stray_files(older_than=-5)


def test_append_sets_aside_a_key_that_says_otherwise(feed, send):
    mode(feed, "append")
    first = send(feed, [row(Visit="A")])
    second = send(feed, [row(Visit="A", Charge="2"), row(Visit="B")])
    (kept,) = set_aside.read(second)
    assert kept.reasons == [
        f"a row with this key is already there and says otherwise (line 2 of import {first.public_id})"
    ]
    assert visits() == {"A": 123450, "B": 123450}


def test_every_import_can_be_looked_back_at_exactly(feed, send):
    mode(feed, "upsert")
    seen = {}
    for number in range(1, 5):
        send(feed, [row(Visit=f"V{number % 3}", Charge=str(number), Date=f"{8 + number % 2}/10/2026")])
        seen[last_batch()] = visits()
    assert {batch: visits(as_of=batch) for batch in seen} == seen
    assert visits(as_of=min(seen) - 1) == {}


def test_a_failure_before_the_commit_leaves_nothing_behind(feed, send, monkeypatch):
    send(feed, [row(Visit="A")])
    before = (visits(), Batch.objects.count(), told())

    def breaks(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(loading.identities, "keep_identities", breaks)
    with pytest.raises(RuntimeError):
        send(feed, [row(Visit="B"), row(Visit="C", In="?")])
    assert (visits(), Batch.objects.count(), told()) == before
    assert not checks.stray_files(older_than=-5)


def test_files_of_a_killed_import_are_swept_and_catalogued_ones_never(feed, send, monkeypatch):
    send(feed, [row(Visit="A")])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "_commit", killed)
    monkeypatch.setattr(loading.Files, "drop", lambda self: None)  # a killed process cleans up nothing
    with pytest.raises(KeyboardInterrupt):
        send(feed, [row(Visit="B"), row(Visit="C", In="?")])
    assert list(visits()) == ["A"]
    assert checks.sweep_stray_files() == []  # too young: it might be about to commit
    assert len(checks.sweep_stray_files(older_than=-5)) == 2
    assert list(visits()) == ["A"] and checks.parts_are_whole() == checks.imports_add_up() == []


def test_an_import_that_committed_meanwhile_makes_this_one_start_again(feed, send, monkeypatch):
    mode(feed, "upsert")
    real, calls = loading.write_merge, []

    def other_first(*args: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            send(feed, [row(Visit="X")])
        return real(*args)

    monkeypatch.setattr(loading, "write_merge", other_first)
    send(feed, [row(Visit="A")])
    assert list(visits()) == ["A", "X"] and len(calls) == 3


def test_the_import_commits_in_the_effect_it_is_given(feed, send):
    entered = []

    @contextmanager
    def effect():
        entered.append("in")
        with act("jobs.effect", actor="system:jobs"):
            yield
        entered.append("out")

    send(feed, [row()], effect=effect)
    assert entered == ["in", "out"] and list(visits()) == ["V1"]


def test_parts_are_read_only_for_the_owner_and_sorted(feed, send):
    send(
        feed, [row(Visit="B", Date="10/20/2026"), row(Visit="A", Date="10/21/2026"), row(Visit="C", Date="10/02/2026")]
    )
    (part,) = current_parts("test_visit")
    assert part_path(part).stat().st_mode & 0o777 == 0o600 and facts_folder().stat().st_mode & 0o777 == 0o700
    assert part_path(part).name.startswith("p202610-")
    with session({"test_visit": [part]}) as engine:
        assert engine.rows("SELECT visit_id FROM test_visit") == [("C",), ("B",), ("A",)]
    assert (part.lowest, part.highest) == ("2026-10-02", "2026-10-21")


def test_no_patient_number_is_in_a_part(feed, send):
    send(feed, [row(MRN="90210XYZ")])
    (part,) = current_parts("test_visit")
    assert b"90210XYZ" not in part_path(part).read_bytes()
    assert b"90210XYZ" not in bytes(Identity.objects.get().sealed)


def correct(batch: Batch, **changes: str) -> tuple[list[str], list[dict[str, str]]]:
    page = b"".join(set_aside.download(batch)).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(page)))
    return list(lines[0]) if lines else [], [line | changes for line in lines]


def test_set_aside_rows_come_back_corrected(feed, send):
    first = send(
        feed, [row(Visit="A"), row(Visit="B", In="?"), row(Visit="C", In="?", Payer="ZZ"), row(Visit="D", In="?")]
    )
    assert first.set_aside_open == 3
    header, lines = correct(first, In="10/14/2026 07:30")
    assert header == ["set_aside_batch", "set_aside_line", "reasons", *HEADER]
    assert lines[0]["reasons"] == "In “?” is not a date and time we can read"
    second = send(feed, lines[:2], header=header, corrects=first)
    first.refresh_from_db()
    assert (second.rows_accepted, second.rows_set_aside, second.set_aside_open) == (1, 1, 0)
    assert first.set_aside_open == 2 and list(visits()) == ["A", "B"]
    send(feed, lines[:1], header=header, corrects=first)
    first.refresh_from_db()
    assert first.set_aside_open == 2  # the same correction twice counts once
    header, lines = correct(second, Payer="MC")
    assert [(line["set_aside_batch"], line["set_aside_line"]) for line in lines] == [(first.public_id, "4")]
    send(feed, lines, header=header)
    first.refresh_from_db()
    assert first.set_aside_open == 1 and list(visits()) == ["A", "B", "C"]
    assert [one.line for one in set_aside.read(first, open_only=True)] == [5]
    assert set_aside.counts_by_reason(first) == {"In is not a date and time we can read": 1}
    assert checks.imports_add_up() == []


@pytest.mark.parametrize("cell", ["=1+1", "'=1+1", "-5", "-x", "@a", "+1 555", "\tx", "'", "''@", "plain", "-1,234.5"])
def test_a_cell_survives_the_way_through_a_spreadsheet(cell):
    safe = set_aside.guarded(cell)
    assert set_aside.unguarded(safe) == cell
    assert safe[:1] not in "=@\t" or not safe


def test_a_guarded_cell_is_read_back_as_it_was(feed, send):
    first = send(feed, [row(Visit="=V1", In="?")])
    header, lines = correct(first, In="")
    assert lines[0]["Visit"] == "'=V1"
    send(feed, lines, header=header)
    assert list(visits()) == ["=V1"]


def test_a_row_knows_its_file_and_line(feed, send):
    batch = send(feed, [row(Visit="A"), row(Visit="B", Out="10/16/2026 07:30")])
    found = find("test_visit", str(visits(column="row_id")["B"]))
    assert found is not None and found["visit_id"] == "B" and found["place"] == "MVH-OR"
    about = found["provenance"]
    assert (about["batch"], about["line"], about["file_name"], about["feed"]) == (
        batch.public_id,
        3,
        "visits.csv",
        "mvh-visits",
    )
    assert about["flags"] == ["The visit lasted more than a day"]
    assert find("test_visit", "0" * 16) is None


def test_checks_find_a_part_that_was_altered_or_lost(feed, send):
    send(feed, [row(Visit="A"), row(Visit="B", Date="09/01/2026")])
    assert checks.parts_are_whole() == []
    september, october = current_parts("test_visit")
    part_path(october).write_bytes(part_path(october).read_bytes() + b"x")
    part_path(september).unlink()
    assert [problem.split(" ")[2].split("/")[-1][:7] for problem in checks.parts_are_whole()] == ["p202609", "p202610"]


def test_older_parts_are_read_with_the_columns_of_today(feed, send):
    send(feed, [row(Visit="A")])
    Part.objects.update(table_version=0)
    send(feed, [row(Visit="B", Date="09/01/2026")])
    assert visits() == {"A": 123450, "B": 123450}


def test_a_used_restatement_opens_nothing(feed, send, places, django_user_model):
    from housewide.facts.models import Restatement
    from housewide.kit.clock import now

    ann = django_user_model.objects.create_user("ann")
    batch = send(feed, [row()])
    used = Restatement.objects.create(
        facility=places["MVH"], period="2026-10", by=ann, at=now(), reason="x", batch=batch
    )
    with pytest.raises(LoadFailed, match="used by an earlier import"):
        send(feed, [row(Visit="B")], restate=used)


def test_the_nightly_job_sweeps_old_stray_files_only(feed, send):
    send(feed, [row(Visit="A")])
    strays = [facts_folder() / "test_visit" / "MVH" / f"p202610-{age}.parquet" for age in ("old", "new")]
    for stray in strays:
        stray.write_bytes(b"half")
    os.utime(strays[0], (0, 0))
    enqueue("facts.sweep", {})
    run_all()
    assert [stray.exists() for stray in strays] == [False, True] and list(visits()) == ["A"]


def test_files_that_the_catalogue_knows_stay_when_the_answer_to_the_commit_is_lost(feed, send, monkeypatch):
    real = loading.act

    @contextmanager
    def lost(*args, **more):
        with real(*args, **more) as entry:
            yield entry
        raise ConnectionError("the server has gone away")

    monkeypatch.setattr(loading, "act", lost)
    with pytest.raises(ConnectionError):
        send(feed, [row(Visit="A", Date="09/30/2026")])
    assert visits(column="CAST(day AS VARCHAR)") == {"A": "2026-09-30"}


def test_a_row_that_two_feeds_send_alike_is_not_taken_away_by_the_second(feed, send):
    another_feed = Feed.objects.create(code="other", title="Other", table="test_visit", scope=feed.scope)
    send(feed, [row(Visit="A", Date="09/30/2026")])
    send(another_feed, [row(Visit="A", Date="09/30/2026"), row(Visit="B", Date="09/30/2026")])
    send(another_feed, [row(Visit="B", Date="09/30/2026")])
    assert set(visits(column="CAST(day AS VARCHAR)")) == {"A", "B"}


@pytest.mark.parametrize("word", ["infinity", "-infinity", "epoch"])
def test_words_that_engines_take_for_dates_are_no_dates(feed, send, word):
    batch = send(feed, [row(Visit="A", Date=word)])
    assert (batch.rows_accepted, batch.rows_set_aside) == (0, 1)
