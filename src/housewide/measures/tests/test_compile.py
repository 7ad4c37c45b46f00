"""The SQL that engines get: kept word for word, so that a new translator cannot change a number unseen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlglot import parse_one

from housewide.measures.compile import DIALECTS, compiled
from housewide.measures.tests.declared import counting, made, surgery

SNAPSHOTS = Path(__file__).parent / "snapshots"
RENEW = bool(os.environ.get("HOUSEWIDE_RENEW_SNAPSHOTS"))
SURGERY = sorted(key for key, one in surgery().items() if one.kind != "formula")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("measure", SURGERY)
def test_the_sql_of_a_measure_is_what_it_was(measure: str, dialect: str) -> None:
    path = SNAPSHOTS / f"{measure}.{dialect}.sql"
    text = compiled(surgery()[measure], dialect) + "\n"
    if RENEW:
        path.write_text(text, encoding="utf-8")
    assert path.exists(), "there is no snapshot yet: run once with HOUSEWIDE_RENEW_SNAPSHOTS=1 and read what it wrote"
    assert text == path.read_text(encoding="utf-8")


def test_no_snapshot_is_left_of_a_measure_that_is_gone() -> None:
    expected = {f"{measure}.{dialect}.sql" for measure in SURGERY for dialect in DIALECTS}
    assert {path.name for path in SNAPSHOTS.glob("*.sql")} == expected


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("measure", SURGERY)
def test_the_columns_are_exactly_those_of_the_contract_in_every_dialect(measure: str, dialect: str) -> None:
    definition = surgery()[measure]
    tree = parse_one(compiled(definition, dialect), read=dialect)
    assert tuple(tree.named_selects) == definition.columns
    assert not list(tree.find_all(parse_one(":x", read="duckdb").__class__)), "a setting was left open"


def test_a_formula_has_no_sql() -> None:
    with pytest.raises(ValueError, match="is a formula: it has no SQL"):
        compiled(surgery()["surgery.cases_per_surgeon"])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_question_of_every_kind_is_sql_that_its_engine_reads(dialect: str) -> None:
    from housewide.kit.periods import Month
    from housewide.measures.cubes import tally_sql

    for measure in ("surgeons_operating", "block_held_ahead", "cases_per_operating_day", "turnover.room", "cases"):
        parse_one(tally_sql(surgery()[f"surgery.{measure}"], dialect, "MVH", [Month(2026, 10)]), read=dialect)


def test_sums_and_counts_are_whole_64_bit_numbers_also_over_a_window() -> None:
    sql = "WITH d AS (SELECT row_id, place, day, SUM(1) OVER (PARTITION BY room) AS n,"
    sql += " COUNT(*) OVER (PARTITION BY room) AS m FROM or_case) "
    text = " ".join(compiled(made(sql + counting("n + m", source="d"))).split())
    assert "CAST(SUM(1) OVER (PARTITION BY room) AS BIGINT) AS n" in text
    assert "CAST(COUNT(*) OVER (PARTITION BY room) AS BIGINT) AS m" in text


def test_seconds_between_two_moments_are_elapsed_seconds_on_spark() -> None:
    definition = made(counting("DATE_DIFF('second', in_room, out_room)"))
    assert "TIMESTAMPDIFF(SECOND, in_room, out_room)" in compiled(definition, "spark")
    assert "DATE_DIFF('SECOND', in_room, out_room)" in compiled(definition, "duckdb")


def test_days_are_counted_between_dates() -> None:
    definition = made(counting("DATE_DIFF('day', in_room, out_room)"))
    assert "DATE_DIFF('DAY', CAST(in_room AS DATE), CAST(out_room AS DATE))" in compiled(definition)
    assert "DATEDIFF(DAY, CAST(in_room AS DATE), CAST(out_room AS DATE))" in compiled(definition, "spark")


def test_settings_become_literals_also_in_intervals_and_below_zero() -> None:
    num = "CASE WHEN in_room < day + INTERVAL (:days) DAY THEN 5 - :less ELSE 0 END"
    definition = made(counting(num), settings="{ days = 30, less = -2 }")
    for dialect in DIALECTS:
        text = " ".join(compiled(definition, dialect).split())
        assert "INTERVAL '30' DAY" in text
        assert "5 - ( -2 )" in text


def test_moments_have_no_zone_on_spark() -> None:
    definition = made(counting("CASE WHEN CAST(day AS TIMESTAMP_S) < in_room THEN 1 ELSE 0 END"))
    assert "CAST(day AS TIMESTAMP_NTZ)" in compiled(definition, "spark")
    assert "CAST(day AS TIMESTAMP_S)" in compiled(definition, "duckdb")


def test_the_start_of_a_month_is_a_date() -> None:
    definition = made(counting("CASE WHEN DATE_TRUNC('month', in_room) = day THEN 1 ELSE 0 END"))
    for dialect in DIALECTS:
        assert "CAST(DATE_TRUNC('MONTH', in_room) AS DATE)" in compiled(definition, dialect)


def test_an_engine_that_measures_are_not_compiled_for_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="Measures are compiled for duckdb and spark, not for “sqlite”"):
        compiled(made(), "sqlite")
