"""A pack prints what the data says, letter for letter, and the same pack twice is the same file."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from housewide.kit.packs import pdf

ON = date(2026, 11, 2)
CHART = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 20" width="100" height="20" font-family="Inter">'
    '<rect width="60" height="10" fill="#0a5a86"/><text x="2" y="18" font-size="6">Chart words</text></svg>'
)


def pack(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Monthly operating review",
        "scope": "Mercy Valley Hospital · October 2026",
        "head_hash": "9f2c" * 16,
        "made": "Made 2 Nov 2026 by D. Whitfield",
        "sections": [
            {
                "title": "Operating rooms",
                "blocks": [
                    {"kind": "stats", "stats": [{"value": "71.4%", "label": "first cases on time", "tone": "good"}]},
                    {"kind": "text", "text": "Held steady."},
                    {
                        "kind": "table",
                        "columns": [
                            {"key": "service", "title": "Service"},
                            {"key": "late", "title": "Late", "numeric": True},
                        ],
                        "rows": [{"service": "Orthopaedics", "late": "1,204"}, {"service": "ENT", "late": None}],
                        "total": {"service": "Total", "late": "1,204"},
                    },
                    {"kind": "signatures", "people": [{"name": "Dana Whitfield", "role": "COO"}]},
                ],
            },
        ],
        **changes,
    }


def words(made: bytes) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


def one_text(text: str) -> dict[str, Any]:
    return pack(sections=[{"title": "Words", "blocks": [{"kind": "text", "text": text}]}])


def test_the_values_are_on_the_page() -> None:
    text = words(pdf.render("sections.typ", pack(), on=ON))
    for value in (
        "Monthly operating review",
        "71.4%",
        "1,204",
        "Orthopaedics",
        "Dana Whitfield",
        "9f2c9f2c",
        "Page 1 of 1",
    ):
        assert value in text


def test_the_same_pack_twice_is_the_same_file() -> None:
    assert pdf.render("sections.typ", pack(), on=ON) == pdf.render("sections.typ", pack(), on=ON)


def test_another_date_is_another_file() -> None:
    assert pdf.render("sections.typ", pack(), on=ON) != pdf.render("sections.typ", pack(), on=date(2026, 11, 3))


@pytest.mark.parametrize(
    "hostile",
    ["#panic()", '] #read("house.typ") [', "$x^2$ and $", "*bold* _it_ `raw`", "\\u{41} // gone", "Größe – naïve €"],
)
def test_what_people_write_prints_letter_for_letter(hostile: str) -> None:
    printed = words(pdf.render("sections.typ", one_text(hostile), on=ON))
    assert hostile.replace(" ", "") in printed.replace(" ", "").replace("\n", "")


@settings(max_examples=15, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60))
def test_no_text_stops_a_pack(text: str) -> None:
    assert pdf.render("sections.typ", one_text(text), on=ON).startswith(b"%PDF")


def test_a_chart_is_drawn_from_its_file() -> None:
    block = {"kind": "figure", "file": "chart.svg", "title": "On time", "source": "OR log", "alt": "bars"}
    made = pdf.render(
        "sections.typ", pack(sections=[{"title": "A", "blocks": [block]}]), on=ON, files={"chart.svg": CHART}
    )
    assert "Source: OR log" in words(made)


@pytest.mark.parametrize("name", ["../out.svg", "/etc/x.svg", "data.json", "main.typ", "a/b.svg"])
def test_a_file_may_not_leave_the_room(name: str) -> None:
    with pytest.raises(pdf.PackError, match="plain file name"):
        pdf.render("sections.typ", pack(), on=ON, files={name: b""})


def test_a_font_that_is_not_shipped_stops_the_pack(tmp_path: Path) -> None:
    template = tmp_path / "own.typ"
    template.write_text('#set text(font: "Comic Neue")\nHello')
    with pytest.raises(pdf.MissingFont):
        pdf.render(template, {}, on=ON)


def test_a_template_cannot_read_outside_its_room(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    template = tmp_path / "own.typ"
    template.write_text(f'#set text(font: "Inter")\n#read("{tmp_path / "secret.txt"}")')
    with pytest.raises(pdf.PackError):
        pdf.render(template, {}, on=ON)


def test_a_template_that_is_not_there_is_named() -> None:
    with pytest.raises(pdf.PackError, match=r"nowhere\.typ"):
        pdf.render("nowhere.typ", {}, on=ON)
