from pathlib import Path

from django.apps import AppConfig


class StaffingConfig(AppConfig):
    name = "housewide.duties.staffing"
    label = "staffing"

    def ready(self) -> None:
        from housewide.facts.tables import register_folder as register_tables

        register_tables(Path(__file__).parent / "tables")
