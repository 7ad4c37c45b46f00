"""Tells the database who is at work, so that its triggers put every change down to the act under way."""

from __future__ import annotations

from django.db import connection


def name_act(act: int | None) -> None:
    """Until the transaction ends, changes belong to this act (None: to none).

    PostgreSQL: a setting of the transaction, which a rollback takes back and no other session sees. SQLite: the one row
    of ``audit_context``; there only one transaction writes at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('housewide.act', %s, true)", [str(act or "")])
        return
    from housewide.kit.audit.models import Context

    if act is None:
        Context.objects.filter(pk=1).update(act=None)
    else:
        Context.objects.update_or_create(pk=1, defaults={"act": act})
