from django.apps import AppConfig
from django.db.backends.signals import connection_created


class SiteConfig(AppConfig):
    name = "housewide.site"
    label = "housewide_site"

    def ready(self) -> None:
        from housewide.kit.servers import prepare_connection

        connection_created.connect(prepare_connection, dispatch_uid="connections to PostgreSQL")
