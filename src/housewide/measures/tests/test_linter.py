"""What a measure may not say, each with its reason."""

from __future__ import annotations

import pytest

from housewide.measures.tests.declared import counting, refusals, surgery

WINDOW = "WITH n AS (SELECT c.row_id, c.place, c.day, {window} AS num FROM or_case c) " + counting("num", source="n")
KEYED = "ROW_NUMBER() OVER (PARTITION BY c.facility, c.room ORDER BY c.in_room NULLS LAST, c.case_id NULLS LAST)"
PATIENT = "is about a patient"


def only(texts: list[str]) -> str:
    assert len(texts) == 1, texts
    return texts[0]


def test_the_plain_count_is_accepted() -> None:
    assert refusals(counting()) == []


def test_every_operating_room_measure_is_accepted() -> None:
    of_rows = [one for one in surgery().values() if one.kind != "formula"]
    assert all(not refusals(one.sql, kind=f'"{one.kind}"', **_said(one)) for one in of_rows)


def _said(one) -> dict[str, str]:
    said = {"reads": str(list(one.reads)), "breakdowns": str(list(one.breakdowns))}
    if one.settings:
        said["settings"] = "{ " + ", ".join(f"{key} = {value}" for key, value in one.settings.items()) + " }"
    if one.kind == "distribution":
        said |= {"bin": str(one.bin), "tail": str(one.tail)}
    return said


@pytest.mark.parametrize(
    ("num", "reason"),
    [
        ("1 / 2", "division: engines round"),
        ("3 // 2", "integer division: engines differ on negative numbers"),
        ("AVG(1)", "AVG: an average of averages is wrong"),
        ("STDDEV(1)", "a standard deviation: floats differ"),
        ("VAR_SAMP(1)", "a standard deviation: floats differ"),
        ("QUANTILE_CONT(1, 2)", "percentiles and medians"),
        ("MEDIAN(1)", "percentiles and medians"),
        ("APPROX_QUANTILE(1, 2)", "percentiles and medians"),
        ("1.5", "the number 1.5: decimals are floats"),
        ("1e3", "the number 1e3: decimals are floats"),
        ("CAST(1 AS DOUBLE)", "CAST to DOUBLE: only to"),
        ("CAST(1 AS DECIMAL(10, 2))", "CAST to DECIMAL(10, 2): only to"),
        ("TRY_CAST(room AS BIGINT)", "TRY_CAST: what counts as readable"),
        ("DATE_DIFF('month', day, day)", "a difference in months"),
        ("DATE_DIFF('year', day, day)", "a difference in years"),
        ("DATE_DIFF('hour', in_room, out_room)", "DATE_DIFF in hours"),
        ("EXTRACT(dow FROM day)", "use calendar.weekday"),
        ("DAYOFWEEK(day)", "use calendar.weekday"),
        ("FROBNICATE(1)", "the function FROBNICATE"),
        ("LENGTH(room)", "the function LENGTH"),
        ("RANDOM()", "RANDOM: the number would never come out the same twice"),
        ("COUNT(*) FILTER (WHERE cancelled)", "FILTER: write the condition as CASE"),
        ("SUM(1) OVER (PARTITION BY room ORDER BY row_id NULLS LAST ROWS 1 PRECEDING)", "a window frame"),
        ("LEAD(1) OVER (PARTITION BY room)", "LEAD without ORDER BY"),
    ],
)  # fmt: skip
def test_what_engines_count_differently_is_refused(num: str, reason: str) -> None:
    assert any(text.startswith(reason) or reason in text for text in refusals(counting(num)))


@pytest.mark.parametrize("now", ["CURRENT_DATE", "CURRENT_TIMESTAMP"])
def test_the_clock_is_refused(now: str) -> None:
    assert "the answer would change from day to day" in only(
        refusals(counting(f"CASE WHEN day < {now} THEN 1 ELSE 0 END"))
    )


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("LIMIT 5", "LIMIT: which rows remain is up to the engine"),
        ("LIMIT 5 OFFSET 2", "OFFSET: which rows remain"),
        ("QUALIFY 1 = 1", "QUALIFY: not every engine has it"),
        ("GROUP BY ALL", "GROUP BY ALL: name the columns"),
        ("WHERE room LIKE 'OR%'", "(Like): it is not in the language"),
        ("ORDER BY row_id NULLS LAST", "ORDER BY outside a window"),
        ("WHERE in_room > day + INTERVAL 1 MONTH", "only intervals of whole days"),
        ("WHERE in_room > day + INTERVAL 12 HOUR", "only intervals of whole days"),
        ("UNION " + counting(), "UNION other than UNION ALL"),
        ("EXCEPT " + counting(), "EXCEPT: write NOT EXISTS"),
        (", or_case AS o", "a join without ON"),
        ("JOIN or_case AS o USING (row_id)", "JOIN … USING"),
        ("ASOF JOIN or_case AS o ON or_case.day >= o.day", "ASOF JOIN: not every engine has it"),
    ],
)  # fmt: skip
def test_clauses_that_leave_the_answer_to_the_engine_are_refused(more: str, reason: str) -> None:
    assert any(reason in text for text in refusals(counting(more=more)))


def test_select_star_is_refused_and_counting_stars_is_not() -> None:
    assert "SELECT *" in refusals("SELECT * FROM or_case")[0]
    grouped = "WITH d AS (SELECT row_id, place, day, COUNT(*) AS num FROM or_case GROUP BY row_id, place, day) "
    assert refusals(grouped + counting("num", source="d")) == []


def test_distinct_rows_are_refused_and_counting_distinct_is_not() -> None:
    assert "SELECT DISTINCT: write GROUP BY" in only(refusals(counting().replace("SELECT", "SELECT DISTINCT", 1)))
    grouped = "WITH d AS (SELECT row_id, place, day, COUNT(DISTINCT patient) AS num FROM or_case"
    grouped += " GROUP BY row_id, place, day) "
    assert refusals(grouped + counting("num", source="d")) == []


@pytest.mark.parametrize(
    "num",
    [
        "DATE_DIFF('second', in_room, out_room)",
        "DATE_DIFF('day', day, CAST(in_room AS DATE))",
        "CASE WHEN in_room < day + INTERVAL 30 DAY THEN 7 % 2 ELSE -1 * 3 END",
        "CASE WHEN DATE_TRUNC('month', day) = day THEN 1 ELSE 0 END",
        "COALESCE(NULLIF(1, 2), ABS(3))",
        "CASE WHEN room IN ('OR1', 'OR2') OR day BETWEEN day AND day THEN 1 ELSE 0 END",
    ],
)
def test_the_language_holds_what_a_measure_needs(num: str) -> None:
    assert refusals(counting(num)) == []


@pytest.mark.parametrize(
    "asked", ["EXISTS (SELECT o.row_id {o})", "c.room IN (SELECT o.room {o})", "NOT (EXISTS (SELECT o.room {o}))"]
)
def test_other_rows_are_asked_for_in_where_only(asked: str) -> None:
    asked = asked.format(o="FROM or_case AS o WHERE o.row_id = c.row_id")
    assert refusals(counting(source="or_case AS c", more=f"WHERE {asked}")) == []
    chosen = counting(f"CASE WHEN {asked} THEN 1 ELSE 0 END", source="or_case AS c")
    assert "outside WHERE" in only(refusals(chosen))


def test_a_select_is_no_value_and_may_be_a_table() -> None:
    assert "a SELECT used as a value" in only(refusals(counting("(SELECT 1)")))
    assert refusals(counting(source="(SELECT row_id, place, day FROM or_case) AS c")) == []
    assert refusals(f"({counting()}) UNION ALL ({counting()})") == []


@pytest.mark.parametrize("num", ["day - day", "in_room - out_room", "CASE WHEN day + 1 = day THEN 1 ELSE 0 END"])
def test_reckoning_with_bare_dates_is_refused(num: str) -> None:
    assert "write DATE_DIFF" in refusals(counting(num))[0]


def test_truncating_to_an_hour_is_refused() -> None:
    text = only(refusals(counting("CASE WHEN DATE_TRUNC('hour', in_room) = in_room THEN 1 ELSE 0 END")))
    assert text.startswith("DATE_TRUNC to hour")


def test_an_order_says_where_empty_cells_go() -> None:
    assert refusals(WINDOW.format(window=KEYED)) == []
    silent = KEYED.replace("in_room NULLS LAST", "in_room")
    assert only(refusals(WINDOW.format(window=silent))).startswith("ORDER BY c.in_room: say NULLS FIRST or NULLS LAST")


def test_an_order_that_may_tie_is_refused_with_the_keys_that_would_do() -> None:
    tying = KEYED.replace(", c.case_id NULLS LAST", "")
    text = only(refusals(WINDOW.format(window=tying)))
    assert "rows may tie" in text
    assert "c.case_id, c.facility" in text
    assert "c.row_id" in text


def test_a_key_must_come_last_and_be_whole() -> None:
    early = KEYED.replace("c.in_room NULLS LAST, c.case_id NULLS LAST", "c.case_id NULLS LAST, c.in_room NULLS LAST")
    assert "rows may tie" in only(refusals(WINDOW.format(window=early)))
    without = KEYED.replace("c.facility, ", "")
    assert "rows may tie" in only(refusals(WINDOW.format(window=without)))
    by_row = "LAG(c.room) OVER (PARTITION BY c.room ORDER BY c.row_id DESC NULLS FIRST)"
    assert refusals(WINDOW.format(window=f"CASE WHEN {by_row} = 'OR1' THEN 1 ELSE 0 END")) == []


def test_the_key_of_a_grouped_part_is_what_it_groups_by() -> None:
    days = "WITH d AS (SELECT facility, room, day, MIN(row_id) AS row_id, MIN(place) AS place FROM or_case"
    days += " GROUP BY facility, room, day), "
    numbered = (
        "n AS (SELECT row_id, place, day, ROW_NUMBER() OVER (PARTITION BY {by} ORDER BY day NULLS LAST) AS num FROM d) "
    )
    assert refusals(days + numbered.format(by="facility, room") + counting("num", source="n")) == []
    assert "rows may tie" in only(refusals(days + numbered.format(by="facility") + counting("num", source="n")))


def test_the_key_is_followed_through_renaming() -> None:
    part = "WITH a AS (SELECT row_id AS which, place, day FROM or_case), n AS (SELECT which AS row_id, place, day,"
    part += " ROW_NUMBER() OVER (ORDER BY {by} NULLS LAST) AS num FROM a) "
    assert refusals(part.format(by="which") + counting("num", source="n")) == []
    assert "rows may tie" in only(refusals(part.format(by="place") + counting("num", source="n")))


def test_tables_are_declared_known_and_read() -> None:
    both = refusals(counting(), reads='["or_block"]')
    assert "the table “or_case” is read but not named in “reads”" in both
    assert "“reads” names “or_block”, which the SQL never reads" in both
    assert "“reads” names “nothing”, which is no fact table" in refusals(counting(), reads='["or_case", "nothing"]')


def test_a_file_cannot_be_read_as_a_table() -> None:
    assert refusals(counting(source="'facts.parquet'"))
    assert refusals(counting(source="read_csv('facts.csv')"))
    assert "tables go by their plain name" in " ".join(refusals(counting(source="main.or_case")))


def test_columns_are_those_of_the_table_and_row_id_only() -> None:
    for column in ("weather", "source_line", "batch", "flags"):
        assert "a column is not one that its tables have" in only(
            refusals(counting(f"CASE WHEN {column} = 1 THEN 1 END"))
        )
    joined = counting(source="calendar").replace("row_id, place", "facility AS row_id, facility AS place")
    assert refusals(joined, reads='["calendar"]') == []
    assert "a column" in only(refusals(joined.replace("facility AS place", "shift AS place"), reads='["calendar"]'))


@pytest.mark.parametrize(
    "num",
    [
        "CASE WHEN patient = 'P1' THEN 1 ELSE 0 END",
        "CASE WHEN patient IS NULL THEN 1 ELSE 0 END",
        "CASE WHEN COALESCE(case_id, 'x') = 'x' THEN 1 ELSE 0 END",
    ],
)
def test_a_column_about_a_patient_is_never_compared(num: str) -> None:
    assert PATIENT in only(refusals(counting(num)))


def test_a_column_about_a_patient_is_never_shown_not_even_renamed() -> None:
    assert PATIENT in only(refusals(counting().replace("NULL AS left_out", "patient AS left_out")))
    carried = "WITH a AS (SELECT row_id, place, day, patient AS who FROM or_case) "
    assert PATIENT in only(refusals(carried + counting(source="a").replace("NULL AS left_out", "who AS left_out")))
    union = counting() + " UNION ALL " + counting().replace("NULL AS left_out", "case_id AS left_out")
    assert PATIENT in only(refusals(union))


def test_a_column_about_a_patient_serves_as_a_key() -> None:
    again = "WITH a AS (SELECT facility, patient, row_id, place, day, in_room FROM or_case),"
    again += " n AS (SELECT a.row_id, a.place, a.day, LEAD(a.day) OVER (PARTITION BY a.facility, a.patient"
    again += " ORDER BY a.in_room NULLS LAST, a.row_id NULLS LAST) AS next"
    again += " FROM a JOIN or_case AS o ON o.patient = a.patient AND o.row_id = a.row_id) "
    assert refusals(again + counting("CASE WHEN next IS NULL THEN 0 ELSE 1 END", source="n")) == []
    literal = again.replace("o.patient = a.patient", "o.patient = 'P1'")
    assert PATIENT in only(refusals(literal + counting(source="n")))


def test_each_part_of_a_union_gives_all_columns_in_order() -> None:
    assert "the column “num” is missing" in only(refusals(counting().replace("1 AS num", "1 AS number"))[:1])
    turned = counting().replace("place, day", "day, place")
    text = only(refusals(counting() + " UNION ALL " + turned))
    assert text == "SELECT number 2 of the UNION ALL: its columns stand in another order than those of the first SELECT"
    assert "“room” is given but is no declared breakdown" in only(refusals(counting().replace("day,", "day, room,")))


@pytest.mark.parametrize(("kind", "missing"), [("ratio", "den"), ("rate", "den"), ("distribution", "value")])
def test_each_kind_misses_its_own_columns(kind: str, missing: str) -> None:
    more = {"bin": "60", "tail": "600"} if kind == "distribution" else {}
    assert f"the column “{missing}” is missing" in refusals(counting(), kind=f'"{kind}"', **more)[0]


def test_settings_are_given_and_used() -> None:
    assert only(refusals(counting(":grace"))) == "“:grace” is not among the settings"
    assert only(refusals(counting(), settings="{ grace = 1 }")) == "the setting “grace” is never used"
    assert (
        refusals(counting("CASE WHEN in_room < day + INTERVAL (:grace) DAY THEN 1 END"), settings="{ grace = 1 }") == []
    )


@pytest.mark.parametrize(
    "sql", ["DELETE FROM or_case", counting() + "; " + counting(), "SELECT FROM WHERE", "SELECT 'open"]
)
def test_anything_but_one_readable_select_is_refused(sql: str) -> None:
    assert len(refusals(sql.replace("'open", '"open'))) == 1
