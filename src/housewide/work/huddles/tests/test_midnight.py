"""An issue that is open over midnight, or over the night when clocks change, has the times of its own place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from housewide.kit.periods import Month
from housewide.work.huddles import issue_actions, jobs, queries, ways
from housewide.work.huddles.models import Issue
from housewide.work.huddles.moments import moment_at, when_from_text
from housewide.work.huddles.plans import plans_on
from housewide.work.huddles.publication import issues_raised
from housewide.work.huddles.tests.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
CHICAGO = ZoneInfo("America/Chicago")


def raised(cast: Cast, **more: Any) -> Issue:
    about = {"title": "No float", "topic": "people", "place": "MVH-4W", "by": cast.sam, **more}
    return issue_actions.raise_issue(**about)


def set_clock(settings: Any, day: str, clock: str) -> None:
    settings.HOUSEWIDE_TODAY, settings.HOUSEWIDE_TIME = day, clock


def test_an_issue_raised_before_midnight_belongs_to_that_evening_and_is_answered_the_next_morning(
    cast: Cast, settings: Any
) -> None:
    jobs.enter_day(date(2026, 11, 23))
    set_clock(settings, "2026-11-23", "23:50")
    issue = raised(cast)
    assert issue.huddle is not None and issue.huddle.day == date(2026, 11, 23)
    assert issue.raised_at == datetime(2026, 11, 24, 5, 50, tzinfo=UTC)
    issue_actions.escalate_issue(by=cast.una, issue=issue, to="MVH-MS", ask="A float nurse")
    issue.refresh_from_db()
    assert issue.answer_by == datetime(2026, 11, 24, 8, 15, tzinfo=CHICAGO), "when the managers' next huddle has ended"
    assert ways.clock(issue.answer_by, "MVH-MS") == "Nov 24, 08:15"
    set_clock(settings, "2026-11-24", "00:10")
    assert ways.clock(issue.answer_by, "MVH-MS") == "08:15"
    assert ways.clock(issue.raised_at, "MVH-4W") == "Nov 23, 23:50"
    assert ways.held_days(issue) == 1, "the evening on which it came is not counted"
    issue_actions.answer_issue(by=cast.dora, issue=issue, kind="decided", text="Float comes at 7")
    issue.refresh_from_db()
    assert issue.steps.latest("pk").in_time is True
    [row] = issues_raised("MVH", Month(2026, 11))
    assert (row["day"], row["raised"]) == (date(2026, 11, 23), datetime(2026, 11, 23, 23, 50))
    assert (row["answer_by"], row["answered"]) == (datetime(2026, 11, 24, 8, 15), datetime(2026, 11, 24, 0, 10))


def test_the_same_issue_sent_twice_around_midnight_is_one(cast: Cast) -> None:
    before = datetime(2026, 11, 23, 23, 59, 40, tzinfo=CHICAGO)
    assert raised(cast, at=before).pk == raised(cast, at=before + timedelta(seconds=40)).pk


def test_an_issue_of_the_last_minutes_of_a_month_is_counted_in_that_month(cast: Cast) -> None:
    raised(cast, at=datetime(2026, 10, 31, 23, 50, tzinfo=CHICAGO))
    assert len(list(issues_raised("MVH", Month(2026, 10)))) == 1
    assert list(issues_raised("MVH", Month(2026, 11))) == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # Saturday before the clocks go back (8:15 is 14:15 UTC then) and before they go forward (13:15)
        (datetime(2026, 10, 31, 12, 0, tzinfo=CHICAGO), datetime(2026, 11, 2, 14, 15, tzinfo=UTC)),
        (datetime(2026, 3, 7, 12, 0, tzinfo=CHICAGO), datetime(2026, 3, 9, 13, 15, tzinfo=UTC)),
    ],
)
def test_an_answer_is_due_by_the_clock_of_the_place_after_the_clocks_have_changed(
    cast: Cast, now: datetime, due: datetime
) -> None:
    issue = raised(cast, at=now)
    found = ways.default_answer_by(issue, plans_on().meetings["MVH-MS"], now)
    assert found == due and found.astimezone(CHICAGO).time() == time(8, 15)
    issue_actions.escalate_issue(by=cast.una, issue=issue, to="MVH-MS", ask="A float nurse", at=now)
    issue.refresh_from_db()
    assert issue.answer_by == due and ways.clock(due, "MVH-MS").endswith("08:15")


def test_hours_that_a_rule_gives_are_hours_by_a_watch(cast: Cast) -> None:
    night = datetime(2026, 10, 31, 23, 50, tzinfo=CHICAGO)
    issue = raised(cast, at=night, kind="fall_with_harm")
    due = ways.default_answer_by(issue, plans_on().meetings["MVH"], night)
    assert due.astimezone(UTC) - night.astimezone(UTC) == timedelta(hours=4)
    assert due.astimezone(CHICAGO) == datetime(2026, 11, 1, 2, 50, tzinfo=CHICAGO)


@pytest.mark.parametrize("minute", [5, 35, 55])
def test_in_the_hour_that_comes_twice_an_answer_can_still_be_asked_for(cast: Cast, minute: int) -> None:
    first_time = datetime(2026, 11, 1, 1, minute, tzinfo=CHICAGO)
    again = datetime(2026, 11, 1, 1, max(minute - 30, 0), tzinfo=CHICAGO, fold=1)
    issue = raised(cast, at=first_time)
    issue_actions.escalate_issue(
        by=cast.una, issue=issue, to="MVH-MS", ask="A float nurse", answer_by=again, at=first_time
    )
    issue.refresh_from_db()
    assert issue.answer_by == again.astimezone(UTC)


def test_a_time_that_people_write_is_meant_by_the_clock_of_that_day() -> None:
    now = datetime(2026, 10, 31, 23, 50, tzinfo=CHICAGO)
    assert when_from_text("tomorrow 8:00", now).astimezone(UTC) == datetime(2026, 11, 1, 14, 0, tzinfo=UTC)
    assert when_from_text("9:15", now).astimezone(UTC) == datetime(2026, 11, 1, 15, 15, tzinfo=UTC)


def test_the_day_of_a_place_is_that_of_its_own_clock(cast: Cast, settings: Any) -> None:
    set_clock(settings, "2026-11-23", "23:50")
    assert queries.day_of("MVH-4W") == date(2026, 11, 23)
    assert moment_at("MVH-4W").astimezone(UTC).date() == date(2026, 11, 24)
