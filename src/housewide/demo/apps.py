from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "housewide.demo"
    label = "demo"

    def ready(self) -> None:
        from housewide.demo import following  # noqa: F401 - its jobs register when imported
