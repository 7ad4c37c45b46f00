"""What people fill in to answer a signal."""

from __future__ import annotations

from django import forms

from housewide.work.forms import DueField


class AnswerForm(forms.Form):
    """Known, watching until: a day and the reason."""

    until = DueField(
        label="Watching until", required=True,
        help_text="At most 92 days ahead; it is asked again the day after. Write Dec 15, 12/15 or in 4 weeks.",
    )  # fmt: skip
    reason = forms.CharField(
        label="What is known", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What explains it, and what is being done or waited for.",
    )  # fmt: skip
