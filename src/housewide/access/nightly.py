"""Sweeps out every night what signing in left behind: sessions that have run out, counts of wrong passwords."""

from __future__ import annotations

from datetime import timedelta

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session

from housewide.access.models import SignedIn
from housewide.access.policy import longest_session
from housewide.kit.clock import now
from housewide.kit.jobs.kinds import job
from housewide.kit.jobs.runs import JobRun

ATTEMPTS_KEPT = timedelta(days=30)


@job("access.sweep", title="Sweep out sign-ins that have run out", cron="40 2 * * *", again=True)
def sweep_sign_ins(run: JobRun) -> dict[str, int]:
    """How many sessions, sign-ins and counts were swept out; none of them opened anything any more."""
    with run.effect():
        gone = {
            "sessions": Session.objects.filter(expire_date__lt=now()),
            "sign_ins": SignedIn.objects.filter(began_at__lt=now() - longest_session()),
            "attempts": AccessAttempt.objects.filter(attempt_time__lt=now() - ATTEMPTS_KEPT),
        }
        return {name: rows.delete()[0] for name, rows in gone.items()}
