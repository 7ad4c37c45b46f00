"""A late file for a signed month: its rows wait, are let in for a reason, and every signed figure stays what it was."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from housewide.facts.models import Batch, Crosswalk, Feed, Restatement
from housewide.facts.states import state_of
from housewide.facts.tests import conftest as visits
from housewide.intake import jobs as intake_jobs
from housewide.intake import restating
from housewide.intake.imports import ImportRefused, import_file
from housewide.intake.profiles import Profile, make_feed, save_profile
from housewide.intake.sheets import Layout
from housewide.intake.tests.cast import Cast, make_account
from housewide.kit.actions import Refused
from housewide.kit.audit.models import Act
from housewide.kit.jobs import run_all
from housewide.kit.jobs.models import Job
from housewide.kit.opaque import opaque_id
from housewide.measures import definitions
from housewide.reviews import actions, agenda
from housewide.reviews import tests as reviews_tests
from housewide.reviews.figures import reproduce
from housewide.reviews.models import Review
from housewide.work.models import Task

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
MEASURES = ("reviews_test.add_ons", "reviews_test.waits")
WHY = "The log of room 3 came late"
Send = Callable[..., Batch]


@pytest.fixture(autouse=True)
def measured_visits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSEWIDE_HOME", str(tmp_path / "home"))
    folder = Path(str(reviews_tests.__file__)).parent / "measures"
    monkeypatch.setattr(definitions, "_folders", [*definitions._folders, folder])
    monkeypatch.setattr(definitions, "_read", None)
    monkeypatch.setattr(agenda, "_items", {})
    agenda.register("tests", lambda place: place == "MVH-OR", MEASURES)


@pytest.fixture
def feed(cast: Cast) -> Feed:
    """Visits of the hospital, looked after by the department that Alice directs; the hospital has no other feed."""
    Crosswalk.objects.create(kind="payer", scope="MVH", source_code="MC", target="MEDICARE")
    given: dict[str, Any] = {
        "code": "visits",
        "title": "Visits",
        "table": "test_visit",
        "scope": "MVH",
        "owner": "MVH-PERIOP",
    }
    made = make_feed(by="system:setup", **given)
    profile = Profile(Layout(), visits.MAPPING, tuple(visits.HEADER))
    return save_profile(by="system:setup", feed=made, profile=profile)


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, visits.HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture
def send(feed: Feed, tmp_path: Path) -> Send:
    def go(rows: list[dict[str, str]]) -> Batch:
        return import_file(feed=feed, path=write(tmp_path / f"{opaque_id()}.csv", rows), actor="system:test")

    return go


def some(first: int, count: int, add_on: str = "N", **cells: str) -> list[dict[str, str]]:
    numbers = range(first, first + count)
    return [visits.row(Visit=f"V{at}", Add_On=add_on, Date="10/30/2026", Wait="10", **cells) for at in numbers]


@pytest.fixture
def signed(cast: Cast, send: Send) -> Review:
    """October at the operating rooms: 4 of 10 visits were added on the day, and Alice signed that."""
    assert send(some(0, 4, "Y") + some(4, 6)).rows_accepted == 10
    run_all()
    review = actions.open_review(by=cast.alice, place="MVH-OR", period="2026-10")
    actions.close_month(by=cast.alice, review=review)
    actions.freeze_review(by=cast.alice, review=review)
    for measure in MEASURES:
        actions.comment_on_review(by=cast.alice, review=review, measure=measure, text="As discussed")
    actions.sign_review(by=cast.alice, review=review)
    return review


@pytest.fixture
def late(signed: Review, send: Send) -> Batch:
    """Two more visits of October, both added on the day, too late."""
    return send(some(10, 2, "Y"))


def asked(batch: Batch) -> dict[str, str]:
    return {"facility": "MVH", "period": "2026-10", "reason": WHY}


def page(client: Client, account: object, batch: Batch) -> str:
    client.force_login(account)  # type: ignore[arg-type]
    return client.get(reverse("batch", args=[batch.public_id])).content.decode()


def test_late_rows_go_in_with_a_reason_and_the_signed_figure_is_marked_not_changed(
    client: Client, cast: Cast, feed: Feed, signed: Review, late: Batch, send: Send
) -> None:
    assert (late.rows_accepted, late.reasons, late.set_aside_open) == (0, {"period closed": 2}, 2)
    before = {figure.measure: (figure.reading, figure.sha256) for figure in signed.figures.all()}
    assert "Restate October 2026 with these 2 rows" in page(client, cast.alice, late)
    answer = client.post(reverse("batch-restate", args=[late.public_id]), asked(late))
    assert answer["Location"].startswith(reverse("feed", args=["visits"]) + "?job=")
    run_all()
    late.refresh_from_db()
    made = Batch.objects.get(corrects=late)
    assert (made.rows_read, made.rows_accepted, late.set_aside_open) == (2, 2, 0)
    assert state_of("MVH", "2026-10") == "open"
    assert state_of("MVH", "2026-10", "MVH-PERIOP") == "closed"
    share = signed.figures.get(measure=MEASURES[0])
    assert share.restated_differences == ["value 40.0 % → 50.0 %", "counted 4 of 10 → 6 of 12"]
    assert {figure.measure: (figure.reading, figure.sha256) for figure in signed.figures.all()} == before
    assert all(reproduce(figure).equal for figure in signed.figures.all())
    assert actions.signature_holds(signed.signatures.get())
    task = Task.objects.get(subject_kind="figure", subject_id=share.public_id)
    assert (task.owner, task.state) == (cast.alice, "open")
    used = Restatement.objects.get()
    assert (used.batch, used.by, used.reason) == (made, cast.alice, WHY)
    entry = Act.objects.get(name="intake.restate_rows")
    said = (entry.actor, entry.place, entry.reason, entry.subject)
    assert said == (cast.alice.username, "MVH-PERIOP", WHY, f"batch:{late.public_id}")
    assert "Restate October" not in page(client, cast.alice, late)
    assert send(some(20, 1)).reasons == {"period closed": 1}


def test_those_who_may_not_are_told_whom_to_ask(client: Client, cast: Cast, feed: Feed, late: Batch) -> None:
    shown = page(client, cast.fred, late)
    assert "Ask Alice." in shown
    assert "Restate October 2026 with" not in shown
    address = reverse("batch-restate", args=[late.public_id])
    for account, status in ((cast.fred, 403), (cast.adam, 403), (cast.charlie, 404), (cast.bob, 404)):
        client.force_login(account)
        assert client.post(address, asked(late)).status_code == status, account
        with pytest.raises(Exception, match=r"may not|nothing here"):
            restating.restate_rows(by=account, batch=late, facility="MVH", period="2026-10", reason=WHY)
    assert not Restatement.objects.exists()
    assert not Job.objects.filter(params__has_key="restatement").exists()


def test_months_are_restated_by_the_owner_of_the_feed_or_at_the_facility_whoever_else_sends_data(
    client: Client, cast: Cast, feed: Feed, late: Batch
) -> None:
    make_feed(by="system:setup", code="wards", title="Wards", table="test_visit", scope="MVH", owner="MVH")
    chief = make_account("Dora", "department_director", "MVH")
    for account in (cast.alice, chief):
        assert "Restate October 2026 with these 2 rows" in page(client, account, late)
    wards = Feed.objects.get(code="wards")
    assert restating.may_restate(chief, "MVH", wards)
    assert not restating.may_restate(cast.alice, "MVH", wards)
    assert restating.who_restates("MVH", wards) == ["Dora"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"reason": ""}, "Fill in “Why it has to be restated”"),
        ({"reason": "so"}, "Say why the month has to be restated"),
        ({"period": "2026-09"}, "No row of this import waits for that month"),
    ],
)
def test_what_is_not_complete_is_refused_on_the_page_and_leaves_nothing(
    client: Client, cast: Cast, late: Batch, change: dict[str, str], says: str
) -> None:
    client.force_login(cast.alice)
    answer = client.post(reverse("batch-restate", args=[late.public_id]), asked(late) | change)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Restatement.objects.exists()
    assert not Act.objects.filter(name="intake.restate_rows").exists()


def test_a_second_press_while_the_first_is_under_way_is_refused(cast: Cast, late: Batch) -> None:
    given: dict[str, Any] = {"by": cast.alice, "batch": late, "facility": "MVH", "period": "2026-10", "reason": WHY}
    restating.restate_rows(**given)
    with pytest.raises(Refused, match="is being restated already"):
        restating.restate_rows(**given)
    assert Restatement.objects.count() == 1


def test_no_job_no_restatement(cast: Cast, late: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> Job:
        raise OSError("no room")

    monkeypatch.setattr(intake_jobs, "enqueue", full)
    with pytest.raises(OSError, match="no room"):
        restating.restate_rows(by=cast.alice, batch=late, facility="MVH", period="2026-10", reason=WHY)
    assert not Restatement.objects.exists()
    assert not Act.objects.filter(name="intake.restate_rows").exists()


def test_a_row_explained_only_after_the_month_was_closed_waits_on_its_second_receipt(
    client: Client, cast: Cast, feed: Feed, signed: Review, send: Send
) -> None:
    first = send(some(30, 1, Payer="ZZ") + some(31, 1))
    assert first.reasons == {"period closed": 1, "unknown payer code": 1}
    Crosswalk.objects.create(kind="payer", scope="MVH", source_code="ZZ", target="ZEBRA")
    intake_jobs.ask_for_retry(by=cast.alice, feed=feed)
    run_all()
    second = Batch.objects.get(corrects=first)
    assert [(one.period, one.rows) for one in restating.closed_months(first)] == [("2026-10", 1)]
    assert [(one.period, one.rows) for one in restating.closed_months(second)] == [("2026-10", 2)]
    restating.restate_rows(by=cast.alice, batch=second, facility="MVH", period="2026-10", reason=WHY)
    run_all()
    first.refresh_from_db()
    assert first.set_aside_open == 0
    assert restating.closed_months(first) == restating.closed_months(second) == []


def test_a_whole_file_restates_a_month_and_a_refused_one_leaves_it_as_it_was(
    cast: Cast, feed: Feed, signed: Review, tmp_path: Path
) -> None:
    given: dict[str, Any] = {"by": cast.alice, "feed": feed, "period": "2026-10", "reason": WHY}
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("Something,Else\n1,2\n")
    with pytest.raises(ImportRefused, match="headings"):
        restating.import_restating(path=wrong, **given)
    assert not Restatement.objects.exists()
    right = write(tmp_path / "right.csv", some(0, 4, "Y") + some(4, 8))
    made = restating.import_restating(path=right, **given)
    assert (made.rows_accepted, Restatement.objects.get().batch) == (12, made)
    with pytest.raises(Refused, match="not closed"):
        restating.import_restating(path=right, **(given | {"period": "2026-09"}))
