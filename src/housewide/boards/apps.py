from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "housewide.boards"
    label = "boards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.boards import glass, search, today  # noqa: F401 - glass listens

        search.register()
        today.register()
