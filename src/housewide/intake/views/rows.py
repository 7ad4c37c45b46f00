"""The rows of an import that were set aside: a list to look through, a file to correct. Every look is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from housewide.access.gates import places_where
from housewide.facts import set_aside
from housewide.facts.models import Batch, SettledLine
from housewide.intake import queries
from housewide.kit.audit import record_look
from housewide.kit.lists import Column, FetchedSource, Filter, list_response
from housewide.kit.lists.columns import Sort

MOST_COLUMNS = 60
STATES = [("waiting", "Still waiting"), ("settled", "No longer waiting")]
SETTLED = dict(SettledLine.How.choices)


@require_safe
def show(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The list, by reason; the rows shown are put down as looked at."""
    batch = queries.batch_for(request.user, public_id, queries.ROWS)
    can_import = batch.feed.owning_place in places_where(request.user, queries.IMPORTS)
    actions: list[dict[str, Any]] = []
    if batch.set_aside_open:
        url = reverse("batch-set-aside-download", args=[public_id])
        actions.append({"title": "Download to correct", "url": url, "icon": "download"})
        if can_import:
            url = reverse("batch-correct", args=[public_id])
            actions.append({"title": "Send the corrected file", "url": url, "icon": "upload", "primary": True})
    return list_response(
        request,
        SetAsideRows(request.user, batch),
        title="Rows set aside",
        lead=f"Of {batch.file_name}: as they were sent, with every reason against them.",
        noun="rows",
        size=50,
        empty=(
            "No row was set aside",
            "Every row of this file was accepted.",
            reverse("batch", args=[public_id]),
            "Receipt",
        ),
        context={
            "actions": actions,
            "crumbs": [
                ("Data intake", reverse("intake")),
                (batch.feed.title, reverse("feed", args=[batch.feed.code])),
                (batch.file_name, reverse("batch", args=[public_id])),
                ("Set aside", ""),
            ],
        },
    )


class SetAsideRows(FetchedSource):
    """Set-aside rows of one import as a list. Whatever it hands out it first puts down as looked at."""

    def __init__(self, account: Any, batch: Batch) -> None:
        self.account, self.batch = account, batch
        columns = [
            Column("line", "Line", "number", sortable=False, value=lambda row: row.line),
            Column("reasons", "Why", sortable=False, value=lambda row: "; ".join(row.reasons)),
            Column("state", "State", sortable=False, value=lambda row: SETTLED.get(row.settled, "waiting")),
        ]
        columns += [
            Column(f"cell-{at}", heading or "(no heading)", sortable=False, value=_cell(at))
            for at, heading in enumerate(batch.headings[:MOST_COLUMNS])
        ]
        reasons = sorted(batch.reasons, key=lambda kind: (-batch.reasons[kind], kind))
        filters = [Filter("reason", "Reason", [(kind, kind) for kind in reasons]), Filter("state", "State", STATES)]
        super().__init__(columns, self._fetched, self._counted, filters)

    def _fetched(self, chosen: Any, sort: Sort | None, offset: int, limit: int) -> Sequence[set_aside.SetAsideRow]:
        state, reason = chosen.get("state", ""), chosen.get("reason", "")
        if state == "settled":
            every = [row for row in set_aside.read(self.batch, 0, self.batch.rows_set_aside, reason) if row.settled]
            rows = every[offset : offset + limit]
        else:
            rows = set_aside.read(self.batch, offset, limit, reason, open_only=state == "waiting")
        if rows:
            _record(self.account, self.batch, [row.line for row in rows], "set-aside rows shown")
        return rows

    def _counted(self, chosen: Any) -> int:
        state, reason = chosen.get("state", ""), chosen.get("reason", "")
        both = {only: _rows(self.batch, reason, only) for only in (False, True)}
        return {"waiting": both[True], "settled": both[False] - both[True]}.get(state, both[False])


def _rows(batch: Batch, reason: str, open_only: bool) -> int:
    if reason:
        return set_aside.counts_by_reason(batch, open_only=open_only).get(reason, 0)
    return set_aside.count(batch, open_only)


def _cell(at: int) -> Any:
    return lambda row: row.cells[at] if at < len(row.cells) else ""


def _record(account: Any, batch: Batch, lines: list[int], purpose: str) -> None:
    ids = [f"{batch.public_id}:{line}" for line in lines]
    record_look(account, batch.feed.table, ids, purpose, batch.feed.owning_place)


@require_safe
def download(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The waiting rows as CSV, to be corrected and sent again."""
    batch = queries.batch_for(request.user, public_id, queries.ROWS)
    lines = [row.line for row in set_aside.read(batch, 0, max(1, batch.rows_set_aside), open_only=True)]
    _record(request.user, batch, lines, "set-aside rows downloaded for correction")
    answer = StreamingHttpResponse(set_aside.download(batch), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="set-aside-{batch.feed.code}-{public_id}.csv"'
    return answer
