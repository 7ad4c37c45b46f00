from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "housewide.demo"
    label = "demo"
