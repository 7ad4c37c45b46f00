"""What every answer tells the browser, and what the door refuses: with HTTPS and without."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from housewide.access.tests.cast import Cast
from tests.security.conftest import LOGIN, sign_in


@pytest.mark.parametrize("path", [LOGIN, "/account/", "/health/", "/nowhere/", "/static/ui/housewide.css"])
def test_every_answer_carries_the_headers(cast: Cast, path: str) -> None:
    answer = sign_in("alice").get(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in answer
    assert "charset=" in answer["Content-Type"] or answer["Content-Type"] == "application/json"
    answer.close()


def test_a_page_is_kept_by_no_cache_and_opened_in_no_frame(cast: Cast) -> None:
    page = sign_in("alice").get("/account/")
    assert page["Cache-Control"] == "no-store"
    policy = page["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "script-src 'self'",
    ):
        assert part in policy
    assert page["X-Frame-Options"] == "DENY"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"


def test_cookies_are_for_this_site_and_not_for_scripts(cast: Cast) -> None:
    client = sign_in("alice")
    client.get("/account/")
    assert client.cookies.keys() == {"sessionid", "csrftoken"}
    for cookie in client.cookies.values():
        assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"]


@pytest.mark.slow
def test_behind_https_cookies_are_host_bound_and_browsers_told_to_stay(tmp_path: Path) -> None:
    script = """
import json, django; django.setup()
from django.conf import settings
from django.test import Client
from django.core.management import call_command
call_command("migrate", verbosity=0)
client = Client(enforce_csrf_checks=True)
answer = client.get("/accounts/login/", secure=True)
behind = client.get("/accounts/login/", headers={"X-Forwarded-Proto": "https"})
plain = Client().get("/accounts/login/")
cookies = {n: [c["secure"], c["httponly"], c["path"], c["domain"]] for n, c in client.cookies.items()}
print(json.dumps({"cookies": cookies,
  "hsts": answer["Strict-Transport-Security"], "behind": behind["Strict-Transport-Security"],
  "plain": plain.get("Strict-Transport-Security", ""), "session": settings.SESSION_COOKIE_NAME,
  "secure": settings.SESSION_COOKIE_SECURE, "debug": settings.DEBUG}))
"""
    own = {"DJANGO_SETTINGS_MODULE": "housewide.site.settings", "HOUSEWIDE_HOME": str(tmp_path)}
    env = {**os.environ, **own, "HOUSEWIDE_HTTPS": "yes", "HOUSEWIDE_PROXIES": "1"}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["cookies"] == {"__Host-csrf": [True, True, "/", ""]}
    assert said["hsts"] == said["behind"] == "max-age=31536000; includeSubDomains" and said["plain"] == ""
    assert said["session"] == "__Host-housewide" and said["secure"] and not said["debug"]


def test_a_form_from_elsewhere_is_refused_in_words(cast: Cast) -> None:
    client = sign_in("alice", client=Client(enforce_csrf_checks=False))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    for path in ("/account/sessions/end/", "/account/password/", "/delegations/", "/glass/", "/accounts/logout/"):
        page = strict.post(path, {}, headers={"Origin": "https://evil.example"})
        assert page.status_code == 403 and "no longer accepted" in page.content.decode(), path


def test_reading_never_changes_anything(cast: Cast) -> None:
    from housewide.kit.audit.models import Change

    client = sign_in("alice")
    client.get("/account/")
    before = Change.objects.count()
    for path in (
        "/account/sessions/end/",
        "/accounts/organization/",
        "/delegations/abc/withdraw/",
        "/access/grants/a/end/",
    ):
        assert client.get(path).status_code == 405, path
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/account/").status_code == 200, "asking to sign out is not signing out"
    assert Change.objects.count() == before


def test_a_host_that_is_not_ours_is_not_answered(cast: Cast) -> None:
    page = Client().get(LOGIN, headers={"Host": "evil.example"})
    assert page.status_code == 400
    assert "Traceback" not in page.content.decode() and "evil" not in page.content.decode()


def test_a_body_that_is_too_large_is_refused_before_it_is_read(cast: Cast, settings: Any) -> None:
    settings.HOUSEWIDE_LARGEST_UPLOAD_MB = 1
    page = sign_in("alice").post("/delegations/", data=b"x" * (1024 * 1024 + 1), content_type="text/plain")
    assert page.status_code == 413 and "at most 1 MB" in page.content.decode()


def test_a_sign_in_that_asks_too_fast_is_stopped_and_the_others_are_not(cast: Cast, settings: Any) -> None:
    settings.HOUSEWIDE_REQUESTS_PER_MINUTE = 20
    fast, calm = sign_in("alice"), sign_in("bob")
    answers = [fast.get("/health/") for _ in range(22)]
    assert answers[0].status_code == 200 and answers[-1].status_code == 429
    assert answers[-1]["Retry-After"] == "60" and "Wait a minute" in answers[-1].content.decode()
    assert calm.get("/health/").status_code == 200


def test_methods_that_nobody_needs_are_refused(cast: Cast) -> None:
    client = sign_in("alice")
    for method in ("TRACE", "PUT", "DELETE", "PATCH"):
        assert client.generic(method, "/account/").status_code == 405, method


def test_an_error_shows_nothing_of_the_inside(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(account: Any) -> Any:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("housewide.access.policy.longest_session", breaks)
    client = Client(raise_request_exception=False)
    client.force_login(cast.alice)
    monkeypatch.setattr("housewide.access.views.security.policy.longest_away", breaks)
    page = client.get("/account/")
    assert page.status_code == 500
    assert "secret" not in page.content.decode() and "Traceback" not in page.content.decode()


def test_signing_in_leads_to_no_other_host(cast: Cast) -> None:
    for there in ("//evil.example", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"):
        answer = Client().post(LOGIN, {"login": "alice@example.org", "password": "not-a-real-secret-1", "next": there})
        assert answer["Location"] == "/", there


def test_scripts_are_ours_and_evaluate_nothing() -> None:
    root = Path(__file__).parents[2] / "src" / "housewide"
    scripts = [path for path in root.rglob("*.js") if "static" in path.parts]
    assert len(scripts) >= 2
    for path in scripts:
        text = path.read_text()
        for word in (
            "eval(",
            "new Function",
            "document.write",
            "postMessage",
            "localStorage",
            "sessionStorage",
            "insertAdjacentHTML",
            "__proto__",
        ):
            assert word not in text, f"{path.name}: {word}"
        made = re.findall(r"innerHTML = (.*);", text)
        assert set(made) <= {"await reply.text()"}, "only a part of a page that our server has drawn and escaped"
