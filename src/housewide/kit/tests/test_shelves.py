"""What workers change is found anew before anybody asks; what people change they see at once; months stand alone."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from housewide.kit import shelves
from housewide.kit.memory import kept, not_for_all, offer, remembering
from housewide.kit.shelves import Group, Through, clear_shelves

OCTOBER, NOVEMBER = "2026-10", "2026-11"


class Books:
    """Figures that a worker counts by month, and a target that a person sets."""

    def __init__(self) -> None:
        self.versions = {"cubes@2026-10": 1, "cubes@2026-11": 1, "cubes@": 0, "target": 1}
        self.asked: list[str] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def count(self, month: str = NOVEMBER) -> None:
        self.versions[f"cubes@{month}"] += 1

    def look(self, month: str = NOVEMBER, *, renewed: bool = True) -> int:
        """What a request sees: how often the month and those before it were counted."""

        def find() -> int:
            assert self.may_answer.wait(5)
            self.asked.append(month)
            return sum(self.versions[f"cubes@{one}"] for one in (OCTOBER, NOVEMBER) if one <= month)

        on: tuple[Group, ...] = ("target", Through("cubes", month))
        with remembering():
            return kept(("total", month), find, on=on, renewed=renewed)


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    made = Books()
    monkeypatch.setattr(shelves, "_versions", {"books": lambda: dict(made.versions)})
    monkeypatch.setattr(shelves, "_busy", [])
    monkeypatch.setattr(shelves, "_patient", {"cubes"})
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    clear_shelves()
    yield made
    made.may_answer.set()
    settled()
    clear_shelves()


def settled() -> None:
    """Wait until nothing is being found anew."""
    for thread in threading.enumerate():
        if thread.name == "renewal":
            thread.join(5)
            assert not thread.is_alive()


def eventually(look: Callable[[], int], wanted: int) -> None:
    until = time.monotonic() + 5
    while look() != wanted:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_count_of_november_leaves_october_on_its_shelf(books: Books) -> None:
    assert (books.look(OCTOBER), books.look(NOVEMBER)) == (1, 2)
    books.count(NOVEMBER)
    assert books.look(OCTOBER) == 1
    assert books.asked.count(OCTOBER) == 1
    eventually(books.look, 3)


def test_a_count_of_october_changes_november_too_and_so_does_one_of_no_known_month(books: Books) -> None:
    assert books.look(NOVEMBER) == 2
    books.count(OCTOBER)
    eventually(books.look, 3)
    books.versions["cubes@2026-10"] += 1
    books.versions["cubes@"] += 1
    eventually(books.look, 4)


def test_while_it_is_found_anew_pages_show_what_was_before(books: Books) -> None:
    assert books.look() == 2
    books.may_answer.clear()
    books.count()
    assert [books.look() for _ in range(5)] == [2] * 5  # nobody waits for the one who finds it
    books.may_answer.set()
    settled()
    assert books.look() == 3
    assert len(books.asked) == 2


def test_no_page_is_further_behind_than_the_lag(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "LAG", 0.2)
    assert books.look() == 2
    books.may_answer.clear()
    books.count()
    assert books.look() == 2
    time.sleep(0.3)
    threading.Timer(0.1, books.may_answer.set).start()
    assert books.look() == 3  # it waits


def test_the_first_who_looks_after_a_quiet_night_sees_the_new_figures(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "LAG", 0.05)
    assert books.look() == 2
    time.sleep(0.1)
    books.count()
    assert books.look() == 3


def test_what_a_person_changed_the_next_request_sees(books: Books) -> None:
    assert books.look() == 2
    books.count()
    books.versions["target"] += 1
    assert books.look() == 3


def test_a_second_change_on_the_heels_of_the_first_is_not_lost(books: Books) -> None:
    assert books.look() == 2
    books.may_answer.clear()
    books.count()
    books.look()
    books.count()
    books.look()
    books.may_answer.set()
    eventually(books.look, 4)


def test_what_was_offered_or_rests_on_more_than_its_key_is_not_found_anew(books: Books) -> None:
    on: tuple[Group, ...] = ("target", Through("cubes", NOVEMBER))
    with remembering():
        offer("along the way", 2, on=on)
    assert books.look(renewed=False) == 2
    books.count()
    books.look(renewed=False)
    settled()
    with remembering():
        assert kept("along the way", lambda: 3, on=on) == 3
    assert books.look(renewed=False) == 3


def test_one_answer_that_fails_does_not_keep_the_others_from_being_found(books: Books) -> None:
    on: tuple[Group, ...] = ("target", Through("cubes", NOVEMBER))

    def find() -> int:
        if books.versions["cubes@2026-11"] > 1:
            raise LookupError("gone")
        return 1

    assert books.look() == 2
    with remembering():
        assert kept("fragile", find, on=on, renewed=True) == 1
    books.count()
    books.look()
    settled()
    asked = len(books.asked)
    assert (books.look(), len(books.asked)) == (3, asked)
    with remembering(), pytest.raises(LookupError):
        kept("fragile", find, on=on, renewed=True)


def test_months_that_people_ask_for_do_not_fill_the_memory(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "MOST_SHELVES", 3)
    for number in range(1, 10):
        with remembering():
            kept("any", lambda: 1, on=(Through("cubes", f"2026-{number:02d}"),))
    assert len(shelves._shelves) == 3


def test_what_rests_on_a_shelf_that_is_behind_is_not_kept_as_if_it_were_current(books: Books) -> None:
    """On the first of the month an answer about both months is new while the old month is still being found anew."""
    assert books.look(OCTOBER) == 1
    books.may_answer.clear()
    books.count(OCTOBER)
    whole: tuple[Group, ...] = ("target", Through("cubes", "2026-12"))

    def year() -> int:
        with_october: tuple[Group, ...] = ("target", Through("cubes", OCTOBER))
        return 100 + kept(("total", OCTOBER), lambda: 2, on=with_october)

    with remembering():
        assert kept("year", year, on=whole) == 101  # of one piece with the rest of this page
    with remembering():
        assert kept("year", lambda: 102, on=whole) == 102


def test_who_looked_long_ago_does_not_make_an_old_shelf_current(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "LAG", 0.3)
    assert books.look() == 2
    slow = shelves.versions_now()
    time.sleep(0.4)
    books.count()
    on: tuple[Group, ...] = ("target", Through("cubes", NOVEMBER))
    shelves.shelf_for(on, slow, None)
    assert books.look() == 3
    assert shelves.shelf_for(on, slow, None).version != shelves.shelf_for(on, shelves.versions_now(), None).version
    assert (books.look(), books.asked.count(NOVEMBER)) == (3, 2)  # the slow one has not taken the new shelf away


def test_half_an_answer_is_nobody_elses(books: Books) -> None:
    on: tuple[Group, ...] = ("target",)

    def busy() -> str:
        not_for_all("the engine was busy")
        return "nothing"

    with remembering():
        assert kept("part", busy, on=on) == "nothing"
    with remembering():
        assert kept("part", lambda: "Room 3", on=on) == "Room 3"


def test_a_process_that_ends_while_something_is_found_anew_ends_well(tmp_path: Path) -> None:
    script = """
import time
from housewide.kit import shelves
from housewide.kit.memory import kept, remembering
version = {"cubes": 1}
shelves.watch("test", lambda: dict(version), patient=("cubes",))
def find():
    time.sleep(0.3 if version["cubes"] > 1 else 0)
    return version["cubes"]
for _ in range(2):
    with remembering():
        print(kept("a", find, on=("cubes",), renewed=True), kept("b", find, on=("cubes",), renewed=True))
    version["cubes"] += 1
"""
    environment = {**os.environ, "HOUSEWIDE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "housewide.site.settings"}
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["1", "1", "1", "1"]), done.stderr
    assert time.monotonic() - began < 20
