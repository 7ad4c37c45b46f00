"""A home for a benchmark: the demo's organisation and feeds, with as many months as wanted."""

from __future__ import annotations

import os
from pathlib import Path


def ready() -> None:
    """Django on the home of this process, tables made."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "housewide.site.settings")
    import django

    django.setup()
    from housewide.site.commands.starting import bring_up_to_date

    bring_up_to_date()


def demo(months: int) -> None:
    """The whole demo, imported by the front door."""
    ready()
    from housewide.demo.setting_up import set_up

    for _ in set_up(Path(os.environ["HOUSEWIDE_HOME"]), months=months, progress=lambda share, doing: None):
        pass
