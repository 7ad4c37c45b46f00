"""What people fill in about tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms

from housewide.kit.clock import today
from housewide.org.models import Account
from housewide.work.due import HINT, NotADay, due_from_text


class DueField(forms.CharField):
    """A day as people write it; the cleaned value is a date or None."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": "Due", "required": False, "max_length": 40, "help_text": HINT + ".", **options})

    def clean(self, value: Any) -> date | None:
        try:
            return due_from_text(super().clean(value), today())
        except NotADay as problem:
            raise forms.ValidationError(str(problem)) from None


class OwnerField(forms.ChoiceField):
    """One of the people who can see the place; the cleaned value is the account."""

    def __init__(self, people: Iterable[Account], **options: Any) -> None:
        self.people = {account.public_id: account for account in people}
        choices = [("", "Choose a person"), *((key, str(account)) for key, account in self.people.items())]
        super().__init__(choices=choices, **options)

    def clean(self, value: Any) -> Account:
        return self.people[super().clean(value)]


class NewTaskForm(forms.Form):
    """What is to be done, why, by whom and by when."""

    title = forms.CharField(label="What is to be done", max_length=200)
    why = forms.CharField(label="Why", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    due = DueField()
    subject_kind = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    subject_id = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    place = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, people: Iterable[Account], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"] = OwnerField(people, label="Who does it", help_text="People who can see this place.")
        self.order_fields(["title", "why", "owner", "due"])


class PlaceForm(forms.Form):
    """At which place, when a task is raised about nothing in particular."""

    place = forms.ChoiceField(label="Where", help_text="Who can take the task depends on the place.")

    def __init__(self, places: Iterable[tuple[str, str]], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].choices = list(places)  # type: ignore[attr-defined]


class FinishForm(forms.Form):
    outcome = forms.CharField(label="What came of it", widget=forms.Textarea(attrs={"rows": 2}))


class DropForm(forms.Form):
    reason = forms.CharField(label="Why it need not be done", widget=forms.Textarea(attrs={"rows": 2}))


class DueForm(forms.Form):
    due = DueField(label="Due (empty for no day)")


class SayForm(forms.Form):
    text = forms.CharField(
        label="Comment",
        max_length=10_000,
        help_text="Name somebody with @ to tell them.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class HandOverForm(forms.Form):
    """To whom; the owner is not offered."""

    def __init__(self, people: Iterable[Account], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"] = OwnerField(people, label="To whom")
        self.fields["reason"] = forms.CharField(label="Why", required=False, max_length=300)
