"""Which tables the audit trail watches, and the few it does not, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.db import router

OWN_TABLES = ("audit_act", "audit_change", "audit_look", "audit_seal")

SKIPPED_TABLES = {
    "audit_act": "the trail itself; sealed",
    "audit_change": "the trail itself; sealed",
    "audit_look": "the trail itself; sealed",
    "audit_seal": "the chain itself",
    "audit_context": "names the act under way; empty between transactions",
    "django_session": "sign-in state that Django writes at every visit; holds no decision",
    "access_signedin": "in which browsers somebody is signed in; beginnings and ends are acts",
    "axes_accessattempt": "counts of wrong passwords; each one is an act",
    "axes_accessattemptexpiration": "belongs to the counts of wrong passwords",
    "axes_accessfailurelog": "not used",
    "axes_accesslog": "not used",
    "django_content_type": "made by Django from the code",
    "auth_permission": "made by Django from the code; roles, not permissions, decide here",
    "django_migrations": "kept by Django; says which version of the tables this is",
    "events_event": "the outbox; what listeners do with it is audited",
    "events_cursor": "how far a listener has read; moves with every event",
    "jobs_jobline": "a job's log, added to many times a minute and never edited",
}

# A change of these columns alone leaves no entry; they are left out of the record of the row too.
SKIPPED_COLUMNS = {
    "jobs_job": {
        "leased_until": "heartbeat, every few seconds",
        "done_share": "progress, every few seconds",
        "doing": "progress, every few seconds",
    },
    "jobs_schedule": {"next_at": "moves with every run; the job it starts is audited"},
    "mfa_authenticator": {
        "data": "secrets of second factors, sealed; which codes were used. Adding and removing is recorded",
        "last_used_at": "moves with every sign-in",
    },
    "socialaccount_socialaccount": {
        "last_login": "moves with every sign-in",
        "extra_data": "what the organization's sign-in said last; nothing is kept of it",
    },
    "boards_apitoken": {"last_used_at": "moves while a program asks; what it does is audited"},
    "org_account": {"last_login": "kept by Django at every sign-in"},
}

# SQLite has no hash function that every connection has, so the trail says only that such a value changed.
REDACTED_COLUMNS = frozenset({"password"})


@dataclass(frozen=True)
class Watched:
    """A table whose every change is recorded: its key, the columns recorded and those skipped."""

    name: str
    key: str
    columns: tuple[str, ...]
    skipped: tuple[str, ...]


def watched_models(using: str = "default") -> dict[str, str]:
    """Key column by table name, for every table of the installed apps that lives in this database."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        kept = meta.managed and not meta.proxy and meta.db_table not in SKIPPED_TABLES
        if kept and router.allow_migrate_model(using, model):
            found[meta.db_table] = str(meta.pk.column)
    return dict(sorted(found.items()))
