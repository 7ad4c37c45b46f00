"""What people fill in on a review."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from housewide.kit.periods import Month
from housewide.org.models import Account
from housewide.reviews.models import ReviewComment
from housewide.reviews.timetable import LATEST, Step

MONTHS_AHEAD = 6


def _person(value: Any, people: Sequence[Account]) -> Account | None:
    return next((one for one in people if one.public_id == value), None)


class MonthForm(forms.Form):
    """What the manager says about the month as a whole."""

    text = forms.CharField(label="Comment", widget=forms.Textarea(attrs={"rows": 2}))
    measure = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)


class CommentForm(forms.Form):
    """What the manager says about a figure: cause, does it continue, action with its owner, promise."""

    text = forms.CharField(label="What is behind it", widget=forms.Textarea(attrs={"rows": 2}))
    continues = forms.ChoiceField(label="Does it continue?", required=False)
    action = forms.CharField(label="What is done about it", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    action_owner = forms.ChoiceField(
        label="Who does it", required=False, help_text="With a name it becomes a task in their work."
    )
    action_due = forms.DateField(label="Due", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    promise_value = forms.CharField(label="Promise: it will be", required=False, max_length=20)
    promise_by = forms.ChoiceField(label="By", required=False)
    measure = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(
        self, *given: Any, people: Sequence[Account] = (), period: str = "2000-01", unit: str = "", **more: Any
    ) -> None:
        super().__init__(*given, **more)
        self.people = people
        names = [(one.public_id, str(one)) for one in people]
        fields: dict[str, Any] = self.fields
        fields["continues"].choices = ReviewComment.Continues.choices
        fields["action_owner"].choices = [("", "Nobody by name"), *names]
        fields["promise_by"].choices = [("", "No promise"), *_months_after(period)]
        if unit:
            fields["promise_value"].help_text = f"A number in {unit}."

    def clean_action_owner(self) -> Account | None:
        """The account behind the choice."""
        return _person(self.cleaned_data["action_owner"], self.people)

    def clean_promise_value(self) -> Decimal | None:
        """``80``, ``80 %`` or ``1,204``."""
        text = self.cleaned_data["promise_value"].strip().rstrip("%").replace(",", "").replace("−", "-").strip()
        text = text.removesuffix("min").strip()
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation as wrong:
            raise forms.ValidationError("Write a number like 80 or 27.5.") from wrong
        if not value.is_finite():
            raise forms.ValidationError("Write a number like 80 or 27.5.")
        return value


@functools.lru_cache(maxsize=64)
def _months_after(period: str) -> list[tuple[str, str]]:
    first = Month.parse(period)
    return [(str(month), month.title) for month in (first.shift(step) for step in range(1, MONTHS_AHEAD + 1))]


class DecisionForm(forms.Form):
    text = forms.CharField(label="What was decided", widget=forms.Textarea(attrs={"rows": 2}))
    owner = forms.ChoiceField(label="Who answers for it")

    def __init__(self, *given: Any, people: Sequence[Account] = (), **more: Any) -> None:
        super().__init__(*given, **more)
        self.people = people
        fields: dict[str, Any] = self.fields
        fields["owner"].choices = [("", "Choose"), *((one.public_id, str(one)) for one in people)]

    def clean_owner(self) -> Account | None:
        """The account behind the choice."""
        return _person(self.cleaned_data["owner"], self.people)


class UnfreezeForm(forms.Form):
    reason = forms.CharField(label="Why the figures are taken back", widget=forms.Textarea(attrs={"rows": 2}))


class CalendarForm(forms.Form):
    """A number a step; an empty one leaves the step out."""

    def __init__(self, *given: Any, steps: Sequence[Step], **more: Any) -> None:
        super().__init__(*given, **more)
        for step in steps:
            self.fields[step.key] = forms.IntegerField(
                label=step.title, required=False, min_value=1, max_value=LATEST, help_text=step.says
            )
