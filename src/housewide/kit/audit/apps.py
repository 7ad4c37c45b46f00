from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


def install_after_migration(sender: Any, using: str, **more: Any) -> None:
    from housewide.kit.audit.triggers import install_triggers

    if using == "default":
        install_triggers()


def notice_replaced_rows(sender: Any, connection: Any, **more: Any) -> None:
    # Without it INSERT OR REPLACE removes the old row and fires no DELETE trigger.
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


class AuditConfig(AppConfig):
    name = "housewide.kit.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.kit.audit import checks, nightly  # noqa: F401 - registers them
        from housewide.kit.audit.versions import Versions, in_transaction
        from housewide.kit.shelves import watch

        post_migrate.connect(install_after_migration, sender=self, dispatch_uid="audit triggers")
        connection_created.connect(notice_replaced_rows, dispatch_uid="audit replaced rows")
        watch("audit", Versions(), busy=in_transaction)
