"""The tree of places, one place with its people and history, and moving it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from housewide.access.gates import allowed, covers_every_place, places_where, see, signed_in
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.clock import today
from housewide.kit.ui.days import day_text
from housewide.org.actions import import_holidays, import_people, import_places, move_place
from housewide.org.models import Account, Person, Place
from housewide.org.tree import Tree, tree_on

IMPORTS = {"places": import_places, "people": import_people, "holidays": import_holidays}
MOST_BYTES = 5_000_000
LINES_SHOWN = 20


class FileForm(forms.Form):
    """A file of the organisation, in the form that the guide describes."""

    what = forms.ChoiceField(label="What is in it", choices=[(key, key.capitalize()) for key in IMPORTS])
    file = forms.FileField(label="CSV file", help_text="Parents stand above their children. Known codes are updated.")

    def clean_file(self) -> str:
        data = self.cleaned_data["file"].read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 5 MB. Nothing was imported.")
        try:
            return str(data.decode("utf-8-sig"))
        except UnicodeDecodeError as problem:
            raise forms.ValidationError(
                "The file is not UTF-8 text. Save it as “CSV UTF-8” and try again."
            ) from problem


@require_http_methods(["GET", "POST"])
def place_tree(request: HttpRequest) -> HttpResponse:
    """Every place the person sees, as a tree, with cost centre and dates; an administrator brings files here."""
    tree = tree_on(today())
    seen = places_where(request.user, "see.people")
    if not seen:
        raise NotSeen
    changer = covers_every_place(request.user, "org.change")
    form = FileForm(request.POST or None, request.FILES or None) if changer else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise Refused("You may not change the organization. Ask an administrator.")
        if form.is_valid() and _taken(request, form, _top(tree)):
            return redirect("places")
        status = 422
    context = {"title": "Organization", "rows": _rows(tree, seen), "form": form}
    return render(request, "access/places.html", context, status=status)


def _top(tree: Tree) -> str:
    return next((code for code in sorted(tree.places) if code not in tree.parent), "")


def _taken(request: HttpRequest, form: FileForm, top: str) -> bool:
    """Import the file; every refused line is said beside the form, and the others are taken."""
    what = form.cleaned_data["what"]
    try:
        outcome = IMPORTS[what](by=signed_in(request), text=form.cleaned_data["file"], place=top)
    except Refused as problem:
        form.add_error("file", str(problem))
        return False
    messages.success(
        request, f"Read {outcome.read} rows of {what} = took {outcome.taken} + refused {len(outcome.refused)}."
    )
    for line, reason in outcome.refused[:LINES_SHOWN]:
        messages.warning(request, f"Line {line}: {reason}")
    return True


def _rows(tree: Tree, seen: frozenset[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []

    def walk(code: str, depth: int) -> None:
        rows.append({"place": tree.places[code], "depth": depth, "url": reverse("place", args=[code])})
        for child in tree.children.get(code, ()):
            walk(child, depth + 1)

    for top in sorted(seen):
        if tree.parent.get(top) not in seen:
            walk(top, 0)
    return rows


class MoveForm(forms.Form):
    """Where to and since when."""

    parent = forms.ChoiceField(label="New parent")
    on = forms.DateField(label="From", help_text="What was before this day stays where it was.",
                         widget=forms.DateInput(attrs={"type": "date"}))  # fmt: skip
    reason = forms.CharField(label="Reason", max_length=300)

    def __init__(self, account: Account, place: Place, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tree = tree_on(today())
        below = set(tree.below(place.code))
        may = sorted(places_where(account, "org.change") - below)
        kinds = {"facility": {"system"}, "department": {"facility", "department"}, "unit": {"department", "facility"}}
        fits = [code for code in may if tree.places[code].kind in kinds.get(place.kind, set())]
        self.fields["parent"].choices = [(code, f"{tree.places[code].name} ({code})") for code in fits]  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place: facts, people, where it hung; an administrator may move it."""
    found = see(request.user, "see.people", code)
    changer = allowed(request.user, "org.change", code) and found.kind != Place.Kind.SYSTEM
    form = MoveForm(signed_in(request), found, request.POST or None) if changer else None
    status = 200
    if request.method == "POST":
        if form is None:
            raise Refused("You may not move this place. Ask an administrator.")
        if form.is_valid():
            try:
                move_place(by=signed_in(request), place=code, **form.cleaned_data)
                messages.success(request, f"{found.name} moves on {day_text(form.cleaned_data['on'])}.")
                return redirect("place", code)
            except Refused as problem:
                form.add_error(None, str(problem))
        status = 422
    context = {
        "title": found.name,
        "place": found,
        "positions": found.positions.select_related("person").order_by("title"),
        "history": found.placements.select_related("parent").order_by("-valid_from"),
        "children": [tree_on(today()).places[c] for c in tree_on(today()).children.get(code, ())],
        "form": form,
        "crumbs": [("Organization", reverse("places"))],
    }
    return render(request, "access/place.html", context, status=status)


def person(request: HttpRequest, code: str) -> HttpResponse:
    """One person and their positions at places the viewer sees."""
    seen = places_where(request.user, "see.people")
    positions = list(
        Person.objects.get(code=code).positions.filter(place__code__in=seen).select_related("place")
        if Person.objects.filter(code=code).exists()
        else ()
    )
    if not positions:
        raise NotSeen
    who = positions[0].person
    context = {
        "title": who.name,
        "person": who,
        "positions": positions,
        "crumbs": [("Organization", reverse("places"))],
    }
    return render(request, "access/person.html", context)
