"""What people do at huddles becomes fact rows through the same door as an import, and measures count it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from housewide.facts import publishing
from housewide.facts.catalogue import current_parts
from housewide.facts.checks import imports_add_up, parts_are_whole
from housewide.facts.engines import session
from housewide.facts.models import Batch, Feed, Part
from housewide.facts.states import feed_owners, set_state
from housewide.kit import jobs
from housewide.kit.actions import act
from housewide.kit.jobs.models import Job
from housewide.measures.readings import reading
from housewide.work.huddles import actions, issue_actions
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.tests.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])


@pytest.fixture(autouse=True)
def own_home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSEWIDE_HOME", str(tmp_path / "home"))


def publish() -> None:
    with act("hurry", actor="system:test"):
        publishing.hurry()
    jobs.run_all()


def rows(table: str, columns: str) -> list[tuple[Any, ...]]:
    with session({table: current_parts(table)}) as engine:
        return sorted(engine.rows(f"SELECT {columns} FROM {table}"), key=str)


def held(cast: Cast, day: int = 20) -> None:
    began = moment_at("MVH-4W").replace(day=day, hour=7, minute=2)
    actions.record_huddle(
        by=cast.una, place="MVH-4W", day=date(2026, 11, day), started=began, ended=began + timedelta(minutes=12),
        presences={"una": "present", "sam": "absent"},
    )  # fmt: skip


def test_a_huddle_that_was_held_is_counted(cast: Cast) -> None:
    held(cast)
    actions.skip_huddle(by=cast.una, place="MVH-4W", day=date(2026, 11, 19), reason="Emergency")
    publish()
    assert rows("huddle_held", "place, CAST(day AS VARCHAR), held, expected, present, not_held_reason") == [
        ("MVH-4W", "2026-11-19", False, 0, 0, "Emergency"), ("MVH-4W", "2026-11-20", True, 2, 1, None),
    ]  # fmt: skip
    assert reading("huddles.held", "MVH", "2026-11").text == "50.0%"
    assert reading("huddles.attendance", "MVH-4W", "2026-11").num == 1
    assert reading("huddles.held", "MVH-5E", "2026-11").den == 0


def test_an_issue_is_counted_with_the_times_of_its_place(cast: Cast) -> None:
    issue = issue_actions.raise_issue(by=cast.sam, title="No float", topic="people", place="MVH-4W")
    up = issue_actions.escalate_issue(by=cast.una, issue=issue, to="MVH", ask="Two")
    later = moment_at("MVH") + timedelta(hours=2)
    issue_actions.answer_issue(by=cast.cleo, issue=up, kind="decided", text="Yes", at=later)
    publish()
    found = rows("huddle_issue", "place, topic, reached, escalated, CAST(asked AS VARCHAR), CAST(answered AS VARCHAR)")
    assert found == [("MVH-4W", "people", "Tier 3", True, "2026-11-23 07:05:00", "2026-11-23 09:05:00")]
    assert reading("huddles.answered_in_time", "MVH", "2026-11").num == 1
    assert reading("huddles.hours_to_answer", "MVH", "2026-11").exact == 7200


def test_many_changes_wait_in_one_job_and_make_one_import(cast: Cast) -> None:
    for day in (16, 17, 18, 19):
        held(cast, day)
    assert Job.objects.filter(kind="facts.publish", state="waiting").count() == 1
    publish()
    batch = Batch.objects.get()
    assert (batch.rows_read, batch.rows_accepted, batch.rows_set_aside) == (4, 4, 0)
    assert parts_are_whole() == imports_add_up() == []


def test_published_twice_the_part_stays_as_it_is(cast: Cast) -> None:
    held(cast)
    publish()
    part = Part.objects.get(to_batch=None)
    with act("again", actor="system:test"):
        publishing.mark_dirty("huddle_held", "MVH", "2026-11")
    publish()
    assert Part.objects.get(to_batch=None) == part


def test_a_refused_change_marks_nothing(cast: Cast) -> None:
    with pytest.raises(Exception, match="Say why"):
        actions.skip_huddle(by=cast.una, place="MVH-4W", day=date(2026, 11, 19), reason=" ")
    assert not Job.objects.filter(kind="facts.publish").exists()


def test_a_closed_month_stays_shut(cast: Cast) -> None:
    held(cast, 19)
    publish()
    with act("close", actor="system:test"):
        set_state("MVH", "2026-11", "closed", "test")
    held(cast, 20)
    publish()
    assert rows("huddle_held", "CAST(day AS VARCHAR)") == [("2026-11-19",)]
    batch = Batch.objects.order_by("-pk").first()
    assert batch is not None
    assert (batch.rows_read, batch.rows_accepted, batch.rows_set_aside) == (2, 1, 1)


def test_a_job_that_dies_is_run_again_and_nothing_is_lost(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    held(cast)
    whole = publishing.loading.load

    def dies(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(publishing.loading, "load", whole)
        raise OSError("the power went")

    monkeypatch.setattr(publishing.loading, "load", dies)
    publish()
    assert Job.objects.get(kind="facts.publish").state == "waiting"
    assert not Part.objects.exists()
    held(cast, 19)  # what happens meanwhile joins the job that waits to be tried again
    publish()
    assert len(rows("huddle_held", "huddle_id")) == 2


def test_nobody_sends_files_for_what_is_kept_here(cast: Cast) -> None:
    held(cast)
    publish()
    assert Feed.objects.get().profile["published"] is True
    browser = Client()
    browser.force_login(cast.cleo)
    assert "kept here by" not in browser.get("/intake/").content.decode()
    assert feed_owners("MVH") == set()
    assert browser.get(f"/intake/feeds/{Feed.objects.get().code}/import/").status_code == 404


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(KeyError):
        publishing.mark_dirty("nothing", "MVH", "2026-11")
    with pytest.raises(ValueError, match="two questions"):
        publishing.register("huddle_held", lambda facility, month: [])
