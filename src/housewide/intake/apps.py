from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "housewide.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.intake import jobs, screens, sweeping  # noqa: F401 - jobs and checks register when imported

        screens.register()
