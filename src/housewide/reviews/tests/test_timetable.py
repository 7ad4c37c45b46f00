"""Every step of the review falls on the workday that the facility has set, holidays and fiscal months counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from housewide.kit.actions import NotSeen, Refused
from housewide.kit.periods import Month
from housewide.org.calendars import FacilityCalendar
from housewide.org.models import Calendar, Holiday, Place
from housewide.reviews.actions import set_calendar
from housewide.reviews.tests.conftest import Measured
from housewide.reviews.timetable import dated_steps, due_days, nth_workday, steps
from housewide.work.tests.cast import Cast, make_account

OCTOBER = Month(2026, 10)
HOLIDAYS = st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.just("off"), max_size=20)


@given(last=st.dates(date(2026, 1, 1), date(2026, 11, 30)), number=st.integers(1, 20), holidays=HOLIDAYS)
def test_so_many_workdays_lie_between_the_month_and_the_step(last: date, number: int, holidays: dict) -> None:
    calendar = FacilityCalendar(holidays=holidays)
    day = nth_workday(calendar, last, number)
    assert calendar.is_workday(day)
    assert calendar.workdays_between(last + timedelta(days=1), day) == number


def test_a_facility_without_workdays_is_told_apart_from_one_that_is_far_away() -> None:
    with pytest.raises(ValueError, match="no workdays"):
        nth_workday(FacilityCalendar(workdays="0000000"), date(2026, 10, 31), 1)


def test_the_steps_as_they_ship_are_in_order_and_somebody_owes_comment_and_signature() -> None:
    days = [step.workday for step in steps()]
    assert days == sorted(days)
    assert [(step.key, step.owes) for step in steps() if step.owes] == [
        ("comments", "comment"), ("signature", "signature"),
    ]  # fmt: skip
    assert {step.title: step.workday for step in steps()} == {
        "Ledger soft close": 3, "Flash report": 4, "Variances out": 6, "Comments due": 9, "Review meeting": 12,
        "Reviews signed": 13, "Board pack": 15,
    }  # fmt: skip


def test_holidays_move_the_days(cast: Cast) -> None:
    mvh = Place.objects.get(code="MVH")
    before = {one.step.key: one.day for one in dated_steps("MVH", OCTOBER)}
    assert before["comments"] == date(2026, 11, 12)
    Calendar.objects.create(facility=mvh, pay_period_anchor=date(2026, 1, 4))
    Holiday.objects.create(facility=mvh, day=date(2026, 11, 11), name="Veterans Day")
    after = {one.step.key: one.day for one in dated_steps("MVH", OCTOBER)}
    assert (after["soft_close"], after["comments"]) == (before["soft_close"], date(2026, 11, 13))


def test_a_system_waits_for_its_last_facility(cast: Cast) -> None:
    set_calendar(by=make_account("Cleo", "cno", "LKS"), facility="LKS", workdays={"comments": 11})
    assert due_days("LKS", OCTOBER)["comments"] == date(2026, 11, 16)
    assert due_days("MVH", OCTOBER)["comments"] == date(2026, 11, 12)
    system = next(place.code for place in Place.objects.filter(kind="system"))
    assert due_days(system, OCTOBER)["comments"] == date(2026, 11, 16)


def test_a_step_left_out_has_no_day(cast: Cast) -> None:
    set_calendar(by=cast.alice, facility="MVH", workdays={"flash": None})
    flash = next(one for one in dated_steps("MVH", OCTOBER) if one.step.key == "flash")
    assert (flash.workday, flash.day) == (None, None)
    assert "flash" not in due_days("MVH-OR", OCTOBER)


def test_steps_keep_their_order_and_strangers_set_nothing(cast: Cast) -> None:
    with pytest.raises(Refused, match="Review meeting cannot come before Comments due"):
        set_calendar(by=cast.alice, facility="MVH", workdays={"comments": 14})
    with pytest.raises(Refused, match="choose a workday"):
        set_calendar(by=cast.alice, facility="MVH", workdays={"pack": 99})
    with pytest.raises(NotSeen):
        set_calendar(by=cast.charlie, facility="MVH", workdays={"comments": 8})
    with pytest.raises(Refused, match="set the review calendar"):
        set_calendar(by=cast.audrey, facility="MVH", workdays={"comments": 8})


def test_the_page_shows_the_days_and_sets_them(client: Client, cast: Cast, measured: Measured) -> None:
    client.force_login(cast.alice)
    address = reverse("review-calendar", args=["MVH", "2026-10"])
    assert "Thu, Nov 12, 2026" in client.get(address).content.decode()
    change = reverse("review-calendar-change", args=["MVH", "2026-10"])
    given = {step.key: str(step.workday) for step in steps()}
    assert client.post(change, given | {"comments": "10"}).status_code == 302
    assert "Fri, Nov 13, 2026" in client.get(address).content.decode()
    refused = client.post(change, given | {"comments": "15"})
    assert refused.status_code == 422
    assert "cannot come before Comments due" in refused.content.decode()
    client.force_login(cast.audrey)
    assert "Set the workdays" not in client.get(address).content.decode()
    client.force_login(cast.charlie)
    assert client.get(address).status_code == 404
