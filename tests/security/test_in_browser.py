"""Setting up and using a second factor in a real Chromium, under the real policy, on a server of its own."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.security.conftest import PASSWORD
from tests.security.test_second_factor import code_now

pytestmark = pytest.mark.browser
SET_UP = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", database="default", verbosity=0); call_command("migrate", database="cubes", verbosity=0)
from housewide.access.tests.cast import make_cast
from housewide.kit.actions import act
with act("a cast for the browser", actor="system:setup"):
    make_cast()
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real installation: its administrators need a second factor."""
    home = tmp_path_factory.mktemp("house") / "home"
    home.mkdir()
    own = {"DJANGO_SETTINGS_MODULE": "housewide.site.settings", "HOUSEWIDE_HOME": str(home)}
    env = {**os.environ, **own, "HOUSEWIDE_SECOND_FACTOR": "roles"}
    subprocess.run([sys.executable, "-c", SET_UP], env=env, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    log = (home.parent / "server.log").open("w")
    command = [sys.executable, "-m", "housewide", "serve", "--no-worker", "--port", str(port)]
    child = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    url = f"http://localhost:{port}"  # a security key is bound to a name; an address is none
    try:
        for _ in range(600):
            assert child.poll() is None, Path(log.name).read_text()
            try:
                urllib.request.urlopen(f"{url}/health/", timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        child.terminate()
        child.wait(timeout=30)
        log.close()


@pytest.fixture
def page(browser: Any, house: str) -> Iterator[Any]:
    """A page whose console must stay free of complaints, those of the policy above all."""
    context = browser.new_context(base_url=house)
    opened, complaints = context.new_page(), []
    opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda problem: complaints.append(str(problem)))
    opened.set_default_timeout(30_000)
    yield opened
    context.close()
    assert [one for one in complaints if "status of 4" not in one] == []


def sign_in(page: Any, name: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Work e-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Any) -> None:
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()


def give_key(page: Any) -> None:
    """Put a virtual security key into the browser."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_an_administrator_sets_up_an_app_and_signs_in_with_it(page: Any) -> None:
    sign_in(page, "ada")
    assert page.get_by_role("heading", name="Set up your second factor").is_visible()
    page.goto("/access/")
    assert page.url.endswith("/account/second-factor/"), "nothing else opens"
    page.get_by_role("link", name="Use an app on my phone").click()
    assert page.locator("img[alt^='QR code']").evaluate("image => image.naturalWidth") > 50
    secret = page.locator("code").inner_text()
    page.get_by_label("Code that the app shows").fill("000000")
    page.get_by_role("button", name="Switch it on").click()
    assert page.get_by_text("This code is not right").first.is_visible()
    page.get_by_label("Code that the app shows").fill(code_now(secret))
    page.get_by_role("button", name="Switch it on").click()
    codes = page.locator("[data-codes] code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    assert page.get_by_text("10 left").is_visible()
    sign_out(page)

    sign_in(page, "ada")
    assert page.url.endswith("/accounts/code/")
    page.get_by_label("Code").fill(code_now(secret))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(re.compile(r"^(?!.*accounts/code).*$"))
    page.goto("/access/")
    assert page.get_by_role("heading", name="People & access").is_visible()
    sign_out(page)

    sign_in(page, "ada")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Go on").click()
    page.goto("/account/")
    assert page.get_by_text("9 left").is_visible()


def test_somebody_adds_a_security_key_and_signs_in_by_touching_it(page: Any) -> None:
    give_key(page)
    sign_in(page, "alice")
    page.goto("/account/")
    page.get_by_role("link", name="Add a security key").click()
    page.get_by_label("What you call it").fill("The key on my ring")
    page.get_by_role("button", name="Add the key").click()
    page.wait_for_url("**/account/codes/")
    page.goto("/account/")
    assert page.get_by_text("The key on my ring").is_visible()
    sign_out(page)

    sign_in(page, "alice")
    assert page.url.endswith("/accounts/code/")
    page.goto("/account/")
    assert page.url.endswith("/accounts/code/"), "half a sign-in opens nothing"
    page.get_by_role("button", name="Use your security key").click()
    page.wait_for_url(re.compile(r"^(?!.*accounts/code).*$"))
    page.goto("/account/")
    assert page.get_by_role("heading", name="Security of my account").is_visible()


def test_a_browser_without_the_key_does_not_get_in(page: Any) -> None:
    sign_in(page, "alice")
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.get_by_role("button", name="Use your security key").click()
    assert page.get_by_text("The key did not answer").wait_for(state="visible") is None
    page.goto("/account/")
    assert page.url.endswith("/accounts/code/")
