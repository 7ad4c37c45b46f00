"""A figure comes out of its files again, bit for bit; when the files are no longer those, it says so."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from housewide.facts import states
from housewide.facts.catalogue import part_path
from housewide.facts.loading import load
from housewide.facts.models import Batch, Crosswalk, Feed, Part
from housewide.facts.tests import conftest as visits
from housewide.kit import events
from housewide.kit.actions import Refused
from housewide.kit.opaque import opaque_id
from housewide.measures import cubes, definitions
from housewide.measures.models import DefinitionRecord
from housewide.org.models import Place, Placement
from housewide.reviews import actions, agenda
from housewide.reviews.figures import reproduce
from housewide.reviews.models import Figure, Review
from housewide.work.models import Task
from housewide.work.tests.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
MEASURES = ("reviews_test.add_ons", "reviews_test.waits")
LATE = {"facility": "MVH", "period": "2026-10", "reason": "late file came", "owner": "MVH"}
Send = Callable[..., Batch]


@pytest.fixture(autouse=True)
def measured_visits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSEWIDE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(definitions, "_folders", [*definitions._folders, Path(__file__).parent / "measures"])
    monkeypatch.setattr(definitions, "_read", None)
    monkeypatch.setattr(agenda, "_items", {})
    agenda.register("tests", lambda place: place == "MVH-OR", MEASURES)


@pytest.fixture
def send(cast: Cast, tmp_path: Path) -> Send:
    """Import visits of October; ``restate`` opens the closed month for them."""
    place = Place.objects.get(code="MVH")
    Crosswalk.objects.create(kind="payer", scope="MVH", source_code="MC", target="MEDICARE")
    feed = Feed.objects.create(code="visits", title="Visits", table="test_visit", scope=place)

    def go(rows: list[dict[str, str]], **more: Any) -> Batch:
        plain = visits.write_plain(tmp_path / f"{opaque_id()}.csv", rows)
        digest = hashlib.sha256(plain.read_bytes()).hexdigest()
        header = ["_line", "_problem", *visits.HEADER, "_extra"]
        batch = load(
            feed, plain, header, visits.MAPPING, rows_read=len(rows), actor="ann", file_name="visits.csv",
            file_path="originals/visits.csv", file_sha256=digest, **more,
        )  # fmt: skip
        cubes.refresh(MEASURES, "MVH", ["2026-10"])
        return batch

    return go


def some_visits(added_on: int, count: int = 10) -> list[dict[str, str]]:
    return [
        visits.row(
            Visit=f"V{number}",
            Add_On="Y" if number < added_on else "N",
            Class="" if number == count else "Urgent" if number % 2 else "Elective",
            Wait=str(number * 3),
            Date="10/30/2026",
        )
        for number in range(count + 1)
    ]


def frozen(cast: Cast, send: Send) -> Review:
    batch = send(some_visits(added_on=4))
    assert (batch.rows_accepted, batch.reasons) == (11, {})
    review = actions.open_review(by=cast.alice, place="MVH-OR", period="2026-10")
    actions.close_month(by=cast.alice, review=review)
    actions.freeze_review(by=cast.alice, review=review)
    review.refresh_from_db()
    return review


def signed(cast: Cast, send: Send) -> Review:
    review = frozen(cast, send)
    for measure in MEASURES:
        actions.comment_on_review(by=cast.alice, review=review, measure=measure, text="As discussed")
    actions.sign_review(by=cast.alice, review=review)
    return review


def test_a_figure_keeps_what_the_files_say(cast: Cast, send: Send) -> None:
    share, wait = frozen(cast, send).figures.all()
    assert (share.reading["value"], share.reading["num"], share.reading["den"]) == ("40.0", 4, 10)
    assert share.reading["missed_target"]
    assert share.reading["left_out"] == [{"reason": "no class", "count": 1}]
    assert [(row["label"], row["num"], row["den"]) for row in share.reading["breakdowns"][0]["rows"]] == [
        ("elective", 2, 5), ("urgent", 2, 5),
    ]  # fmt: skip
    assert share.reading["breakdowns"][0]["people"]
    assert len(share.reading["series"]) == 24
    assert wait.reading["value"] == "15.0"
    assert wait.components["months"]["2026-10"]["count"] == 11
    part = Part.objects.get()
    assert share.parts == [[part.path, part.sha256]]


def test_a_figure_comes_out_the_same_again(cast: Cast, send: Send) -> None:
    for figure in frozen(cast, send).figures.all():
        again = reproduce(figure)
        assert (again.equal, again.differences) == (True, [])
        assert again.checked == [path for path, _ in figure.parts]


def test_it_still_does_after_a_later_import_and_a_newer_definition(cast: Cast, send: Send) -> None:
    review = signed(cast, send)
    restatement = states.restate_period(**LATE, by=cast.alice)
    send(some_visits(added_on=7), restate=restatement)
    for figure in review.figures.all():
        assert reproduce(figure).equal


def test_an_altered_file_shows(cast: Cast, send: Send) -> None:
    figure = frozen(cast, send).figures.all()[0]
    path = part_path(Part.objects.get())
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"x")
    again = reproduce(figure)
    assert not again.equal
    assert "is not the file it was" in again.differences[0]


@pytest.mark.parametrize("kept", ["reading", "components", "definition", "parts", "tree", "calendar"])
def test_whatever_is_altered_shows(cast: Cast, send: Send, kept: str) -> None:
    figure = frozen(cast, send).figures.all()[0]
    if kept == "reading":
        figure.reading["series"][-1]["value"] = "99.0"
    elif kept == "components":
        figure.components["months"]["2026-10"]["num"] += 1
    elif kept == "definition":
        DefinitionRecord.objects.filter(sha256=figure.definition_sha256).delete()
    elif kept == "parts":
        figure.parts = [["facts/none.parquet", "00" * 32]]
    elif kept == "tree":
        Placement.objects.filter(place__code="LKS").delete()
    else:
        from datetime import date

        from housewide.org.models import Holiday

        Holiday.objects.create(facility=Place.objects.get(code="MVH"), day=date(2026, 10, 12), name="New")
        from housewide.org.models import Calendar

        Calendar.objects.create(facility=Place.objects.get(code="MVH"), pay_period_anchor=date(2026, 1, 4))
    again = reproduce(figure)
    assert not again.equal
    assert again.differences


def test_nothing_is_frozen_that_the_pages_do_not_show_yet(
    cast: Cast, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(some_visits(added_on=4))
    monkeypatch.setattr(cubes, "refresh", lambda *asked: 0)
    send(some_visits(added_on=7))
    review = actions.open_review(by=cast.alice, place="MVH-OR", period="2026-10")
    actions.close_month(by=cast.alice, review=review)
    with pytest.raises(Refused, match="is being counted again"):
        actions.freeze_review(by=cast.alice, review=review)
    assert not Figure.objects.exists()


def test_data_under_a_signed_figure_marks_it_and_asks_the_signer(cast: Cast, send: Send) -> None:
    review = signed(cast, send)
    events.deliver()
    before = {figure.measure: figure.sha256 for figure in review.figures.all()}
    restatement = states.restate_period(**LATE, by=cast.alice)
    send(some_visits(added_on=7), restate=restatement)
    events.deliver()
    share, wait = review.figures.all()
    assert share.restated_differences == ["value 40.0 % → 70.0 %", "counted 4 of 10 → 7 of 10"]
    assert share.restated_reading["value"] == "70.0"
    assert (share.reading["value"], share.sha256) == ("40.0", before[share.measure])
    assert wait.restated_at is None
    task = Task.objects.get()
    assert (task.owner, task.raised_by, task.subject_kind, task.subject_id) == (
        cast.alice,
        None,
        "figure",
        share.public_id,
    )
    assert actions.signature_holds(review.signatures.get())


@pytest.mark.slow
def test_the_signed_figures_of_parents_are_marked_and_their_signers_asked_too(cast: Cast, send: Send) -> None:
    agenda.register("tests", lambda place: place in ("MVH-OR", "MVH"), MEASURES)
    child = signed(cast, send)
    parent = actions.open_review(by=cast.olga, place="MVH", period="2026-10")
    actions.freeze_review(by=cast.olga, review=parent)
    for measure in MEASURES:
        actions.comment_on_review(by=cast.olga, review=parent, measure=measure, text="As discussed")
    actions.sign_review(by=cast.olga, review=parent)
    events.deliver()
    restatement = states.restate_period(**LATE, by=cast.alice)
    send(some_visits(added_on=7), restate=restatement)
    events.deliver()
    for review, signer in ((child, cast.alice), (parent, cast.olga)):
        share, wait = review.figures.all()
        assert share.restated_differences == ["value 40.0 % → 70.0 %", "counted 4 of 10 → 7 of 10"]
        assert wait.restated_at is None
        assert Task.objects.get(subject_id=share.public_id).owner == signer
        assert actions.signature_holds(review.signatures.get())


@pytest.mark.slow
def test_a_second_late_file_raises_no_second_task(cast: Cast, send: Send) -> None:
    review = signed(cast, send)
    for added_on in (7, 8):
        restatement = states.restate_period(**LATE, by=cast.alice)
        send(some_visits(added_on=added_on), restate=restatement)
        events.deliver()
    assert review.figures.all()[0].restated_differences[0] == "value 40.0 % → 80.0 %"
    assert Task.objects.count() == 1


def test_a_frozen_review_whose_data_changed_cannot_be_signed(cast: Cast, send: Send) -> None:
    review = frozen(cast, send)
    for measure in MEASURES:
        actions.comment_on_review(by=cast.alice, review=review, measure=measure, text="As discussed")
    restatement = states.restate_period(**LATE, by=cast.alice)
    send(some_visits(added_on=7), restate=restatement)
    with pytest.raises(Refused, match="changed since"):
        actions.sign_review(by=cast.alice, review=review)


def test_a_copy_of_the_facts_elsewhere_proves_nothing(cast: Cast, send: Send, tmp_path: Path) -> None:
    figure = frozen(cast, send).figures.all()[0]
    path = part_path(Part.objects.get())
    shutil.move(path, tmp_path / "elsewhere.parquet")
    assert reproduce(figure).differences[0].endswith("is gone.")


def test_pages_and_packs_show_a_real_figure(cast: Cast, send: Send, client: Any) -> None:
    import io

    import openpyxl
    from django.urls import reverse
    from pypdf import PdfReader

    from housewide.reviews.packs import draw_pack

    send(some_visits(added_on=4))
    client.force_login(cast.alice)
    address = reverse("review", args=["MVH-OR", "2026-10"])
    live = client.get(address).content.decode()
    assert "40.0%" in live
    review = frozen(cast, send)
    page = client.get(address).content.decode()
    assert "40.0%" in page
    assert "4 of 10" in page
    figure = client.get(reverse("figure", args=[review.figures.all()[0].public_id]), {"check": "1"}).content.decode()
    assert "every integer and every rounded value is the same" in figure
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(draw_pack(review, "pdf", False))).pages)
    book = openpyxl.load_workbook(io.BytesIO(draw_pack(review, "xlsx", False)), data_only=True)
    values = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True)}
    assert "40.0%" in text
    assert "15.0 min" in text
    assert (values["Visits added on the day"], values["Wait"]) == (40.0, 15.0)
