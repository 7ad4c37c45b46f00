"""The demo hospital as the permission table meets it: two months, an import, a review, a task, one of each thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from housewide.demo.accounts import PERSONAS as DEMO_PERSONAS
from housewide.org.models import Account

PERSONAS = [persona.role for persona in DEMO_PERSONAS]
PERIOD = "2026-10"
MEASURE = "surgery.start_delay.first_cases"


@dataclass
class World:
    """Accounts by role, and the id that stands for each kind of thing in an address."""

    accounts: dict[str, Account]
    ids: dict[str, str] = field(default_factory=dict)

    def given(self, name: str, arguments: list[str]) -> dict[str, Any]:
        """Arguments of an address; by ``name/argument`` where a name needs another thing than its argument says."""
        return {
            one: self.ids.get(f"{name}/{one}") or self.ids.get(one, "missing") for one in arguments if one != "place"
        }


def build_world() -> World:
    """Set the demo up through the front door, then make one of everything."""
    from housewide.demo.setting_up import set_up
    from housewide.kit.home import home_folder

    for _ in set_up(Path(home_folder()), months=2, progress=lambda share, doing: None):
        pass
    accounts = {persona.role: Account.objects.get(username=persona.username) for persona in DEMO_PERSONAS}
    world = World(accounts, {"period": PERIOD, "measure": MEASURE})
    _things(world)
    return world


def _things(world: World) -> None:
    from housewide.access.actions import delegate
    from housewide.access.models import Grant
    from housewide.boards.api.tokens import make_token
    from housewide.facts.models import Batch
    from housewide.kit import jobs
    from housewide.kit.actions import act
    from housewide.kit.audit.models import Act
    from housewide.measures.rows import rows_behind
    from housewide.reviews.actions import close_month, freeze_review, open_review
    from housewide.reviews.packs import make_pack
    from housewide.work.actions import raise_task
    from housewide.work.notices import notify

    director = world.accounts["department_director"]
    batch = Batch.objects.filter(feed__code="mvh-or-log").order_by("pk").last()
    assert batch is not None
    row = rows_behind(MEASURE, "MVH-PERIOP", PERIOD).rows[0]
    lent = delegate(
        by=director, receiver=world.accounts["physician_leader"], place="MVH-PERIOP",
        valid_from=date(2026, 12, 1), valid_to=date(2026, 12, 4), reason="leave",
    )  # fmt: skip
    task = raise_task(
        by=director, title="Look at the hand-off", why="It is late", place="MVH-PERIOP", owner=director,
        due=date(2026, 11, 30), subject_kind="or_case", subject_id=row.row_id,
    )  # fmt: skip
    review = open_review(by=director, place="MVH-PERIOP", period=PERIOD)
    close_month(by=director, review=review)
    freeze_review(by=director, review=review)
    pack = make_pack(review, "xlsx", director)
    job = jobs.enqueue("reviews.pack", {"review": review.public_id, "kind": "xlsx"}, by=director, place="MVH-PERIOP")
    job.refresh_from_db()
    world.ids |= {
        "code": "MVH-PERIOP",
        "person/code": "P003",
        "feed": "mvh-or-log",
        "feed/code": "mvh-or-log",
        "feed-profile/code": "mvh-or-log",
        "feed-import/code": "mvh-or-log",
        "feed-crosswalks/code": "mvh-or-log",
        "feed-retry/code": "mvh-or-log",
        "grant": Grant.objects.get(account=world.accounts["staff"]).public_id,
        "delegation": lent.public_id,
        "row": row.row_id,
        "job": job.public_id,
        "act": str(Act.objects.order_by("pk").first().pk),  # type: ignore[union-attr]
        "number": "1",
    }
    for name in ("task", "task-finish", "task-drop", "task-hand-over", "task-due", "task-say"):
        world.ids[f"{name}/public_id"] = task.public_id
    for name in (
        "batch",
        "batch-set-aside",
        "batch-set-aside-download",
        "batch-correct",
        "batch-restate",
        "batch-let-go",
    ):
        world.ids[f"{name}/public_id"] = batch.public_id
    for name in ("job", "job-cancel", "job-retry", "job-artefact", "job-progress"):
        world.ids[f"{name}/public_id"] = job.public_id
    with act("test", actor="system:test"):
        told = notify(
            to=director, title="A test", place="MVH-PERIOP", subject_kind="task", subject_id=task.public_id
        )  # fmt: skip
    assert told is not None
    world.ids["notice-read/public_id"] = told.public_id
    token = make_token(by=director, title="Test", scopes=["read:work"], valid_to=date(2026, 12, 31)).token
    world.ids |= {"api/rest": "me", "api-token-revoke/public_id": token.public_id}
    for name in ("comment-say", "comment-people"):
        world.ids |= {f"{name}/kind": "task", f"{name}/id": task.public_id}
    _trust(world)
    _huddles(world)
    figure = review.figures.first()
    assert figure is not None
    world.ids |= {"figure/public_id": figure.public_id, "pack-download/public_id": pack.public_id}


def _trust(world: World) -> None:
    from housewide.access.glass import break_glass
    from housewide.access.models import SignedIn
    from housewide.kit.clock import now

    director = world.accounts["department_director"]
    glass = break_glass(
        by=director, place="LKO", reason="Nobody there answers and it is urgent", hours=1, identities=False
    )
    glass.until = now()  # over: what the table says is what roles give, not what an emergency opens
    glass.save()
    there = SignedIn.objects.create(account=director, session_key="of-the-table", began_at=now(), seen_at=now())
    world.ids |= {
        "glass": glass.public_id,
        "session": there.public_id,
        "account": world.accounts["staff"].public_id,
        "mfa_remove_webauthn/pk": "0",
    }


def _huddles(world: World) -> None:
    from housewide.measures.rows import rows_behind
    from housewide.work.huddles.models import Issue

    issue = Issue.objects.filter(place__code="MVH-OR").exclude(state="closed").first()
    assert issue is not None, "the demo carries an issue of the operating rooms over"
    row = rows_behind("huddles.issues_raised", "MVH-PERIOP", "2026-11").rows[0]
    world.ids |= {"day": "2026-11-23", "huddle-row/table": "huddle_issue", "huddle-row/row": row.row_id}
    for name in ("", "-answer", "-assign", "-escalate", "-hear", "-resolve", "-say"):
        world.ids[f"issue{name}/public_id"] = issue.public_id
