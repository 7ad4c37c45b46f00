from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "housewide.facts"
    label = "facts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.facts import checks, jobs, publishing  # noqa: F401 - registers them
        from housewide.kit.audit.versions import count_by_month

        for table, column in {"facts_part": "period", "facts_batch": "periods", "facts_restatement": "period"}.items():
            count_by_month(table, column)
