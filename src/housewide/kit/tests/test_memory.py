"""What is kept for everybody: never older than what has been committed, never taken from an open transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housewide.kit import shelves
from housewide.kit.memory import forget, kept, remembering
from housewide.kit.shelves import clear_shelves


class House:
    """A thing that changes in two parts, and how often it was asked."""

    def __init__(self) -> None:
        self.version = {"walls": 1, "roof": 1}
        self.busy = False
        self.asked = 0

    def ask(self) -> int:
        self.asked += 1
        return self.version["walls"]


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    made = House()
    monkeypatch.setattr(shelves, "_versions", {"house": lambda: dict(made.version)})
    monkeypatch.setattr(shelves, "_busy", [lambda: made.busy])
    clear_shelves()
    yield made
    clear_shelves()


def look(house: House) -> int:
    with remembering():
        return kept("walls", house.ask, on=("walls",))


def test_a_second_request_is_answered_from_the_shelf_until_the_group_changes(house: House) -> None:
    assert (look(house), look(house), house.asked) == (1, 1, 1)
    house.version["roof"] += 1
    assert (look(house), house.asked) == (1, 1)
    house.version["walls"] += 1
    assert (look(house), house.asked) == (2, 2)


def test_inside_a_transaction_nothing_is_taken_from_the_shelf_and_nothing_put_on_it(house: House) -> None:
    assert look(house) == 1
    house.busy = True
    assert (look(house), look(house), house.asked) == (1, 1, 3)
    house.busy = False
    assert (look(house), house.asked) == (1, 3)


def test_what_a_request_changed_it_sees_itself(house: House) -> None:
    with remembering():
        assert kept("walls", house.ask, on=("walls",)) == 1
        house.version["walls"] += 1
        assert kept("walls", house.ask, on=("walls",)) == 1  # a page is of one piece
        forget()
        assert kept("walls", house.ask, on=("walls",)) == 2


def test_outside_a_request_every_question_is_asked(house: House) -> None:
    assert [kept("walls", house.ask, on=("walls",)) for _ in range(3)] == [1, 1, 1]
    assert house.asked == 3


def test_a_slow_request_leaves_nothing_old_for_those_that_began_later(house: House) -> None:
    seen: list[int] = []

    def slow() -> int:
        house.version["walls"] += 1  # committed by somebody else while the old answer is still being worked out
        later = threading.Thread(target=lambda: seen.append(look(house)))
        later.start()
        later.join()
        return 1

    with remembering():
        assert kept("walls", slow, on=("walls",)) == 1
    assert seen == [2]
    assert look(house) == 2


def test_who_asks_for_what_they_are_finding_out_does_not_wait_for_themselves(house: House) -> None:
    with remembering():
        assert kept("walls", lambda: kept("walls", house.ask, on=("walls",)), on=("walls",)) == 1


def test_the_shelf_stays_small(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MOST_KEPT", 3)
    for key in range(5):
        with remembering():
            kept(key, house.ask, on=("walls",))
    with remembering():
        kept(4, house.ask, on=("walls",))
        assert house.asked == 5
        kept(0, house.ask, on=("walls",))
        assert house.asked == 6


def test_those_who_ask_at_once_wait_for_the_first_who_asked(house: House) -> None:
    began, go = threading.Event(), threading.Event()
    seen: list[int] = []

    def slow() -> int:
        began.set()
        assert go.wait(5)
        return house.ask()

    def read(find: Callable[[], int]) -> None:
        with remembering():
            seen.append(kept("walls", find, on=("walls",)))

    first = threading.Thread(target=read, args=(slow,))
    first.start()
    assert began.wait(5)
    others = [threading.Thread(target=read, args=(house.ask,)) for _ in range(3)]
    for thread in others:
        thread.start()
    go.set()
    for thread in [first, *others]:
        thread.join()
    assert (seen, house.asked) == ([1, 1, 1, 1], 1)


def test_an_answer_that_could_not_be_found_is_not_kept(house: House) -> None:
    def broken() -> int:
        raise LookupError("the cubes are away")

    with remembering(), pytest.raises(LookupError):
        kept("walls", broken, on=("walls",))
    assert (look(house), house.asked) == (1, 1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["look", "walls", "roof"]), max_size=30))
def test_whatever_happens_nobody_sees_an_older_house(house_steps: list[str]) -> None:
    made = House()
    before = (shelves._versions, shelves._busy)
    shelves._versions, shelves._busy = {"house": lambda: dict(made.version)}, []
    clear_shelves()
    try:
        for step in house_steps:
            if step == "look":
                assert look(made) == made.version["walls"]
            else:
                made.version[step] += 1
    finally:
        shelves._versions, shelves._busy = before
        clear_shelves()


def test_many_threads_get_the_answer_of_their_time(house: House) -> None:
    wrong: list[int] = []

    def read() -> None:
        for _ in range(200):
            least = house.version["walls"]
            if look(house) < least:
                wrong.append(least)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(200):
        house.version["walls"] += 1
    for thread in threads:
        thread.join()
    assert wrong == []
