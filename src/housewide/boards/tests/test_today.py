"""Today says whether the house is ready, what changed and what is due, to each person about their own places only."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from housewide.access.tests.cast import Cast, account
from housewide.boards.mornings import morning, when
from housewide.boards.owing import tasks_owed
from housewide.boards.tests.days_world import CARE, LAST_NIGHT, PATIENTS, patients_of
from housewide.facts.models import Batch
from housewide.kit.clock import now
from housewide.kit.opaque import opaque_id
from housewide.kit.registry import Owed, registry
from housewide.measures.daily import daily
from housewide.measures.rows import rows_behind
from housewide.org.models import Account
from housewide.work.actions import raise_task

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
TODAY = date(2026, 11, 23)


@pytest.fixture
def owes(monkeypatch: pytest.MonkeyPatch) -> list[Owed]:
    """Debts of a test, beside the tasks and nothing else."""
    found: list[Owed] = []
    monkeypatch.setattr(registry, "debts", [tasks_owed, lambda account: found])
    return found


def page(who: Account, query: str = "") -> str:
    client = Client()
    client.force_login(who)
    answer = client.get(f"/today/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_start_page_is_today(nurse: Account) -> None:
    client = Client()
    client.force_login(nurse)
    assert client.get("/")["Location"] == "/today/"


def test_it_says_who_where_and_when_and_the_numbers_of_the_house(nurse: Account) -> None:
    text = page(nurse)
    assert "Mon, Nov 23, 2026" in text
    assert "Place ONE" in text
    assert "Chief nursing officer" in text
    patients = patients_of("ONE-ED", LAST_NIGHT) + patients_of("ONE-OR1", LAST_NIGHT)
    assert f"<b>{patients}</b><span>patients at midnight</span>" in text


def test_a_number_leads_to_the_rows_of_its_day_and_they_add_up_to_it(nurse: Account) -> None:
    found = {stat.label: stat for stat in morning(nurse).stats}["patients at midnight"]
    assert found.url == f"/at/ONE/2026-11/measures/{PATIENTS}/rows/?day=2026-11-22"
    client = Client()
    client.force_login(nurse)
    listed = client.get(found.url).content.decode()
    assert "<b>2</b> rows" in listed or "<b>2</b> row" in listed
    rows = [row for row in rows_behind(PATIENTS, "ONE", "2026-11").rows if row.day == LAST_NIGHT]
    assert sum(row.num for row in rows) == int(found.text)


def test_what_stands_out_is_told_where_it_happened_with_what_is_usual(nurse: Account) -> None:
    changed = morning(nurse).changed
    first = changed[0].daily
    assert (first.measure, first.day, first.signal.word) == (CARE, LAST_NIGHT, "worsening")
    assert "Place ONE-ED" in first.part or first.place == "ONE-ED"
    text = page(nurse)
    assert "Worsening" in text
    assert "weekends and holidays" in text
    assert "What changed since Friday" in text


def test_a_day_is_only_judged_when_it_is_over(nurse: Account) -> None:
    (night,) = daily([CARE], "ONE", TODAY, exactly=False)
    assert night.day == LAST_NIGHT
    assert daily([CARE], "ONE", TODAY, exactly=True) == []


def test_a_number_older_than_a_week_is_no_news(nurse: Account) -> None:
    assert daily([CARE], "ONE", LAST_NIGHT + timedelta(days=7))
    assert daily([CARE], "ONE", LAST_NIGHT + timedelta(days=8)) == []


def test_a_stranger_signs_in_first_and_another_hospital_sees_nothing_of_it(nurse: Account, cast: Cast) -> None:
    assert Client().get("/today/")["Location"].startswith("/accounts/login/")
    text = page(cast.charlie, "?at=ONE")
    assert "Place TWO" in text
    assert "Place ONE" not in text
    assert "No daily numbers yet" in text


def test_whoever_may_not_see_rows_is_led_to_the_measure(nurse: Account) -> None:
    finance = account("fay", "finance_partner", "ONE")
    assert all("/rows/" not in stat.url for stat in morning(finance).stats)
    assert all(line.rows_url == "" for line in morning(finance).changed)


def test_what_is_due_stands_oldest_first_and_what_others_wait_for_apart(
    nurse: Account, cast: Cast, owes: list[Owed]
) -> None:
    later, late, never = TODAY + timedelta(days=2), TODAY - timedelta(days=3), None
    owes += [
        Owed("Later", "", "/a/", later, "comment"),
        Owed("Whenever", "", "/b/", never, "comment"),
        Owed("Late", "", "/c/", late, "signature"),
        Owed("Asked", "", "/d/", TODAY, "escalation", "ONE", True),
    ]
    raise_task(by=nurse, title="Call the agency", why="", place="ONE", owner=nurse, due=TODAY)
    found = morning(nurse)
    assert [one.owed.title for one in found.due] == ["Late", "Call the agency", "Later", "Whenever"]
    assert [one.when for one in found.due] == ["Overdue 3 days", "Due today", "Due Wed, Nov 25", "No day set"]
    assert [one.owed.title for one in found.waiting] == ["Asked"]
    text = page(nurse)
    assert text.index("Others wait for you") < text.index("Due from you")
    assert len(found.stats) <= 5


def test_one_list_that_cannot_be_read_does_not_take_the_morning_with_it(
    nurse: Account, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(account: object) -> list[Owed]:
        raise KeyError("Jane Roe, born 1950")

    registry.add_debt(broken)
    try:
        text = page(nurse)
    finally:
        registry.debts.remove(broken)
    assert "could not be read" in text
    assert "KeyError" in caplog.text
    assert "Jane Roe" not in caplog.text + text


def test_files_that_came_in_are_told_to_whoever_runs_the_feeds(nurse: Account) -> None:
    found = morning(nurse).overnight
    assert found is not None
    assert [(one.title, one.files, one.set_aside) for one in found.arrivals] == [("Census", 1, 0)]
    staff = account("stella", "staff", "ONE")
    assert morning(staff).overnight is None


def sent_again(changed: bool = False, waiting: int = 0) -> None:
    batch = Batch.objects.get()
    batch.pk, batch.public_id, batch.set_aside_open = None, opaque_id(), waiting
    batch.periods = [{**entry, "changed": changed} for entry in batch.periods]
    batch.save(force_insert=True)


def test_a_file_that_was_sent_again_is_no_news(nurse: Account) -> None:
    once = morning(nurse).overnight
    sent_again(waiting=3)
    found = morning(nurse).overnight
    assert once is not None and found is not None
    assert [(one.files, one.rows) for one in found.arrivals] == [(one.files, one.rows) for one in once.arrivals]
    assert (found.set_aside, found.older) == (3, 0), "rows that it took over wait all the same"


def test_an_old_file_that_was_sent_again_is_not_told_but_its_rows_wait(nurse: Account) -> None:
    Batch.objects.update(at=now() - timedelta(days=9))
    sent_again(waiting=3)
    Batch.objects.filter(pk=Batch.objects.latest("pk").pk).update(at=now())
    found = morning(nurse).overnight
    assert found is not None and (found.arrivals, found.older) == ([], 3)


def test_a_file_that_was_sent_again_and_set_rows_back_is_news(nurse: Account) -> None:
    sent_again(changed=True)
    found = morning(nurse).overnight
    assert found is not None and [one.files for one in found.arrivals] == [2]


def test_somebody_with_nothing_yet_reads_what_to_do(cast: Cast) -> None:
    text = page(cast.alice)
    assert "No daily numbers yet" in text
    assert "Nothing is due from you" in text


def test_one_primary_button_and_nothing_inline(nurse: Account) -> None:
    text = page(nurse)
    main = text[text.index("<main") : text.index("</main>")]
    assert main.count('class="button primary"') == 1
    assert " style=" not in main
    assert "<script" not in main


def test_the_page_asks_few_questions_once_it_is_warm(nurse: Account) -> None:
    client = Client()
    client.force_login(nurse)
    client.get("/today/")
    asked = []
    for name in ("default", "cubes"):
        with CaptureQueriesContext(connections[name]) as queries:
            client.get("/today/")
        asked.append(len(queries))
    assert asked[0] <= 60
    assert asked[1] <= 40  # inside a test's transaction nothing is kept from one request to the next


@pytest.mark.parametrize(
    ("due", "words"),
    [(TODAY, "Due today"), (TODAY - timedelta(days=1), "Overdue 1 day"), (None, "No day set")],
)
def test_a_due_day_is_told_against_today(due: date | None, words: str) -> None:
    assert when(due, TODAY) == words
