"""Alice asked for the job at A-1, Bob runs the machines there, Charlie audits, Dora is a stranger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from housewide.kit.actions import Refused
from housewide.kit.gates import Gate, current_gate, set_gate
from housewide.kit.jobs import JobRun, enqueue, job, run_all
from housewide.kit.jobs.models import Job
from housewide.kit.jobs.queue import take_job

# By name: the kit never imports what is built on it.
Account = apps.get_model("org", "Account")

pytestmark = pytest.mark.django_db
CAN = {"bob": {"see.jobs", "job.control"}, "charlie": {"see.jobs", "pack.download"}}


def _places(account: Account, capability: str) -> frozenset[str]:
    return frozenset({"A-1"} if capability in CAN.get(account.username, ()) else ())


def _may(account: Account, capability: str, place: str, doing: str) -> dict[str, str]:
    if place not in _places(account, capability):
        raise Refused(doing)
    return {"place": place}


@pytest.fixture(autouse=True)
def _cast() -> Iterator[None]:
    kept = current_gate()
    set_gate(Gate(places=_places, everywhere=lambda account, capability: False, may=_may))
    for name in ("alice", "bob", "charlie", "dora"):
        Account.objects.create_user(name)
    yield
    set_gate(kept)


@pytest.fixture
def asked() -> Job:
    @job("pack", title="Make a pack")
    def pack(run: JobRun) -> dict[str, int]:
        run.log("drawn")
        run.artefact("pack.txt", b"the pack", "text/plain")
        return {"pages": 3}

    return enqueue("pack", {}, by=Account.objects.get(username="alice"), place="A-1")


def _client(name: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username=name))
    return client


def _get(name: str, url_name: str, *args: object) -> int:
    return _client(name).get(reverse(url_name, args=args)).status_code


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("bob", 200), ("charlie", 200), ("dora", 404)])
def test_a_job_is_seen_by_its_asker_and_by_those_who_see_jobs_there(asked: Job, name: str, status: int) -> None:
    assert _get(name, "job", asked.public_id) == status
    page = _client(name).get(reverse("job-list"))
    assert page.status_code == 200 and (asked.public_id in page.content.decode()) == (status == 200)


def test_a_job_that_is_not_there_is_not_found(asked: Job) -> None:
    assert _get("bob", "job", "nothing") == 404


def test_a_running_job_asks_again_and_one_that_is_over_does_not(asked: Job) -> None:
    assert take_job() is not None
    page = _client("alice").get(reverse("job", args=[asked.public_id])).content.decode()
    assert "every 2s" in page and "<progress" in page
    part = _client("alice").get(reverse("job", args=[asked.public_id]), headers={"HX-Request": "true"}).content.decode()
    assert "every 2s" in part and "<html" not in part
    Job.objects.update(state="waiting")
    run_all()
    page = _client("alice").get(reverse("job", args=[asked.public_id])).content.decode()
    assert "every 2s" not in page and "drawn" in page and "pack.txt" in page and "style=" not in page


@pytest.mark.parametrize(("name", "status"), [("alice", 302), ("bob", 302), ("charlie", 403), ("dora", 404)])
def test_a_job_is_cancelled_and_run_again_by_its_asker_and_by_those_in_control(
    asked: Job, name: str, status: int
) -> None:
    assert _client(name).post(reverse("job-cancel", args=[asked.public_id])).status_code == status
    asked.refresh_from_db()
    assert asked.state == ("cancelled" if status == 302 else "waiting")
    Job.objects.update(state="cancelled")
    assert _client(name).post(reverse("job-retry", args=[asked.public_id])).status_code == status
    asked.refresh_from_db()
    assert asked.state == ("waiting" if status == 302 else "cancelled")


@pytest.mark.parametrize("url_name", ["job-cancel", "job-retry"])
def test_looking_changes_nothing(asked: Job, url_name: str) -> None:
    assert _get("alice", url_name, asked.public_id) == 405


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("bob", 403), ("charlie", 200), ("dora", 404)])
def test_what_a_job_made_is_opened_by_its_asker_and_by_those_who_may_take_packs(
    asked: Job, name: str, status: int
) -> None:
    run_all()
    answer = _client(name).get(reverse("job-artefact", args=[asked.public_id, 1]))
    assert answer.status_code == status
    if status == 200:
        assert b"".join(answer.streaming_content) == b"the pack"
        assert "attachment" in answer.headers["Content-Disposition"]
    answer.close()


@pytest.mark.parametrize("number", [0, 2])
def test_a_file_that_is_not_there_is_not_found(asked: Job, number: int) -> None:
    run_all()
    assert _get("alice", "job-artefact", asked.public_id, number) == 404
