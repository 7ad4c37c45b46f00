"""A number taken apart: each value of a breakdown with its share, its change and the way to its rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from housewide.kit.ui.numbers import NOTHING
from housewide.measures.amounts import show_change
from housewide.measures.labels import Labels
from housewide.measures.readings import Slice, breakdown
from housewide.measures.views.scopes import MeasureScope

TITLES = {"late_reason": "Reason for the late start", "cancel_reason": "Reason for the cancellation"}
BAR_WIDTH = 90


def breakdown_title(by: str) -> str:
    """The name of a breakdown as a heading: ``late_reason`` is “Reason for the late start”."""
    return TITLES.get(by, by.replace("_", " ").capitalize())


def asked_breakdown(scope: MeasureScope, asked: str) -> str:
    """The breakdown of the address; the first one for anything else; empty for a measure that has none."""
    known = scope.definition.breakdowns
    return asked if asked in known else (known[0] if known else "")


def breakdown_tabs(scope: MeasureScope, chosen: str, months: int) -> list[dict[str, Any]]:
    """One tab for each breakdown, keeping the months that are shown."""
    address = scope.url("measure")
    return [
        {
            "title": breakdown_title(by),
            "url": f"{address}?{urlencode({'by': by, 'months': months})}#breakdown",
            "current": by == chosen,
        }
        for by in scope.definition.breakdowns
    ]


def breakdown_rows(scope: MeasureScope, by: str, labels: Labels, *, can_rows: bool) -> list[dict[str, Any]]:
    """The values of a breakdown, the largest share first; names masked for those who may not read them."""
    if not by:
        return []
    slices = breakdown(scope.definition.id, scope.where.code, str(scope.month), by)
    longest = max((one.share for one in slices if one.share is not None), default=Decimal(0))
    return [_row(scope, by, one, labels, can_rows) | {"bar": bar_length(one.share, longest)} for one in slices]


def bar_length(share: Decimal | None, longest: Decimal) -> int | None:
    """The length of a share's bar in pixels; the largest share fills it. None where there is no share to draw."""
    if share is None or longest <= 0:
        return None
    return round(BAR_WIDTH * max(share, Decimal(0)) / longest)


def _row(scope: MeasureScope, by: str, one: Slice, labels: Labels, can_rows: bool) -> dict[str, Any]:
    shown = labels.shown(by, one.label)
    return {
        "label": shown or "none recorded",
        "url": f"{scope.url('measure-rows')}?{urlencode({by: shown})}" if can_rows and shown else "",
        "text": one.text,
        "n": one.count,
        "change": NOTHING if one.change is None else show_change(scope.definition, one.change),
        "share": "" if one.share is None else f"{one.share:.0f}%",
    }
