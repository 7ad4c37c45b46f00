"""Jobs that come round: each kind with a cron text is started when its time has come, once, however many workers."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim
from django.conf import settings

from housewide.kit.actions import act
from housewide.kit.clock import now
from housewide.kit.jobs.kinds import kinds
from housewide.kit.jobs.models import Job, Schedule
from housewide.kit.jobs.queue import SYSTEM, enqueue


def next_time(cron: str, after: datetime) -> datetime:
    """When five-field cron text next comes round, in the installation's time zone (daylight saving as cron has it)."""
    return next(CronSim(cron, after.astimezone(ZoneInfo(settings.HOUSEWIDE_TIME_ZONE))))


def sync_schedules() -> None:
    """Make a schedule for every kind with a cron text; one that somebody has changed or switched off is left alone."""
    missing = {k.name: k for k in kinds.values() if k.cron}
    for name in Schedule.objects.filter(kind__in=missing).values_list("kind", flat=True):
        del missing[name]
    if missing:
        with act("make_schedules", actor=SYSTEM):
            for kind in missing.values():
                Schedule.objects.get_or_create(
                    kind=kind.name,
                    defaults={"title": kind.title, "cron": kind.cron, "next_at": next_time(kind.cron, now())},
                )


def start_due() -> list[Job]:
    """Enqueue what is due. What was missed while no worker ran is made up once, not as often as it was missed."""
    started = []
    for schedule in Schedule.objects.filter(enabled=True, next_at__lte=now(), kind__in=list(kinds)):
        with act("start_scheduled", actor=SYSTEM):
            due = schedule.next_at
            # Whoever moves the time first starts the job; the key makes sure.
            if Schedule.objects.filter(pk=schedule.pk, next_at=due).update(next_at=next_time(schedule.cron, now())):
                key = f"schedule:{schedule.kind}:{due.isoformat()}"
                started.append(enqueue(schedule.kind, schedule.params, title=schedule.title, once_key=key))
    return started
