from pathlib import Path

from django.apps import AppConfig


class ClinicsConfig(AppConfig):
    name = "housewide.duties.clinics"
    label = "clinics"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.duties.clinics import registration
        from housewide.facts.tables import register_folder as register_tables
        from housewide.measures.definitions import register_folder as register_measures

        here = Path(__file__).parent
        register_tables(here / "tables")
        register_measures(here / "measures")
        registration.register()
