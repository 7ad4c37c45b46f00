"""Cubes live in a database of their own, so that writing them never holds up the people at work."""

from __future__ import annotations

from typing import Any

CUBE_MODELS = {"cubeversion", "daycell", "breakdowncell", "signalrecord"}


class CubesApart:
    """Sends the cube tables, and nothing else, to the ``cubes`` database."""

    def _database(self, model: Any) -> str:
        meta = model._meta
        return "cubes" if meta.app_label == "measures" and meta.model_name in CUBE_MODELS else "default"

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return self._database(model)

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return self._database(model)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        if app_label == "measures" and model_name in CUBE_MODELS:
            return db == "cubes"
        return db == "default"
