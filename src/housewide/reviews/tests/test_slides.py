"""Slides and the board's pack show what the other packs show: native charts, the same values, nobody by name."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pptx import Presentation

from housewide.kit.actions import Refused
from housewide.org.models import Place
from housewide.reviews import agenda, packs
from housewide.reviews.models import Decision, Review, ReviewComment
from housewide.reviews.pack_board import board_content, is_small, without_names
from housewide.reviews.tests.examples import SURGEONS, a_frozen_review, a_reading
from housewide.reviews.tests.test_packs import pdf_text, workbook
from housewide.work.tests.cast import Cast

AT = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)


def with_limits(**more: Any) -> dict[str, Any]:
    reading = a_reading(**more)
    limits = [
        {"period": point["period"], "centre": "65.0", "lower": "55.0", "upper": "75.0"} for point in reading["series"]
    ]
    return reading | {"limits": limits, "why": ["A point below the lower limit, in October 2026"]}


def deck(content: bytes) -> Any:
    return Presentation(io.BytesIO(content))


def texts(slides: Any) -> Iterator[str]:
    for slide in slides.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape.text_frame.text
            if shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)


def charts(slides: Any) -> list[Any]:
    return [shape for slide in slides.slides for shape in slide.shapes if shape.has_chart]


@pytest.fixture
def review(cast: Cast) -> Review:
    found = a_frozen_review(cast, with_limits(), with_limits(title="Turnover", word="no change", missed=False))
    Decision.objects.create(review=found, text="Buy a cart", owner=cast.olga, by=cast.alice, at=AT)
    return found


def of_the_hospital(review: Review) -> Review:
    review.place = Place.objects.get(code="MVH")
    review.save()
    return review


def test_slides_pdf_workbook_and_page_say_the_same(client: Client, cast: Cast, review: Review) -> None:
    slides = " ".join(texts(deck(packs.draw_pack(review, "pptx", names_shown=False))))
    printed = pdf_text(packs.draw_pack(review, "pdf", names_shown=False))
    book = workbook(packs.draw_pack(review, "xlsx", names_shown=False))
    values = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True)}
    client.force_login(cast.alice)
    page = client.get(reverse("review", args=["MVH-OR", "2026-10"])).content.decode()
    for figure in review.figures.all():
        shown = figure.reading["shown"]
        assert f"{values[figure.reading['title']]:.1f} %" == shown
        for text in (slides, printed, page):
            assert figure.reading["title"] in text
            assert shown in text
    for text in (slides, printed):
        assert "Buy a cart" in text
        assert "ab" * 32 in text.replace(" ", "")
    assert "Buy a cart" in page


def test_a_signal_has_a_slide_with_a_chart_that_can_be_edited_and_heard(review: Review) -> None:
    (shape,) = charts(deck(packs.draw_pack(review, "pptx", names_shown=False)))
    series = {one.name: list(one.values) for one in shape.chart.plots[0].series}
    assert list(series) == ["Value", "Average", "Lower limit", "Upper limit", "Target"]
    figure = review.figures.all()[0]
    assert series["Value"] == [float(point["value"]) for point in figure.reading["series"]]
    assert set(series["Upper limit"]) == {75.0}
    assert set(series["Target"]) == {80.0}
    assert shape.chart.part.chart_workbook.xlsx_part is not None
    described = shape._element.nvGraphicFramePr.cNvPr.get("descr")
    assert described.startswith("Line chart of First cases on time, Nov 24 to Oct 26.")
    assert "69.4 %, worsening" in described
    assert "The target is 80 %" in described


def test_surgeons_are_on_no_slide(review: Review) -> None:
    slides = " ".join(texts(deck(packs.draw_pack(review, "pptx", names_shown=True))))
    assert "Confidential" in slides
    assert all(name not in slides for name, _, _ in SURGEONS)


def test_slides_and_board_packs_made_twice_are_the_same_bytes(review: Review) -> None:
    assert packs.draw_pack(review, "pptx", False) == packs.draw_pack(review, "pptx", False)
    of_the_hospital(review)
    for kind in packs.AUDIENCES["board"]:
        assert packs.draw_pack(review, kind, False, "board") == packs.draw_pack(review, kind, False, "board")


def test_only_a_facility_or_a_system_has_a_board(review: Review) -> None:
    with pytest.raises(Refused, match="facility or of the whole system"):
        packs.draw_pack(review, "pdf", False, "board")
    with pytest.raises(Refused, match="pdf, pptx"):
        packs.draw_pack(of_the_hospital(review), "xlsx", False, "board")


def test_the_board_sees_headlines_only_and_nobody_by_name(
    cast: Cast, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agenda, "_items", {})
    agenda.register("tests", lambda place: True, ["surgery.measure_0", "surgery.measure_1"], ["surgery.measure_0"])
    ReviewComment.objects.create(
        review=review,
        measure="surgery.measure_0",
        text="Dr. Adaeze Chen and lindqvist start late.",
        by=cast.alice,
        at=AT,
    )
    of_the_hospital(review)
    printed = pdf_text(packs.draw_pack(review, "pdf", False, "board"))
    slides = deck(packs.draw_pack(review, "pptx", False, "board"))
    told = " ".join(
        [*texts(slides), *(s.notes_slide.notes_text_frame.text for s in slides.slides if s.has_notes_slide)]
    )
    for text in (printed, told):
        assert "69.4 %" in text
        assert "Getting worse, more than chance explains; target missed" in text
        assert "Surgeon 01 and Surgeon 02 start late." in text
        assert "Turnover" not in text
        assert "Buy a cart" in text
        assert "ab" * 32 in text.replace(" ", "")
        assert not re.search("Alice|Olga|Chen|Lindqvist|Moreau|Patel", text, re.IGNORECASE)


def test_a_small_headline_is_not_shown(review: Review) -> None:
    figure = review.figures.all()[0]
    assert not is_small(figure.reading)
    few = figure.reading | {"num": 4, "den": 20, "counts": "4 of 20", "shown": "20.0 %"}
    assert is_small(few)
    assert not is_small(few | {"num": 0})
    assert not is_small(few | {"breakdowns": []})


def test_one_page_a_topic(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    from housewide.measures import topics

    monkeypatch.setattr(agenda, "_items", {})
    monkeypatch.setattr(topics, "_registered", {})
    agenda.register("tests", lambda place: True, ["surgery.measure_0", "surgery.measure_1"])
    topics.register("tests", topic="flow", applies=lambda place: True, measures=["surgery.measure_0"])
    content = board_content(of_the_hospital(review))
    assert [title for title, _ in content.topics] == ["Flow: do patients get through in time", "Operations"]
    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO(packs.draw_pack(review, "pdf", False, "board"))).pages
    assert len(pages) == 3
    assert "Operations" not in pages[0].extract_text()


def test_names_go_whole_or_by_their_last_word() -> None:
    masks = {"PRENDERVALE, JOSS": "Surgeon 07", "Dr. Bo Lindqvist": "Surgeon 02"}
    said = without_names("Prendervale and Dr. Lindqvist; PRENDERVALE, JOSS again; reprendervaled stays", masks)
    assert said == "Surgeon 07 and Surgeon 02; Surgeon 07 again; reprendervaled stays"


def test_a_board_pack_is_asked_for_made_and_named(client: Client, cast: Cast, review: Review) -> None:
    from housewide.kit.jobs import run_all

    of_the_hospital(review)
    client.force_login(cast.alice)
    given = {"kind": "pptx", "audience": "board"}
    assert client.post(reverse("review-pack", args=["MVH", "2026-10"]), given).status_code == 302
    run_all()
    pack = review.packs.get()
    assert (pack.audience, pack.names_shown) == ("board", False)
    answer = client.get(reverse("pack-download", args=[pack.public_id]))
    assert answer["Content-Disposition"] == 'attachment; filename="board-MVH-2026-10.pptx"'
    b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    refused = client.post(reverse("review-pack", args=["MVH", "2026-10"]), given | {"kind": "xlsx"})
    assert refused.status_code == 422
