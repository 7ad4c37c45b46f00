"""The workbook of a pack: the same numbers as the PDF, with formulas that show how each came about.

Only counts are typed in: values are worked out from them, the summary points to the sheets, totals add up. Whoever
changes a count sees what it does to everything that rests on it.
"""

from __future__ import annotations

from typing import Any

from housewide.kit.packs.xlsx import Formula, Heading, Workbook
from housewide.reviews.printing import Content, Printed, Row, Table
from housewide.reviews.suppression import HIDDEN, REASON

NUMBERS = ("Numerator", "Denominator", "Value")
LIMITS = (("Average", "centre"), ("Lower limit", "lower"), ("Upper limit", "upper"))
INTRO_OF_FIGURE = 3


def draw_xlsx(content: Content) -> bytes:
    """The pack as a workbook: Summary, one sheet a measure, Decisions, Sources. The same content, the same bytes."""
    book = Workbook(f"{content.title}: {content.place}, {content.month}", created=content.on)
    intro = [
        f"{content.title}: {content.place}",
        f"{content.month} · {content.state}",
        f"Audit head {content.audit_head or 'none'}",
        *(f"{one['name']} {one['role']} · {one['signed']}" for one in content.signatures),
        *content.comments,
    ]
    headings = [
        Heading("Measure", width=44), Heading("Value", "number"), Heading("Unit"),
        Heading("Numerator", "number"),
        Heading("Denominator", "number"), Heading("Target", "number"), Heading("Signal"),
        Heading("What is usual", width=60),
        Heading("Comments", width=60), Heading("Said before", width=60),
    ]  # fmt: skip
    top = len(intro) + 3  # the table's first row
    sheets = [book.reserve(f"{number} {one.reading['title']}") for number, one in enumerate(content.figures, start=1)]
    rows = [_summary(one, sheets[index], top + index) for index, one in enumerate(content.figures)]
    book.add_sheet("Summary", headings, rows, intro=intro)
    for number, (one, sheet) in enumerate(zip(content.figures, sheets, strict=True), start=1):
        _add_figure(book, number, sheet, one, content)
    if content.decisions:
        book.add_sheet("Decisions", [Heading("Decided", width=90)], [[text] for text in content.decisions])
    if content.below:
        book.add_sheet("Reviews below", [Heading("Place", width=40), Heading("State")], content.below)
    sources = [
        [one.reading["title"], one.measure, one.reading["version"], one.definition_sha256, one.reading["source"],
         one.reading["as_of"], len(one.parts), one.sha256]
        for one in content.figures
    ]  # fmt: skip
    titles = ("Measure", "Id", "Version", "Definition", "Source", "As of", "Parts", "Figure")
    book.add_sheet("Sources", [Heading(title) for title in titles], sources)
    return book.finished()


def value_cell(reading: dict[str, Any], value: str | None, num: str, den: str) -> Any:
    """The value as a live formula over the cells ``num`` and ``den``, or as a plain number where none applies.

    Rounds as the house does, half up: the integers are multiplied before the one division, so that a half is exact.
    """
    if value is None:
        return None
    formula = reading["formula"]
    shown = float(value)
    if formula is None:
        return shown
    scale = 10 ** formula["places"]
    over = f"*{formula['per'] * scale}/"
    if formula["kind"] == "ratio":
        return Formula(f'=IF({den}=0,"",ROUND({num}{over}{den},0)/{scale})', shown)
    return Formula(f"=ROUND({num}{over}{formula['divisor']},0)/{scale}", shown)


def _pointer(sheet: str, column: str, line: int, value: int | None) -> Any:
    """A cell that points to another sheet's, so that a count stands in the book once."""
    return None if value is None else Formula(f"='{sheet}'!{column}{line}", value)


def _summary(one: Printed, sheet: str, line: int) -> list[Any]:
    reading, last = one.reading, INTRO_OF_FIGURE + 2 + len(one.reading["series"])
    return [
        reading["title"],
        value_cell(reading, reading["value"], f"D{line}", f"E{line}"),
        reading["unit"],
        _pointer(sheet, "B", last, reading["num"]),
        _pointer(sheet, "C", last, reading["den"]),
        None if reading["target"] is None else float(reading["target"]),
        reading["signal"]["word"].capitalize(),
        ". ".join([*reading.get("why", ()), reading["reach"]]),
        " / ".join(one.comments + [f"Restated: {text}" for text in one.restated]),
        ". ".join(text for text in (one.earlier, one.verdict[0]) if text),
    ]


def _add_figure(book: Workbook, number: int, sheet: str, one: Printed, content: Content) -> None:
    reading = one.reading
    intro = [reading["title"], reading["sentence"], f"{content.place} · unit {reading['unit'] or 'count'}"]
    first = len(intro) + 3
    limits = {row["period"]: row for row in reading.get("limits", ())}
    headings = [
        Heading("Month", width=14),
        *(Heading(title, "number") for title in (*NUMBERS, *(title for title, _ in LIMITS))),
    ]
    rows = [
        [
            point["period"],
            point["num"],
            point["den"],
            value_cell(reading, point["value"], f"B{first + at}", f"C{first + at}"),
            *(_number(limits.get(point["period"], {}).get(key)) for _, key in LIMITS),
        ]
        for at, point in enumerate(reading["series"])
    ]
    book.add_sheet(sheet, headings, rows, intro=intro)
    for table in one.tables:
        _add_breakdown(book, number, one, table)


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _add_breakdown(book: Workbook, number: int, one: Printed, table: Table) -> None:
    reading = one.reading
    lines = [reading["title"], table.title, *([REASON] if table.hides else [])]
    start = len(lines) + 3
    heads = [Heading(table.title, width=34), *(Heading(title, "number") for title in NUMBERS)]
    cells = [_breakdown_row(reading, row, start + at) for at, row in enumerate(table.rows)]
    total = _total(reading, table, start) if table.rows else None
    book.add_sheet(f"{number} by {table.title}", heads, cells, intro=lines, total=total)


def _total(reading: dict[str, Any], table: Table, start: int) -> list[Any] | None:
    """Sums and the value worked out from them; none where rows are hidden or do not add up to the figure."""
    if table.hides or reading["formula"] is None:
        return None
    nums, dens = [row.num or 0 for row in table.rows], [row.den for row in table.rows]
    share = reading["den"] is not None
    if sum(nums) != reading["num"] or (share and sum(den or 0 for den in dens) != reading["den"]):
        return None
    end, line = start + len(nums) - 1, start + len(nums)
    return [
        "Total",
        Formula(f"=SUM(B{start}:B{end})", reading["num"]),
        Formula(f"=SUM(C{start}:C{end})", reading["den"]) if share else None,
        value_cell(reading, reading["value"], f"B{line}", f"C{line}"),
    ]


def _breakdown_row(reading: dict[str, Any], row: Row, line: int) -> list[Any]:
    if row.hidden:
        return [row.label, HIDDEN, HIDDEN, HIDDEN]
    value = row.value
    return [row.label, row.num, row.den, value_cell(reading, value, f"B{line}", f"C{line}")]
