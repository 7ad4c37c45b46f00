from pathlib import Path

from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "housewide.duties.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.duties.flow import registration
        from housewide.facts.tables import register_folder as register_tables
        from housewide.measures.definitions import register_folder as register_measures

        here = Path(__file__).parent
        register_tables(here / "tables")
        register_measures(here / "measures")
        registration.register()
