"""A real server on a real demo home, and a real Chromium in front of it. Without a browser these tests fail."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "screenshots"
MONTHS = "14"


@dataclass(frozen=True)
class Server:
    """Where the demo is served and where its home lies."""

    url: str
    home: Path

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the housewide command on this home."""
        return subprocess.run(
            [sys.executable, "-m", "housewide", "--home", str(self.home), *words],
            capture_output=True, text=True, env=_environment(self.home), check=False,
        )  # fmt: skip


def _environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HOUSEWIDE_HOME": str(home), "HOUSEWIDE_TODAY": "2026-11-23"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from demo_server(tmp_path_factory)


def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Set up a demo home and serve it until the tests that use it are over."""
    home = tmp_path_factory.mktemp("demo") / "home"
    made = subprocess.run(
        [sys.executable, "-m", "housewide", "--home", str(home), "run", "--no-serve", "--months", MONTHS],
        capture_output=True, text=True, env=_environment(home), check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    port = _free_port()
    log = (home.parent / "server.log").open("w")
    child = subprocess.Popen(
        [sys.executable, "-m", "housewide", "--home", str(home), "serve", "--port", str(port)],
        stdout=log, stderr=log, env=_environment(home),
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/health/", child)
        yield Server(url, home)
    finally:
        child.terminate()
        child.wait(timeout=30)
        log.close()
    assert "Traceback" not in (home.parent / "server.log").read_text()


def _wait_for(url: str, child: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        assert child.poll() is None, "the server stopped at once"
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer")


@dataclass
class Visitor:
    """Someone at a browser: signs in, and notes every request that would leave the machine and every console error.

    ``visited``: path and query of every page opened, in order, downloads included when the test adds them.
    """

    page: Any
    server: Server
    outside: list[str]
    errors: list[str]
    visited: list[str] = field(default_factory=list)

    def path(self) -> str:
        """Where the page is, without the machine."""
        return urlsplit(self.page.url).path

    def sign_in(self, person: str) -> None:
        """By the person's code in the demo (P003); ends on their start page."""
        from housewide.demo.accounts import DEMO_PASSWORD, PERSONAS

        username = next(one.username for one in PERSONAS if one.person == person)
        self.page.goto(f"{self.server.url}/accounts/login/")
        self.page.get_by_label("Work e-mail").fill(username)
        self.page.get_by_label("Password").fill(DEMO_PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def go(self, path: str) -> Any:
        return self.page.goto(self.server.url + path)

    def shot(self, name: str) -> None:
        SHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=str(SHOTS / f"{name}.png"), full_page=True)


@pytest.fixture
def visitors(server: Server, browser: Any) -> Iterator[Any]:
    """Makes visitors; afterwards none of them may have asked for anything outside, or met a script error."""
    opened: list[Visitor] = []

    def make(width: int = 1400, height: int = 920, scheme: str = "light") -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, accept_downloads=True
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        visitor = Visitor(page, server, [], [])
        page.on("request", lambda request: None if request.url.startswith((server.url, "data:", "blob:"))
                else visitor.outside.append(request.url))  # fmt: skip
        page.on("console", lambda line: visitor.errors.append(line.text) if line.type == "error"
                and "Failed to load resource" not in line.text else None)  # fmt: skip
        page.on("framenavigated", lambda frame: visitor.visited.append(frame.url.removeprefix(server.url))
                if frame == page.main_frame and frame.url.startswith(server.url) else None)  # fmt: skip
        page.on("pageerror", lambda error: visitor.errors.append(str(error)))
        opened.append(visitor)
        return visitor

    yield make
    for visitor in opened:
        visitor.page.context.close()
        assert visitor.outside == [], "a request left the machine"
        assert visitor.errors == []
