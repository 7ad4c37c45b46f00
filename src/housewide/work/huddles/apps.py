from pathlib import Path

from django.apps import AppConfig


class HuddlesConfig(AppConfig):
    name = "housewide.work.huddles"
    label = "huddles"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.facts.tables import register_folder as register_tables
        from housewide.measures.definitions import register_folder as register_measures
        from housewide.work.huddles import jobs, listeners, registration  # noqa: F401 - jobs and listeners register

        here = Path(__file__).parent
        register_tables(here / "tables")
        register_measures(here / "measures")
        registration.register()
