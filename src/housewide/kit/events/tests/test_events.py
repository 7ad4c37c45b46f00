"""News commits with the change that caused it, and each listener acts on it once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction

from housewide.kit.audit.models import Act, Change
from housewide.kit.clock import now
from housewide.kit.events import Happened, deliver, emit, listen, listeners
from housewide.kit.events.checks import every_listener_keeps_up
from housewide.kit.events.models import Cursor, Event

# By name: the kit never imports what is built on it.
Person = apps.get_model("org", "Person")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _only_mine() -> Iterator[None]:
    kept = dict(listeners)
    listeners.clear()
    yield
    listeners.clear()
    listeners.update(kept)


def test_each_listener_hears_each_event_once_and_in_order() -> None:
    heard: list[tuple[str, int]] = []

    @listen("a", "b")
    def first(event: Happened) -> None:
        heard.append(("first", event.payload["n"]))

    @listen("b")
    def second(event: Happened) -> None:
        heard.append(("second", event.payload["n"]))

    for number, name in enumerate("abca"):
        emit(name, {"n": number})
    assert deliver() == 4 and deliver() == 0
    assert heard == [("first", 0), ("first", 1), ("first", 3), ("second", 1)]


def test_an_event_of_a_change_that_was_rolled_back_never_happened() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        emit("a", {})
        raise RuntimeError
    assert not Event.objects.exists()


def test_a_listener_that_fails_is_tried_again_later_and_holds_up_nobody() -> None:
    broken = [True]

    @listen("a")
    def failing(event: Happened) -> None:
        Person.objects.create(code=f"f{event.id}", name="Half done")
        if broken[0]:
            raise ValueError("patient Smith")

    @listen("a")
    def sound(event: Happened) -> None:
        Person.objects.create(code=f"s{event.id}", name="Done")

    emit("a", {})
    emit("a", {})
    assert deliver() == 2
    assert set(Person.objects.values_list("name", flat=True)) == {"Done"}
    cursor = Cursor.objects.get(listener__endswith="failing")
    assert cursor.failures == 1 and "ValueError" in cursor.last_error and "Smith" not in cursor.last_error
    assert cursor.retry_at is not None and cursor.retry_at > now()
    broken[0] = False
    assert deliver() == 0, "it waits its time"
    Cursor.objects.update(retry_at=now() - timedelta(seconds=1))
    assert deliver() == 2
    cursor.refresh_from_db()
    assert (cursor.failures, cursor.last_error, cursor.retry_at) == (0, "", None)
    assert Person.objects.filter(name="Half done").count() == 2


def test_each_wait_is_longer_and_the_check_tells_after_three() -> None:
    @listen("a")
    def failing(event: Happened) -> None:
        raise ValueError

    emit("a", {})
    waits = []
    for _ in range(3):
        deliver()
        cursor = Cursor.objects.get()
        waits.append(cursor.retry_at - now())
        Cursor.objects.update(retry_at=None)
    assert waits == sorted(waits) and waits[0] < waits[2]
    [problem] = every_listener_keeps_up()
    assert "failing" in problem.text and "3 times" in problem.text


def test_what_a_listener_changes_is_put_down_to_it() -> None:
    @listen("a")
    def make_person(event: Happened) -> None:
        Person.objects.create(code="x", name="X")

    emit("a", {})
    deliver()
    act = Act.objects.get(pk=Change.objects.get(table="org_person").act)
    assert (act.actor, act.name) == ("system:events", "hear make_person")


def test_nothing_to_hear_leaves_no_act() -> None:
    @listen("a")
    def quiet(event: Happened) -> None: ...

    deliver()
    assert not Act.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_heard_though_a_later_one_was_heard_before() -> None:
    heard: list[str] = []

    @listen("a")
    def hear(event: Happened) -> None:
        heard.append(event.payload["who"])

    emitted, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            emit("a", {"who": "slow"})
            emitted.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    emitted.wait(10)
    if connection.vendor == "sqlite":
        go_on.set()  # one writer at a time: the quick one waits for the slow one
    emit("a", {"who": "quick"})
    deliver()
    go_on.set()
    thread.join()
    deliver()
    assert heard == (["slow", "quick"] if connection.vendor == "sqlite" else ["quick", "slow"])
    assert deliver() == 0 and len(heard) == 2


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_workers_at_once_lose_no_event_and_tell_none_twice() -> None:
    @listen("a")
    def hear(event: Happened) -> None:
        Person.objects.create(code=event.payload["code"], name="Heard")  # the code is unique: told twice would fail

    def write(number: int) -> None:
        for turn in range(12):
            with transaction.atomic():
                emit("a", {"code": f"{number}-{turn}"})
        connection.close()

    def work() -> None:
        while not over.is_set():
            deliver()
        connection.close()

    over = threading.Event()
    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    workers = [threading.Thread(target=work) for _ in range(2)]
    for thread in [*writers, *workers]:
        thread.start()
    for thread in writers:
        thread.join()
    over.set()
    for thread in workers:
        thread.join()
    deliver()
    assert Person.objects.count() == Event.objects.count() == 36
    cursor = Cursor.objects.get()
    assert cursor.failures == 0 and cursor.last_event == 36
    numbers = list(Event.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, 37))
