"""The morning e-mail says the numbers and how much is due; it repeats nothing typed, goes once, and is never lost."""

from __future__ import annotations

import socket
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client

from housewide.access.tests.cast import Cast
from housewide.boards.actions import choose_digest, wants_digest
from housewide.boards.digest_jobs import DIGEST, failures_owed, is_due, recipients
from housewide.boards.digests import digest_for
from housewide.boards.models import DigestSent
from housewide.kit import jobs
from housewide.kit.audit.models import Act
from housewide.kit.jobs.models import Job
from housewide.org.models import Account
from housewide.work.actions import raise_task

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
CHICAGO = ZoneInfo("America/Chicago")
TYPED = "Call Jane Roe about her hip"


def at(text: str, zone: str = "America/Chicago") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.fixture
def morning_now(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "HOUSEWIDE_TIME", "06:50", raising=False)


def test_it_holds_numbers_places_and_links_and_nothing_that_anybody_typed(nurse: Account) -> None:
    raise_task(by=nurse, title=TYPED, why="", place="ONE", owner=nurse, due=date(2026, 11, 20))
    found = digest_for(nurse)
    for text in (found.text, found.html):
        assert "patients at midnight" in text
        assert "worsening" in text
        assert "1 task, overdue" in text
        assert "http://127.0.0.1:8000/today/" in text
        assert "Jane" not in text
        assert "/rows/" not in text
    assert found.subject.startswith("Mon, Nov 23: ")
    assert "1 due" in found.subject
    assert "Jane" not in found.subject


def test_it_goes_once_a_day_to_whoever_has_not_said_no(nurse: Account, cast: Cast, morning_now: None) -> None:
    choose_digest(by=cast.alice, wanted=False)
    jobs.enqueue(DIGEST, {})
    jobs.run_all()
    told = {address for message in mail.outbox for address in message.to}
    assert nurse.email in told
    assert cast.alice.email not in told
    assert DigestSent.objects.filter(account=nurse, day=date(2026, 11, 23)).count() == 1
    before = len(mail.outbox)
    jobs.enqueue(DIGEST, {})
    jobs.run_all()
    assert len(mail.outbox) == before


def test_the_message_has_both_shapes_and_a_way_out(nurse: Account) -> None:
    message = digest_for(nurse).message()
    assert message.body
    assert [kind for _, kind in message.alternatives] == ["text/html"]
    assert message.extra_headers["List-Unsubscribe"] == "<http://127.0.0.1:8000/account/digest/>"
    message.send()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("moment", "due"),
    [("2026-11-23T06:44", False), ("2026-11-23T06:45", True), ("2026-11-23T10:59", True), ("2026-11-23T11:00", False),
     ("2026-11-22T07:00", False)],
)  # fmt: skip
def test_it_is_due_from_a_quarter_to_seven_of_a_workday(nurse: Account, moment: str, due: bool) -> None:
    assert is_due(nurse, at(moment)) is due


def test_the_clock_is_that_of_the_facility(nurse: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    from housewide.kit import clock
    from housewide.org.models import Calendar

    Calendar.objects.filter(facility__code="ONE").update(time_zone="America/Los_Angeles")
    asked: list[str] = []

    def moment(zone: str = "") -> datetime:
        asked.append(zone)
        return datetime(2026, 11, 23, 13, 0, tzinfo=UTC).astimezone(ZoneInfo(zone or "America/Chicago"))

    monkeypatch.setattr("housewide.boards.digest_jobs.moment", moment)
    assert clock.moment is not moment
    assert is_due(nurse) is False  # seven in Chicago, five in Los Angeles
    assert asked == ["America/Los_Angeles"]


def test_nobody_without_numbers_or_address_is_sent_one(cast: Cast) -> None:
    assert is_due(cast.ada, at("2026-11-23T07:00")) is False
    Account.objects.filter(pk=cast.alice.pk).update(email="")
    assert cast.alice not in recipients()


def test_a_mail_server_that_does_not_answer_is_tried_again_and_the_others_are_told(
    nurse: Account, cast: Cast, morning_now: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = mail.EmailMultiAlternatives.send

    def send(self: mail.EmailMultiAlternatives, *args: object, **more: object) -> int:
        if self.to == [nurse.email]:
            raise ConnectionRefusedError(f"nobody listens for {nurse.email}")
        return real(self)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", send)
    jobs.enqueue(DIGEST, {})
    jobs.run_all()
    job = Job.objects.get(kind=DIGEST)
    assert (job.state, job.attempts) == ("waiting", 1)
    assert "1 of " in job.error
    assert nurse.email not in job.error
    assert cast.alice.email in {address for message in mail.outbox for address in message.to}
    assert not DigestSent.objects.filter(account=nurse).exists()
    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", real)
    Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
    jobs.run_all()
    job.refresh_from_db()
    assert job.state == "done"
    sent = [address for message in mail.outbox for address in message.to]
    assert sorted(sent) == sorted(set(sent)), "nobody is told twice"
    assert DigestSent.objects.filter(account=nurse).exists()


def test_a_sending_that_failed_for_good_is_owed_by_whoever_runs_the_jobs(nurse: Account, cast: Cast) -> None:
    job = jobs.enqueue(DIGEST, {})
    Job.objects.filter(pk=job.pk).update(state="failed", error="3 of 4 morning e-mails could not be sent.")
    assert [one.title for one in failures_owed(cast.ada)] == ["The morning e-mails could not all be sent"]
    assert list(failures_owed(nurse)) == []


def test_an_smtp_server_that_is_not_there_is_told_in_words(nurse: Account) -> None:
    from django.core.mail.backends.smtp import EmailBackend

    from housewide.boards.digest_jobs import in_words

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OSError) as problem:
        digest_for(nurse).message(EmailBackend(host="127.0.0.1", port=port, timeout=2)).send()
    assert "could not be reached" in in_words(problem.value) or "refused" in in_words(problem.value)


def test_a_person_takes_or_leaves_it_on_a_page_of_their_own(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.bob)
    assert "checked" in client.get("/account/digest/").content.decode()
    assert client.post("/account/digest/", {}).status_code == 302
    assert wants_digest(cast.bob) is False
    assert Act.objects.filter(name="choose_digest", actor=cast.bob.username).count() == 1
    client.post("/account/digest/", {"wanted": "on"})
    assert wants_digest(cast.bob) is True
    assert wants_digest(cast.alice) is True
