"""The numbers at the top of Today are data, and every one of them exists."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.access.roles import roles
from housewide.boards.presets import MOST, BadPresets, numbers_for, presets, read_presets
from housewide.measures.daily import DAILY_KINDS
from housewide.measures.definitions import all_definitions

NAMES = [*sorted({one.measure for numbers in presets().values() for one in numbers}), "tests.other", "tests.more"]


def test_every_preset_is_of_a_role_and_of_measures_that_have_days() -> None:
    known = all_definitions()
    assert set(presets()) <= set(roles())
    for numbers in presets().values():
        assert [one.measure for one in numbers if known[one.measure].kind not in DAILY_KINDS] == []
        assert all(one.label for one in numbers)


@given(st.lists(st.sampled_from(sorted(roles())), max_size=3), st.lists(st.sampled_from(NAMES), max_size=12))
def test_at_most_six_numbers_none_twice_and_only_those_that_are_there(held: list[str], there: list[str]) -> None:
    found = [one.measure for one in numbers_for(held, there)]
    assert len(found) == len(set(found)) == min(MOST, len(set(there)))
    assert set(found) <= set(there)


@pytest.mark.parametrize(
    "text",
    ['[[presets]]\nroles = ["cno"]\nnumbers = [{ label = "x" }]',
     '[[presets]]\nroles = ["cno"]\nnumbers = [{ measure = "a.b", when = "noon" }]',
     '[[presets]]\nroles = ["cno"]\n[[presets]]\nroles = ["cno"]'],
)  # fmt: skip
def test_a_faulty_preset_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadPresets):
        read_presets(text)
