"""The demo's morning: seven weeks of huddles behind it, boards with something on them, answers to give and to hear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from housewide.demo import setting_up
from housewide.demo.huddles import hold_huddles
from housewide.demo.operating_rooms import write_files
from housewide.kit.audit.models import Act
from housewide.kit.jobs.models import Job
from housewide.org.models import Account
from housewide.work.huddles import queries, ways
from housewide.work.huddles.models import Huddle, Issue
from housewide.work.huddles.patient_hints import patient_hints
from housewide.work.models import Notice


@pytest.mark.slow
@pytest.mark.django_db
def test_the_boards_of_the_morning_have_something_on_them(tmp_path: Path, settings: Any) -> None:
    settings.HOUSEWIDE_TODAY, settings.HOUSEWIDE_TIME = "2026-11-23", "06:40"
    write_files(tmp_path, months=1)
    setting_up._organisation(tmp_path / "organization")
    setting_up._accounts()
    hold_huddles()
    held = Huddle.objects.exclude(state="scheduled")
    assert held.count() == 35 * 24, "seven weeks of workdays, twenty-four places"
    assert 0.93 < held.filter(state="held").count() / held.count() < 0.99
    chief, unit = (Account.objects.get(person__code=code) for code in ("P001", "P018"))
    assert [issue.title for issue in queries.waiting_for(chief)] == ["No night RN float for 4 West and 5 East"]
    assert Issue.objects.filter(state="answered", home__code="MVH-4W").exists()
    assert Issue.objects.filter(home__code="LKO", state="open").count() == 2
    open_ = Issue.objects.exclude(state="closed")
    assert all(issue.answer_by is None or issue.answer_by > queries.moment_at("MVH") for issue in open_)
    assert not [issue for issue in open_ if ways.must_go_up(issue)], "nothing goes up by itself when the demo starts"
    assert not [issue.title for issue in Issue.objects.all() if patient_hints(f"{issue.title} {issue.need}")]
    assert Notice.objects.filter(to=unit, read_at=None).count() == 1
    assert set(Job.objects.filter(kind="facts.publish").values_list("place", flat=True)) == {"MVH", "LKO"}
    assert Act.objects.filter(name="demo.huddles").count() == 1
