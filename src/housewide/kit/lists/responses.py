"""A list as an answer: the page, the part that changed, or the file; filters and order sit in the address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from housewide.kit import clock
from housewide.kit.lists.columns import Cell, Column, Sort
from housewide.kit.lists.exports import csv_lines, write_xlsx
from housewide.kit.lists.pages import Page
from housewide.kit.lists.sources import ListSource

NOT_FILTERS = ("page", "sort", "format")


@dataclass(frozen=True)
class BulkAction:
    """A button for ticked rows: posts ``action=value`` and ``row=key`` (repeated) to ``bulk_url``."""

    value: str
    title: str


def list_response(
    request: HttpRequest,
    source: ListSource,
    *,
    title: str,
    lead: str = "",
    noun: str = "rows",
    size: int = 50,
    empty: tuple[str, ...] = ("Nothing here yet", "When there is something, it is listed here."),
    row_key: Callable[[Any], Any] | None = None,
    bulk: Sequence[BulkAction] = (),
    bulk_url: str = "",
    context: Mapping[str, Any] | None = None,
    template: str = "ui/list.html",
) -> HttpResponseBase:
    """Answer a GET for a list.

    ``?format=csv`` or ``xlsx`` streams every row that passes the filters; a request by htmx gets only the table.
    ``empty`` is (what, what to do next, address, label). ``row_key``: rows can be ticked. ``context`` is handed on
    (crumbs, actions, tabs, scope …). Unknown choices and sort keys in the address are ignored.
    """
    view = _View(request, source)
    wanted = request.GET.get("format", "")
    if wanted in ("csv", "xlsx"):
        return _file_response(view, wanted, title)
    page = Page.asked(
        request.GET.get("page", ""), size, source.count(view.chosen), lambda number: view.url(page=number)
    )
    rows = source.page(view.chosen, view.sort, page.offset, page.size)
    drawn = view.described(rows, page, row_key)
    what_next = (*empty, "", "", "")[:3]
    drawn.update(
        noun=one_of(noun) if page.count == 1 else noun,
        bulk=bulk,
        bulk_url=bulk_url or request.path,
        empty=(*what_next, empty[3] if len(empty) > 3 else "Start"),
    )
    partial = (
        request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type", "partial") == "partial"
    )
    answer = render(
        request,
        "ui/parts/list_table.html" if partial else template,
        {**(context or {}), "title": title, "lead": lead, "list": drawn},
    )
    patch_vary_headers(answer, ("HX-Request", "HX-Request-Type"))
    return answer


def one_of(noun: str) -> str:
    """The noun for a single row: “task” for “tasks”, “entry” for “entries”."""
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")


class _View:
    """What the address asks for, read once."""

    def __init__(self, request: HttpRequest, source: ListSource) -> None:
        self.request, self.source = request, source
        self.offered = {one.key: one.offered() for one in source.filters}
        self.chosen: dict[str, str] = {}
        for one in source.filters:
            value = request.GET.get(one.key, "").strip()[:200]
            choices = self.offered[one.key]
            if value and "\x00" not in value and (choices is None or any(value == known for known, _ in choices)):
                self.chosen[one.key] = value
        self.asked_sort = Sort.parse(request.GET.get("sort", ""), source.columns)
        self.sort = self.asked_sort or source.default_sort

    def url(self, **changes: Any) -> str:
        """This list with the chosen filters and order, and ``changes``; page 1 is not written out."""
        query = self.request.GET.copy()
        for key in NOT_FILTERS:
            query.pop(key, None)
        for key in self.offered:
            if key not in self.chosen:
                query.pop(key, None)
        if self.asked_sort:
            query["sort"] = str(self.asked_sort)
        for key, value in changes.items():
            query[key] = str(value)
        if query.get("page") == "1":
            del query["page"]
        text = query.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    def clear_url(self) -> str:
        query = self.request.GET.copy()
        for key in (*NOT_FILTERS, *self.offered):
            query.pop(key, None)
        text = query.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path

    def heads(self) -> list[dict[str, Any]]:
        heads = []
        for column in self.source.columns:
            on = self.sort is not None and self.sort.key == column.key
            down = on and self.sort is not None and not self.sort.down
            heads.append(
                {
                    "title": column.title,
                    "numeric": column.numeric,
                    "url": self.url(sort=Sort(column.key, down)) if column.sortable else "",
                    "aria": ("descending" if self.sort and self.sort.down else "ascending") if on else "",
                }
            )
        return heads

    def kept(self) -> list[tuple[str, str]]:
        """Everything else in the address (the place, the period), which a filter form must not lose."""
        return [
            (key, value)
            for key, values in self.request.GET.lists()
            if key not in NOT_FILTERS and key not in self.offered
            for value in values
        ]

    def described(self, rows: Iterable[Any], page: Page, row_key: Callable[[Any], Any] | None) -> dict[str, Any]:
        columns = self.source.columns
        drawn_rows = []
        for row in rows:
            cells = [draw_cell(column, row, first=at == 0) for at, column in enumerate(columns)]
            drawn_rows.append(
                {"cells": cells, "key": row_key(row) if row_key else "", "name": cells[0].text if cells else ""}
            )
        filters = [
            {
                "key": one.key,
                "label": one.label,
                "choices": self.offered[one.key],
                "value": self.chosen.get(one.key, ""),
            }
            for one in self.source.filters
        ]
        return {
            "page": page,
            "rows": drawn_rows,
            "heads": self.heads(),
            "filters": filters,
            "filtered": bool(self.chosen),
            "kept": self.kept(),
            "sort": str(self.asked_sort or ""),
            "path": self.request.path,
            "clear_url": self.clear_url(),
            "csv_url": self.url(format="csv"),
            "xlsx_url": self.url(format="xlsx"),
            "row_key": row_key is not None,
            "totals": draw_totals(columns, self.source.totals(self.chosen)) if drawn_rows else None,
        }


def draw_cell(column: Column, row: Any, first: bool = False) -> Cell:
    """One cell ready for the page; the first column heads its row."""
    value = column.raw(row)
    html = ""
    if column.kind == "signal" and value:
        word, direction = value if isinstance(value, tuple) else (value, "neutral")
        from housewide.kit.ui.templatetags.ui import signal

        html = render_to_string("ui/parts/signal.html", signal(str(word), str(direction)))
    return Cell(
        text=column.shown(value),
        kind=column.kind if html or column.kind != "signal" else "text",
        url=(column.link(row) or "") if column.link else "",
        detail=column.detail(row) if column.detail else "",
        tag="th" if first else "td",
        html=html,
        label=column.title,
    )


def draw_totals(columns: Sequence[Column], totals: Mapping[str, Any] | None) -> list[Cell] | None:
    """The row of totals: the word under the first column, sums where there are some."""
    if totals is None:
        return None
    return [
        Cell(
            text=column.shown(totals[column.key]) if column.key in totals else ("Total" if at == 0 else ""),
            kind=column.kind,
            tag="th" if at == 0 else "td",
            label=column.title,
        )
        for at, column in enumerate(columns)
    ]


def _file_response(view: _View, wanted: str, title: str) -> HttpResponseBase:
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "list"
    rows = view.source.export(view.chosen, view.sort)
    if wanted == "csv":
        answer: HttpResponseBase = StreamingHttpResponse(
            csv_lines(view.source.columns, rows), content_type="text/csv; charset=utf-8"
        )
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    return FileResponse(
        write_xlsx(view.source.columns, rows, title, clock.now()), as_attachment=True, filename=f"{name}.xlsx"
    )
