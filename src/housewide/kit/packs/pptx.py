"""A presentation with charts that can be edited in PowerPoint; the same input gives the same bytes.

Nothing is drawn as a picture: text is text, charts carry their numbers in a workbook of their own, and every chart and
table has a description for those who hear the slide.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

INK, SOFT, ACCENT, GOOD, BAD, WARN = "0F1B2B", "48586D", "0A5A86", "1C4ED0", "A83A05", "8A5A00"
TONES = {"good": GOOD, "bad": BAD, "warn": WARN}
WHEN = (1980, 1, 1, 0, 0, 0)
WIDTH, HEIGHT, EDGE = 13.333, 7.5, 0.6
SPELLED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


@dataclass(frozen=True)
class Line:
    """One series of a line chart. ``kind``: data (with points), middle, limit or target; None leaves a gap."""

    name: str
    values: Sequence[float | None]
    kind: str = "data"


LOOKS = {
    "data": (INK, 2.25, ""),
    "middle": (SOFT, 1.25, ""),
    "limit": (SOFT, 1.0, "dash"),
    "target": (WARN, 1.5, "sysDash"),
}


class Deck:
    """Slides being made: ``deck = Deck("Review", created=…, foot="…"); deck.add_text(…); deck.finished()``."""

    def __init__(self, title: str, *, created: datetime, foot: str = "", author: str = "Housewide") -> None:
        from pptx import Presentation
        from pptx.util import Inches

        self._deck = Presentation()
        self._deck.slide_width, self._deck.slide_height = Inches(WIDTH), Inches(HEIGHT)
        self._created, self._foot = created.replace(tzinfo=None, microsecond=0), foot
        about = self._deck.core_properties
        about.title, about.author, about.last_modified_by, about.revision = title, author, author, 1
        about.created = about.modified = self._created

    def add_cover(self, title: str, lines: Sequence[str]) -> None:
        """A first slide: large title and lines below it."""
        slide = self._slide(title, size=36, top=2.0)
        self._paragraphs(slide, lines, top=3.4, size=18)

    def add_text(self, title: str, paragraphs: Sequence[str | tuple[str, str]], *, note: str = "") -> None:
        """A slide of paragraphs; a pair is (text, tone) with the tone good, bad or warn."""
        slide = self._slide(title)
        self._paragraphs(slide, paragraphs, top=1.5, size=18)
        self._note(slide, note)

    def add_table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], *, note: str = "") -> None:
        """A slide with a table: every cell is text as printed. More than 12 rows go on to further slides."""
        for at in range(0, max(len(rows), 1), 12):
            self._table(title if at == 0 else f"{title} (continued)", headings, rows[at : at + 12], note)

    def _table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]], note: str) -> None:
        from pptx.util import Inches, Pt

        slide = self._slide(title)
        shape = slide.shapes.add_table(
            len(rows) + 1,
            len(headings),
            Inches(EDGE),
            Inches(1.5),
            Inches(WIDTH - 2 * EDGE),
            Inches(0.4 * (len(rows) + 1)),
        )
        _describe(shape, f"Table: {title}, {len(rows)} rows; columns {', '.join(headings)}")
        widths = [0.4 if at == 0 else 0.6 / (len(headings) - 1) for at in range(len(headings))]
        for at, share in enumerate(widths if len(headings) > 1 else [1.0]):
            shape.table.columns[at].width = Inches((WIDTH - 2 * EDGE) * share)
        for number, row in enumerate([headings, *rows]):
            for at, text in enumerate(row):
                cell = shape.table.cell(number, at)
                cell.text = text
                cell.text_frame.paragraphs[0].font.size = Pt(13)
        self._note(slide, note)

    def add_lines(
        self,
        title: str,
        labels: Sequence[str],
        lines: Sequence[Line],
        *,
        says: Sequence[str | tuple[str, str]],
        describe: str,
        unit: str = "",
        note: str = "",
    ) -> None:
        """A slide with a line chart and sentences beside it. ``describe`` is read aloud in place of the chart."""
        from pptx.chart import data as chart_data
        from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
        from pptx.util import Inches, Pt

        slide = self._slide(title)
        data: Any = chart_data.CategoryChartData()  # type: ignore[no-untyped-call]
        data.categories = list(labels)
        for line in lines:
            data.add_series(line.name, list(line.values))
        frame = slide.shapes.add_chart(
            XL_CHART_TYPE.LINE_MARKERS, Inches(EDGE), Inches(1.4), Inches(8.3), Inches(5.2), data
        )
        _describe(frame, describe)
        chart = frame.chart
        chart.has_legend, chart.has_title = True, False
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.font.size = Pt(11)
        if unit:
            chart.value_axis.has_title = True
            chart.value_axis.axis_title.text_frame.text = unit
        for series, line in zip(chart.plots[0].series, lines, strict=True):
            _draw(series, line.kind)
        self._paragraphs(slide, says, top=1.5, size=15, left=9.2, width=WIDTH - 9.2 - EDGE)
        self._note(slide, note)

    def _slide(self, title: str, size: int = 26, top: float = 0.45) -> Any:
        from pptx.util import Inches, Pt

        slide = self._deck.slides.add_slide(self._deck.slide_layouts[5])
        shape = slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = (
            Inches(EDGE),
            Inches(top),
            Inches(WIDTH - 2 * EDGE),
            Inches(0.9),
        )
        shape.text_frame.text = title
        shape.text_frame.word_wrap = True
        paragraph = shape.text_frame.paragraphs[0]
        paragraph.font.size, paragraph.font.bold = Pt(size), True
        paragraph.font.color.rgb = _colour(INK)
        _to_the_left(paragraph)
        if self._foot:
            foot = slide.shapes.add_textbox(Inches(EDGE), Inches(HEIGHT - 0.45), Inches(WIDTH - 2 * EDGE), Inches(0.3))
            foot.text_frame.text = self._foot
            foot.text_frame.paragraphs[0].font.size = Pt(9)
            foot.text_frame.paragraphs[0].font.color.rgb = _colour(SOFT)
        return slide

    def _paragraphs(
        self, slide: Any, paragraphs: Sequence[str | tuple[str, str]], *, top: float, size: int,
        left: float = EDGE, width: float = WIDTH - 2 * EDGE,
    ) -> None:  # fmt: skip
        from pptx.util import Inches, Pt

        box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(HEIGHT - top - 0.6))
        box.text_frame.word_wrap = True
        for number, given in enumerate(paragraphs):
            text, tone = (given, "") if isinstance(given, str) else given
            frame = box.text_frame
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.text = text
            paragraph.font.size, paragraph.space_after = Pt(size), Pt(size * 0.5)
            paragraph.font.bold = tone in TONES
            paragraph.font.color.rgb = _colour(TONES.get(tone, INK))

    def _note(self, slide: Any, note: str) -> None:
        if note:
            slide.notes_slide.notes_text_frame.text = note

    def finished(self) -> bytes:
        """The file: entries in their order, every date the one given."""
        target = io.BytesIO()
        self._deck.save(target)
        return fixed_zip(target.getvalue(), self._created)


def _describe(shape: Any, text: str) -> None:
    """Alternative text, where screen readers look for it."""
    shape._element.nvGraphicFramePr.cNvPr.set("descr", text)


def _draw(series: Any, kind: str) -> None:
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    colour, width, dash = LOOKS[kind]
    series.smooth = False
    series.format.line.color.rgb, series.format.line.width = _colour(colour), Pt(width)
    if dash:
        line = series.format.line._get_or_add_ln()
        line.get_or_add_prstDash().set("val", dash) if hasattr(line, "get_or_add_prstDash") else line.append(
            line.makeelement(qn("a:prstDash"), {"val": dash})
        )
    series.marker.style = XL_MARKER_STYLE.CIRCLE if kind == "data" else XL_MARKER_STYLE.NONE
    if kind == "data":
        series.marker.size = 6
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = _colour(colour)


def _colour(text: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(text)  # type: ignore[no-untyped-call]


def _to_the_left(paragraph: Any) -> None:
    from pptx.enum.text import PP_ALIGN

    paragraph.alignment = PP_ALIGN.LEFT


def fixed_zip(content: bytes, created: datetime) -> bytes:
    """The same archive with every time in it fixed, also in workbooks inside it. Office files are zip archives."""
    stamp = created.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in source.infolist():
            held = source.read(entry)
            if entry.filename.endswith((".xlsx", ".docx", ".pptx")):
                held = fixed_zip(held, created)
            elif entry.filename == "docProps/core.xml":
                held = SPELLED.sub(rb"\g<1>" + stamp + rb"\g<3>", held)
            about = zipfile.ZipInfo(entry.filename, WHEN)
            about.compress_type, about.external_attr, about.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            made.writestr(about, held)
    return target.getvalue()
