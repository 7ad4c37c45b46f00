"""A home of its own for a test that starts processes: made once, worked in, looked at from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.faults.stores import addresses, make, server
from tests.servers import VARIABLE

ROOT = Path(__file__).resolve().parents[2]


def environment(home: Path) -> dict[str, str]:
    """Environment of a process that works in this home and in no other."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOUSEWIDE_", "DJANGO_"))}
    databases = addresses(home)
    if databases:
        kept[VARIABLE] = server()  # a child asks it again
        kept.update(HOUSEWIDE_DATABASE=databases["default"], HOUSEWIDE_CUBES_DATABASE=databases["cubes"])
    return {
        **kept,
        "HOUSEWIDE_HOME": str(home),
        "HOUSEWIDE_TODAY": "2026-11-23",
        "DJANGO_SETTINGS_MODULE": "housewide.site.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "PYTHONUNBUFFERED": "1",
    }


def command(module: str, *arguments: object) -> list[str]:
    """Command line of a module of this folder."""
    return [sys.executable, "-m", f"tests.faults.{module}", *map(str, arguments)]


def run_in(home: Path, module: str, *arguments: object) -> str:
    """Run a module of this folder in the home to its end; returns what it printed. Fails the test when it fails."""
    done = subprocess.run(
        command(module, *arguments), env=environment(home), capture_output=True, text=True, timeout=300, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def make_home(home: Path) -> Path:
    """A home with empty tables."""
    home.mkdir(parents=True, exist_ok=True)
    make(home)
    run_in(home, "homes", "migrate")
    return home


def make_demo_home(home: Path) -> Path:
    """The demo hospital with one closed month, set up by the front door, and versions of its log to import again."""
    make_home(home)
    run_in(home, "homes", "demo")
    return home


def check_home(home: Path) -> list[dict[str, str]]:
    """What ``housewide check`` finds, as dicts of check, text and severity."""
    found: list[dict[str, str]] = json.loads(run_in(home, "homes", "check").splitlines()[-1])
    return found


class _None:
    """Tables straight from the models, whatever migrations there are."""

    def __contains__(self, label: str) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


def set_up() -> None:
    """Start Django in a process of its own."""
    import django
    from django.conf import settings

    settings.MIGRATION_MODULES = _None()
    django.setup()


def main(what: str) -> None:
    set_up()
    if what == "migrate":
        from django.core.management import call_command

        for alias in ("default", "cubes"):
            call_command("migrate", run_syncdb=True, database=alias, verbosity=0)
    elif what == "demo":
        from housewide.demo.setting_up import set_up as set_up_demo
        from housewide.kit.home import home_folder
        from tests.faults.variants import write_variants

        for _ in set_up_demo(home_folder(), months=1, progress=lambda share, doing: None):
            pass
        write_variants(home_folder())
    else:
        from dataclasses import asdict

        from housewide.kit.checks import run_checks

        found: list[dict[str, Any]] = [asdict(problem) for problem in run_checks()]
        print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
