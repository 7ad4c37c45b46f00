"""Charts are accessible, safe, honest about gaps, and no two labels lie on each other."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housewide.kit.charts import (
    Annotation,
    Bar,
    Contribution,
    Mark,
    Stage,
    StageWords,
    bar_chart_svg,
    bar_chart_table,
    control_chart_svg,
    control_chart_table,
    histogram_svg,
    histogram_table,
    pareto_chart_svg,
    pareto_chart_table,
    run_chart_svg,
    run_chart_table,
    sparkline_svg,
    sparkline_table,
    stage_bar_svg,
    stage_bar_table,
    waterfall_svg,
    waterfall_table,
)
from housewide.kit.charts.annotations import place_notes
from housewide.kit.charts.drawing import text_width
from housewide.kit.charts.scales import nice_ticks, spread_apart, thin_labels
from housewide.methods.spc import PointType, control_chart

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
LABELS = [f"{month} {year}" for year in (25, 26) for month in MONTHS]
VALUES: list[float | None] = [62, 66, 64, 68, 66, None, 64, 68, 66, 64, 65, 63, 67, 67, 68, 67, 68, 67, 67, 69, 67]
NASTY = '<script>alert("&")</script>'
STAGES = [Stage("Ready to in room", 18, 31), Stage("Incision to close", 88, 90, judged=False), Stage("Turnover", 9, 9)]
BARS = [Bar("Room", 45), Bar("Surgeon", 154), Bar("Patient", 97), Bar("Other", 4)]


def percent(value: float) -> str:
    return f"{value:.1f} %"


def whole(value: float) -> str:
    return f"{value:,.0f}"


def svg_of_every_kind(text: str) -> dict[str, str]:
    chart = control_chart("xmr", VALUES, freeze=12, exclude=[3])
    labels = [text, *LABELS[1 : len(VALUES)]]
    return {
        "control": control_chart_svg(
            chart, labels, title=text, show=percent, direction="higher", target=80, annotations=[Annotation(13, text)]
        ),
        "run": run_chart_svg(VALUES, labels, title=text, show=percent),
        "spark": sparkline_svg(VALUES, title=text, show=lambda value: text),
        "bars": bar_chart_svg([Bar(text, 3), Bar("Room", 1)], title=text, show=whole),
        "pareto": pareto_chart_svg([Bar(text, 3), Bar("Room", 1)], title=text, show=whole),
        "histogram": histogram_svg([0, 5, 10], [4, 2], title=text, show=whole, unit=text, marks=[Mark(4, text)]),
        "stages": stage_bar_svg([Stage(text, 4, 5)], title=text, show=whole, words=StageWords(text, text)),
        "waterfall": waterfall_svg([Contribution(text, -4)], title=text, show=whole, total_name=text),
    }


def shapes(svg: str, css: str) -> list[ET.Element]:
    return [node for node in ET.fromstring(svg).iter() if css in node.get("class", "").split()]


def boxes(svg: str) -> list[tuple[float, float, float, float]]:
    """Left, top, right, bottom of every printed text."""
    found = []
    for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"):
        text = "".join(part for part in [node.text or "", *(child.tail or "" for child in node)])
        wide, x, y = text_width(text), float(node.get("x")), float(node.get("y"))
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[node.get("text-anchor")]
        found.append((left, y - 10, left + wide, y + 2))
    return found


def overlaps(svg: str) -> list[tuple]:
    found = boxes(svg)
    return [
        (one, other)
        for index, one in enumerate(found)
        for other in found[index + 1 :]
        if one[0] < other[2] - 0.5 and other[0] < one[2] - 0.5 and one[1] < other[3] - 0.5 and other[1] < one[3] - 0.5
    ]


@pytest.mark.parametrize("kind", ["control", "run", "spark", "bars", "pareto", "histogram", "stages", "waterfall"])
def test_every_chart_is_an_image_with_a_title_and_a_description(kind):
    root = ET.fromstring(svg_of_every_kind("First cases on time")[kind])
    assert root.get("role") == "img"
    assert kind in root.get("class").split()
    assert root[0].text == "First cases on time"
    assert len(root[1].text) > 10


@pytest.mark.parametrize("kind", ["control", "run", "spark", "bars", "pareto", "histogram", "stages", "waterfall"])
def test_every_chart_escapes_its_texts_and_carries_no_style(kind):
    svg = svg_of_every_kind(NASTY)[kind]
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
    assert not re.search(r"\sstyle=|<style|\son\w+=", svg)


@pytest.mark.parametrize("kind", ["control", "run", "spark", "bars", "pareto", "histogram", "stages", "waterfall"])
def test_every_mark_has_a_literal_colour_for_paper(kind):
    for node in ET.fromstring(svg_of_every_kind("x")[kind]).iter():
        if node.get("class") and node.tag.rpartition("}")[2] in {"rect", "circle", "text", "path", "line"}:
            assert re.search(r"#[0-9a-f]{6}", (node.get("fill") or "") + (node.get("stroke") or "")), node.attrib


def test_a_signal_differs_in_shape_and_class_and_says_its_rule():
    chart = control_chart("xmr", VALUES, freeze=12)
    better = control_chart_svg(chart, LABELS[: len(VALUES)], title="t", show=percent, direction="higher")
    worse = control_chart_svg(chart, LABELS[: len(VALUES)], title="t", show=percent, direction="lower")
    good, bad = shapes(better, "good"), shapes(worse, "bad")
    assert len(good) == len(bad) == 9
    assert {node.tag.rpartition("}")[2] for node in good} == {"path"}
    assert {node.tag.rpartition("}")[2] for node in bad} == {"rect"}
    assert good[0][0].text == "Jan 26: 67.0 %. Improving: 7 or more points in a row above the average"
    assert "Jan 26 to Sep 26: 7 or more points" in ET.fromstring(better)[1].text


def test_a_missing_month_breaks_the_line_and_draws_no_point():
    svg = run_chart_svg(VALUES, LABELS[: len(VALUES)], title="t", show=percent)
    assert len(shapes(svg, "point")) == len(VALUES) - 1
    assert len(shapes(svg, "line")) == 2


def test_an_excluded_point_is_drawn_hollow():
    chart = control_chart("xmr", VALUES, exclude=[3])
    svg = control_chart_svg(chart, LABELS[: len(VALUES)], title="t", show=percent, direction="higher")
    assert len(shapes(svg, "out")) == 1
    assert control_chart_table(chart, LABELS, title="t", show=percent).rows[3][5] == "left out of the limits"


def test_each_part_has_its_own_band_and_a_rate_chart_steps():
    parts = control_chart("xmr", [10, 12, 11, 13, 30, 32, 31, 33], parts=[4])
    assert len(shapes(control_chart_svg(parts, LABELS[:8], title="t", show=whole), "band")) == 2
    share = control_chart("p", [3, 30, 4], [10, 100, 20])
    band = shapes(control_chart_svg(share, LABELS[:3], title="t", show=percent), "band")[0]
    assert band.get("d").count("L") == 11


def test_labels_and_points_must_match():
    with pytest.raises(ValueError, match="match one to one"):
        control_chart_svg(control_chart("xmr", [1, 2]), ["a"], title="t", show=whole)


def test_charts_without_points_still_draw_and_say_so():
    assert "No points yet" in run_chart_svg([], [], title="t", show=whole)
    assert "No points yet" in control_chart_svg(control_chart("xmr", [None]), ["a"], title="t", show=whole)
    assert "No points yet" in sparkline_svg([None, None], title="t", show=whole)
    assert "Nothing to show" in pareto_chart_svg([Bar("a", 0)], title="t", show=whole)
    assert "Nothing to show" in bar_chart_svg([], title="t", show=whole)
    assert "0 cases" in histogram_svg([0, 1], [0], title="t", show=whole, unit="cases")
    assert stage_bar_svg([], title="t", show=whole).startswith("<svg")


numbers = st.lists(st.none() | st.integers(-500, 500), min_size=1, max_size=40)
texts = st.text("abc WMil%", min_size=1, max_size=30)


def outside(svg: str) -> list[tuple]:
    """Texts that would be cut off at the edge of the picture."""
    root = ET.fromstring(svg)
    width, height = float(root.get("width")), float(root.get("height"))
    return [box for box in boxes(svg) if box[0] < -1 or box[1] < -1 or box[2] > width + 1 or box[3] > height + 1]


@settings(max_examples=60, deadline=None)
@given(
    numbers,
    st.none() | st.integers(-600, 600),
    st.lists(st.tuples(st.integers(0, 39), texts), max_size=4),
    st.sampled_from([360, 760]),
)
def test_no_two_texts_of_a_control_chart_overlap(values, target, notes, width):
    labels = [f"Week {index}" for index in range(len(values))]
    svg = control_chart_svg(
        control_chart("xmr", values),
        labels,
        title="t",
        show=percent,
        target=target,
        annotations=[Annotation(at, text) for at, text in dict(notes).items()],
        width=width,
    )
    assert overlaps(svg) == []
    assert outside(svg) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(texts, st.integers(0, 5000)), min_size=1, max_size=9), st.sampled_from([360, 760]))
def test_no_two_texts_of_bars_stages_and_waterfalls_overlap(items, width):
    bars = [Bar(text, amount) for text, amount in items]
    stages = [Stage(text, amount, (amount * 7 + 13) % 900) for text, amount in items]
    parts = [Contribution(text, amount - 2500) for text, amount in items]
    for svg in (
        bar_chart_svg(bars, title="t", show=whole, width=width),
        pareto_chart_svg(bars, title="t", show=whole, width=width),
        stage_bar_svg(stages, title="t", show=whole, width=width),
        waterfall_svg(parts, title="t", show=whole, total_name="Start delay", width=width),
    ):
        assert overlaps(svg) == []
        assert outside(svg) == []


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 900), min_size=1, max_size=40), st.lists(st.tuples(st.integers(0, 200), texts), max_size=3)
)
def test_no_two_texts_of_a_histogram_overlap(counts, marks):
    edges = [index * 5 for index in range(len(counts) + 1)]
    svg = histogram_svg(
        edges, counts, title="t", show=percent, unit="cases", marks=[Mark(at, text) for at, text in dict(marks).items()]
    )
    assert overlaps(svg) == []
    assert outside(svg) == []


def test_no_note_is_crossed_by_the_line_of_another():
    notes = [Annotation(16, "New anaesthesia rota"), Annotation(18, "Charge nurse huddle"), Annotation(22, "Upgrade")]
    placed = place_notes(notes, [60 + 26 * index for index in range(24)], 670)
    for one in placed:
        for other in placed:
            if one is not other and other.row <= one.row:
                assert not one.start < other.x < one.stop


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9))
def test_ticks_are_inside_rising_and_few(low, span):
    ticks = nice_ticks(low, low + span)
    assert len(ticks) <= 12
    assert ticks == sorted(ticks)
    assert all(low - span * 1e-6 - 1e-6 <= tick <= low + span * (1 + 1e-6) + 1e-6 for tick in ticks)


def test_ticks_are_round():
    assert nice_ticks(56.1, 81.2) == [60, 70, 80]
    assert nice_ticks(0.02, 0.31) == [0.1, 0.2, 0.3]


def test_the_latest_period_is_always_labelled():
    centres = [index * 20.0 for index in range(24)]
    assert thin_labels(LABELS, centres)[-1] == 23


@given(st.lists(st.floats(0, 200), min_size=1, max_size=6))
def test_line_labels_keep_their_distance_and_order(wanted):
    placed = spread_apart(wanted, 15, 0, 200)
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    steps = [placed[after] - placed[before] for before, after in pairwise(order)]
    assert all(step >= 15 - 1e-9 for step in steps)


def test_the_pareto_marks_the_vital_few_and_its_table_runs_to_100():
    table = pareto_chart_table(BARS, title="t", show=whole, columns=("Reason", "Cases"))
    assert table.rows == (
        ("Surgeon", "154", "51%"),
        ("Patient", "97", "84%"),
        ("Room", "45", "99%"),
        ("Other", "4", "100%"),
    )
    svg = pareto_chart_svg(BARS, title="t", show=whole)
    assert (len(shapes(svg, "bar")), len(shapes(svg, "bar-2"))) == (4, 2)
    assert "2 of 4 categories make 84%" in svg


def test_stages_say_their_difference_with_a_word_an_arrow_and_a_judgement():
    svg = stage_bar_svg(STAGES, title="t", show=lambda value: f"{value:.0f} min")
    assert [node.text for node in shapes(svg, "bad")] == ["▲ +13 min"]
    assert shapes(svg, "good") == []
    table = stage_bar_table(STAGES, title="t", show=whole, words=StageWords("Planned", "Took"))
    assert table.columns == ("Stage", "Planned", "Took", "Difference")
    assert table.rows[2:] == (("Turnover", "9", "9", "same"), ("Whole way", "115", "130", "▲ +15"))


def test_amounts_below_zero_and_crooked_bins_are_refused():
    with pytest.raises(ValueError, match="below zero"):
        bar_chart_svg([Bar("a", -1)], title="t", show=whole)
    with pytest.raises(ValueError, match="below zero"):
        stage_bar_table([Stage("a", -1, 2)], title="t", show=whole)
    with pytest.raises(ValueError, match="rising edges"):
        histogram_svg([0, 5, 5], [1, 1], title="t", show=whole, unit="cases")
    with pytest.raises(ValueError, match="fewer than none"):
        histogram_table([0, 5], [-1], title="t", show=whole, unit="cases")


def test_tables_carry_the_same_numbers():
    chart = control_chart("xmr", VALUES, freeze=12)
    table = control_chart_table(chart, LABELS, title="On time", show=percent, direction="higher")
    assert (table.caption, len(table.rows)) == ("On time", len(VALUES))
    assert table.rows[5][1] == "missing"
    assert table.rows[12][5] == "improving: 7 or more points in a row above the average"
    assert run_chart_table([3, None], ["a", "b"], title="t", show=whole).rows == (("a", "3"), ("b", "missing"))
    assert sparkline_table([3, None], ["a", "b"], title="t", show=whole).rows == (("a", "3"), ("b", "missing"))
    assert bar_chart_table(BARS, title="t", show=whole, columns=("Reason", "Cases")).rows[0] == ("Room", "45")
    assert histogram_table([0, 5, 10], [0, 2], title="t", show=whole, unit="cases").rows == (("5 to 10", "2"),)


def test_a_sparkline_marks_its_last_point_with_its_meaning():
    assert (
        shapes(sparkline_svg([1, 2, None], title="t", show=whole, point_type=PointType.CONCERN), "bad")[0][0].text
        == "2"
    )


def test_a_waterfall_ends_at_the_sum_of_its_parts():
    parts = [Contribution("Pre-op", 9), Contribution("Anaesthesia", -3), Contribution("Surgeon", 6)]
    svg = waterfall_svg(parts, title="t", show=whole, total_name="Start delay")
    pre, back, surgeon, total = shapes(svg, "bar")
    assert float(back.get("x")) + float(back.get("width")) == pytest.approx(
        float(pre.get("x")) + float(pre.get("width")), abs=0.2
    )
    assert float(surgeon.get("x")) + float(surgeon.get("width")) == pytest.approx(
        float(total.get("x")) + float(total.get("width")), abs=0.2
    )
    assert [len(shapes(svg, css)) for css in ("bad", "good")] == [2, 1]
    table = waterfall_table(parts, title="t", show=whole, total_name="Start delay", columns=("Stage", "Minutes"))
    assert table.rows[1:] == (("Anaesthesia", "▼ −3"), ("Surgeon", "▲ +6"), ("Start delay", "▲ +12"))


def test_a_waterfall_where_higher_is_better_swaps_the_colours():
    parts = [Contribution("a", 9), Contribution("b", 0)]
    svg = waterfall_svg(parts, title="t", show=whole, total_name="s", better="higher")
    assert [len(shapes(svg, css)) for css in ("bad", "good")] == [0, 1]
    assert waterfall_svg([], title="t", show=whole, total_name="s").startswith("<svg")
