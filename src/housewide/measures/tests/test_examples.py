"""Every registered measure comes with examples, and its numbers are those that a person counts by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.measures.definitions import Definition, Example, all_definitions
from housewide.measures.examples import BadExample, calendar_of_example, duckdb_rows, run, tally, value_text
from housewide.measures.tests.declared import made, surgery, toml

surgery()
REGISTERED = sorted(all_definitions())
WITH_ROWS = [key for key in REGISTERED if all_definitions()[key].kind != "formula"]


@pytest.mark.parametrize("measure", REGISTERED)
def test_a_measure_comes_with_examples_and_gives_their_numbers(measure: str) -> None:
    definition = all_definitions()[measure]
    assert definition.examples, "a measure ships with at least one [[example]]"
    assert [wrong for example in definition.examples for wrong in run(definition, example)] == []


@pytest.mark.parametrize("measure", WITH_ROWS)
def test_an_example_gives_the_columns_of_the_contract_as_whole_numbers_and_text(measure: str) -> None:
    definition = all_definitions()[measure]
    rows = [row for example in definition.examples for row in duckdb_rows(definition, example)]
    assert rows
    for row in rows:
        cells = dict(zip(definition.columns, row, strict=True))
        assert all(isinstance(cells[name], int | None) for name in ("num", "den", "value") if name in cells)
        assert isinstance(cells["left_out"], str | None)
        assert cells["row_id"].startswith(f"{cells['src']}-")


@pytest.mark.parametrize("measure", WITH_ROWS)
def test_a_row_that_is_left_out_counts_nothing(measure: str) -> None:
    definition = all_definitions()[measure]
    for example in definition.examples:
        for row in duckdb_rows(definition, example):
            cells = dict(zip(definition.columns, row, strict=True))
            if cells["left_out"] is not None:
                assert not cells.get("num")
                assert not cells.get("den")


def test_the_stages_of_every_case_add_up_to_its_start_delay() -> None:
    found = surgery()
    stages, delay = found["surgery.first_case_stages"], found["surgery.start_delay.first_cases"]
    for example in stages.examples:
        split, whole = Counter[str](), Counter[str]()
        for row in duckdb_rows(stages, example):
            split[row[1]] += row[-1]
        for row in duckdb_rows(delay, example):
            if row[-2] is None:
                whole[row[1]] += row[-1]
        assert split == whole


def example_of(**more) -> Example:
    return replace(surgery()["surgery.cases"].examples[0], **more)


def test_a_wrong_number_is_told_in_words() -> None:
    cases = surgery()["surgery.cases"]
    example = example_of(name="Two", expect={"num": 3, "value": "2", "by": {"class": {"elective": 2}}})
    assert run(cases, example) == [
        "surgery.cases, “Two”: num is 2, not 3",
        "surgery.cases, “Two”: left out {'canceled': 1}, and the example does not say so",
        "surgery.cases, “Two”: by class it is {'elective': 1, 'trauma': 1}, not {'elective': 2}",
    ]


def test_a_column_or_table_that_there_is_not_is_named() -> None:
    cases = surgery()["surgery.cases"]
    with pytest.raises(BadExample, match="the table or_case has no column weather"):
        run(cases, example_of(rows={"or_case": ({"weather": "rain"},)}))
    with pytest.raises(BadExample, match="the measure does not read or_block"):
        run(cases, example_of(rows={"or_block": ()}))


def test_the_calendar_of_an_example_knows_weekends_and_the_holidays_it_names() -> None:
    days = {str(row["day"]): row for row in calendar_of_example(example_of(holidays=("2026-10-12",)))}
    assert [days[day]["workday"] for day in ("2026-10-12", "2026-10-13", "2026-10-17")] == [False, True, False]
    assert days["2026-10-12"]["holiday"]
    assert (days["2026-09-17"]["period"], "2026-11-14" in days, "2026-11-15" in days) == ("2026-09", True, False)


def test_a_share_is_rounded_half_up_and_nothing_is_none() -> None:
    share = made(kind='"ratio"', unit='"%"')
    row = ("or_case", "1", "MVH-OR", None, None)
    assert value_text(share, tally(share, [(*row, 1, 16)])) == "6.3"
    assert value_text(share, tally(share, [])) == "none"
    assert value_text(share, tally(share, [("or_case", "1", "MVH-OR", None, "cancelled", 1, 16)])) == "none"


def waits(stat: str) -> Definition:
    return made(kind='"distribution"', unit='"min"', bin="60", tail="600", scale="60", stat=f'"{stat}"')


@pytest.mark.parametrize(("stat", "text"), [("mean", "25.0"), ("median", "7.5"), ("p90", "10.0")])
def test_a_mean_is_exact_and_percentiles_stop_at_the_tail(stat: str, text: str) -> None:
    rows = [("or_case", "1", "MVH-OR", None, None, value) for value in (-700, 310, 600, 5790)]
    if stat == "mean":
        assert value_text(waits(stat), tally(waits(stat), rows)) == text
    else:
        assert min(tally(waits(stat), rows).histogram) == -600
        assert value_text(waits(stat), tally(waits(stat), rows)) == text


@given(
    st.lists(st.tuples(st.integers(-10_000, 10_000), st.sampled_from([None, "cancelled"])), max_size=30),
    st.integers(0, 30),
)
def test_parts_add_up_to_the_whole(drawn: list[tuple[int, str | None]], cut: int) -> None:
    rows = [("or_case", "1", "MVH-OR", None, reason, value) for value, reason in drawn]
    definition = waits("mean")
    one, two, whole = (tally(definition, part) for part in (rows[:cut], rows[cut:], rows))
    assert (one.count + two.count, one.exact + two.exact) == (whole.count, whole.exact)
    assert one.histogram + two.histogram == whole.histogram
    assert one.left_out + two.left_out == whole.left_out


def test_the_example_of_a_file_is_read_as_it_stands() -> None:
    text = toml() + '[[example]]\nname = "One"\nfacility = "MVH"\nperiod = "2026-10"\nholidays = [2026-10-12]\n'
    text += "expect = { num = 1 }\nrows = { or_case = [{ day = 2026-10-14 }] }\n"
    from housewide.measures.definitions import definition_from

    definition = definition_from(text)
    assert definition.examples[0].holidays == ("2026-10-12",)
    assert run(definition, definition.examples[0]) == []
