"""Sends the morning e-mails: at 06:45 of each facility's own clock, on its workdays, to whoever has not said no.

A mail server that does not answer is tried again by the job, for those only whose e-mail did not leave; when all tries
failed, the job stands as failed and whoever runs the jobs owes it a look on Today. A worker that dies between the mail
server's yes and the note of it sends that one e-mail again: late news twice is better than none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.urls import reverse

from housewide.access.gates import places_where
from housewide.boards.digests import digest_for
from housewide.boards.models import DigestChoice, DigestSent
from housewide.boards.mornings import SEES, own_tops
from housewide.kit import gates
from housewide.kit.clock import moment, now, today
from housewide.kit.jobs.kinds import job
from housewide.kit.jobs.models import Job
from housewide.kit.jobs.runs import JobFailed, JobRun
from housewide.kit.memory import remembering
from housewide.kit.registry import Owed
from housewide.org.calendars import PLAIN, calendars
from housewide.org.models import Account, Calendar
from housewide.org.tree import Tree, tree_on

DIGEST = "boards.digest"
FROM, UNTIL = time(6, 45), time(11, 0)  # a digest that could not go by eleven is no morning e-mail any more


# Hourly, because facilities may lie in other time zones than the installation; is_due asks each one's own clock.
@job(DIGEST, title="Send the morning e-mails", max_attempts=5, again=True, cron="45 3-11 * * *")
def send_digests(run: JobRun) -> dict[str, Any]:
    """Send to everybody whose facility has reached 06:45 of a workday and who has not had today's. Raises JobFailed
    (to be tried again) when some could not be sent, after all the others were."""
    waiting = [account for account in recipients() if is_due(account)]
    sent, failed = 0, []
    connection = get_connection()
    for done, account in enumerate(waiting):
        run.check_cancel()
        run.progress(100 * done // len(waiting), f"{done} of {len(waiting)} sent")
        if DigestSent.objects.filter(account=account, day=today()).exists():
            continue  # another run was quicker
        try:
            with remembering():
                digest = digest_for(account)
            digest.message(connection).send()
        except (OSError, SMTPException) as problem:
            failed.append(in_words(problem))
            connection.close()
            continue
        with run.effect(f"{account.public_id} {today()}"):
            sent_to = {"address": digest.address, "at": now()}
            DigestSent.objects.get_or_create(account=account, day=today(), defaults=sent_to)
        sent += 1
    connection.close()
    if failed:
        run.log(f"{sent} sent, {len(failed)} not: {failed[0]}")
        raise JobFailed(f"{len(failed)} of {len(waiting)} morning e-mails could not be sent. {failed[0]}", again=True)
    return {"sent": sent}


def in_words(problem: Exception) -> str:
    """What the mail server did, without the address it was asked for."""
    where = f"The mail server {settings.EMAIL_HOST}" if settings.EMAIL_HOST else "The folder for e-mail"
    if isinstance(problem, SMTPException):
        return f"{where} refused ({type(problem).__name__})."
    return f"{where} could not be reached ({type(problem).__name__}). Look at mail_host and mail_port."


def recipients() -> list[Account]:
    """Accounts with an address that may sign in, have not said no and have not had today's; two queries."""
    refused = DigestChoice.objects.filter(wanted=False).values("account")
    had = DigestSent.objects.filter(day=today()).values("account")
    found = Account.objects.filter(is_active=True).exclude(email="").exclude(pk__in=refused).exclude(pk__in=had)
    return list(found.select_related("person").order_by("pk"))


def is_due(account: Account, at: datetime | None = None) -> bool:
    """Whether the clock of the person's facility stands between 06:45 and 11:00 of a workday there. Somebody who sees
    no numbers anywhere gets none."""
    if not places_where(account, SEES):
        return False
    tree = tree_on(today())
    facility = home_facility(account, tree)
    zone = Calendar.objects.filter(facility__code=facility).values_list("time_zone", flat=True).first() or ""
    there = at or moment(zone)
    return calendars().get(facility, PLAIN).is_workday(there.date()) and FROM <= there.time() < UNTIL


def home_facility(account: Account, tree: Tree) -> str:
    """The facility of the highest place of a person; of a system, its first one."""
    tops = own_tops(account, tree)
    return next(iter(tree.facilities_below(tops[0])), "") if tops else ""


def failures_owed(account: Any) -> Iterator[Owed]:
    """The failed sending of today, for whoever runs the jobs: nothing is lost silently."""
    if not gates.everywhere(account, "job.control"):
        return
    last = Job.objects.filter(kind=DIGEST).exclude(state=Job.State.WAITING).order_by("-pk").first()
    if last is not None and last.state == Job.State.FAILED:
        yield Owed("The morning e-mails could not all be sent", last.error[:200], reverse("job", args=[last.public_id]),
                   today(), "job")  # fmt: skip
