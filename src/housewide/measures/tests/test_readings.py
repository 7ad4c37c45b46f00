from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.facts.models import Batch
from housewide.kit.periods import Month
from housewide.measures import cubes, definitions
from housewide.measures.amounts import show, show_change
from housewide.measures.contributions import contributions
from housewide.measures.models import Target
from housewide.measures.readings import breakdown, breakdown_series, chart_of, days, reading, readings, series
from housewide.measures.series import series_of_many
from housewide.measures.tests.counting import MEASURES, ON_TIME, STAYS, WAIT, Stay, months_of_stays
from housewide.org.calendars import days_of
from housewide.org.models import Calendar, Place, Placement

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
LAST = Month(2026, 10)


def count(loads: Any, late: Any, last: date = date(2026, 10, 31), months: int = 24) -> None:
    stays = months_of_stays(last, months, late)
    loads(stays)
    cubes.refresh(MEASURES, "MVH", sorted({str(Month.of(stay.day)) for stay in stays}))


def steady(back: int, room: int) -> int:
    return 3 + (back + room) % 3


def worse_since_may(back: int, room: int) -> int:
    return (8 if room == 3 else steady(back, room)) if back <= 5 else 1 + (back + room) % 2


def test_a_ratio_says_its_value_in_words_and_the_integers_behind_it(loads: Any) -> None:
    count(loads, steady)
    found = reading(ON_TIME, "MVH-OR", "2026-10")
    assert (found.num, found.den, found.count) == (24, 40, 40)
    assert (found.value, found.text) == (Decimal("60.0"), "60.0%")
    assert found.place_name == "Place MVH-OR"


def test_a_distribution_gives_median_mean_and_p90(loads: Any) -> None:
    loads([Stay(date(2026, 10, 1), wait=wait) for wait in (60, 120, 120, 180, 3000)])
    cubes.refresh([WAIT], "MVH", ["2026-10"])
    found = reading(WAIT, "MVH", "2026-10")
    assert found.text == "2.0 min"
    assert found.stats == {"mean": "11.6 min", "median": "2.0 min", "p90": "7.2 min"}
    assert found.histogram == {60: 1, 120: 2, 180: 1, 600: 1}
    assert (found.num, found.exact) == (5, 3480)


def test_a_place_adds_up_what_is_below_it(loads: Any) -> None:
    loads([Stay(date(2026, 10, 1)), Stay(date(2026, 10, 1), "MVH-4W", late=True), Stay(date(2026, 10, 2), "MVH")])
    loads([Stay(date(2026, 10, 1), "LSR-OR")], "LSR")
    for facility in ("MVH", "LSR"):
        cubes.refresh([STAYS, ON_TIME], facility, ["2026-10"])
    assert {place: reading(STAYS, place, "2026-10").num for place in ("SYS", "MVH", "LSR", "MVH-OR", "MVH-4W")} == {
        "SYS": 4, "MVH": 3, "LSR": 1, "MVH-OR": 1, "MVH-4W": 1
    }  # fmt: skip
    assert reading(ON_TIME, "SYS", "2026-10").text == "75.0%"


def test_a_unit_that_moved_counts_where_it_stood_then(loads: Any) -> None:
    loads([Stay(date(2026, 9, 1), "MVH-4W"), Stay(date(2026, 10, 1), "MVH-4W")])
    cubes.refresh([STAYS], "MVH", ["2026-09", "2026-10"])
    Placement.objects.filter(place__code="MVH-4W").update(valid_to=date(2026, 10, 1))
    ward, other = Place.objects.get(code="MVH-4W"), Place.objects.get(code="LSR")
    Placement.objects.create(place=ward, parent=other, valid_from=date(2026, 10, 1))
    assert [point.num for point in series(STAYS, "MVH", LAST, 2)] == [1, 0]
    assert [point.num for point in series(STAYS, "LSR", LAST, 2)] == [0, 1]
    assert [point.num for point in series(STAYS, "SYS", LAST, 2)] == [1, 1]


def test_days_add_up_to_their_month(loads: Any) -> None:
    count(loads, steady)
    found = days(ON_TIME, "MVH-OR", date(2026, 10, 1), date(2026, 10, 31))
    whole = reading(ON_TIME, "MVH-OR", "2026-10")
    assert len(found) == 31 and found[0].period == "2026-10-01"
    assert (sum(day.num for day in found), sum(day.den for day in found)) == (whole.num, whole.den)
    assert found[1].value is None and found[0].den == 4


def test_a_facility_with_weeks_for_months_counts_by_them(loads: Any) -> None:
    year = {"pattern": "445", "year_starts_month": 1, "year_starts_on": date(2025, 12, 29)}
    Calendar.objects.create(facility=Place.objects.get(code="MVH"), pay_period_anchor=date(2026, 1, 4), **year)
    first, last = days_of("MVH", LAST)
    assert (first, last) != (date(2026, 10, 1), date(2026, 10, 31))
    loads([Stay(first), Stay(last), Stay(first - timedelta(days=1)), Stay(last + timedelta(days=1))])
    cubes.refresh([STAYS], "MVH", ["2026-09", "2026-10", "2026-11"])
    assert [point.num for point in series(STAYS, "MVH", LAST.shift(1), 3)] == [1, 2, 1]


def test_a_steady_process_gets_no_signal_and_a_sentence_about_its_reach(loads: Any) -> None:
    count(loads, steady)
    found = reading(ON_TIME, "MVH", "2026-10")
    assert (found.signal.word, found.signal.arrow) == ("no change", "flat")
    assert found.target is not None and found.target.text == "80.0%"
    assert found.met is False
    assert found.chart.startswith("P chart")
    assert found.reach.verdict == "hit_or_miss"
    Target.objects.create(
        measure=ON_TIME, place=Place.objects.get(code="MVH"), value=90, valid_from=date(2026, 1, 1), source="board"
    )
    found = reading(ON_TIME, "MVH", "2026-10")
    assert found.reach.verdict == "consistently_misses"
    assert found.reach.sentence.endswith("90.0% needs a change in how we work")


def test_a_signal_names_its_rule_its_start_and_the_largest_part(loads: Any) -> None:
    count(loads, worse_since_may)
    found = reading(ON_TIME, "MVH", "2026-10")
    assert (found.signal.word, found.signal.tone, found.signal.arrow) == ("worsening", "bad", "down")
    assert found.signal.since is not None and found.signal.rule
    assert found.signal.why[0].endswith("2026")
    assert found.signal.why[-1].startswith("Largest part of the change since")
    assert ": OR 3 (−" in found.signal.why[-1]


def test_a_month_that_is_not_over_gets_no_signal_and_says_so(loads: Any) -> None:
    count(loads, worse_since_may, date(2026, 11, 30))
    found = reading(ON_TIME, "MVH", "2026-11")
    assert found.partial and found.met is None
    assert found.signal.word == "not enough data"
    assert "November is not over: 22 of 30 days" in found.caveats
    assert found.value is not None


def test_a_month_whose_last_days_have_not_come_in_is_partial(loads: Any) -> None:
    stays = months_of_stays(date(2026, 10, 31), 14, steady)
    loads([stay for stay in stays if stay.day <= date(2026, 10, 19)])
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    found = reading(STAYS, "MVH", "2026-10")
    assert found.partial and "No rows after Oct 19, 2026" in found.caveats


def test_only_the_newest_month_with_rows_can_miss_a_facility(loads: Any) -> None:
    stays = months_of_stays(date(2026, 10, 31), 4, steady)
    loads([stay for stay in stays if stay.day.month != 8])
    loads([Stay(date(2026, month, 30), "LSR-OR") for month in (7, 9)], "LSR")
    loads([Stay(date(2026, 8, 31), "LSR-OR")], "LSR")
    for facility in ("MVH", "LSR"):
        cubes.refresh([STAYS], facility, ["2026-07", "2026-08", "2026-09", "2026-10"])
    assert [point.partial for point in series(STAYS, "SYS", LAST, 4)] == [False, False, False, True]
    assert "No rows yet from Place LSR" in reading(STAYS, "SYS", "2026-10").caveats
    assert not reading(STAYS, "MVH", "2026-10").partial


def test_few_months_are_said_to_be_few(loads: Any) -> None:
    count(loads, steady, months=3)
    found = reading(ON_TIME, "MVH", "2026-10")
    assert found.signal.word == "not enough data"
    assert any(caveat.startswith("Only 3 complete months") for caveat in found.caveats)


def test_a_reading_says_which_import_it_comes_from_and_what_waits(loads: Any) -> None:
    stays = [Stay(date(2026, 10, 1)), Stay(date(2026, 10, 2), void=True), Stay(date(2026, 10, 3), "NOWHERE")]
    batch = loads(stays)
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    found = reading(STAYS, "MVH", "2026-10")
    day = f"{batch.at:%b} {batch.at.day}, {batch.at.year}"
    assert found.source == f"Stay log import of {day}: 3 rows, 1 set aside"
    assert f"1 row waits for a correction in the Stay log import of {day}" in found.caveats
    assert found.left_out == {"void": 1}
    assert (found.as_of, found.as_of_batch) == (Batch.objects.get().at, batch.pk)


def test_a_number_behind_its_rows_says_so(loads: Any) -> None:
    loads([Stay(date(2026, 10, 1))])
    cubes.refresh([STAYS], "MVH", ["2026-10"])
    loads([Stay(date(2026, 10, 1)), Stay(date(2026, 10, 2))])
    found = reading(STAYS, "MVH", "2026-10")
    assert found.num == 1
    assert "A newer import is being counted; this number does not have it yet" in found.caveats


def test_a_month_without_rows_has_no_value(counted: None) -> None:
    found = reading(ON_TIME, "MVH", "2026-10")
    assert (found.value, found.text, found.met) == (None, "–", None)


def test_a_month_in_which_everything_was_left_out_counts_none(loads: Any) -> None:
    loads([Stay(date(2026, 10, 1), void=True)])
    cubes.refresh([STAYS, ON_TIME], "MVH", ["2026-10"])
    assert reading(STAYS, "MVH", "2026-10").text == "0"
    assert reading(ON_TIME, "MVH", "2026-10").value is None


def test_slices_add_up_and_say_the_change_since_the_month_before(loads: Any) -> None:
    count(loads, worse_since_may)
    found = breakdown(ON_TIME, "MVH", "2026-10", "room")
    whole = reading(ON_TIME, "MVH", "2026-10")
    assert [part.label for part in found] == ["OR 1", "OR 2", "OR 3", "OR 4"]
    assert (sum(part.num for part in found), sum(part.den for part in found)) == (whole.num, whole.den)
    assert [part.share for part in found] == [Decimal("25.0")] * 4
    before = {part.label: part.value for part in breakdown(ON_TIME, "MVH", "2026-09", "room")}
    assert all(part.value is not None and part.change == part.value - before[part.label] for part in found)
    months = breakdown_series(ON_TIME, "MVH", LAST, 3, "room")
    assert months["OR 3"][-1] == next(part for part in found if part.label == "OR 3")
    with pytest.raises(KeyError, match="has no breakdown “shoe”"):
        breakdown(ON_TIME, "MVH", "2026-10", "shoe")


def test_the_chart_leaves_partial_months_out(loads: Any) -> None:
    count(loads, steady, date(2026, 11, 30))
    chart, points, said = chart_of(ON_TIME, "MVH", Month(2026, 11))
    assert points[-1].partial and chart.last == len(points) - 2
    assert said.base == 23


def test_a_screen_of_readings_takes_few_queries_and_little_time(loads: Any, django_assert_max_num_queries: Any) -> None:
    count(loads, steady)
    before = readings(MEASURES, "MVH", "2026-10")
    changed = sum(one.signal.is_change or "less than one a month" in one.chart for one in before)
    with django_assert_max_num_queries(14), django_assert_max_num_queries(2 + 3 * changed, using="cubes"):
        start = time.perf_counter()
        found = readings([*MEASURES] * 3, "MVH", "2026-10")
        spent = time.perf_counter() - start
    assert [one.measure for one in found] == [*MEASURES] * 3
    assert spent < 0.5


def test_values_are_written_with_their_unit_and_rounded_half_up(counted: None) -> None:
    from dataclasses import replace

    share, stays, wait = (definitions.get(measure) for measure in (ON_TIME, STAYS, WAIT))
    assert show(share, Fraction(7145, 100)) == "71.5%"
    assert show(stays, Fraction(14125, 10)) == "1,413"
    assert show(wait, Fraction(-1245, 100)) == "−12.5 min"
    money = replace(stays, unit="$")
    assert show(money, Fraction(-120449, 100)) == "−$1,204"
    assert show_change(share, Fraction(-31, 10)) == "−3.1 points"
    assert show_change(wait, Fraction(2)) == "+2.0 min"


cells = st.dictionaries(st.sampled_from("abcd"), st.tuples(st.integers(-50, 50), st.integers(0, 50)), max_size=4)


@given(now=cells, before=cells, per=st.sampled_from([Fraction(1), Fraction(100), Fraction(1, 60)]))
def test_parts_of_a_change_add_up_to_the_change(now: Any, before: Any, per: Fraction) -> None:
    parts = contributions(now, before, per)
    dens = [sum(den for _, den in some.values()) for some in (now, before)]
    if not all(dens):
        assert parts == {}
        return
    values = [Fraction(sum(n for n, _ in some.values()), den) for some, den in zip((now, before), dens, strict=True)]
    assert sum(parts.values()) == per * (values[0] - values[1])


def test_the_series_of_many_places_are_those_of_each_with_the_queries_of_one(
    loads: Any, django_assert_max_num_queries: Any
) -> None:
    count(loads, steady, date(2026, 11, 30), months=14)
    loads([Stay(date(2026, 10, 1), "LSR-OR"), Stay(date(2026, 9, 1), "LSR-OR", late=True)], "LSR")
    cubes.refresh(MEASURES, "LSR", ["2026-09", "2026-10"])
    ward = Place.objects.get(code="MVH-OR")
    Placement.objects.filter(place=ward).update(valid_to=date(2026, 10, 1))
    Placement.objects.create(place=ward, parent=Place.objects.get(code="LSR"), valid_from=date(2026, 10, 1))
    places = [place.code for place in Place.objects.all()]
    with django_assert_max_num_queries(8), django_assert_max_num_queries(2, using="cubes"):
        many = series_of_many(MEASURES, places, Month(2026, 11), 12)
    assert set(many) == {(measure, place) for measure in MEASURES for place in places}
    for (measure, place), points in many.items():
        assert points == series(measure, place, Month(2026, 11), 12)


def test_a_place_is_not_complete_while_a_facility_that_sent_rows_before_has_sent_none(loads: Any) -> None:
    stays = months_of_stays(date(2026, 10, 31), 14, steady)
    loads(stays)
    loads([replace(stay, place="LSR-OR") for stay in stays if stay.day < date(2026, 10, 1)], "LSR")
    for facility in ("MVH", "LSR"):
        cubes.refresh([STAYS], facility, ["2026-09", "2026-10"])
    found = reading(STAYS, "SYS", "2026-10")
    assert found.partial and found.signal.word == "not enough data"
    assert any(said.startswith("No rows yet from ") for said in found.caveats)
    assert not reading(STAYS, "MVH", "2026-10").partial
    assert not reading(STAYS, "SYS", "2026-09").partial
