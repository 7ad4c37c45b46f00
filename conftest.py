"""Every test run has a home folder of its own: nothing a developer keeps is read or touched."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest
from hypothesis import settings as hypothesis_settings
from tests.servers import test_database

# Here and not in pyproject.toml: pytest-django would read the settings before this file has said where home is.
os.environ["HOUSEWIDE_HOME"] = tempfile.mkdtemp(prefix="housewide-test-")
os.environ["HOUSEWIDE_TODAY"] = "2026-11-23"
os.environ["HOUSEWIDE_SECOND_FACTOR"] = "offered"  # tests of the second factor ask for it themselves
os.environ["DJANGO_SETTINGS_MODULE"] = "housewide.site.settings"
os.environ["HOUSEWIDE_DATABASE"] = test_database()
os.environ.pop("HOUSEWIDE_CUBES_DATABASE", None)
(Path(os.environ["HOUSEWIDE_HOME"]) / "static").mkdir()
django.setup()
# Inherited by the processes of pytest-xdist, it would have them read the settings before they have a home of their own.
del os.environ["DJANGO_SETTINGS_MODULE"]

# The same examples every time, however slow the machine: a red run is a defect, and the next run shows it again.
# `make test-chance` draws new ones.
hypothesis_settings.register_profile("repeatable", derandomize=True, database=None, deadline=None, print_blob=True)
hypothesis_settings.register_profile("chance", deadline=None, print_blob=True)
hypothesis_settings.load_profile("repeatable")


def pytest_configure(config: Any) -> None:
    """Between tests every table is emptied, which the guards of the audit trail refuse and its triggers record."""
    from django.conf import settings
    from django.db.models.signals import post_migrate

    settings.HOUSEWIDE_AUDIT_GUARDED = False
    post_migrate.connect(_forget_the_emptying, dispatch_uid="tests forget the emptying", weak=False)


def _forget_the_emptying(sender: Any, using: str, **more: Any) -> None:
    if sender.label == "audit" and using == "default":
        from housewide.kit.audit.models import Change

        Change.objects.all().delete()


CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One real Chromium for all tests that need one. Without it they fail: a screen nobody saw is not tested."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield opened
        opened.close()
