"""Hundreds of ugly files: every row is counted, and every difference from what was written is told."""

import json
from pathlib import Path

import pytest

from housewide.intake.sheets import PLAIN, detect_layout, read_plain, read_records, to_plain
from housewide.intake.sheets.tests.generated import UglyFile, make_ugly_file, make_ugly_workbook


def assert_nothing_is_lost(ugly: UglyFile, folder: Path) -> None:
    # The ending lies on purpose.
    source, target = folder / "export.xls", folder / "plain.csv"
    source.write_bytes(ugly.data)
    layout = detect_layout(source)
    plain = to_plain(source, layout, target)
    assert plain.header == ugly.header, (ugly.about, layout)
    assert plain.rows_read == len(ugly.rows), (ugly.about, layout, plain.problems)
    assert plain.blank_skipped == ugly.blank, ugly.about
    copied = list(read_plain(target))
    for expected, got in zip(ugly.rows, copied, strict=True):
        surplus = json.loads(got["_extra"]) if got["_extra"] else []
        cells = [got[name] for name in plain.header] + surplus
        padded = expected.cells + [""] * (len(plain.header) - len(expected.cells))
        assert cells == padded or (expected.damaged and got["_problem"]), (ugly.about, layout, expected, got)
        told = bool(got["_problem"])
        assert told == (expected.damaged or len(expected.cells) != len(plain.header)), (ugly.about, expected, got)
    direct = list(read_records(source, layout))
    assert [(str(record.line), record.problem) for record in direct] == [
        (row["_line"], row["_problem"]) for row in copied
    ]
    again = list(read_records(target, PLAIN))
    assert [record.cells for record in again] == [list(row.values()) for row in copied]
    assert not any(record.problem for record in again)


@pytest.mark.parametrize("decade", range(30))
def test_delimited_files_of_every_kind_keep_every_row(decade: int, tmp_path: Path) -> None:
    for seed in range(decade * 10, decade * 10 + 10):
        assert_nothing_is_lost(make_ugly_file(seed), tmp_path)


@pytest.mark.parametrize("seed", range(20))
def test_workbooks_keep_every_row(seed: int, tmp_path: Path) -> None:
    assert_nothing_is_lost(make_ugly_workbook(seed), tmp_path)


def test_the_generator_repeats_itself() -> None:
    assert make_ugly_file(7) == make_ugly_file(7)
    assert make_ugly_file(7) != make_ugly_file(8)
