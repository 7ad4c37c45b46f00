"""A formula is plain arithmetic over parts of other measures; what is wrong with one is said in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.measures.definitions import BadMeasure, Definition, definition_from
from housewide.measures.formulas import evaluated, leaves, names_in, parsed, quotient, resolved, side
from housewide.measures.tests.declared import made, refusals, toml


def formula(text: str = "a / b", id: str = "made.formula", **components: str) -> Definition:
    named = components or {"a": "made.cases:num", "b": "made.rooms:value"}
    parts = ", ".join(
        f'{name} = {{ measure = "{said.partition(":")[0]}", part = "{said.partition(":")[2]}" }}'
        for name, said in named.items()
    )
    return definition_from(
        toml(id=f'"{id}"', kind='"formula"', reads="", sql="", formula=f'"{text}"', components=f"{{ {parts} }}")
    )


CASES = made(id='"made.cases"', breakdowns='["room"]')
ROOMS = made(id='"made.rooms"', kind='"distinct"')
OTHER = made(id='"made.other"', kind='"ratio"', per="100")


def finder(*more: Definition) -> Callable[[str], Definition | None]:
    return {one.id: one for one in (CASES, ROOMS, OTHER, *more)}.get


def test_arithmetic_is_exact_and_nothing_divided_by_nothing_is_no_value() -> None:
    amounts = {"a": Fraction(7), "b": Fraction(3), "none": None, "zero": Fraction(0)}
    assert evaluated("(a - 1) * 2 / b", amounts) == 4
    assert evaluated("-a + 10 / 4", amounts) == Fraction(-9, 2)
    assert evaluated("a / zero", amounts) is None
    assert evaluated("a + none", amounts) is None
    assert evaluated("zero / a", amounts) == 0


@pytest.mark.parametrize(
    "text", ["a ** 2", "a // b", "sum(a)", "a.b", "1.5 * a", "a if b else 1", "a < b", "True + a", "'a'"]
)
def test_anything_but_plain_arithmetic_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"in the formula: only names, whole numbers, \+ - \* / and brackets"):
        parsed(text)


@pytest.mark.parametrize(("text", "words"), [("a +", "cannot be read"), ("a+" * 200 + "a", "longer than 300")])
def test_what_cannot_be_read_is_named(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parsed(text)


def test_every_name_is_a_component_and_every_component_is_used() -> None:
    assert names_in("a / (b + a)") == {"a", "b"}
    with pytest.raises(BadMeasure) as bad:
        formula("a / c", a="made.cases:num", b="made.rooms:value")
    assert "“c” in the formula is not among the components" in str(bad.value)
    assert "the component “b” is never used" in str(bad.value)


def test_a_formula_knows_the_tables_and_days_of_what_it_rests_on() -> None:
    ahead = made(id='"made.ahead"', lookahead_days="30", reads='["or_block"]')
    found = resolved(formula(a="made.cases:num", b="made.ahead:num"), finder(ahead))
    assert (found.reads, found.lookahead_days) == (("or_case", "or_block"), 30)
    assert [leaf.id for leaf in leaves(found)] == ["made.cases", "made.ahead"]


@pytest.mark.parametrize(
    ("components", "words"),
    [
        ({"a": "made.nothing:num", "b": "made.rooms:value"}, "names the measure “made.nothing”, which there is not"),
        ({"a": "made.cases:den", "b": "made.rooms:value"}, "a total has no “den”; it has value, num, count"),
        ({"a": "made.formula:value", "b": "made.rooms:value"}, "leads back to itself: made.formula → made.formula"),
    ],
)
def test_a_component_that_cannot_be_used_is_named(components: dict[str, str], words: str) -> None:
    bad = formula(**components)
    with pytest.raises(ValueError, match=words):
        resolved(bad, finder(bad))


def test_a_longer_way_round_is_refused_too() -> None:
    one = formula(id="made.one", a="made.two:value", b="made.cases:num")
    two = formula(id="made.two", a="made.one:value", b="made.cases:num")
    with pytest.raises(ValueError, match=r"made\.one → made\.two → made\.one"):
        resolved(one, finder(one, two))


def test_a_breakdown_must_be_one_of_every_component() -> None:
    by_room = replace(formula(), breakdowns=("room",))
    with pytest.raises(ValueError, match="the breakdown “room” is none of the component “b”"):
        resolved(by_room, finder())


def test_a_changed_component_changes_the_identity_of_the_formula() -> None:
    first = resolved(formula(), finder())
    again = resolved(formula(), {"made.cases": made(id='"made.cases"', scale="60"), "made.rooms": ROOMS}.get)
    assert first.sha256 != again.sha256
    assert first.sha256 == resolved(formula("a/b"), finder()).sha256


def test_only_what_adds_up_over_labels_is_split_by_them() -> None:
    sums = {"a": "made.cases:num", "b": "made.other:den"}
    assert quotient(resolved(formula("(a + 0) / b", **sums), finder())) is None
    assert quotient(resolved(formula("2 * a / b", **sums), finder())) is not None
    assert quotient(resolved(formula("a * b", **sums), finder())) is None
    assert quotient(resolved(formula(), finder())) is None, "a distinct count does not add up"
    whole = quotient(resolved(formula("(a - b) / 60", **sums), finder()))
    assert whole is not None and whole[1] is None


numbers = st.fractions(min_value=-100, max_value=100, max_denominator=20)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=6))
def test_the_sides_of_a_quotient_add_up_over_any_split(cells: list[tuple[Fraction, Fraction]]) -> None:
    sides = quotient(resolved(formula("(3 * a - b) / b", a="made.cases:num", b="made.other:den"), finder()))
    assert sides is not None
    for part in sides:
        if part is None:
            continue
        each = [side(part, {"a": a, "b": b}) or Fraction(0) for a, b in cells]
        whole = {"a": sum((a for a, _ in cells), Fraction(0)), "b": sum((b for _, b in cells), Fraction(0))}
        assert sum(each, Fraction(0)) == side(part, whole)


def test_the_key_of_a_distinct_count_may_be_about_a_patient_and_nothing_else_may() -> None:
    sql = "SELECT 'or_case' AS src, row_id, place, day, NULL AS left_out, {} AS key FROM or_case"
    assert refusals(sql.format("patient"), kind='"distinct"') == []
    shown = refusals(sql.format("SUBSTR(patient, 1, 3)"), kind='"distinct"')
    assert shown
    total = "SELECT 'or_case' AS src, row_id, patient AS place, day, NULL AS left_out, 1 AS num FROM or_case"
    assert any("is about a patient" in text for text in refusals(total))
