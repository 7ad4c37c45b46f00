"""A job is run to its end, its effect commits once, and a run that lost its lease commits nothing."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from housewide.kit.actions import Refused
from housewide.kit.audit.models import Act, Change
from housewide.kit.audit.outside import outside_changes
from housewide.kit.clock import now
from housewide.kit.home import home_folder
from housewide.kit.jobs import JobFailed, JobRun, LeaseLost, cancel_job, enqueue, job, retry_job, run_all, work_once
from housewide.kit.jobs.checks import artefacts_are_what_was_made, no_job_is_stuck
from housewide.kit.jobs.models import Artefact, Job, Schedule
from housewide.kit.jobs.queue import take_job
from housewide.kit.jobs.schedules import next_time, start_due, sync_schedules
from housewide.kit.jobs.workers import work_forever

# By name: the kit never imports what is built on it.
Account = apps.get_model("org", "Account")
Person = apps.get_model("org", "Person")

pytestmark = pytest.mark.django_db
LAPSED = timedelta(seconds=-1)


@pytest.fixture
def alice() -> Account:
    return Account.objects.create_user("alice@example.org")


def _hire(**options: Any) -> None:
    @job("hire", title="Hire somebody", **options)
    def hire(run: JobRun) -> dict[str, int]:
        run.progress(50, "writing the contract")
        with run.effect():
            Person.objects.create(code=run.params["code"], name="New")
        return {"hired": 1}


def _ready(row: Job) -> None:
    Job.objects.filter(pk=row.pk).update(run_after=now() - timedelta(seconds=1))


def test_it_works(alice: Account) -> None:
    _hire()
    row = enqueue("hire", {"code": "n1"}, by=alice, place="A-1")
    assert run_all() == [row]
    row.refresh_from_db()
    assert (row.state, row.result, row.done_share, row.attempts, row.error) == ("done", {"hired": 1}, 100, 1, "")
    act = Act.objects.get(pk=Change.objects.get(table="org_person", op="I").act)
    assert (act.actor, act.place, act.subject) == ("alice@example.org", "A-1", f"job:{row.public_id}")
    assert not outside_changes().filter(table__startswith="jobs_").exists()


def test_a_job_asked_for_in_a_change_that_failed_was_never_asked_for() -> None:
    _hire()
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("hire", {"code": "n1"})
        raise RuntimeError
    assert run_all() == []


def test_the_same_key_is_asked_for_once() -> None:
    _hire()
    first = enqueue("hire", {"code": "n1"}, once_key="n1")
    assert enqueue("hire", {"code": "n1"}, once_key="n1") == first
    run_all()
    assert enqueue("hire", {"code": "n1"}, once_key="n1") == first and run_all() == []


def test_a_job_for_later_waits() -> None:
    _hire()
    enqueue("hire", {"code": "n1"}, run_after=now() + timedelta(hours=1))
    assert run_all() == []


def test_a_stale_run_can_never_commit_an_effect() -> None:
    _hire()
    enqueue("hire", {"code": "n1"})
    stale = JobRun(take_job(LAPSED))
    fresh = JobRun(take_job())
    assert fresh.token == stale.token + 1
    with pytest.raises(LeaseLost), stale.effect():
        Person.objects.create(code="stale", name="Stale")
    for attempt in (lambda: stale.progress(1), stale.check_cancel, lambda: stale.artefact("a", b"", "text/plain")):
        with pytest.raises(LeaseLost):
            attempt()
    with fresh.effect():
        Person.objects.create(code="fresh", name="Fresh")
    assert list(Person.objects.values_list("code", flat=True)) == ["fresh"]


def test_a_stale_run_that_finds_out_late_does_not_settle_the_job() -> None:
    runs: list[int] = []

    @job("slow", title="Slow")
    def slow(run: JobRun) -> dict[str, int]:
        runs.append(run.token)
        if len(runs) == 1:
            Job.objects.update(leased_until=now() - timedelta(seconds=1))
            assert take_job() is not None
        return {"run": run.token}

    row = enqueue("slow", {})
    work_once(heartbeat=False)
    row.refresh_from_db()
    assert (row.state, row.token, row.result) == ("running", 2, {})


def test_a_job_whose_worker_died_before_its_effect_is_run_again() -> None:
    _hire()
    row = enqueue("hire", {"code": "n1"})
    take_job(LAPSED)
    run_all()
    row.refresh_from_db()
    assert (row.state, row.attempts, Person.objects.count()) == ("done", 2, 1)
    assert "without a word" in row.lines.first().text


def test_a_job_whose_worker_died_after_its_effect_is_not_run_again() -> None:
    _hire()
    row = enqueue("hire", {"code": "n1"})
    with JobRun(take_job(LAPSED), lease=LAPSED).effect():
        Person.objects.create(code="n1", name="New")
    assert run_all() == []
    row.refresh_from_db()
    assert (row.state, row.done_share, Person.objects.count()) == ("done", 100, 1)


def test_a_job_that_kills_its_workers_is_given_up() -> None:
    _hire(max_attempts=2)
    row = enqueue("hire", {"code": "n1"})
    assert take_job(LAPSED) and take_job(LAPSED)
    assert take_job() is None
    row.refresh_from_db()
    assert row.state == "failed" and "stopped 2 times" in row.error


def test_a_failure_is_tried_again_later_and_longer_each_time_and_then_given_up() -> None:
    @job("bad", title="Bad", max_attempts=3)
    def bad(run: JobRun) -> None:
        with run.effect():
            Person.objects.create(code="half", name="Half")
            raise ValueError("patient Smith")

    row = enqueue("bad", {})
    waits = []
    for _ in range(3):
        run_all()
        row.refresh_from_db()
        waits.append(row.run_after - now())
        _ready(row)
    assert waits[0] < waits[1] and row.state == "failed" and row.attempts == 3
    assert "ValueError" in row.error and "Smith" not in row.error and "test_jobs.py" in row.error
    assert not Person.objects.exists()
    assert run_all() == []


def test_a_failure_in_words_is_shown_and_not_tried_again() -> None:
    @job("bad", title="Bad")
    def bad(run: JobRun) -> None:
        raise JobFailed("The file is empty. Nothing was kept. Send it again.")

    row = enqueue("bad", {})
    run_all()
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "The file is empty. Nothing was kept. Send it again.")


def test_a_failure_after_the_effect_is_never_run_again() -> None:
    @job("late", title="Late")
    def late(run: JobRun) -> None:
        with run.effect():
            Person.objects.create(code="x", name="X")
        raise ValueError

    row = enqueue("late", {}, by=Account.objects.create_user("a@example.org"))
    run_all()
    row.refresh_from_db()
    assert row.state == "failed" and "had been done" in row.error and Person.objects.count() == 1
    with pytest.raises(Refused, match="has been done"):
        retry_job(by=row.asked_by, job=row)


def test_steps_that_were_done_are_not_done_again() -> None:
    @job("steps", title="Steps")
    def steps(run: JobRun) -> None:
        for step in ("one", "two"):
            if run.did(step):
                continue
            with run.effect(step):
                Person.objects.create(code=step, name="Step")
            if run.job.attempts == 1:
                raise JobFailed("again", again=True)

    row = enqueue("steps", {})
    run_all()
    _ready(row)
    run_all()
    row.refresh_from_db()
    assert row.state == "done" and set(Person.objects.values_list("code", flat=True)) == {"one", "two"}


def test_a_second_effect_without_a_name_is_refused_unless_running_again_is_harmless() -> None:
    def twice(run: JobRun) -> None:
        for _ in range(2):
            with run.effect():
                Person.objects.update_or_create(code="same", defaults={"name": "Same"})

    job("twice", title="Twice", max_attempts=1)(twice)
    row = enqueue("twice", {})
    run_all()
    row.refresh_from_db()
    assert row.state == "failed" and "RuntimeError" in row.error
    job("twice", title="Twice", again=True)(twice)
    row = enqueue("twice", {})
    run_all()
    row.refresh_from_db()
    assert row.state == "done"


def test_what_a_job_says_of_its_result_commits_with_its_effect() -> None:
    @job("tell", title="Tell")
    def tell(run: JobRun) -> dict[str, int]:
        with run.effect():
            run.result("/there/", made=2)
        return {"more": 1}

    row = enqueue("tell", {})
    run_all()
    row.refresh_from_db()
    assert (row.result, row.result_url) == ({"made": 2, "more": 1}, "/there/")


def test_a_waiting_job_is_cancelled_at_once_and_can_be_run_again(alice: Account) -> None:
    _hire()
    row = enqueue("hire", {"code": "n1"}, by=alice)
    assert cancel_job(by=alice, job=row).state == "cancelled"
    assert run_all() == []
    with pytest.raises(Refused, match="cancelled already"):
        cancel_job(by=alice, job=row)
    assert retry_job(by=alice, job=row).state == "waiting"
    assert [done.state for done in run_all()] == ["done"]


def test_a_running_job_that_is_cancelled_keeps_nothing(alice: Account) -> None:
    @job("long", title="Long")
    def long(run: JobRun) -> None:
        cancel_job(by=alice, job=run.job)
        with run.effect():
            Person.objects.create(code="x", name="X")

    row = enqueue("long", {}, by=alice)
    run_all()
    row.refresh_from_db()
    assert row.state == "cancelled" and not Person.objects.exists()


def test_an_artefact_is_kept_with_its_hash_and_a_new_one_replaces_it() -> None:
    @job("file", title="File")
    def file(run: JobRun) -> None:
        run.artefact("../a b.txt", b"first", "text/plain")
        run.artefact("../a b.txt", b"second", "text/plain")

    enqueue("file", {})
    run_all()
    kept = Artefact.objects.get()
    path = home_folder() / kept.path
    assert path.read_bytes() == b"second" and path.is_relative_to(home_folder() / "artefacts")
    assert artefacts_are_what_was_made() == []
    path.write_bytes(b"sEcond")
    assert "hash differs" in artefacts_are_what_was_made()[0].text
    path.unlink()
    assert "gone" in artefacts_are_what_was_made()[0].text


def test_a_stopped_worker_puts_the_job_back_without_counting_it_as_a_failure() -> None:
    stop = threading.Event()

    @job("long", title="Long")
    def long(run: JobRun) -> None:
        stop.set()
        run.progress(10)

    row = enqueue("long", {})
    work_once(stop=stop, heartbeat=False)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 0)


def test_the_clock_starts_a_scheduled_job_once_and_makes_up_for_the_missed_ones_once() -> None:
    job("nightly", title="Nightly", cron="30 2 * * *")(lambda run: None)
    sync_schedules()
    schedule = Schedule.objects.get()
    assert schedule.next_at > now() and start_due() == []
    Schedule.objects.update(next_at=now() - timedelta(days=3))
    assert len(start_due()) == 1 and start_due() == []
    Schedule.objects.update(enabled=False, next_at=now() - timedelta(days=3))
    sync_schedules()
    assert start_due() == [] and Schedule.objects.count() == 1


def test_the_clock_is_the_installations_own_in_summer_and_winter(settings: Any) -> None:
    settings.HOUSEWIDE_TIME_ZONE = "America/Chicago"
    hours = [next_time("0 6 * * *", datetime(2026, month, 15, tzinfo=UTC)).astimezone(UTC).hour for month in (1, 7)]
    assert hours == [12, 11]


def test_jobs_that_nobody_works_at_are_reported() -> None:
    _hire()
    enqueue("hire", {"code": "n1"}, run_after=now() - timedelta(hours=1))
    enqueue("hire", {"code": "n2"})
    assert take_job(timedelta(hours=-1)) is not None
    enqueue("hire", {"code": "n3"}, run_after=now() - timedelta(hours=1))
    assert [problem.severity for problem in no_job_is_stuck()] == ["error", "warning"]


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_keeps_the_lease_of_a_long_job() -> None:
    ends = []

    @job("long", title="Long")
    def long(run: JobRun) -> None:
        time.sleep(1.6)
        ends.append(take_job())

    enqueue("long", {})
    done = work_once(lease=timedelta(seconds=1.2))
    assert ends == [None] and done is not None and done.state == "done" and done.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_run_the_same_job() -> None:
    from django.db import connections

    ran: list[str] = []

    @job("count", title="Count")
    def count(run: JobRun) -> None:
        ran.append(run.params["n"])

    for number in range(30):
        enqueue("count", {"n": number})

    def work() -> None:
        while work_once() is not None:
            pass
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == list(range(30))


@pytest.mark.django_db(transaction=True)
def test_a_worker_stops_when_asked() -> None:
    stop = threading.Event()

    @job("stop", title="Stop")
    def last(run: JobRun) -> None:
        stop.set()

    row = enqueue("stop", {})
    work_forever(stop, pause=0.05)
    row.refresh_from_db()
    assert row.state == "done"
