"""The parts of every screen, as a Django app so that its templates and files are found."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "housewide.kit.ui"
    label = "ui"
