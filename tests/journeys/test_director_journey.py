"""A director's morning from sign-in to a signed review, in a real browser, on the demo's own files.

Every number that the screens show on the way is counted again here from what they hand out: exports, packs, receipts.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Visitor
from tests.journeys.or_log_files import KINDS, OF_EACH_KIND, SpoiltLog, spoil
from tests.journeys.reviewing import answer_what_is_asked, close_october, freeze_and_sign

DANA, LUIS = "P003", "P005"
PLACE, PERIOD = "MVH-PERIOP", "2026-10"
DELAY = "surgery.start_delay.first_cases"
ON_TIME = "surgery.first_case_on_time.in_room.5min"
# Doors that everybody has; behind them each person finds their own things only.
EVERYBODYS = {"/", "/today/", "/accounts/login/", "/work/", "/work/new/", "/intake/", "/reviews/"}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_director_goes_from_sign_in_to_a_signed_review_and_a_stranger_sees_none_of_it(
    visitors: Callable[..., Visitor], tmp_path: Path
) -> None:
    dana = visitors()
    dana.sign_in(DANA)
    see_where_the_minutes_went(dana)
    read_start_delay_and_its_rows(dana)
    raise_a_task_about_a_case(dana)
    import_and_correct(dana, spoil(dana.server.home / "demo-files" / "or_log" / "or_log_2026-11.csv"), tmp_path)
    sign_the_review(dana)
    figures = take_the_packs(dana, tmp_path)
    reproduce(dana, figures)
    luis = visitors()
    luis.sign_in(LUIS)
    sees_none_of(luis, dana)


def see_where_the_minutes_went(dana: Visitor) -> None:
    """From Today to the operating rooms' month; the stages are one click away and add up to the delay."""
    page = dana.page
    assert dana.path() == "/today/"
    dana.go(f"/at/{PLACE}/{PERIOD}/operating-rooms/")
    assert page.locator("h1").inner_text().strip()
    dana.shot("journey-01-or-home")
    page.get_by_role("link", name="Where the minutes went").click()
    page.wait_for_url("**/operating-rooms/minutes/")
    dana.shot("journey-02-where-the-minutes-went")
    shown = page.locator("section:has(#stages) tbody td.value").all_inner_texts()
    told = _number(page.locator("section:has(#finding) header .muted").inner_text())
    assert len(shown) >= 4
    # Each stage is rounded to a tenth of a minute by itself, so the sum may be off by half a tenth a stage.
    assert abs(sum(_number(text) for text in shown) - told) <= Decimal("0.05") * (len(shown) + 1)


def read_start_delay_and_its_rows(dana: Visitor) -> None:
    """The number, why its signal is what it is, and the rows that make it."""
    page = dana.page
    page.locator(".page .actions").get_by_role("link", name="Start delay").click()
    page.wait_for_url(f"**/measures/{DELAY}/")
    why = page.locator("details.why:has(summary:text('Why this signal?'))")
    if why.get_attribute("open") is None:
        why.locator("summary").click()
    reasons = [text.strip() for text in why.locator("li").all_inner_texts()]
    assert reasons
    assert all(len(text) > 20 for text in reasons)
    dana.shot("journey-03-start-delay")
    value = page.locator("section:has(#number) a.stat b").inner_text()
    page.locator("section:has(#number) a.stat").click()
    page.wait_for_url(f"**/measures/{DELAY}/rows/")
    dana.shot("journey-04-rows-of-start-delay")
    rows = the_rows_add_up(dana, value)
    minutes = [Fraction(row["Minutes"]).limit_denominator(60) for row in rows]
    assert _rounded(sum(minutes) / len(minutes)) == _number(value)
    total = page.locator("tfoot td.num").last.inner_text()
    assert _rounded(sum(minutes)) == _number(total)

    dana.go(f"/at/{PLACE}/{PERIOD}/measures/{ON_TIME}/")
    value = page.locator("section:has(#number) a.stat b").inner_text()
    page.locator("section:has(#number) a.stat").click()
    page.wait_for_url(f"**/measures/{ON_TIME}/rows/")
    rows = the_rows_add_up(dana, value)
    on_time, counted = (sum(int(row[name]) for row in rows) for name in ("Counted", "Out of"))
    assert _rounded(Fraction(100 * on_time, counted)) == _number(value)
    page.go_back()
    page.go_back()


def the_rows_add_up(dana: Visitor, value: str) -> list[dict[str, str]]:
    """The sentence over the rows says the reading's value, and the export holds as many rows as the page says."""
    page = dana.page
    sentence = page.locator("#adds-up").inner_text()
    assert value in sentence, (value, sentence)
    shown = int(_number(page.locator("#list .toolbar b").inner_text()))
    with page.expect_download() as download:
        page.locator("#list").get_by_role("link", name="CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    dana.visited.append(download.value.url.removeprefix(dana.server.url))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == shown > 50
    return rows


def raise_a_task_about_a_case(dana: Visitor) -> None:
    """A case among the rows, and work about it that lands in My work."""
    page = dana.page
    assert dana.path().endswith(f"{DELAY}/rows/")
    page.locator("#list tbody a").first.click()
    page.wait_for_url("**/operating-rooms/cases/**")
    dana.shot("journey-05-case")
    page.locator(".page .actions").get_by_role("link", name="Raise a task").click()
    title = "Ask pre-op why the site mark came after the planned start"
    page.get_by_label("What is to be done").fill(title)
    page.get_by_label(re.compile("^Why")).fill("Third time this month in this room.")
    page.get_by_label("Who does it").select_option(label="Dana Whitfield")
    page.get_by_label("Due").fill("2026-12-04")
    dana.shot("journey-06-new-task")
    page.get_by_role("button", name="Raise the task").click()
    page.wait_for_url(re.compile(r"/work/(?!new/)[\w-]+/$"))
    dana.shot("journey-07-task")
    page.get_by_role("link", name="My work").first.click()
    page.wait_for_url("**/work/")
    assert page.get_by_role("link", name=title).is_visible()
    dana.shot("journey-08-my-work")


def import_and_correct(dana: Visitor, log: SpoiltLog, folder: Path) -> None:
    """Forty bad rows of eight kinds: set aside with their reasons, downloaded, put right, taken in."""
    page, spoilt = dana.page, folder / "or_log_2026-11_again.csv"
    before = cases_of_november(dana)
    spoilt.write_text(log.text, encoding="utf-8", newline="")
    bad = OF_EACH_KIND * len(KINDS)
    dana.go("/intake/")
    dana.shot("journey-09-intake")
    page.get_by_role("link", name="Operating room log").click()
    page.locator(".page .actions").get_by_role("link", name="Import a file").click()
    send_and_open_receipt(dana, spoilt, "Import")
    dana.shot("journey-10-receipt")
    assert receipt(page) == [log.rows, log.rows - bad, bad, bad]
    kinds = {row.locator("th").inner_text(): int(row.locator("td").first.inner_text())
             for row in page.locator("section:has(#why) tbody tr").all()}  # fmt: skip
    assert sorted(kinds.values()) == [OF_EACH_KIND] * len(KINDS), kinds
    page.get_by_role("link", name="See the rows").click()
    page.wait_for_url("**/set-aside/")
    dana.shot("journey-11-set-aside")
    page.go_back()
    with page.expect_download() as download:
        page.get_by_role("link", name=f"Download {bad} rows").click()
    dana.visited.append(download.value.url.removeprefix(dana.server.url))
    fixed = folder / "corrected.csv"
    fixed.write_text(log.corrected(download.value.path().read_text(encoding="utf-8")), encoding="utf-8", newline="")
    first = dana.path()
    page.get_by_role("link", name="Send the corrected file").click()
    page.wait_for_url("**/correct/")
    dana.shot("journey-12-send-corrected")
    send_and_open_receipt(dana, fixed, "Import the corrected rows")
    assert receipt(page) == [bad, bad, 0, 0], page.locator("main").inner_text()
    dana.go(first)
    assert receipt(page) == [log.rows, log.rows - bad, bad, 0]
    dana.shot("journey-13-nothing-waits")
    for _ in range(60):  # the readings follow by a job of their own
        if cases_of_november(dana) == before:
            break
        page.wait_for_timeout(500)
    assert cases_of_november(dana) == before


def cases_of_november(dana: Visitor) -> str:
    """What the measure says: once every row is right, it must be what the demo's own good file gave."""
    dana.go(f"/at/{PLACE}/2026-11/measures/surgery.cases/")
    return str(dana.page.locator("section:has(#number) a.stat b").inner_text())


def send_and_open_receipt(dana: Visitor, file: Path, button: str) -> None:
    page = dana.page
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**?job=*")
    receipt_link = page.get_by_role("link", name="Open the receipt")
    receipt_link.wait_for(timeout=60_000)
    receipt_link.click()
    page.wait_for_url("**/intake/batches/**")


def receipt(page: Any) -> list[int]:
    """Rows read, accepted, set aside and still waiting, as the receipt shows them; read = accepted + set aside."""
    strip = page.locator("section.strip .stat b").all_inner_texts()
    read, accepted, set_aside, waiting = (int(text.replace(",", "")) for text in strip)
    assert read == accepted + set_aside
    return [read, accepted, set_aside, waiting]


def sign_the_review(dana: Visitor) -> None:
    """Begin, comment where the page asks for it, close the month of her feeds, freeze, sign."""
    page = dana.page
    dana.go(f"/at/{PLACE}/{PERIOD}/operating-rooms/")
    page.get_by_role("link", name="Review of the month").click()
    page.wait_for_url("**/review/")
    page.get_by_role("button", name="Begin the review").click()
    page.get_by_text("The review is open.").wait_for()
    dana.shot("journey-14-review-begun")
    answer_what_is_asked(page)
    close_october(page)
    freeze_and_sign(page, without="The operating rooms are reviewed with the department.")
    page.get_by_role("button", name="Make PDF").wait_for()
    dana.shot("journey-15-review-signed")


def take_the_packs(dana: Visitor, folder: Path) -> list[str]:
    """Both packs, downloaded; every figure's value is the same in the two and on the page. Gives the figures' ids."""
    page = dana.page
    for button, suffix in (("Make PDF", "pdf"), ("Make Excel", "xlsx")):
        page.get_by_role("button", name=button).click()
        link = page.locator("#packs, section:has(#packs)").locator("a[href^='/packs/']")
        link.first.wait_for(timeout=60_000)
        page.wait_for_function("() => !document.querySelector('[hx-trigger*=every]')", timeout=60_000)
        page.reload()
        name = "PDF" if suffix == "pdf" else "Excel"
        with page.expect_download() as download:
            page.locator("section:has(#packs) ul.timeline").get_by_role("link", name=name).first.click()
        dana.visited.append(download.value.url.removeprefix(dana.server.url))
        download.value.save_as(folder / f"pack.{suffix}")
    dana.shot("journey-16-packs")
    page.locator("#rest > summary").click()
    on_page = {
        card.locator("h2").inner_text(): card.locator("b.value").inner_text()
        for card in page.locator("section.card:has(b.value)").all()
    } | {
        row.locator("th a").inner_text(): row.locator("td.value").inner_text()
        for row in page.locator("#rest tbody tr").all()
    }
    assert len(on_page) >= 10
    in_pdf, in_book = figures_in_pdf(folder / "pack.pdf", on_page), figures_in_book(folder / "pack.xlsx")
    assert in_book.keys() == on_page.keys()
    for title, value in on_page.items():
        assert in_pdf[title] == value, (title, in_pdf[title], value)
        assert in_book[title] == _number(value), (title, in_book[title], value)
    links = page.locator("section.card h2 a[href^='/figures/'], #rest th a[href^='/figures/']").all()
    ids = [(link.get_attribute("href") or "").strip("/").split("/")[-1] for link in links]
    assert len(ids) == len(on_page)
    dana.go(f"/figures/{ids[0]}/")
    dana.shot("journey-17-figure")
    return ids


def figures_in_pdf(path: Path, titles: dict[str, str]) -> dict[str, str]:
    """The value printed under each figure's own heading, the page's titles saying where the figures begin."""
    from pypdf import PdfReader

    text = " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())
    found = {}
    for title, value in titles.items():
        cover = text.find(title)
        own = text.find(title, cover + 1)
        assert cover >= 0
        assert own > cover, f"{title} stands once only in the PDF"
        # On the cover the value follows the title; in its section it follows the sentence of the definition.
        after = text[cover + len(title) :].lstrip()
        found[title] = value if after.startswith(value) else after[: len(value) + 10]
        assert value in text[own:], (title, value)
    return found


def figures_in_book(path: Path) -> dict[str, Decimal]:
    """Value of each figure on the Summary sheet, as a spreadsheet that does not calculate would show it."""
    from openpyxl import load_workbook

    rows = list(load_workbook(path, data_only=True)["Summary"].iter_rows(values_only=True))
    top = next(at for at, row in enumerate(rows) if row[:3] == ("Measure", "Value", "Unit"))
    return {str(row[0]): Decimal(str(row[1])) for row in rows[top + 1 :] if row[0]}


def reproduce(dana: Visitor, figures: list[str]) -> None:
    """From the command line: a figure comes out bit for bit, and everything that must hold does."""
    for figure in figures[:2]:
        again = dana.server.command("figure", figure, "--reproduce")
        assert again.returncode == 0, again.stdout + again.stderr
        assert "bit for bit" in again.stdout
    checked = dana.server.command("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def sees_none_of(luis: Visitor, dana: Visitor) -> None:
    """A practice manager of another place gets 404 at every address of hers that is not everybody's own door."""
    addresses = sorted({address for address in dana.visited if address.split("?")[0] not in EVERYBODYS})
    assert len(addresses) > 15, addresses
    answers = {
        address: luis.page.request.get(luis.server.url + address, max_redirects=0).status for address in addresses
    }
    assert {address: status for address, status in answers.items() if status != 404} == {}
    for address in ("/work/", "/intake/", "/reviews/"):
        luis.go(address)
        assert "Perioperative" not in luis.page.locator("main").inner_text()
    luis.go(f"/at/{PLACE}/{PERIOD}/operating-rooms/")
    luis.shot("journey-18-stranger-404")


def _number(text: str) -> Decimal:
    """The first number in a text as people write it: thousands with commas, a true minus sign."""
    found = re.search(r"[−-]?\d[\d,]*(?:\.\d+)?", text)
    assert found, text
    return Decimal(found.group().replace("−", "-").replace(",", ""))


def _rounded(value: Fraction) -> Decimal:
    """To a tenth, half away from zero, as the house prints."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
