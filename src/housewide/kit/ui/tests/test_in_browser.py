"""The style guide in a real browser: accessible in light, in the dark and on a phone, and no policy violated."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from django.urls import path

from housewide.kit.ui import views

pytestmark = pytest.mark.browser


urlpatterns = [
    path("style/", views.style_guide, name="style_guide"),
    path("style/list/", views.style_guide_list, name="style_guide_list"),
    path("jump/", views.style_guide, name="jump"),
]
MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
PROCESSORS = ["django.template.context_processors.request", "django.contrib.messages.context_processors.messages"]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A server of these pages alone, under the installation's own Content-Security-Policy."""
    import waitress

    templates = [{**settings.TEMPLATES[0], "OPTIONS": {"context_processors": PROCESSORS}}]
    with override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=MIDDLEWARE,
        TEMPLATES=templates,
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        STORAGES={"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
        WHITENOISE_USE_FINDERS=True,
        WHITENOISE_AUTOREFRESH=True,
        ALLOWED_HOSTS=["127.0.0.1"],
    ):
        server = waitress.create_server(WSGIHandler(), host="127.0.0.1", port=0, threads=8)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}"
        server.close()


@pytest.mark.parametrize("address", ["style/", "style/list/"])
@pytest.mark.parametrize(("theme", "width"), [("light", 1400), ("dark", 1400), ("light", 390), ("dark", 390)])
def test_nothing_is_out_of_reach(site: str, browser: Any, address: str, theme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{site}/{address}?theme={theme}")
    page.wait_for_load_state("networkidle")
    if width < 900:
        page.click(".menu-button")
        assert page.is_visible("#navigation a")
        page.keyboard.press("Escape")
    found = Axe().run(page)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_a_list_sorts_filters_and_ticks_without_a_reload_and_by_keyboard(site: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{site}/style/list/?place=MVH")
    page.evaluate("window.kept = 1")
    page.click('th.sort a:has-text("Late cost")')
    page.wait_for_url(lambda url: "sort=cost" in url)
    page.select_option("select[name=service]", "ENT")
    page.wait_for_url(lambda url: "service=ENT" in url)
    assert "place=MVH" in page.url
    assert "sort=cost" in page.url
    page.wait_for_selector(".toolbar b:text-is('14')")
    assert page.evaluate("window.kept") == 1
    page.evaluate("document.activeElement.blur()")
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    assert "1 ticked" in page.inner_text("[data-picked]")
    assert page.is_enabled("button[value=assign]")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "jump"
    page.close()


def test_keys_are_explained_and_never_act_while_one_types(site: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{site}/style/list/")
    page.keyboard.press("?")
    assert page.is_visible("#keys") and page.evaluate("document.activeElement.innerText") == "Close"
    page.keyboard.press("Escape")
    assert not page.is_visible("#keys")
    page.get_by_role("button", name="Keyboard").click()
    assert page.is_visible("#keys"), "the list of keys opens without a key too"
    page.get_by_role("button", name="Close", exact=True).click()
    page.keyboard.press("k")
    last = page.locator("tbody tr[data-row]").last
    assert "at" in (last.get_attribute("class") or ""), "k without a row begins at the end"
    page.click("#jump")
    page.keyboard.type("jxe?")
    assert page.input_value("#jump") == "jxe?" and not page.is_visible("#keys")
    page.close()


def test_a_list_on_a_phone_is_cards_under_their_headings(site: str, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{site}/style/list/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.querySelector('.scroll:has(> .stacks)').scrollWidth") <= 390
    cell = page.locator("tbody tr[data-row]").first.locator("td[data-label]").first
    heading = cell.evaluate("one => getComputedStyle(one, '::before').content")
    assert heading == f'"{cell.get_attribute("data-label")}"'
    row = page.get_by_role("row").nth(1)
    assert row.get_by_role("rowheader").count() == 1, "a card is still a row to whoever cannot see it"
    page.close()
