from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "housewide.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from housewide.access import glass, lockouts, nightly, screens, sessions  # noqa: F401 - they listen
        from housewide.access.actions import may_change_org
        from housewide.access.gates import covers_every_place, may, places_where
        from housewide.kit.gates import Gate, set_gate
        from housewide.org.actions import gates

        gates["org.change"] = may_change_org
        screens.register()
        glass.register()
        set_gate(Gate(places=places_where, everywhere=covers_every_place, may=may))
