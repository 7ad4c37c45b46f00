"""The one way in which figures and signatures become hashes: canonical JSON, SHA-256."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from housewide.reviews.models import Figure, ReviewComment, Signature


def sha256_of(value: Any) -> str:
    """Hash of a JSON value: keys sorted, no spaces, UTF-8. Raises TypeError for floats and what JSON cannot carry."""
    refuse_floats(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_floats(value: Any) -> None:
    """Figures hold integers and rounded decimals as text; a float would not be the same on every machine."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float; write rounded values as text")
    if isinstance(value, dict):
        for one in value.values():
            refuse_floats(one)
    elif isinstance(value, list | tuple):
        for one in value:
            refuse_floats(one)


def figure_sha256(figure: Figure) -> str:
    """Hash of everything a figure froze; its marks of restatement are no part of it."""
    return sha256_of(
        {
            "measure": figure.measure,
            "definition": figure.definition_sha256,
            "as_of_batch": figure.as_of_batch,
            "parts": figure.parts,
            "tree": figure.tree_sha256,
            "components": figure.components,
            "reading": figure.reading,
        }
    )


def signed_content(signature: Signature) -> dict[str, Any]:
    """What a signature covers: every figure, comment and decision, who, when, the signatures below, and the head of the
    audit chain. What is not there is left out, so that signatures of before hold."""
    review, stands_for = signature.review, signature.on_behalf_of
    comments = review.comments.select_related("by", "carried_from", "adopted_from").order_by("at", "id")
    decisions = review.decisions.select_related("owner", "by").order_by("at", "id")
    content: dict[str, Any] = {
        "place": review.place.code,
        "period": review.period,
        "figures": [[figure.measure, figure.sha256] for figure in review.figures.order_by("order", "id")],
        "comments": [_comment(one) for one in comments],
        "by": signature.by.username,
        "on_behalf_of": stands_for.username if stands_for else "",
        "at": signature.at.isoformat(),
        "audit_head": signature.audit_head,
    }
    decided = [[one.text, one.owner.username, one.by.username, one.at.isoformat()] for one in decisions]
    more = {"decisions": decided, "below": signature.below, "without": signature.without}
    return content | {key: value for key, value in more.items() if value}


def _comment(one: ReviewComment) -> list[Any]:
    promise = (
        [one.promise_measure, str(one.promise_value.normalize()), one.promise_by]
        if one.promise_value is not None
        else []
    )
    more = {
        "continues": one.continues,
        "action": one.action,
        "promise": promise,
        "carried_from": one.carried_from.public_id if one.carried_from else "",
        "adopted_from": one.adopted_from.public_id if one.adopted_from else "",
    }
    said = {key: value for key, value in more.items() if value}
    return [one.measure, one.text, one.by.username, one.at.isoformat(), *([said] if said else [])]
