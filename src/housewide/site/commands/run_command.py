"""Set up the demo home when there is none, then serve it: the one command for somebody who wants to look."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from pathlib import Path

from housewide.kit import home
from housewide.site.commands.starting import bring_up_to_date, ready, say

DEMO_TODAY = "2026-11-23"
DEMO_FILE = """# Settings of this home; docs/reference/settings.md explains them.
today = "{today}"
time = "06:40"
time_zone = "America/Chicago"
organisation = "Mercy Valley Health"
second_factor = "offered"
"""
MARK = "demo-is-ready"


def run(asked: Namespace) -> int:
    folder = home.home_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings_file = folder / "housewide.toml"
    if not settings_file.exists():
        settings_file.write_text(DEMO_FILE.format(today=os.environ.get("HOUSEWIDE_TODAY") or DEMO_TODAY))
        home.configuration.cache_clear()
    ready(needs_home=False)
    say(f"Home folder {folder}")
    if (folder / MARK).exists():
        bring_up_to_date()
    else:
        _set_up_demo(folder, asked.months)
    if asked.no_serve:
        return 0
    from housewide.demo.accounts import PERSONAS
    from housewide.site.commands.serve_command import serve

    say("Sign in as")
    for persona in PERSONAS:
        say(f"  {persona.username:<46} {persona.password}   {persona.role.replace('_', ' ')} at {persona.place}")
    serve(asked.host, asked.port, processes=asked.processes, threads=8, worker=True)
    return 0


def _set_up_demo(folder: Path, months: int) -> None:
    from housewide.demo.following import ask_for_the_rest
    from housewide.demo.setting_up import begin_writing, set_up
    from housewide.site.commands.starting import progress

    began = time.monotonic()
    writing = begin_writing(folder, months=months)
    bring_up_to_date()
    for line in set_up(folder, months=months, progress=progress, writing=writing):
        say(f"  {line}")
    ask_for_the_rest()
    (folder / MARK).write_text("The demo was set up; remove the whole home folder to begin again.\n")
    say(f"Demo ready in {time.monotonic() - began:.0f} s")
