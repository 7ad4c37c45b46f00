"""The trail tells which tables have changed since somebody last looked."""

from __future__ import annotations

import pytest

from housewide.kit.actions import act
from housewide.kit.audit.models import Change
from housewide.kit.audit.versions import Versions
from housewide.kit.clock import now
from housewide.kit.jobs.models import Job

pytestmark = pytest.mark.django_db


def test_a_change_counts_for_its_own_tables_only() -> None:
    versions = Versions()
    before = versions()
    with act("test", actor="system:test"):
        Job.objects.create(kind="test", title="Test", run_after=now(), created_at=now())
    after = versions()
    assert after["jobs"] != before["jobs"] and after["jobs_job"] != before["jobs_job"]
    assert after["facts"] == before["facts"]
    assert versions() == after


def test_a_row_changed_behind_the_back_of_the_actions_counts_too() -> None:
    Job.objects.create(kind="test", title="Test", run_after=now(), created_at=now())
    versions = Versions()
    before = versions()
    Job.objects.filter(kind="test").update(title="Another")
    assert versions()["jobs"] != before["jobs"]


def test_a_number_that_is_committed_late_is_still_noticed() -> None:
    """PostgreSQL gives numbers out before the commit: 7 may be seen before 6."""
    versions = Versions()
    start = (Change.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 10
    Change.objects.create(id=start, at="2026-11-23", table="org_place", row="1", op="U")
    before = versions()
    Change.objects.create(id=start + 2, at="2026-11-23", table="org_place", row="1", op="U")
    middle = versions()
    Change.objects.create(id=start + 1, at="2026-11-23", table="facts_feed", row="1", op="U")
    after = versions()
    assert middle["org"] != before["org"] and middle["facts"] == before["facts"]
    assert after["facts"] != middle["facts"] and after["org"] == middle["org"]


def test_a_trail_that_became_shorter_is_another_home_so_everything_counts_as_changed() -> None:
    Change.objects.create(id=10_000_000, at="2026-11-23", table="org_place", row="1", op="U")
    versions = Versions()
    before = versions()
    Change.objects.filter(id=10_000_000).delete()
    after = versions()
    assert all(after[label] != before[label] for label in before)


def test_a_change_of_a_table_with_months_counts_for_its_months_only() -> None:
    versions = Versions()
    start = (Change.objects.order_by("-id").values_list("id", flat=True).first() or 0) + 1
    Change.objects.create(id=start, at="2026-11-23", table="org_place", row="1", op="U")
    before = versions()
    told = {"table": "facts_part", "row": "1", "op": "U", "at": "2026-11-23"}
    Change.objects.create(id=start + 1, after='{"period": "2026-10"}', before='{"period": "2026-09"}', **told)
    Change.objects.create(id=start + 2, after='{"periods": "[\\"2026-11\\"]"}', **(told | {"table": "facts_batch"}))
    Change.objects.create(
        id=start + 3, after='{"periods": [{"period": "2026-12", "rows": 1}]}', **(told | {"table": "facts_batch"})
    )
    Change.objects.create(id=start + 4, after="{}", **(told | {"table": "facts_restatement"}))
    after = versions()
    grown = {group for group in after if after[group] != before.get(group, 0)}
    assert {group for group in grown if "@" in group} == {
        "facts_part@2026-09", "facts_part@2026-10", "facts_batch@2026-11", "facts_batch@2026-12",
        "facts_restatement@",
    }  # fmt: skip
    assert {"facts", "facts_part", "facts_batch"} <= grown
