"""The monthly conversation in a real browser: a director runs October for two departments and sees what September's
promises came to; the hospital's chief nursing officer closes the census; the chief operating officer opens the roll-up
and takes the board pack home."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Server, Visitor, demo_server
from tests.journeys.reviewing import PATIENCE, answer_what_is_asked, close_october, freeze_and_sign

DANA, PRIYA, GWENDOLYN = "P003", "P001", "P002"
PERIOD = "2026-10"

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A home of its own: the director's journey signs the same month."""
    yield from demo_server(tmp_path_factory)


def test_a_director_runs_october_for_two_departments_and_the_coo_takes_the_board_pack(
    visitors: Callable[..., Visitor], tmp_path: Path
) -> None:
    dana = visitors()
    dana.sign_in(DANA)
    she_is_late_with_both(dana)
    perioperative_services(dana)
    critical_care_is_commented(dana)
    gwendolyn = visitors()
    gwendolyn.sign_in(GWENDOLYN)
    the_hospital_closes_its_census(gwendolyn)
    critical_care_is_signed(dana)
    priya = visitors()
    priya.sign_in(PRIYA)
    the_roll_up(priya)
    the_board_pack(priya, tmp_path)


def she_is_late_with_both(dana: Visitor) -> None:
    """The calendar says when comments were due; the late list says who owes them."""
    page = dana.page
    dana.go("/reviews/")
    page.get_by_role("link", name="Who is late").click()
    page.wait_for_url("**/reviews/late/")
    rows = [row.inner_text() for row in page.locator("#list tbody tr").all()]
    assert all("Dana Whitfield" in row for row in rows)
    assert {"Perioperative services", "Critical care"} <= {row.split("\t")[0].strip() for row in rows}
    dana.shot("review-01-who-is-late")
    dana.go(f"/at/MVH-PERIOP/{PERIOD}/review/calendar/")
    due = page.locator("tr", has=page.get_by_role("rowheader", name=re.compile("^Comments due")))
    assert "Thu, Nov 12, 2026" in due.inner_text()
    dana.shot("review-02-calendar")


def perioperative_services(dana: Visitor) -> None:
    """What was promised stands on top with its verdict; one comment is carried on, the broken promise is answered."""
    page = dana.page
    dana.go(f"/at/MVH-PERIOP/{PERIOD}/review/")
    promised = page.locator("section:has(#promised)").inner_text()
    assert "Promised 76.0% by October 2026: not kept (66.0%)" in promised
    assert "Promised 6.5 min by October 2026: kept (6.2 min)" in promised
    page.get_by_role("button", name="Begin the review").click()
    page.get_by_text("The review is open.").wait_for()
    dana.shot("review-03-last-months-promises")
    broken = page.locator("section.card", has=page.get_by_role("heading", name=re.compile("^First cases on time")))
    assert broken.get_by_role("button", name=re.compile("^Still true")).count() == 0
    broken.get_by_label("What is behind it").fill("Late consents of one practice since October 5.")
    broken.get_by_label("Does it continue?").select_option(label="It continues")
    broken.get_by_text("Action and promise").click()
    broken.get_by_label("What is done about it").fill("Consents reach pre-op by 15:00 the day before.")
    broken.get_by_label("Who does it").select_option(label="Dana Whitfield")
    broken.get_by_label("Promise: it will be").fill("72")
    broken.get_by_label(re.compile("^By")).select_option(label="December 2026")
    broken.get_by_role("button", name="Comment").click()
    page.get_by_text("Comment kept.").wait_for()
    assert page.get_by_text("Promise: 72.0% by December 2026").is_visible()
    answer_what_is_asked(page)
    page.get_by_text("Write down a decision").click()
    page.get_by_label("What was decided").fill("The practice's first cases move to second place until consents are in.")
    page.get_by_label("Who answers for it").select_option(label="Dana Whitfield")
    page.get_by_role("button", name="Keep the decision").click()
    page.get_by_text("Decision kept.").wait_for()
    close_october(page)
    freeze_and_sign(page, without="The operating rooms are reviewed with the department.")
    assert page.get_by_role("link", name="Consents reach pre-op by 15:00 the day before.").is_visible()
    dana.shot("review-04-signed")


def critical_care_is_commented(dana: Visitor) -> None:
    """The second department, whose director's post is vacant. It rests on the hospital's census: the page says whom to
    ask for closing it, and offers her no button."""
    page = dana.page
    dana.go(f"/at/MVH-CRIT/{PERIOD}/review/")
    page.get_by_role("button", name="Begin the review").click()
    page.get_by_text("The review is open.").wait_for()
    answer_what_is_asked(page)
    step = page.locator("section:has(#next)").inner_text()
    assert "Midnight census" in step
    assert "ask Gwendolyn Achterberg" in step
    assert page.get_by_role("button", name="Close October 2026").count() == 0


def the_hospital_closes_its_census(gwendolyn: Visitor) -> None:
    """The chief nursing officer answers for the hospital's feeds."""
    gwendolyn.go(f"/at/MVH-CRIT/{PERIOD}/review/")
    close_october(gwendolyn.page)


def critical_care_is_signed(dana: Visitor) -> None:
    page = dana.page
    dana.go(f"/at/MVH-CRIT/{PERIOD}/review/")
    freeze_and_sign(page)
    dana.shot("review-05-second-department")


def the_roll_up(priya: Visitor) -> None:
    """The hospital's review shows both departments signed, quotes one comment, and is frozen."""
    page = priya.page
    priya.go(f"/at/MVHS/{PERIOD}/review/")
    page.get_by_role("button", name="Begin the review").click()
    hospital = page.locator("section:has(#below) tbody tr", has_text="Mercy Valley Hospital")
    assert "2 of " in hospital.inner_text()
    hospital.get_by_role("link").click()
    page.wait_for_url(f"**/at/MVH/{PERIOD}/review/")
    page.get_by_role("button", name="Begin the review").click()
    below = page.locator("section:has(#below)")
    for place in ("Perioperative services", "Critical care"):
        row = below.locator("tbody tr", has=page.get_by_role("link", name=place, exact=True))
        assert "Signed" in row.inner_text()
    assert "kept" in below.locator("tbody tr", has_text="Perioperative services").inner_text()
    said = below.locator("details", has_text="Perioperative services: what it says")
    if said.get_attribute("open") is None:
        said.locator("summary").click()
    quote = said.get_by_role("button", name=re.compile("^Quote the comment on First cases on time"))
    quote.click()
    page.get_by_text("The comment is in this review now.").wait_for()
    assert page.get_by_text("Perioperative services: “Late consents of one practice").first.is_visible()
    priya.shot("review-06-roll-up")
    page.get_by_role("button", name="Freeze the figures").click(timeout=PATIENCE)
    page.get_by_text("Figures frozen.").wait_for()


def the_board_pack(priya: Visitor, folder: Path) -> None:
    """Headlines only, in plain words, nobody by name; the numbers are those of the page."""
    from pptx import Presentation
    from pypdf import PdfReader

    page = priya.page
    shown = page.locator("section.card", has=page.get_by_role("heading", name=re.compile("^First cases on time")))
    value = shown.locator("b.value").inner_text()
    for name, suffix in (("PDF", "pdf"), ("PowerPoint", "pptx")):
        page.get_by_role("button", name=f"Board pack, {name}").click()
        page.locator("section:has(#packs) a[href^='/packs/']").first.wait_for(timeout=60_000)
        page.wait_for_function("() => !document.querySelector('[hx-trigger*=every]')", timeout=60_000)
        page.reload()
        with page.expect_download() as download:
            page.locator("section:has(#packs) ul.timeline").get_by_role("link", name=f"Board: {name}").first.click()
        download.value.save_as(folder / f"board.{suffix}")
    priya.shot("review-07-board-pack")
    printed = " ".join(" ".join(one.extract_text() for one in PdfReader(folder / "board.pdf").pages).split())
    slides = " ".join(texts_of(Presentation(str(folder / "board.pptx"))))
    for text in (printed, slides):
        assert value in text
        assert "First cases on time" in text
        assert "Dana Whitfield" not in text
        assert re.search("audit head [0-9a-f]{64}", text.replace("Audit", "audit").replace("- ", ""))


def texts_of(deck: Any) -> Iterator[str]:
    """Every text on every slide."""
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape.text_frame.text
            if shape.has_table:
                yield from (cell.text for row in shape.table.rows for cell in row.cells)
