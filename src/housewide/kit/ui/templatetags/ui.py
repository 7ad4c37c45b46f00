"""The parts a page is put together from: icons, signals, forms, empty states, progress, pages of a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from housewide.kit.ui import days, numbers
from housewide.kit.ui.fields import DurationField, MoneyField

register = template.Library()

ARROWS = {"good": "trending-up", "bad": "trending-down", "warn": "alert-triangle", "neutral": "minus"}
POINTERS = {"up": "trending-up", "down": "trending-down", "flat": "minus", "check": "check", "clock": "clock"}
NOTE_ICONS = {
    "good": ("circle-check", "Done: "),
    "bad": ("alert-circle", "Problem: "),
    "warn": ("alert-triangle", "Careful: "),
}

register.filter("cents", numbers.money_text)  # {{ 3820015|cents }} $38,200.15; {{ 3820015|cents:0 }} $38,200
register.filter("minutes", numbers.minutes_text)
register.filter("duration", numbers.duration_text)
register.filter("day", days.day_text)  # {{ task.due|day }} Oct 1, 2026
register.filter("short_day", days.short_day_text)  # Oct 1
register.filter("weekday", days.weekday_text)  # Thu, Oct 1
register.filter("moment", days.moment_text)  # Oct 1, 2026, 06:40


@register.filter("num")
def num(value: Any, places: Any = None) -> str:
    """``{{ 1204|num }}`` 1,204; ``{{ 71.42|num:1 }}`` 71.4."""
    return numbers.grouped_number(value, None if places is None else int(places))


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One icon of the sprite, decorative: the word beside it carries the meaning."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        extra,
        static("ui/icons.svg"),
        name,
    )


@register.inclusion_tag("ui/parts/signal.html")
def signal(word: str, direction: str = "neutral") -> dict[str, Any]:
    """A word with an arrow: ``{% signal "Improving" "good" %}``. Add ``up``, ``down`` or ``flat`` when good news points
    down: ``{% signal "Improving" "good down" %}``. Tones: good, bad, warn, neutral."""
    parts = (direction or "neutral").split()
    tone = next((part for part in parts if part in ARROWS), "neutral")
    arrow = next((POINTERS[part] for part in parts if part in POINTERS), ARROWS[tone])
    return {"word": word, "tone": tone, "arrow": arrow}


@register.inclusion_tag("ui/parts/note.html")
def note(text: Any, tone: str = "") -> dict[str, Any]:
    """A framed remark: ``{% note "Three rows were set aside." "warn" %}``."""
    icon_name, spoken = NOTE_ICONS.get(tone, ("info-circle", "Note: "))
    return {"text": text, "tone": tone, "icon_name": icon_name, "spoken": spoken}


@register.inclusion_tag("ui/parts/empty.html", name="empty_state")
@register.inclusion_tag("ui/parts/empty.html", name="empty")
def empty(what: str, next: str = "", url: str = "", label: str = "Start", icon: str = "inbox") -> dict[str, Any]:
    """An empty state that says what to do: ``{% empty "Nothing yet" "Import the OR log first." url "Import" %}``.

    Straight inside ``{% for %}`` Django takes the word for its own; write ``{% empty_state … %}`` there.
    """
    return {"what": what, "next": next, "url": url, "label": label, "icon_name": icon}


@register.inclusion_tag("ui/parts/crumbs.html", takes_context=True)
def crumbs(context: Context, trail: Iterable[Any] | None = None) -> dict[str, Any]:
    """The way here: ``crumbs`` in the context (or given) as {title, url} or (title, url)."""
    found = trail if trail is not None else context.get("crumbs") or ()
    return {"crumbs": [one if isinstance(one, Mapping) else {"title": one[0], "url": one[1]} for one in found]}


@register.inclusion_tag("ui/parts/tabs.html", takes_context=True)
def tabs(context: Context, given: Iterable[Any] | None = None) -> dict[str, Any]:
    """Sections of one subject, each a link: ``tabs`` in the context as {title, url, current, count}."""
    return {"tabs": given if given is not None else context.get("tabs") or ()}


@register.inclusion_tag("ui/parts/progress.html")
def progress(done: Any, total: Any = 100, label: str = "Progress", poll: str = "", detail: str = "") -> dict[str, Any]:
    """A progress bar. ``poll`` is an address that returns this part again (without ``poll`` once it has ended)."""
    known = done is not None and bool(total)
    shown = f"{numbers.grouped_number(done)} of {numbers.grouped_number(total)}" if known else "working"
    return {
        "done": done,
        "total": total,
        "label": label,
        "poll": poll,
        "detail": detail,
        "known": known,
        "shown": shown,
    }


@register.inclusion_tag("ui/parts/pager.html")
def pager(page: Any) -> dict[str, Any]:
    """Links between the pages of a list; takes a ``kit.lists.Page``."""
    return {"page": page}


@register.simple_tag
def spark(svg: Any) -> SafeString:
    """A chart drawn by kit.charts, put in place. Anything else is shown as text, never as markup."""
    if hasattr(svg, "__html__"):
        return mark_safe(str(svg.__html__()))  # noqa: S308 -- says itself that it is safe
    text = str(svg or "")
    if text.lstrip().startswith("<svg") and "<script" not in text.lower():
        return mark_safe(text)  # noqa: S308 -- drawn by kit.charts, which escapes
    return format_html("{}", text)


@register.inclusion_tag("ui/parts/chart.html")
def chart(svg: Any, table: Any = None) -> dict[str, Any]:
    """A chart in a box that scrolls on a phone, its numbers as a table below: ``{% chart svg table %}``."""
    return {"svg": svg, "table": table}


@register.simple_tag(takes_context=True)
def jump_address(context: Context) -> str:
    """Where the jump box sends its question: ``jump_url`` of the context, else the page called ``jump``."""
    given = context.get("jump_url")
    if given:
        return str(given)
    try:
        return reverse("jump")
    except NoReverseMatch:
        return ""


@register.inclusion_tag("ui/parts/form.html", takes_context=True)
def form(
    context: Context,
    form: forms.BaseForm,
    submit: str = "Save",
    action: str = "",
    method: str = "post",
    cancel: str = "",
    wide: bool = False,
    danger: bool = False,
) -> dict[str, Any]:
    """A whole form: summary of errors, every field, one primary button."""
    return {
        "form": form,
        "submit": submit,
        "action": action,
        "method": method,
        "cancel": cancel,
        "wide": wide,
        "danger": danger,
        "csrf_token": context.get("csrf_token"),
    }


def error_words(bound: BoundField) -> list[str]:
    """What is wrong with a field; Django's bare "This field is required." names the field instead."""
    bare = str(forms.Field.default_error_messages["required"])
    ask = "Tick" if isinstance(bound.field.widget, forms.CheckboxInput) else "Fill in"
    if isinstance(bound.field, forms.ChoiceField):
        ask = "Choose"
    return [f"{ask} “{bound.label}”." if str(text) == bare else str(text) for text in bound.errors]


@register.inclusion_tag("ui/parts/errors.html")
def errors(form: forms.BaseForm) -> dict[str, Any]:
    """What is wrong with a form, each line a link to its field."""
    entries: list[dict[str, Any]] = [{"text": text, "target": ""} for text in form.non_field_errors()]
    for bound in form:
        entries += [
            {
                "text": text if str(bound.label) in text else f"{bound.label}: {text}",
                "target": bound.id_for_label or bound.auto_id,
            }
            for text in error_words(bound)
        ]
    return {"entries": entries}


def field_kind(bound: BoundField) -> str:
    """Which template draws this field: by its widget first, then by what it holds."""
    widget, held = bound.field.widget, bound.field
    for kind, classes in (
        ("hidden", (forms.HiddenInput, forms.MultipleHiddenInput)),
        ("multi_select", (forms.CheckboxSelectMultiple,)),
        ("radio", (forms.RadioSelect,)),
        ("checkbox", (forms.CheckboxInput,)),
        ("password", (forms.PasswordInput,)),
        ("textarea", (forms.Textarea,)),
        ("file", (forms.FileInput,)),
        ("select", (forms.Select,)),
        ("date", (forms.DateInput, forms.DateTimeInput, forms.TimeInput)),
    ):
        if isinstance(widget, classes):
            return kind
    for kind, held_by in (("money", (MoneyField,)), ("duration", (DurationField,)), ("number", (forms.IntegerField,))):
        if isinstance(held, held_by):
            return kind
    return "text"


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """One field with its label, hint and error, drawn by the template of its kind."""
    kind = field_kind(bound)
    hint_id, error_id = f"{bound.auto_id}-hint", f"{bound.auto_id}-error"
    described = " ".join(
        part for part in (hint_id if bound.help_text else "", error_id if bound.errors else "") if part
    )
    attrs: dict[str, Any] = {}
    if kind not in ("radio", "multi_select", "hidden"):
        if described:
            attrs["aria-describedby"] = described
        if bound.errors:
            attrs["aria-invalid"] = "true"
    context = {
        "field": bound,
        "words": error_words(bound),
        "kind": kind,
        "control": bound.as_widget(attrs=attrs),
        "hint_id": hint_id,
        "error_id": error_id,
        "described": described,
    }
    return SafeString(render_to_string(f"ui/fields/{kind}.html", context))
