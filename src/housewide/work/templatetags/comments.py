"""What people said about a subject, and the box to say more: ``{% comments_on "task" id %}`` on any page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from housewide.work import mentions, queries
from housewide.work.forms import SayForm

register = template.Library()


@register.inclusion_tag("work/parts/comments.html", takes_context=True)
def comments_on(context: Context, kind: str, id: str) -> dict[str, Any]:
    """Comments of the subject that the viewer may see, and a form when they may comment."""
    request = context["request"]
    link = mentions.link_for(request.user)
    said = [
        {"by": one.by, "at": one.at, "html": mentions.shown(one.text, one.mentions.all(), link)}
        for one in queries.comments_about(request.user, kind, id)
    ]
    may = queries.may_say(request.user, kind, id)
    return {
        "kind": kind,
        "id": id,
        "comments": said,
        "form": (context.get("say_form") or SayForm(auto_id="say_%s")) if may else None,
        "csrf_token": context.get("csrf_token"),
    }
