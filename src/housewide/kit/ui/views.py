"""The living style guide: every part of the house on one page, so that it can be looked at and checked in a browser."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from housewide import __version__
from housewide.kit.ui.fields import DayField, DurationField, MoneyField
from housewide.kit.ui.style_samples import ICONS, NAVIGATION, PLACES, SAMPLE_CASES, SWATCHES, sample_spark


class SampleForm(forms.Form):
    """One field of every kind, some of them filled in wrongly."""

    name = forms.CharField(label="Name of the improvement", help_text="What a colleague would call it.")
    saving = MoneyField(label="Expected saving", help_text="Per year, like 38,200.", least=0)
    start = DayField(label="Change date", help_text="Like 2026-10-14 or 10/14/2026.")
    turnover = DurationField(label="Turnover goal", help_text="Like 0:35 or 35 min.", required=False)
    rooms = forms.IntegerField(label="Rooms", required=False, min_value=1)
    service = forms.ChoiceField(label="Service", choices=[("", "Choose one"), ("ortho", "Orthopedics"), ("ent", "ENT")])
    reasons = forms.MultipleChoiceField(
        label="Reasons it addresses",
        choices=[("surgeon", "Surgeon not available"), ("patient", "Patient late"), ("room", "Room not ready")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    method = forms.ChoiceField(
        label="Method", choices=[("pdca", "Plan, do, check, act"), ("dmaic", "DMAIC")], widget=forms.RadioSelect
    )
    why = forms.CharField(label="Why now", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    proof = forms.FileField(label="Evidence", required=False, help_text="A PDF or a picture, at most 10 MB.")
    phrase = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)
    told = forms.BooleanField(label="The unit's staff have been told", help_text="At a huddle or in writing.")


def sample_frame(request: HttpRequest) -> dict[str, Any]:
    """Invented navigation and scope for a page without an organisation; where someone is signed in, theirs stay."""
    theme = {"theme": request.GET["theme"]} if request.GET.get("theme") in ("light", "dark") else {}
    if getattr(request, "user", None) is not None:
        return theme
    periods = [
        {"title": title, "url": "#", "current": at == 0}
        for at, title in enumerate(("October 2026", "September 2026", "August 2026"))
    ]
    return {
        **theme,
        "navigation": NAVIGATION,
        "version": __version__,
        "data_as_of": "23 Nov 2026, 06:40",
        "scope": {
            "place_title": "Mercy Valley Hospital",
            "period_title": "October 2026",
            "places": PLACES,
            "periods": periods,
        },
        "account": {
            "name": "Dana Whitfield",
            "initials": "DW",
            "role": "Chief operating officer, Mercy Valley",
            "links": [{"title": "Who acts for me", "url": "#", "icon": "users"}],
            "signout_url": "#",
        },
    }


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every part with an example. ``?theme=dark`` shows it in the dark."""
    from housewide.kit.ui.style_charts import sample_charts

    typed = {"name": "First cases on time", "saving": "lots", "start": "the 40th", "turnover": "0:35", "method": "pdca"}
    wrong = SampleForm({f"wrong-{key}": value for key, value in typed.items()}, prefix="wrong")
    context = {
        **sample_frame(request),
        "title": "Style guide",
        "lead": "Every part that a screen is made of, with its tag. Looked at in light, dark, on a phone and on paper.",
        "crumbs": [("Settings", "#"), ("Style guide", "")],
        "swatches": SWATCHES,
        "icons": ICONS,
        "form": SampleForm(),
        "wrong": wrong,
        "charts": sample_charts(),
        "sparks": [sample_spark(seed) for seed in range(6)],
        "tabs": [
            {"title": "Parts", "url": "#", "current": True},
            {"title": "List", "url": reverse("style_guide_list"), "count": 74},
        ],
        "actions": [{"title": "See a list", "url": reverse("style_guide_list"), "icon": "table"}],
    }
    return render(request, "ui/style_guide.html", context)


@require_safe
def style_guide_list(request: HttpRequest) -> HttpResponseBase:
    """A list with everything a list can do, over invented rows."""
    from housewide.kit.lists import BulkAction, Column, Filter, RowSource, list_response

    services = sorted({case["service"] for case in SAMPLE_CASES})
    source = RowSource(
        SAMPLE_CASES,
        [
            Column("case", "Case", "link", link=lambda row: f"#case-{row['case']}", detail=lambda row: row["room"]),
            Column("day", "Day", "date"),
            Column("service", "Service"),
            Column("delay", "Start delay", "duration"),
            Column("cost", "Late cost", "money"),
            Column("cases", "Counted", "number"),
            Column("state", "Signal", "signal"),
        ],
        [Filter("service", "Service", [(one, one) for one in services]), Filter("room", "Room")],
        default_sort="-day",
        total=("delay", "cost", "cases"),
    )
    return list_response(
        request,
        source,
        title="First cases",
        lead="Invented rows: filter, sort, tick, export.",
        noun="cases",
        size=25,
        row_key=lambda row: row["case"],
        bulk=[BulkAction("assign", "Assign"), BulkAction("dismiss", "Dismiss")],
        context={**sample_frame(request), "crumbs": [("Style guide", reverse("style_guide")), ("First cases", "")]},
    )
