"""The printed pack: a cover with signatures, then one section for each figure."""

from __future__ import annotations

from typing import Any

from housewide.reviews.printing import Content, Printed, Table
from housewide.reviews.suppression import HIDDEN, REASON

ROWS_PRINTED = 15


def draw_pdf(content: Content) -> bytes:
    """The pack as PDF; the same content gives the same bytes."""
    from housewide.kit.packs import pdf

    charts = {f"chart-{number}.svg": one.chart for number, one in enumerate(content.figures) if one.chart}
    data = {
        "title": f"{content.title}: {content.place}",
        "scope": f"{content.place} · {content.month} · {content.state}",
        "made": f"From figures as frozen; {content.month}, {content.state.lower()}",
        "head_hash": content.audit_head or None,
        "confidential": "Confidential: this pack names surgeons." if content.names_shown else None,
        "sections": [_cover(content), *(_figure(number, one) for number, one in enumerate(content.figures))],
    }
    return pdf.render("sections.typ", data, on=content.on, files=charts)


def _cover(content: Content) -> dict[str, Any]:
    lines = [
        {
            "measure": one.reading["title"],
            "value": one.reading["shown"],
            "target": one.reading["target_shown"] or None,
            "signal": one.reading["signal"]["word"].capitalize(),
        }
        for one in content.figures
    ]
    columns = [
        {"key": "measure", "title": "Measure"},
        {"key": "value", "title": content.month, "numeric": True},
        {"key": "target", "title": "Target", "numeric": True},
        {"key": "signal", "title": "Signal"},
    ]
    blocks: list[dict[str, Any]] = [
        {"kind": "facts", "facts": [
            {"label": "Place", "value": content.place},
            {"label": "Month", "value": content.month},
            {"label": "State", "value": content.state},
            {"label": "Audit head", "value": content.audit_head or "none"},
        ]},
        {"kind": "table", "columns": columns, "rows": lines},
    ]  # fmt: skip
    blocks += [{"kind": "note", "text": text} for text in content.comments]
    if content.decisions:
        blocks.append({"kind": "table", "columns": [{"key": "text", "title": "Decided"}],
                       "rows": [{"text": text} for text in content.decisions]})  # fmt: skip
    if content.below:
        columns = [{"key": "place", "title": "Reviews below"}, {"key": "state", "title": "State"}]
        rows = [{"place": place, "state": state} for place, state in content.below]
        blocks.append({"kind": "table", "columns": columns, "rows": rows})
    people: list[Any] = list(content.signatures) or [{"name": "Not signed yet", "role": "", "signed": None}]
    return {"title": None, "blocks": [*blocks, {"kind": "signatures", "people": people}]}


def _figure(number: int, one: Printed) -> dict[str, Any]:
    reading = one.reading
    signal = reading["signal"]
    stats = [
        {"value": reading["shown"], "label": reading["counts"]},
        {"value": reading["target_shown"] or "none", "label": "target"},
        {"value": signal["word"].capitalize(), "label": signal["rule"] or "signal", "tone": signal["tone"]},
    ]
    blocks: list[dict[str, Any]] = [
        {"kind": "text", "text": reading["sentence"]},
        {"kind": "stats", "stats": stats},
        *({"kind": "text", "text": f"{line}."} for line in reading.get("why", ())),
        {"kind": "text", "text": f"{reading['reach'][:1].upper()}{reading['reach'][1:]}."},
    ]
    if one.restated:
        blocks.append({"kind": "note", "text": "Restated since it was frozen: " + "; ".join(one.restated)})
    if one.chart:
        alt = f"Control chart of {reading['title']}"
        blocks.append({"kind": "figure", "file": f"chart-{number}.svg", "alt": alt, "source": reading["source"]})
    blocks += [{"kind": "note", "text": text} for text in one.comments]
    if one.earlier:
        blocks.append({"kind": "text", "text": " ".join([one.earlier, f"{one.verdict[0]}." if one.verdict[0] else ""])})
    for table in one.tables:
        blocks += _breakdown(table)
    if reading["left_out"]:
        rows = [{"reason": row["reason"], "count": f"{row['count']:,}"} for row in reading["left_out"]]
        columns = [
            {"key": "reason", "title": "Considered, not counted"},
            {"key": "count", "title": "Rows", "numeric": True},
        ]
        blocks.append({"kind": "table", "columns": columns, "rows": rows})
    caveats = [{"label": "Careful", "value": text} for text in reading["caveats"]]
    blocks.append({"kind": "facts", "facts": [
        {"label": "Source", "value": reading["source"]},
        {"label": "As of", "value": reading["as_of"]},
        {"label": "Definition", "value": f"{one.measure}, version {reading['version']}, {one.definition_sha256[:16]}"},
        {"label": "Figure", "value": f"{one.public_id}, {one.sha256[:16]}"},
        *caveats,
    ]})  # fmt: skip
    return {"title": reading["title"], "blocks": blocks}


def _breakdown(table: Table) -> list[dict[str, Any]]:
    if table.rows and all(row.hidden for row in table.rows):
        text = (
            f"By {table.title.lower()}: every row has 1 to 10 people or could give such a row away, so none is shown."
        )
        return [{"kind": "text", "text": text}]
    counted = [("num", "Counted"), ("den", "Of")] if table.counts_rows else [("count", "Rows")]
    columns: list[dict[str, Any]] = [{"key": "label", "title": table.title}]
    columns += [{"key": key, "title": title, "numeric": True} for key, title in (*counted, ("shown", "Value"))]
    rows = [
        {"label": row.label, "shown": HIDDEN, **dict.fromkeys(("num", "den", "count"), HIDDEN)}
        if row.hidden
        else {
            "label": row.label,
            "shown": row.shown,
            "num": _count(row.num),
            "den": _count(row.den),
            "count": _count(row.count),
        }
        for row in table.rows[:ROWS_PRINTED]
    ]
    notes = []
    if table.hides:
        notes.append(REASON)
    if len(table.rows) > ROWS_PRINTED:
        notes.append(f"{len(table.rows) - ROWS_PRINTED} more rows are in the workbook.")
    blocks: list[dict[str, Any]] = [{"kind": "table", "columns": columns, "rows": rows}] if rows else []
    return blocks + ([{"kind": "text", "text": " ".join(notes)}] if notes else [])


def _count(value: int | None) -> str | None:
    return None if value is None else f"{value:,}"
