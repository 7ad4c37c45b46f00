"""A file is sent: kept at once, then imported by a job that can be watched; also a corrected one."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from housewide.facts.models import Batch, Feed
from housewide.intake import queries
from housewide.intake.imports import ImportRefused, how_to_read
from housewide.intake.jobs import ask_for_import
from housewide.intake.originals import keep_original, original_path
from housewide.intake.profiles import profile_of
from housewide.kit.jobs.models import Job


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(label="File", allow_empty_file=True, help_text="CSV, text or Excel (XLSX), also gzipped.")


@require_http_methods(["GET", "POST"])
def send(request: HttpRequest, code: str) -> HttpResponse:
    """Send a file of a feed."""
    feed = queries.feed_for(request.user, code, queries.IMPORTS)
    if not feed.profile:
        messages.warning(request, "Nobody has said yet how these files are read. Show one here first.")
        return redirect("feed-profile", feed.code)
    form = FileForm(request.POST or None, request.FILES or None) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        job = _queue(request, feed, form, None)
        if job is not None:
            return redirect(f"{reverse('feed', args=[feed.code])}?job={job.public_id}")
    context = {
        "title": f"Import into {feed.title}",
        "lead": "The file is kept as it is. Rows that cannot be accepted are set aside with their reasons.",
        "form": form,
        "submit": "Import",
        "cancel_url": reverse("feed", args=[feed.code]),
        "crumbs": [("Data intake", reverse("intake")), (feed.title, reverse("feed", args=[feed.code])), ("Import", "")],
    }
    return render(request, "ui/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send the set-aside rows of an import again, corrected."""
    batch = queries.batch_for(request.user, public_id, queries.IMPORTS)
    form = FileForm(request.POST or None, request.FILES or None) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        job = _queue(request, batch.feed, form, batch)
        if job is not None:
            return redirect(f"{reverse('feed', args=[batch.feed.code])}?job={job.public_id}")
    context = {
        "title": "Send corrected rows",
        "batch": batch,
        "form": form,
        "crumbs": [
            ("Data intake", reverse("intake")),
            (batch.feed.title, reverse("feed", args=[batch.feed.code])),
            (batch.file_name, reverse("batch", args=[batch.public_id])),
            ("Correct", ""),
        ],
    }
    return render(request, "intake/correct.html", context, status=422 if form.errors else 200)


def _queue(request: HttpRequest, feed: Feed, form: FileForm, corrects: Batch | None) -> Job | None:
    """Keep the file and ask for its import; None with the reason in the form when its headings are not the feed's."""
    sent: Any = form.cleaned_data["file"]
    sha256 = keep_original(sent.chunks())
    profile = profile_of(feed)
    assert profile is not None
    try:
        how_to_read(original_path(sha256), profile, corrects)  # said now rather than by a job a minute later
    except ImportRefused as refusal:
        form.add_error("file", str(refusal))
        return None
    return ask_for_import(
        by=request.user, feed=feed, sha256=sha256, file_name=PurePath(sent.name).name, corrects=corrects
    )
