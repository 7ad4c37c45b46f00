from pathlib import Path

from django.apps import AppConfig


class RevenueConfig(AppConfig):
    name = "housewide.duties.revenue"
    label = "revenue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.facts.tables import register_folder as register_tables

        register_tables(Path(__file__).parent / "tables")
