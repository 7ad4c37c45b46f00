"""Every published-tool result in the reference data is reproduced: qicharts2 0.8.1 and NHSRplotthedots 0.2.0."""

import csv
import lzma
import math
import os
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from housewide.methods.spc import (
    Assurance,
    Cause,
    ControlChart,
    PointType,
    Spread,
    assurances,
    control_chart,
    direction_sign,
    point_types,
    xmr_batch,
)

EXACT = Spread(screen=True, keep_spread=False)

CAUSE_NAMES = {
    Cause.COMMON: "Common Cause",
    Cause.ABOVE_UPPER: "Above UCL",
    Cause.BELOW_LOWER: "Below LCL",
    Cause.SHIFT_ABOVE: "7 Points Above CL",
    Cause.SHIFT_BELOW: "7 Points Below CL",
    Cause.TREND_UP: "7 Point Trend (Increasing)",
    Cause.TREND_DOWN: "7 Point Trend (Decreasing)",
    Cause.NEAR_UPPER: "2 in 3 Above CL",
    Cause.NEAR_LOWER: "2 in 3 Below CL",
}
TYPE_NAMES = {
    PointType.COMMON: "common_cause",
    PointType.IMPROVEMENT: "special_cause_improvement",
    PointType.CONCERN: "special_cause_concern",
    PointType.NEUTRAL_HIGH: "special_cause_neutral_high",
    PointType.NEUTRAL_LOW: "special_cause_neutral_low",
}
ASSURANCE_NAMES = {
    Assurance.UNKNOWN: "",
    Assurance.CONSISTENTLY_HITS: "consistent_pass",
    Assurance.HIT_OR_MISS: "inconsistent",
    Assurance.CONSISTENTLY_MISSES: "consistent_fail",
}
DIRECTIONS = {"increase": "higher", "decrease": "lower", "neutral": "none"}


def _reference_folder() -> Path | None:
    named = os.environ.get("HOUSEWIDE_REFERENCE_DATA")
    if named:
        return Path(named)
    for parent in Path(__file__).resolve().parents:
        candidate = parent.parent / "shared" / "data"
        if candidate.is_dir():
            return candidate
    return None


def _read(name: str) -> list[dict[str, str]]:
    folder = _reference_folder()
    path = None if folder is None else folder / "quality" / "spc" / f"{name}.csv.xz"
    if path is None or not path.is_file():
        pytest.skip(f"reference data {name}.csv.xz is not here; set HOUSEWIDE_REFERENCE_DATA to its folder")
    with lzma.open(path, "rt", newline="") as lines:
        return list(csv.DictReader(lines))


def _number(text: str) -> float:
    return math.nan if text in ("", "NA", "NaN") else float(text)


def _equal(ours: float, theirs: str) -> bool:
    expected = _number(theirs)
    if math.isnan(expected):
        return math.isnan(ours)
    return abs(ours - expected) <= 1e-7 * abs(expected) + 1e-12


def _grouped(rows: list[dict[str, str]], key: str) -> dict[str, list[dict[str, str]]]:
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def _qic_chart(rows: list[dict[str, str]]) -> ControlChart:
    first = rows[0]
    parts = [int(first["part"])] if first["part"] else []
    return control_chart(
        first["chart"],
        [_number(row["y"]) for row in rows],
        [_number(row["n"]) for row in rows] if first["n"] else None,
        parts=parts,
        # qicharts2 ignores a freeze once the chart is split into parts.
        freeze=int(first["freeze"]) if first["freeze"] and not parts else None,
        exclude=[int(first["exclude"]) - 1] if first["exclude"] else [],
        spread=EXACT,
    )


def _qic_differences(chart: ControlChart, expected: list[dict[str, str]]) -> list[str]:
    lines = {
        "y": chart.values,
        "cl": chart.centre,
        "lcl": chart.lower,
        "ucl": chart.upper,
        "lcl.95": chart.lower_near,
        "ucl.95": chart.upper_near,
    }
    wrong = []
    for number, part in enumerate(chart.parts, start=1):
        runs = part.runs
        counts = {
            "part": number,
            "n.obs": runs.observed,
            "n.useful": runs.useful,
            "longest.run": runs.longest_run,
            "longest.run.max": runs.longest_run_max,
            "n.crossings": runs.crossings,
            "n.crossings.min": runs.crossings_min,
            "runs.signal": str(runs.signals and chart.kind != "mr").upper(),
        }
        for at in range(part.start, part.stop):
            row = expected[at]
            wrong += [f"{name} at {at}" for name, line in lines.items() if not _equal(line[at], row[name])]
            wrong += [f"{name} at {at}" for name, count in counts.items() if str(count) != row[name]]
            if str(bool(chart.outside[at])).upper() != row["sigma.signal"]:
                wrong.append(f"sigma.signal at {at}")
    return wrong


@pytest.mark.parametrize("kind", ["i", "mr", "run", "p", "pp", "u", "up", "c", "g", "t"])
def test_every_series_of_a_chart_type_equals_qicharts2(kind):
    series = {key: rows for key, rows in _grouped(_read("spc_series"), "series").items() if rows[0]["chart"] == kind}
    expected = _grouped(_read("qic_expected"), "series")
    differences = {key: _qic_differences(_qic_chart(rows), expected[key]) for key, rows in series.items()}
    assert len(series) == 18
    assert {key: wrong for key, wrong in differences.items() if wrong} == {}


def test_long_run_and_crossing_signals_exist_exactly_where_qicharts2_signals():
    expected = _grouped(_read("qic_expected"), "series")
    for key, rows in _grouped(_read("spc_series"), "series").items():
        chart = _qic_chart(rows)
        for part in chart.parts:
            told = [
                signal
                for signal in chart.signals
                if signal.cause in (Cause.LONG_RUN, Cause.FEW_CROSSINGS) and part.start <= signal.began < part.stop
            ]
            assert bool(told) == (expected[key][part.start]["runs.signal"] == "TRUE"), key


def _ptd_settings(rows: list[dict[str, str]]) -> dict:
    first = rows[0]
    return {
        "parts": [at for at, row in enumerate(rows) if row["rebase"] == row["x"]],
        "freeze": int(first["fix"]) if first["fix"] else None,
        "spread": Spread(screen=first["screen"] == "TRUE"),
    }


def _ptd_differences(rows: list[dict[str, str]]) -> list[str]:
    chart = control_chart("xmr", [_number(row["y"]) for row in rows], **_ptd_settings(rows))
    sign = direction_sign(DIRECTIONS[rows[0]["direction"]])
    types = point_types(chart.causes, sign)
    target = _number(rows[0]["target"])
    verdict = Assurance(int(assurances(chart.lower[-1], chart.upper[-1], target, sign, tie_hits=False)))
    wrong = [] if ASSURANCE_NAMES[verdict] == rows[0]["assurance"] else ["assurance"]
    for at, row in enumerate(rows):
        for name, line in (("mean", chart.centre), ("lpl", chart.lower), ("upl", chart.upper)):
            if not _equal(line[at], row[name]):
                wrong.append(f"{name} at {at}")
        found = {
            "rel": str(chart.sides[at]),
            "sc": CAUSE_NAMES[Cause(int(chart.causes[at]))],
            "pt": TYPE_NAMES[PointType(int(types[at]))],
        }
        if row["outside"]:
            found["outside"] = str(bool(chart.outside[at])).upper()
        wrong += [f"{name} at {at}" for name, value in found.items() if value != row[name]]
    return wrong


def test_every_nhs_series_equals_plotthedots_in_limits_points_and_icons():
    groups = _grouped(_read("ptd_expected"), "key")
    differences = {key: _ptd_differences(rows) for key, rows in groups.items()}
    assert len(groups) == 120
    assert {key: wrong for key, wrong in differences.items() if wrong} == {}


def test_the_batch_gives_every_nhs_series_the_same_points_as_the_single_chart():
    for rows in _grouped(_read("ptd_expected"), "key").values():
        values = [_number(row["y"]) for row in rows]
        chart = control_chart("xmr", values, **_ptd_settings(rows))
        batch = xmr_batch(np.array([values]), **_ptd_settings(rows))
        assert np.array_equal(batch.causes[0], chart.causes)
        assert np.array_equal(batch.upper[0], chart.upper[[part.start for part in chart.parts]], equal_nan=True)
