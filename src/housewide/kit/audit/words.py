"""The audit trail in words: what an act is called and what kind of record a table holds."""

from __future__ import annotations

from functools import cache

from django.apps import apps

from housewide.kit.jobs.kinds import kinds

# What the rule below would not say well.
_ACTS = {
    "comment.say": "Comment",
    "count_everything": "Ask to count everything again",
    "enqueue_job": "Ask for a job",
    "huddle.attendance": "Note who came to a huddle",
    "huddle.not_held": "Note that a huddle was not held",
    "huddle.round": "Round",
    "intake.import": "Import a file",
    "locked_out": "Locked out after wrong passwords",
    "measures.refresh": "Count measures",
    "review.still_true": "Confirm a comment",
    "sign_in_failed": "Wrong password",
    "sign_in_ran_out": "Sign-in ran out",
}


def act_words(name: str) -> str:
    """``task.raise`` as people read it: Raise task. ``cancel_job``: Cancel job. A job goes by its title."""
    if name in _ACTS:
        return _ACTS[name]
    if name.startswith("job ") and name[4:] in kinds:
        return f"{kinds[name[4:]].title} (job)"
    if name.startswith("hear "):
        return f"{_capital(name[5:])} (after news)"
    area, _, verb = name.rpartition(".")
    alone = area and "_" not in verb  # a single word needs to be told what it is done to
    return _capital(f"{verb} {area}" if alone else verb)


@cache
def table_words(table: str) -> str:
    """``org_person`` as people read it: Person. A table that no model has any more keeps its name."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:
            return _capital(str(model._meta.verbose_name))
    return table


def _capital(text: str) -> str:
    words = text.replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]
