"""What every screen of a measure opens with: the place the person may see, the month, the definition."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from housewide.access.gates import allowed, see
from housewide.kit.actions import Refused
from housewide.kit.periods import BadPeriod, Month
from housewide.measures.definitions import Definition, all_definitions
from housewide.org.models import Place

SEES = "see.measures"
SEES_ROWS = "see.rows"
SETS_TARGET = "target.set"
RAISES_TASK = "task.raise"


@dataclass(frozen=True)
class MeasureScope:
    """A measure at a place in a month, after the gate."""

    where: Place
    month: Month
    definition: Definition

    def url(self, name: str) -> str:
        """The address of a screen about this measure, place and month."""
        return reverse(name, args=[self.where.code, str(self.month), self.definition.id])

    def crumbs(self, *more: tuple[str, str]) -> list[tuple[str, str]]:
        return [("Measures", reverse("measures", args=[self.where.code, str(self.month)])), *more]


def month_of(period: str) -> Month:
    """The month of the address; anything else is a page that does not exist."""
    try:
        return Month.parse(period)
    except BadPeriod as bad:
        raise Http404(str(bad)) from bad


def definition_of(measure: str) -> Definition:
    """The definition of the address, or 404."""
    found = all_definitions().get(measure)
    if found is None:
        raise Http404("There is no measure of that name.")
    return found


def open_measure(request: HttpRequest, place: str, period: str, measure: str) -> MeasureScope:
    """The scope of a screen. NotSeen for a place the person may not see; 404 for no such month or measure."""
    where = see(request.user, SEES, place)
    return MeasureScope(where, month_of(period), definition_of(measure))


def require_rows(request: HttpRequest, place: str) -> None:
    """Rows name patients' cases, so they take a capability of their own. Raises Refused (403)."""
    if not allowed(request.user, SEES_ROWS, place):
        raise Refused("You see this number but not the rows behind it. Ask an administrator which role you need.")
