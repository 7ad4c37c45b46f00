"""Saying something about any subject, and who can be named while typing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from housewide.access.gates import signed_in
from housewide.kit import subjects
from housewide.kit.actions import NotSeen, Refused
from housewide.work import actions, mentions


def _subject(request: HttpRequest, kind: str, id: str) -> subjects.Subject:
    subject = subjects.find_visible(request.user, kind, id)
    if subject is None:
        raise NotSeen("There is nothing here that you can see.")
    return subject


@require_POST
def say(request: HttpRequest, kind: str, id: str) -> HttpResponse:
    """POST text; leads back to the page of the subject."""
    subject = _subject(request, kind, id)
    text = request.POST.get("text", "").replace("\x00", "")
    if not text.strip():
        messages.error(request, "Write something before you send it.")
        return redirect(subject.url)
    try:
        comment = actions.say(by=signed_in(request), subject_kind=kind, subject_id=id, text=text)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(subject.url)
    messages.success(request, "Said.")
    tell_of_unknown(request, comment.text)
    return redirect(subject.url)


def tell_of_unknown(request: HttpRequest, text: str) -> None:
    """Say which handles of a comment were nobody's, so that nobody believes they were told."""
    for handle in mentions.unknown_handles(text):
        messages.warning(request, f"“@{handle}” is nobody who can see this, so nobody was told under that name.")


@require_GET
def people(request: HttpRequest, kind: str, id: str) -> HttpResponse:
    """GET ?q=: people who can be named in a comment on this, as the choices under the box."""
    found = mentions.suggestions(_subject(request, kind, id), request.GET.get("q", "")[:60])
    return render(request, "work/parts/people.html", {"people": found})
