from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "housewide.kit.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.kit.jobs import checks  # noqa: F401 - registers them
