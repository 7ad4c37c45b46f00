"""What is the better answer: codes, beginnings, words, slips."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.kit.finding import closeness, folded, slipped


def test_the_order_of_answers() -> None:
    scores = [
        closeness("mvh", "Whatever", codes=["MVH"]),
        closeness("or", "OR"),
        closeness("oper", "Operating rooms"),
        closeness("rooms oper", "Operating rooms"),
        closeness("ating", "Operating rooms"),
        closeness("wheels", "First cases on time", beside=["in the room (wheels in) within 5 minutes"]),
        closeness("opreating", "Operating rooms"),
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores) and scores[-1] > 0


def test_of_two_titles_that_begin_alike_the_shorter_is_first() -> None:
    assert closeness("turn", "Turnover") > closeness("turn", "Turnover of rooms between cases")


def test_case_accents_and_signs_make_no_difference() -> None:
    assert folded("  Café—Müller’s (OR) ") == "cafe muller s or"
    assert closeness("garcia", "María García") == closeness("GARCÍA", "María García") > 0


@pytest.mark.parametrize("typed", ["utilzation", "utilisation", "utilizatoin", "utillization"])
def test_a_slip_still_finds(typed: str) -> None:
    assert closeness(typed, "Block utilization") > 0


@pytest.mark.parametrize(("typed", "word"), [("bed", "bad"), ("case", "lase"), ("turnover", "rollover")])
def test_another_word_is_not_a_slip(typed: str, word: str) -> None:
    assert not slipped(typed, word)


def test_nothing_asked_is_no_answer() -> None:
    assert closeness("  –– ", "Anything") == 0
    assert closeness("xyz", "Operating rooms") == 0


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_title_answers_itself_best(question: str, title: str) -> None:
    own = closeness(title, title)
    assert own >= closeness(question, title) or folded(question) == folded(title)
    assert closeness(question, title) == closeness(question.swapcase(), title) or folded(question) != folded(
        question.swapcase()
    )
