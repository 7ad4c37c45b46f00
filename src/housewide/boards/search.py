"""What the jump box finds beside what the duties register: places, people, tasks, reviews, pages and things to do.

Every source asks the gate of what it offers, so that whatever is found opens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import Q
from django.urls import reverse

from housewide.access.gates import allowed, places_where, sees_any
from housewide.kit.clock import today
from housewide.kit.finding import EXACT_CODE, closeness
from housewide.kit.periods import Month
from housewide.kit.registry import Hit, Scope, registry
from housewide.org.models import Position
from housewide.org.tree import tree_on
from housewide.reviews.queries import visible_reviews
from housewide.work.models import Task
from housewide.work.queries import visible_tasks

READ = 2000  # so many names are compared in memory; of more, only those that hold the letters typed
TASKS_READ = 500


def places(account: Any, question: str, scope: Scope) -> Iterator[Hit]:
    """Places the person sees, by name, code or cost center: the place's page, or its measures."""
    tree = tree_on(today())
    records, measures = places_where(account, "see.people"), places_where(account, "see.measures")
    for code in sorted(records | measures):
        place = tree.places[code]
        rank = closeness(question, place.name, codes=[code, place.cost_centre] if place.cost_centre else [code])
        if rank:
            rank += rank >= EXACT_CODE  # other things may go by a place's code; the place itself comes first
            url = reverse("place", args=[code]) if code in records else reverse("measures", args=[code, scope.period])
            yield Hit(place.name, f"{place.get_kind_display()} {code}", url, rank)


def people(account: Any, question: str, scope: Scope) -> Iterator[Hit]:
    """People with a position at a place the person sees, by name or title."""
    rows = Position.objects.filter(place__code__in=places_where(account, "see.people"))
    if rows.count() > READ:
        rows = rows.filter(_holds(question, "person__name", "title"))
    listed = rows.order_by("person__name").values_list("person__code", "person__name", "title", "place__name")
    for code, name, title, place in listed[:READ]:
        if rank := closeness(question, name, beside=[title]):
            yield Hit(name, f"{title}, {place}", reverse("person", args=[code]), rank)


def tasks(account: Any, question: str, scope: Scope) -> Iterator[Hit]:
    """Tasks at places the person sees: open ones first, closed ones by the words in their title."""
    visible = visible_tasks(account)
    open_ = visible.filter(state=Task.State.OPEN).order_by("-pk")[:TASKS_READ]
    closed = visible.exclude(state=Task.State.OPEN).filter(_holds(question, "title")).order_by("-pk")[:50]
    for task in [*open_, *closed]:
        if rank := closeness(question, task.title, beside=[str(task.owner)]):
            state = task.get_state_display().lower()
            behind = 0 if task.state == Task.State.OPEN else 50
            detail = f"Task of {task.owner}, {state}"
            yield Hit(task.title, detail, reverse("task", args=[task.public_id]), max(rank - behind, 1))


def reviews(account: Any, question: str, scope: Scope) -> Iterator[Hit]:
    """Reviews there are, by place and month."""
    for review in visible_reviews(account)[:TASKS_READ]:
        month = Month.parse(review.period).title
        title = f"Review of {review.place.name}, {month}"
        if rank := closeness(question, title, beside=[review.place.code, review.period]):
            url = reverse("review", args=[review.place.code, review.period])
            yield Hit(title, f"Review, {review.get_state_display().lower()}", url, rank)


def pages(account: Any, question: str, scope: Scope) -> Iterator[Hit]:
    """Screens of the navigation that this person may open at the place and month they look at."""
    for screen in registry.screens.values():
        rank = closeness(question, screen.title, beside=[screen.door])
        if rank and screen.allowed(account, scope):
            yield Hit(screen.title, f"Page of {screen.door}" if screen.door else "Page", screen.url(scope), rank)


@dataclass(frozen=True)
class Doing:
    """Something to do that has a page of its own; ``words`` are other names for it."""

    title: str
    name: str
    may: Callable[[Any], bool]
    words: str = ""


def _anybody(account: Any) -> bool:
    return True


def _somewhere(capability: str) -> Callable[[Any], bool]:
    return lambda account: sees_any(account, capability)


DOINGS = (
    Doing("Raise a task", "task-new", _somewhere("task.raise"), "new todo assign ask"),
    Doing("Let someone act for me", "delegations", _anybody, "delegate vacation absence out of office"),
    Doing("Read my notices", "notices", _anybody, "notifications bell mentions"),
    Doing("Make a feed", "feed-new", _somewhere("intake.profile"), "new import file source"),
    Doing("Grant a role", "grants", _somewhere("see.access"), "access permissions account user"),
    Doing("API tokens", "api-tokens", _anybody, "program interface secret key"),
    Doing("API reference", "api-reference", _anybody, "program interface openapi rest"),
    Doing("Sign out", "account_logout", _anybody, "log out leave"),
)


def doings(account: Any, question: str, scope: Scope) -> Iterator[Hit]:
    """Things to do, for those who may."""
    for one in DOINGS:
        rank = closeness(question, one.title, beside=[one.words])
        if rank and one.may(account):
            yield Hit(one.title, "Something to do", reverse(one.name), rank)


def _holds(question: str, *fields: str) -> Q:
    found = Q()
    for word in question.split()[:5]:
        either = Q()
        for field in fields:
            either |= Q(**{f"{field}__icontains": word})
        found &= either
    return found


OWN = (places, people, tasks, reviews, pages, doings)
EACH, ALL = 10, 40


def answers(account: Any, question: str, scope: Scope, *, each: int = EACH, most: int = ALL) -> list[Hit]:
    """The best answers of every registered search, best first; at most ``each`` of one search.

    A scope that the account does not see is as good as none: searches that need one give nothing.
    """
    found: dict[str, Hit] = {}
    for search in registry.searches:
        hits = [(hit.rank or closeness(question, hit.title, beside=[hit.detail]) or 1, hit)
                for hit in search(account, question, scope)]  # fmt: skip
        for rank, hit in islice(sorted(hits, key=lambda pair: (-pair[0], pair[1].title)), each):
            if hit.url not in found or found[hit.url].rank < rank:
                found[hit.url] = Hit(hit.title, hit.detail, hit.url, rank)
    return sorted(found.values(), key=lambda hit: (-hit.rank, hit.title, hit.url))[:most]


def sees_scope(account: Any, scope: Scope) -> bool:
    """Whether the place of a scope is one that the account sees in any way."""
    return allowed(account, "see.measures", scope.place) or allowed(account, "see.people", scope.place)


def register() -> None:
    for search in OWN:
        registry.add_search(search)
