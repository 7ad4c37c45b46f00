from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "housewide.kit.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.kit.events import checks  # noqa: F401 - registers them
