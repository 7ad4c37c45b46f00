from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    name = "housewide.measures"
    label = "measures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.measures import (
            listeners,  # noqa: F401 - registers the listener and the job
            screens,
        )
        from housewide.measures.noticed import jobs  # noqa: F401 - registers the look for signals

        screens.register()

        from housewide.kit.shelves import watch
        from housewide.measures.cubes import published
        from housewide.measures.keeping import BY_MONTH

        watch("cubes", published, patient=BY_MONTH)
