"""Places, measures, readings, their history, signals, and the rows behind a number."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from housewide.access.gates import places_where, see
from housewide.access.roles import roles
from housewide.boards.api import shapes
from housewide.boards.api.asking import Bearer, asker, gives, paged
from housewide.boards.api.shapes import Code, MeasureId, PageNumber, PageSize, Period
from housewide.kit.actions import NotSeen
from housewide.kit.clock import today
from housewide.kit.periods import Month
from housewide.measures import definitions
from housewide.measures.definitions import Definition
from housewide.measures.labels import labels_for
from housewide.measures.models import SignalRecord
from housewide.measures.readings import Reading, readings, series
from housewide.measures.rows import RowBehind, rows_behind
from housewide.org.tree import Tree, tree_on

router = Router()
NUMBERS, FACTS = Bearer("read:measures"), Bearer("read:facts")
SEES = "see.measures"


@router.get("/me", auth=Bearer(), response=gives(shapes.Me), tags=["Me"], summary="Who asks, and what they may do")
def me(request: HttpRequest) -> dict[str, Any]:
    account, token = asker(request), request.auth  # type: ignore[attr-defined]
    able = {capability for role in roles().values() for capability in role.can}
    places = {one: sorted(places_where(account, one)) for one in sorted(able)}
    return {
        "username": account.username, "name": str(account), "token": token.title, "scopes": token.scopes,
        "valid_to": token.valid_to, "places": {one: codes for one, codes in places.items() if codes},
    }  # fmt: skip


@router.get(
    "/places", auth=Bearer(), response=gives(shapes.Paged[shapes.PlaceOut]), tags=["Places"], summary="Places one sees"
)
def places(request: HttpRequest, page: PageNumber = 1, per_page: PageSize = 50) -> dict[str, Any]:
    account, tree = asker(request), tree_on(today())
    seen = sorted(places_where(account, SEES) | places_where(account, "see.people"))
    return paged(seen, page, per_page, lambda code: _place(tree, code))


def _place(tree: Tree, code: str) -> dict[str, Any]:
    place = tree.places[code]
    return {"code": code, "name": place.name, "kind": place.kind, "parent": tree.parent.get(code),
            "facility": tree.facility_of(code)}  # fmt: skip


@router.get(
    "/measures", auth=NUMBERS, response=gives(shapes.Paged[shapes.MeasureOut]), tags=["Measures"],
    summary="What is measured",
)  # fmt: skip
def measures(request: HttpRequest, page: PageNumber = 1, per_page: PageSize = 50) -> dict[str, Any]:
    known = sorted(definitions.all_definitions().values(), key=lambda one: one.id)
    return paged(known, page, per_page, _measure)


@router.get(
    "/measures/{measure}", auth=NUMBERS, response=gives(shapes.MeasureOut), tags=["Measures"],
    summary="What one measure counts",
)  # fmt: skip
def measure(request: HttpRequest, measure: Path[MeasureId]) -> dict[str, Any]:
    return _measure(_known(measure))


def _known(measure: str) -> Definition:
    try:
        return definitions.get(measure)
    except KeyError:
        raise NotSeen("There is nothing here that you can see.") from None


def _measure(one: Definition) -> dict[str, Any]:
    names = ("id", "version", "title", "sentence", "kind", "unit", "direction", "steward", "sha256")
    return {name: getattr(one, name) for name in names} | {"breakdowns": list(one.breakdowns)}


@router.get(
    "/places/{place}/readings/{period}", auth=NUMBERS, response=gives(shapes.Paged[shapes.ReadingOut]),
    tags=["Readings"], summary="All measures of a place in a month",
)  # fmt: skip
def all_readings(
    request: HttpRequest, place: Path[Code], period: Path[Period],
    page: PageNumber = 1, per_page: PageSize = 50,
) -> dict[str, Any]:  # fmt: skip
    see(asker(request), SEES, place)
    known = sorted(definitions.all_definitions())
    first = (page - 1) * per_page
    found = [_reading(one) for one in readings(known[first : first + per_page], place, period)]
    return {"count": len(known), "page": page, "next": page + 1 if first + per_page < len(known) else None,
            "items": found}  # fmt: skip


@router.get(
    "/places/{place}/readings/{period}/{measure}", auth=NUMBERS, response=gives(shapes.ReadingOut), tags=["Readings"],
    summary="One measure of a place in a month, with everything that explains it",
)  # fmt: skip
def one_reading(
    request: HttpRequest, place: Path[Code], period: Path[Period], measure: Path[MeasureId]
) -> dict[str, Any]:
    see(asker(request), SEES, place)
    return _reading(readings([_known(measure).id], place, period)[0])


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _reading(one: Reading) -> dict[str, Any]:
    names = ("measure", "title", "place", "period", "text", "unit", "num", "den", "count", "met", "partial",
             "left_out", "source", "as_of", "definition_version", "definition_sha256")  # fmt: skip
    signal, reach, target = one.signal, one.reach, one.target
    return {name: getattr(one, name) for name in names} | {
        "value": _number(one.value),
        "target": {"value": float(target.value), "source": target.source} if target else None,
        "signal": {"word": signal.word, "tone": signal.tone, "rule": signal.rule, "since": signal.since,
                   "why": list(signal.why)},
        "usual": {"low": _number(reach.low), "high": _number(reach.high), "verdict": reach.verdict,
                  "sentence": reach.sentence},
        "caveats": list(one.caveats),
    }  # fmt: skip


@router.get(
    "/places/{place}/series/{measure}", auth=NUMBERS, response=gives(shapes.SeriesOut), tags=["Readings"],
    summary="The months of a measure up to one, oldest first",
)  # fmt: skip
def history(
    request: HttpRequest, place: Path[Code], measure: Path[MeasureId], last: Query[Period],
    count: Annotated[int, Query(..., ge=1, le=60)] = 24,
) -> dict[str, Any]:  # fmt: skip
    see(asker(request), SEES, place)
    definition = _known(measure)
    names = ("period", "text", "num", "den", "count", "partial")
    points = [
        {name: getattr(point, name) for name in names} | {"value": _number(point.value)}
        for point in series(definition.id, place, Month.parse(last), count)
    ]
    return {"measure": definition.id, "place": place, "unit": definition.unit, "points": points}


@router.get(
    "/places/{place}/signals/{period}", auth=NUMBERS, response=gives(shapes.Paged[shapes.SignalRow]),
    tags=["Readings"], summary="What the statistics said of each measure at the end of a month",
)  # fmt: skip
def signals(
    request: HttpRequest, place: Path[Code], period: Path[Period],
    page: PageNumber = 1, per_page: PageSize = 50,
) -> dict[str, Any]:  # fmt: skip
    see(asker(request), SEES, place)
    found = SignalRecord.objects.using("cubes").filter(place=place, period=period).order_by("measure")
    return paged(found, page, per_page, lambda one: one)


@router.get(
    "/places/{place}/rows/{period}/{measure}", auth=FACTS, response=gives(shapes.Paged[shapes.RowOut], 200, 503),
    tags=["Rows"], summary="The rows behind a number; the look is recorded",
)  # fmt: skip
def rows(
    request: HttpRequest, place: Path[Code], period: Path[Period], measure: Path[MeasureId],
    left_out: Query[bool] = False, page: PageNumber = 1, per_page: PageSize = 50,
) -> dict[str, Any]:  # fmt: skip
    account = asker(request)
    see(account, SEES, place)
    _may_see_rows(account, place)
    found = rows_behind(
        _known(measure).id, place, period, left_out=left_out, account=account, purpose="rows behind a number, by API"
    )
    labels = labels_for(account, place)
    return paged(found.rows, page, per_page, lambda one: _row(one, labels))


def _may_see_rows(account: Any, place: str) -> None:
    from housewide.access.gates import may

    may(account, "see.rows", place, "see single rows, because they may be about patients,")


def _row(one: RowBehind, labels: Any) -> dict[str, Any]:
    shown = {by: labels.shown(by, label) for by, label in one.labels.items()}
    return {"table": one.src, **{key: value for key, value in asdict(one).items() if key != "src"}, "labels": shown}
