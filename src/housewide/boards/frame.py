"""What every page carries: the navigation that this person may use, and the place and month it is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from housewide import __version__
from housewide.access.gates import places_where
from housewide.access.models import Grant
from housewide.access.opened import open_now
from housewide.access.roles import roles
from housewide.kit.clock import today
from housewide.kit.periods import BadPeriod, Month, months_back
from housewide.kit.registry import DOORS, Scope, registry
from housewide.org.models import Position
from housewide.org.tree import Tree, tree_on
from housewide.work.notices import unread_count

DOOR_ICONS = {"People": "users", "Money": "coin", "Flow": "activity", "Quality": "award", "Compliance": "shield-check",
              "Strategy": "target", "Settings": "settings"}  # fmt: skip
MONTHS_OFFERED = 13
GO = {"today": "t", "my-work": "w", "huddles": "h", "reviews": "r"}  # the key after g


def last_month() -> Month:
    """The month a manager is asked about: the last one that has ended."""
    return Month.of(today()).shift(-1)


def default_scope(account: Any, tree: Tree | None = None) -> Scope:
    """The highest place the person sees (of several as high, where they work), and the last month that has ended."""
    tree = tree or tree_on(today())
    seen = places_where(account, "see.measures") or places_where(account, "see.people")
    depths = {code: len(tree.above(code)) for code in seen}
    widest = min(depths.values(), default=0)
    tops = widest_first(account, [code for code in seen if depths[code] == widest], tree)
    return Scope(tops[0] if tops else "", str(last_month()))


def widest_first(account: Any, codes: Iterable[str], tree: Tree) -> list[str]:
    """Places in the order a person thinks of them: the widest first, of those as wide the one where they work."""
    depths = {code: len(tree.above(code)) for code in codes}
    home = _works_at(account, tree) if len(set(depths.values())) < len(depths) else set()
    return sorted(depths, key=lambda code: (depths[code], code not in home, code))


def _works_at(account: Any, tree: Tree) -> set[str]:
    """The places of the positions that a person has today, and those above them."""
    day = today()
    held = Position.objects.filter(person__account=account, valid_from__lte=day)
    codes = held.exclude(valid_to__lt=day).values_list("place__code", flat=True)
    return {up for code in codes if code in tree.places for up in tree.above(code)}


def current_scope(request: HttpRequest, tree: Tree) -> Scope:
    """Place and period of the address; what it leaves out comes from the person's own default."""
    found = getattr(request, "resolver_match", None)
    asked = found.kwargs if found else {}
    default = default_scope(request.user, tree)
    place = asked.get("place") if asked.get("place") in tree.places else default.place
    return Scope(place or default.place, _valid(asked.get("period")) or default.period)


def _valid(period: str | None) -> str:
    try:
        return str(Month.parse(period or ""))
    except BadPeriod:
        return ""


def navigation(request: HttpRequest, scope: Scope) -> list[dict[str, Any]]:
    """Doors and their screens, without those that this person may not open; an empty door is not shown."""
    doors: dict[str, list[dict[str, Any]]] = {door: [] for door in DOORS}
    for screen in sorted(registry.screens.values(), key=lambda one: (one.order, one.title)):
        if screen.allowed(request.user, scope):
            url = screen.url(scope)
            entry = {"title": screen.title, "icon": screen.icon, "url": url, "current": request.path.startswith(url)}
            entry["go"] = GO.get(screen.key, "")
            entry["count"] = screen.count(request.user) if screen.count else 0
            doors[screen.door].append(entry)
    shown: list[dict[str, Any]] = doors.pop("")
    for door, children in doors.items():
        if children:
            current = any(child["current"] for child in children)
            shown.append({"title": door, "icon": DOOR_ICONS[door], "children": children, "current": current})
    return shown


def _pickers(request: HttpRequest, scope: Scope, tree: Tree) -> dict[str, Any]:
    found = request.resolver_match
    if not found or "place" not in found.kwargs or "period" not in found.kwargs:
        return {}
    if scope.place not in tree.places:
        return {}

    def to(place: str, period: str) -> str:
        return reverse(found.view_name, kwargs={**found.kwargs, "place": place, "period": period})

    seen = places_where(request.user, "see.measures")
    tops = [code for code in sorted(seen) if tree.parent.get(code) not in seen]
    places = [code for top in tops for code in _depth_first(tree, top) if code in seen]
    last = max(last_month(), Month.parse(scope.period))
    return {
        "place_title": tree.places[scope.place].name,
        "period_title": Month.parse(scope.period).title,
        "places": [{"title": tree.places[code].name, "url": to(code, scope.period), "current": code == scope.place,
                    "depth": min(len(tree.above(code)) - 1, 4)} for code in places],
        "periods": [{"title": month.title, "url": to(scope.place, str(month)), "current": str(month) == scope.period}
                    for month in reversed([*months_back(last, MONTHS_OFFERED), last.shift(1)])],
    }  # fmt: skip


def _depth_first(tree: Tree, code: str) -> list[str]:
    return [code] + [deep for child in tree.children.get(code, ()) for deep in _depth_first(tree, child)]


def _account(account: Any) -> dict[str, Any]:
    grant = Grant.objects.filter(account=account).select_related("place").first()
    links = [
        {"title": "Who acts for me", "url": reverse("delegations"), "icon": "users"},
        {"title": "API tokens", "url": reverse("api-tokens"), "icon": "key"},
        {"title": "Morning e-mail", "url": reverse("digest-choice"), "icon": "send"},
        {"title": "Security of my account", "url": reverse("mfa_index"), "icon": "shield-check"},
    ]
    return {
        "name": str(account),
        "initials": account.initials,
        "role": f"{roles()[grant.role].title}, {grant.place}" if grant and grant.role in roles() else "No role yet",
        "links": links,
        "signout_url": reverse("account_logout"),
    }


def _broken_glass(account: Any) -> list[dict[str, Any]]:
    """What is open because the account broke the glass: a banner on every page, with the button that closes it."""
    if not places_where(account, "glass.break"):
        return []
    tree = tree_on(today())
    return [
        {"place": tree.places[code].name, "url": reverse("glass-one", args=[glass]),
         "end_url": reverse("glass-end", args=[glass])}
        for glass, code, _ in open_now(account) if code in tree.places
    ]  # fmt: skip


def frame(request: HttpRequest) -> dict[str, Any]:
    """Template context of the frame."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"version": __version__}
    tree = tree_on(today())
    scope = current_scope(request, tree)
    return {
        "version": __version__,
        "navigation": navigation(request, scope),
        "scope": _pickers(request, scope, tree),
        "looking_at": scope,
        "broken_glass": _broken_glass(request.user),
        "account": _account(request.user),
        "bell": {"url": reverse("notices"), "count": unread_count(request.user)},
    }
