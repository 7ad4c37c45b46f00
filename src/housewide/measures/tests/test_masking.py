"""Surgeons' names stay in the house: one label each, the same on every page, and never a name by mistake."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from housewide.measures.masking import masked, names_people, surgeon_masks

SECRET = b"a secret of the tests"
NAMES = st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=130)


def test_surgeons_and_block_owners_are_people_and_rooms_are_not() -> None:
    assert [by for by in ("surgeon", "owner", "room", "service", "late_reason") if names_people(by)] == [
        "surgeon",
        "owner",
    ]


@given(NAMES)
def test_every_name_gets_a_label_of_its_own_that_does_not_hold_the_name(names: list[str]) -> None:
    masks = surgeon_masks(names, SECRET)
    assert set(masks) == set(names)
    assert len(set(masks.values())) == len(names)
    assert all(label.startswith("Surgeon ") and label[8:].isdigit() for label in masks.values())


@given(NAMES, st.randoms())
def test_labels_do_not_depend_on_the_order_in_which_names_come(names: list[str], random: object) -> None:
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert surgeon_masks(shuffled, SECRET) == surgeon_masks(names, SECRET)


def test_another_secret_gives_another_order_so_the_alphabet_tells_nothing() -> None:
    names = [f"Dr. {letter}" for letter in "ABCDEFGHIJKLMNOP"]
    one, other = surgeon_masks(names, b"one"), surgeon_masks(names, b"other")
    assert one != other
    assert [one[name] for name in names] != sorted(one.values())


def test_a_service_that_owns_a_block_keeps_its_words() -> None:
    masks = surgeon_masks(["Orthopaedics", "Dr. Chen"], SECRET, spared=["Orthopaedics"])
    assert masks == {"Dr. Chen": "Surgeon 01"}
    assert masked("owner", "Orthopaedics", masks, ["Orthopaedics"]) == "Orthopaedics"
    assert masked("owner", "Dr. Chen", masks, ["Orthopaedics"]) == "Surgeon 01"


def test_a_name_nobody_has_labelled_yet_is_not_shown_either() -> None:
    assert masked("surgeon", "Dr. New", {}) == "Surgeon"
    assert masked("room", "OR 4", {}) == "OR 4"
    assert masked("surgeon", "", {}) == ""


def test_labels_have_as_many_digits_as_the_count_needs() -> None:
    masks = surgeon_masks([f"Dr. {number}" for number in range(120)], SECRET)
    assert "Surgeon 001" in masks.values()
    assert len(masks) == 120
