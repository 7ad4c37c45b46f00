"""What a chart says to a person."""

import pytest

from housewide.methods.spc import ANHOEJ, Cause, PointType, control_chart, read_chart

FLAT = [62, 66, 64, 68, 66, 62, 64, 68, 66, 64, 65, 63]
SHIFTED = [*FLAT, 67, 67, 68, 67, 68, 67, 67]
LONG_RUN = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 9, 8, 9, 8, 9, 8, 9, 8, 9, 8, 9]
MIDDLE = 5  # the median of LONG_RUN


def percent(value: float) -> str:
    return f"{value:.0f} %"


def test_a_shift_up_is_improving_when_higher_is_better_and_tells_when_it_began():
    reading = read_chart(control_chart("xmr", SHIFTED, freeze=12), direction="higher", target=80)
    assert (reading.word, reading.cause, reading.began) == ("improving", Cause.SHIFT_ABOVE, 12)
    assert reading.rule == "7 or more points in a row above the average"
    assert reading.rule_set == "making-data-count 2.0/7-point"


def test_the_same_shift_is_worsening_when_lower_is_better_and_changed_without_a_direction():
    chart = control_chart("xmr", SHIFTED, freeze=12)
    assert read_chart(chart, direction="lower").word == "worsening"
    neutral = read_chart(chart, direction="none", target=80)
    assert (neutral.word, neutral.point_type, neutral.verdict) == ("changed", PointType.NEUTRAL_HIGH, None)


def test_a_flat_series_says_no_change_and_that_80_needs_a_change_in_how_we_work():
    reading = read_chart(control_chart("xmr", FLAT), direction="higher", target=80)
    assert (reading.word, reading.cause, reading.began) == ("no change", None, None)
    assert reading.verdict == "consistently_misses"
    assert reading.describe_capability(percent) == "usually 58 % to 72 %; 80 % needs a change in how we work"


@pytest.mark.parametrize(
    ("target", "verdict"), [(50, "consistently_hits"), (65, "hit_or_miss"), (80, "consistently_misses")]
)
def test_the_verdict_mirrors_when_lower_is_better(target, verdict):
    higher = read_chart(control_chart("xmr", FLAT), direction="higher", target=target)
    lower = read_chart(control_chart("xmr", [-value for value in FLAT]), direction="lower", target=-target)
    assert higher.verdict == lower.verdict == verdict


def test_few_points_give_provisional_limits_and_no_claim():
    reading = read_chart(control_chart("xmr", [60, 62, 61, 63, 90]), direction="higher", target=80)
    assert (reading.word, reading.provisional, reading.base) == ("not enough data", True, 5)
    assert "provisional: 5 points" in reading.describe_capability(percent)
    assert read_chart(control_chart("xmr", FLAT), direction="higher", minimum_points=13).provisional


def test_points_after_a_new_part_count_from_the_start_of_the_part():
    chart = control_chart("xmr", [*FLAT, 80, 82, 81], parts=[12])
    assert read_chart(chart, direction="higher").word == "not enough data"


def test_a_constant_hundred_per_cent_reaches_its_target_and_is_no_signal():
    reading = read_chart(control_chart("xmr", [100] * 24), direction="higher", target=100, ceiling=100)
    assert (reading.word, reading.verdict, reading.low, reading.high) == ("no change", "consistently_hits", 100, 100)
    assert reading.describe_capability(percent) == "steady at 100 %; 100 % is reached as things run now"


def test_the_usual_range_never_leaves_what_the_measure_can_be():
    reading = read_chart(control_chart("xmr", [96, 99, 97, 100] * 4), direction="higher", floor=0, ceiling=100)
    assert reading.high == 100
    assert reading.low < 96


def test_a_signal_that_ended_before_the_last_point_is_no_present_signal():
    reading = read_chart(control_chart("xmr", [*SHIFTED, 64], freeze=12), direction="higher")
    assert reading.word == "no change"


def test_a_long_run_on_a_run_chart_reads_as_a_change_that_began_with_the_run():
    reading = read_chart(control_chart("run", LONG_RUN), direction="lower")
    assert (reading.word, reading.cause, reading.began) == ("worsening", Cause.LONG_RUN, 11)
    assert reading.rule_set == ANHOEJ.key
    assert reading.describe_capability(percent) == "not enough points yet to say what is usual"


@pytest.mark.parametrize("at", [15, 21, 22], ids=["within the run", "before its last point", "as the last point"])
def test_a_value_on_the_center_line_neither_breaks_a_long_run_nor_ends_it(at):
    chart = control_chart("run", [*LONG_RUN[:at], MIDDLE, *LONG_RUN[at:]])
    reading = read_chart(chart, direction="lower")
    assert chart.centre[at] == MIDDLE
    assert (reading.word, reading.cause, reading.began) == ("worsening", Cause.LONG_RUN, 11)


def test_a_long_run_that_ended_at_the_other_side_is_no_present_long_run():
    reading = read_chart(control_chart("i", [9] * 9 + [1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 9, 1, 1]), direction="lower")
    assert (reading.word, reading.cause) == ("no change", None)


def test_a_wave_with_too_few_crossings_is_read_from_the_side_it_is_on_now():
    values = [3, 2, 4, 1, 3, 6, 8, 7, 9, 6, 3, 1, 4, 2, 3, 6, 9, 6, 8, 7]
    reading = read_chart(control_chart("i", values), direction="higher")
    assert (reading.word, reading.cause) == ("improving", Cause.FEW_CROSSINGS)


def test_an_unknown_direction_is_refused():
    with pytest.raises(ValueError, match="higher, lower or none"):
        read_chart(control_chart("xmr", FLAT), direction="up")


def test_no_points_at_all_say_so():
    reading = read_chart(control_chart("xmr", [None] * 3), direction="higher", target=1)
    assert (reading.word, reading.low, reading.verdict) == ("not enough data", None, None)
