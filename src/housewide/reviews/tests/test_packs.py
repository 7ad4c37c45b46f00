"""A pack prints what was frozen: the same numbers on paper and in the workbook, the same bytes each time."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from housewide.kit.actions import NotSeen, Refused
from housewide.reviews import packs
from housewide.reviews.models import Pack
from housewide.reviews.tests.examples import SURGEONS, a_frozen_review, a_reading
from housewide.reviews.tests.formulas import evaluated
from housewide.work.tests.cast import Cast


def pdf_text(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def workbook(content: bytes, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=values)


def everything(book: Any) -> str:
    return " ".join(
        str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    )


def test_paper_and_workbook_carry_the_same_figure(cast: Cast) -> None:
    review = a_frozen_review(cast, a_reading(), a_reading("Turnover", "no change", False))
    text = pdf_text(packs.draw_pack(review, "pdf", names_shown=False))
    rows = list(workbook(packs.draw_pack(review, "xlsx", names_shown=False))["Summary"].iter_rows(values_only=True))
    head = next(at for at, row in enumerate(rows) if row[0] == "Measure")
    for row, figure in zip(rows[head + 1 :], review.figures.all(), strict=True):
        reading = figure.reading
        assert row[0] == reading["title"]
        assert f"{row[1]:.1f} %" == reading["shown"]
        assert (row[3], row[4]) == (reading["num"], reading["den"])
        for said in (row[0], reading["shown"], reading["counts"], reading["target_shown"], f"{row[6]}"):
            assert said in text
    assert "80 % needs a change in how we work" in text


def test_the_workbook_works_values_out_from_the_counts_beside_them(cast: Cast) -> None:
    made = packs.draw_pack(a_frozen_review(cast), "xlsx", names_shown=False)
    live, known = workbook(made, values=False), workbook(made)
    series = next(name for name in live.sheetnames if name.startswith("1 First"))
    last = live[series].max_row
    assert live[series].cell(last, 4).value == f'=IF(C{last}=0,"",ROUND(B{last}*1000/C{last},0)/10)'
    assert known[series].cell(last, 4).value == 69.4
    assert [known[series].cell(last, at).value for at in (1, 2, 3)] == ["2026-10", 125, 180]


def test_every_formula_of_the_workbook_gives_the_frozen_value(cast: Cast) -> None:
    made = packs.draw_pack(a_frozen_review(cast), "xlsx", names_shown=True)
    live, known = workbook(made, values=False), workbook(made)
    checked = 0
    for sheet in live:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    assert (
                        float(evaluated(live, sheet.title, cell.coordinate))
                        == known[sheet.title][cell.coordinate].value
                    )
                    checked += 1
    assert checked == 3 + 24 + 2


def test_a_changed_count_changes_all_that_rests_on_it(cast: Cast) -> None:
    rooms = [
        {"label": f"OR {at}", "mask": f"OR {at}", "num": num, "den": den, "count": den, "value": None, "shown": ""}
        for at, (num, den) in enumerate([(60, 90), (65, 90)])
    ]
    reading = a_reading() | {"breakdowns": [{"by": "room", "title": "Room", "people": False, "rows": rooms}]}
    live = workbook(packs.draw_pack(a_frozen_review(cast, reading), "xlsx", names_shown=True), values=False)
    series, by_room = live.sheetnames[1], live.sheetnames[2]
    line = next(row[0].row for row in live["Summary"].iter_rows() if row[0].value == "First cases on time")
    total = next(row[0].row for row in live[by_room].iter_rows() if row[0].value == "Total")
    assert [evaluated(live, by_room, f"{column}{total}") for column in "BC"] == [125, 180]
    assert float(evaluated(live, by_room, f"D{total}")) == 69.4
    last = live[series].max_row
    live[series][f"B{last}"].value = 90
    live[by_room][f"B{total - 1}"].value = 30
    assert float(evaluated(live, "Summary", f"B{line}")) == 50.0
    assert evaluated(live, "Summary", f"D{line}") == 90
    assert float(evaluated(live, by_room, f"D{total}")) == 50.0


def test_a_pack_made_twice_is_the_same_bytes_and_one_pack(cast: Cast) -> None:
    review = a_frozen_review(cast)
    for kind in packs.MEDIA:
        first, second = (packs.make_pack(review, kind, cast.alice) for _ in range(2))
        assert first == second
        assert packs.pack_file(first).read_bytes() == packs.draw_pack(review, kind, names_shown=True)
    assert Pack.objects.count() == len(packs.MEDIA)


def test_surgeons_are_named_only_for_those_who_may_read_names(cast: Cast) -> None:
    review = a_frozen_review(cast)
    with_names, without = packs.make_pack(review, "pdf", cast.alice), packs.make_pack(review, "pdf", cast.audrey)
    named, masked = (pdf_text(packs.pack_file(pack).read_bytes()) for pack in (with_names, without))
    book = everything(workbook(packs.draw_pack(review, "xlsx", names_shown=False)))
    assert (with_names.names_shown, without.names_shown) == (True, False)
    assert "Confidential" in named
    assert "Confidential" not in masked
    for name, _, _ in SURGEONS:
        assert name in named
        assert name not in masked
        assert name not in book
    assert "Surgeon 01" in masked


def test_small_cells_of_people_are_on_neither(cast: Cast) -> None:
    review = a_frozen_review(cast)
    book = workbook(packs.draw_pack(review, "xlsx", names_shown=True))
    sheet = next(book[name] for name in book.sheetnames if "Surgeon" in name)
    rows = {row[0]: row[1:4] for row in sheet.iter_rows(values_only=True)}
    assert rows["Dr. Cara Moreau"] == ("not shown",) * 3
    assert rows["Dr. Bo Lindqvist"] == ("not shown",) * 3
    assert rows["Dr. Adaeze Chen"] == (62, 80, 77.5)
    text = pdf_text(packs.draw_pack(review, "pdf", names_shown=True))
    assert "Dr. Cara Moreau not shown not shown not shown" in text
    assert "37.5" not in text


def test_what_people_wrote_is_printed_as_they_wrote_it(cast: Cast) -> None:
    text = pdf_text(packs.draw_pack(a_frozen_review(cast), "pdf", names_shown=False))
    assert "#set text(red) *vendor* called." in text
    assert "<first>" in text


def test_the_head_of_the_audit_chain_is_in_both(cast: Cast) -> None:
    review = a_frozen_review(cast)
    assert "ab" * 32 in pdf_text(packs.draw_pack(review, "pdf", names_shown=False)).replace(" ", "")
    assert "ab" * 32 in everything(workbook(packs.draw_pack(review, "xlsx", names_shown=False)))


def test_nothing_is_printed_before_it_is_frozen_or_for_a_stranger(cast: Cast) -> None:
    review = a_frozen_review(cast, state="draft")
    with pytest.raises(Refused, match="Freeze"):
        packs.make_pack(review, "pdf", cast.alice)
    with pytest.raises(NotSeen):
        packs.make_pack(review, "pdf", cast.charlie)
    assert not Pack.objects.exists()
