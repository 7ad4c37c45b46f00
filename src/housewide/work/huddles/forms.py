"""What people fill in at a huddle: short, in plain words, and with a look for what names a patient."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django import forms

from housewide.kit.clock import today
from housewide.org.models import Account
from housewide.work.forms import DueField, OwnerField
from housewide.work.huddles.models import Attendance
from housewide.work.huddles.moments import HINT, NotATime, clock_from_text, when_from_text
from housewide.work.huddles.patient_hints import patient_hints
from housewide.work.huddles.plans import Meeting, Planned, Topic, presets
from housewide.work.huddles.rules import rules

NO_NAMES = "No patient names or numbers: boards hang on walls."


class PlainWords(forms.Form):
    """A form whose free text is read for what tells who a patient is. It asks once; who ticks the box is believed."""

    watched: tuple[str, ...] = ()
    sure = forms.BooleanField(
        label="I have read it again: it tells nobody who a patient is", required=False, widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        found = [(name, hint) for name in self.watched for hint in patient_hints(str(given.get(name) or ""))]
        if found and not given.get("sure"):
            self.fields["sure"].widget = forms.CheckboxInput()
            for name, hint in found:
                self.add_error(name, f"This {hint}. Take it out, or tick the box below if it is about no patient.")
        return given


class TimeField(forms.CharField):
    """A clock time as people write it; the cleaned value is a time or None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 10, "required": False, **options})

    def clean(self, value: Any) -> time | None:
        said = super().clean(value)
        try:
            return clock_from_text(said) if said else None
        except NotATime as problem:
            raise forms.ValidationError(str(problem)) from None


class WhenField(forms.CharField):
    """A moment as people write it, seen from ``now``; the cleaned value is aware, or None."""

    def __init__(self, now: datetime, **options: Any) -> None:
        self.now = now
        super().__init__(**{"max_length": 40, "required": False, "help_text": HINT + ".", **options})

    def clean(self, value: Any) -> datetime | None:
        said = super().clean(value)
        try:
            return when_from_text(said, self.now) if said else None
        except NotATime as problem:
            raise forms.ValidationError(str(problem)) from None


class RaiseForm(PlainWords):
    """An issue in two fields; what the rules want to know stands below them."""

    watched = ("title", "need")
    title = forms.CharField(label="What is the issue", max_length=160, help_text=NO_NAMES)

    def __init__(self, topics: Iterable[Topic], places: Iterable[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["topic"] = forms.ChoiceField(label="Topic", choices=[(one.key, one.title) for one in topics])
        self.fields["place"] = forms.ChoiceField(label="Where", choices=list(places))
        kinds = [(one.key, one.title) for one in rules().kinds.values()]
        self.fields["kind"] = forms.ChoiceField(
            label="Is it one of these?", choices=kinds, initial="other", required=False,
            help_text="Some things must go further up; then you are told why.",
        )  # fmt: skip
        self.fields["harm"] = forms.ChoiceField(
            label="Was somebody harmed?", choices=[(one.key, one.title) for one in rules().harms.values()],
            initial="none", required=False,
        )  # fmt: skip
        self.fields["hours"] = forms.IntegerField(
            label="For how many hours already", required=False, min_value=0, max_value=999
        )
        self.fields["need"] = forms.CharField(
            label="What is needed", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
        )
        self.fields["at"] = TimeField(label="When it came up, if not now", help_text="A time of today, like 7:05.")
        self.order_fields(["title", "topic", "place", "kind", "harm", "hours", "need", "at", "sure"])

    def values(self) -> dict[str, Any]:
        """What the action wants, besides the time."""
        given = self.cleaned_data
        return {
            **{name: given[name] for name in ("title", "topic", "place", "hours", "need")},
            "kind": given["kind"] or "other", "harm": given["harm"] or "none",
        }  # fmt: skip


class ResolveForm(PlainWords):
    watched = ("outcome",)
    outcome = forms.CharField(label="How it was settled", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class AssignForm(PlainWords):
    """To whom, and by when; the task appears in their work."""

    watched = ("what",)

    def __init__(self, people: Iterable[Account], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"] = OwnerField(people, label="Who does it")
        self.fields["due"] = DueField(required=True)
        self.fields["what"] = forms.CharField(label="What is to be done", max_length=200, required=False,
                                              help_text="Empty: as the issue says.")  # fmt: skip
        self.order_fields(["owner", "due", "what", "sure"])

    def clean_due(self) -> date:
        due: date | None = self.cleaned_data["due"]
        if due is None or due < today():
            raise forms.ValidationError("Say a day from today on by which it is done.")
        return due


class EscalateForm(PlainWords):
    """To which huddle, what is asked, and by when."""

    watched = ("ask",)
    ask = forms.CharField(
        label="What do you ask of them", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="A decision, people, money, a call. " + NO_NAMES,
    )  # fmt: skip

    def __init__(self, above: Iterable[Meeting], now: datetime, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(one.place.code, f"Tier {one.tier.number}, {one.place.name} ({one.tier.time:%H:%M})")
                   for one in above]  # fmt: skip
        self.fields["to"] = forms.ChoiceField(label="To which huddle", choices=choices)
        self.fields["answer_by"] = WhenField(now, label="Answer by")
        self.order_fields(["ask", "to", "answer_by", "sure"])


class AnswerForm(PlainWords):
    """What was decided, or where it goes instead."""

    watched = ("text",)

    def __init__(self, further: Meeting | None, now: datetime, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [("decided", "Decided: this is the answer"), ("needs_more", "I need to know more first"),
                 ("gives_back", "Yours to settle: back to you")]  # fmt: skip
        if further:
            kinds.append(("passes_up", f"Passed on to tier {further.tier.number}, {further.place.name}"))
        self.fields["kind"] = forms.ChoiceField(
            label="Your answer", choices=kinds, widget=forms.RadioSelect, initial="decided"
        )
        self.fields["text"] = forms.CharField(
            label="In words", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
            help_text="It is read out at the unit. " + NO_NAMES,
        )  # fmt: skip
        if further:
            self.fields["answer_by"] = WhenField(now, label="If passed on: answer by")
        self.order_fields(["kind", "text", "answer_by", "sure"])


class HearForm(PlainWords):
    watched = ("text",)
    settled = forms.ChoiceField(
        label="Does it settle the issue?", choices=[("yes", "Yes, close it"), ("no", "No, it is still open")],
        widget=forms.RadioSelect, initial="yes",
    )  # fmt: skip
    text = forms.CharField(label="What you want to add", required=False, max_length=1000,
                           widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip


class SkipForm(PlainWords):
    watched = ("reason",)
    reason = forms.CharField(label="Why it is not held", max_length=300)


class AttendanceForm(forms.Form):
    """Everybody on the list with present, late or absent; and how many others came."""

    def __init__(self, people: Iterable[Any], marked: dict[str, str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = list(people)
        for person in self.people:
            self.fields[f"p_{person.code}"] = forms.ChoiceField(
                label=f"{person.name}, {person.title}" if person.title else person.name,
                choices=Attendance.Presence.choices, initial=marked.get(person.code, "present"),
                required=False,
            )  # fmt: skip
        self.fields["others"] = forms.IntegerField(
            label="Others who came", required=False, min_value=0, max_value=99, initial=0
        )

    def presences(self) -> dict[str, str]:
        """Presence by the person's code."""
        return {person.code: self.cleaned_data[f"p_{person.code}"] or "present" for person in self.people}

    def others(self) -> int:
        return int(self.cleaned_data["others"] or 0)


class RecordForm(AttendanceForm):
    """A huddle that was held on paper: its times besides who came."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["started"] = TimeField(label="Began at", required=True)
        self.fields["ended"] = TimeField(label="Ended at", required=True)
        self.order_fields(["started", "ended"])


class RoundForm(PlainWords):
    """What a leader heard, and whether somebody has to see to it."""

    watched = ("heard", "follow_up", "spoke_with")

    def __init__(self, topics: Iterable[Topic], places: Iterable[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"] = forms.ChoiceField(label="Where", choices=list(places))
        self.fields["day"] = DueField(label="Day", required=True, initial="today", help_text="Like today or 11/20.")
        self.fields["topic"] = forms.ChoiceField(label="Topic", choices=[(one.key, one.title) for one in topics])
        self.fields["spoke_with"] = forms.CharField(
            label="Whom you spoke with", required=False, max_length=120, help_text="Roles, like “two night nurses”."
        )
        self.fields["heard"] = forms.CharField(
            label="What you heard", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=NO_NAMES
        )
        self.fields["follow_up"] = forms.CharField(
            label="Needs following up: raise it as", required=False, max_length=160,
            help_text="A few words; it then stands on the board as an issue. Empty: nothing to follow up.",
        )  # fmt: skip
        self.order_fields(["place", "day", "topic", "spoke_with", "heard", "follow_up", "sure"])


class PlanForm(forms.Form):
    """The preset, a time and length for each tier, and who does not huddle."""

    def __init__(self, plan: Planned, places: Iterable[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.plan = plan
        kinds = {tier.kind for preset in presets().values() for tier in preset.tiers}
        fits = [one for one in presets().values() if (plan.place.kind == "system") == (one.key == "system") and kinds]
        self.fields["preset"] = forms.ChoiceField(
            label="How this place huddles", choices=[(one.key, one.title) for one in fits], initial=plan.preset.key,
            help_text="After a change of this, save once, then set the times.",
        )  # fmt: skip
        for tier in plan.tiers:
            self.fields[f"time_{tier.number}"] = TimeField(
                label=f"Tier {tier.number}, {tier.title.lower()}: begins at", required=True,
                initial=f"{tier.time:%H:%M}",
            )  # fmt: skip
            self.fields[f"minutes_{tier.number}"] = forms.IntegerField(
                label=f"Tier {tier.number}: minutes", min_value=5, max_value=60, initial=tier.minutes
            )
        choices = list(places)
        if choices:
            self.fields["without"] = forms.MultipleChoiceField(
                label="Places that do not huddle", choices=choices, required=False,
                widget=forms.CheckboxSelectMultiple, initial=sorted(plan.without),
                help_text="What is still open in a huddle that you switch off goes to the huddle above, which is told.",
            )  # fmt: skip
