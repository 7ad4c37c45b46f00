from typing import Any

from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "housewide.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from housewide.access.gates import sees_any
        from housewide.kit import subjects
        from housewide.kit.registry import Scope, Screen, registry
        from housewide.work import queries
        from housewide.work.tasks import task_subject

        def allowed(account: Any, scope: Scope) -> bool:
            return sees_any(account, queries.SEES)

        from housewide.work.noticing import screens as signals

        signals.register()

        subjects.register("task", task_subject)
        registry.add_screen(
            Screen(
                key="my-work",
                title="My work",
                url=lambda scope: reverse("my-work"),
                allowed=allowed,
                icon="checklist",
                order=30,
                count=queries.open_tasks,
            )
        )
