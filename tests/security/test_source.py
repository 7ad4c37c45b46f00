"""What the source does not do, held by reading it: nothing is evaluated, no shell, no foreign parser, no secret."""

from __future__ import annotations

import ast
import logging
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from housewide.access.oidc import KnownPeopleOnly
from housewide.access.tests.cast import Cast
from housewide.kit import home
from housewide.kit.audit.models import Act
from housewide.kit.lines import OneLine
from tests.security.conftest import is_in, sign_in

SOURCE = Path(__file__).parents[2] / "src" / "housewide"
PYTHON = [path for path in SOURCE.rglob("*.py") if not {"tests", "migrations"} & set(path.parts)]
TEMPLATES = list(SOURCE.rglob("*.html"))


def found(pattern: str, files: list[Path]) -> dict[str, list[str]]:
    hits = {str(path.relative_to(SOURCE)): re.findall(pattern, path.read_text()) for path in files}
    return {name: hit for name, hit in hits.items() if hit}


def test_nothing_that_was_sent_is_evaluated_or_unpickled() -> None:
    assert len(PYTHON) > 200
    assert found(r"(?<![\w.])(?:eval|exec|compile|__import__)\(", PYTHON) == {}
    assert found(r"\b(?:pickle|marshal|shelve|yaml)\b(?=\.|\s*$)", PYTHON) == {}


def test_no_shell_is_used_and_only_our_own_program_is_started() -> None:
    assert found(r"shell\s*=\s*True|os\.(?:system|popen)\(", PYTHON) == {}
    assert set(found(r"subprocess\.(?:Popen|run|call|check_output)\(", PYTHON)) <= {
        "site/commands/serve_command.py", "site/commands/processes.py", "demo/beside.py",
    }  # fmt: skip


def test_no_xml_that_was_sent_is_parsed() -> None:
    assert found(r"(?:import|from)\s+(?:xml|lxml|defusedxml)\b", PYTHON) == {}


def test_markup_is_trusted_only_where_it_was_escaped() -> None:
    trusting = found(r"mark_safe\(|SafeString\(|autoescape off|\|safe\b", [*PYTHON, *TEMPLATES])
    known = {"kit/ui/templatetags/ui.py", "work/mentions.py", "kit/ui/templates/ui/fields/_hint.html"}
    assert {name for name in trusting if "charts" not in name} <= known


def calls(method: str | None, of: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of ``of.method`` (any method for None), or of ``anything.of`` when ``method`` is empty."""
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            of_it = isinstance(owner, ast.Name) and owner.id == of if method is None else node.func.attr == of
            if of_it:
                yield str(path.relative_to(SOURCE)), node


def is_written_here(node: ast.expr) -> bool:
    """A literal, a constant, or a pattern into which only escaped words and constants are put."""
    if isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        return all(is_written_here(part) or "escape" in ast.unparse(part) for part in parts)
    if isinstance(node, ast.BinOp):
        return is_written_here(node.left) and is_written_here(node.right)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.strip("_").isupper())


PATTERNS = {
    "intake/sheets/dialects.py": "the delimiter is escaped, the quote is one of two signs",
    "intake/sheets/formula_errors.py": "names of attributes, written in the same file",
}
SHAPES = {
    "work/huddles/jobs.py": "sentences of the rules that are shipped",
    "work/huddles/rules.py": "sentences of the rules that are shipped",
    "site/databases.py": "a text of the settings",
}


def test_patterns_are_written_here_or_escape_what_was_sent() -> None:
    asked = [
        (name, call.args[0]) for name, call in calls(None, "re") if call.args and "escape" not in ast.dump(call.func)
    ]
    assert len(asked) > 30
    assert {name for name, pattern in asked if not is_written_here(pattern)} <= PATTERNS.keys()


def test_shapes_of_texts_are_written_here() -> None:
    """``.format`` is asked of literals and constants, never of something that was sent."""
    asked = [(name, call.func.value) for name, call in calls("", "format") if isinstance(call.func, ast.Attribute)]
    assert {name for name, shape in asked if not is_written_here(shape)} <= SHAPES.keys()


def test_templates_are_files_and_never_made_from_what_was_sent() -> None:
    assert found(r"(?<!\w)(?:Template\(|Engine\(|engines\[)", PYTHON) == {}


def test_only_the_organizations_sign_in_is_asked_over_the_network() -> None:
    asking = found(r"(?m)^\s*(?:import|from)\s+(?:requests|urllib\.request|http\.client|httpx)\b", PYTHON)
    assert set(asking) <= {"access/oidc.py", "access/views/oidc.py"}


def test_the_network_is_asked_briefly_and_follows_nobody_elsewhere() -> None:
    session = KnownPeopleOnly().get_requests_session()
    assert session.max_redirects == 0
    assert session.verify is True


def test_broken_hashes_guard_nothing() -> None:
    weak = found(r"hashlib\.(?:md5|sha1)\((?!.*usedforsecurity=False)", PYTHON)
    assert weak == {}


def test_no_secret_stands_in_the_source() -> None:
    said = found(r"""(?i)(?:secret|password|token|api_key)\w*\s*=\s*["'][^"'\s]{10,}["']""", PYTHON)
    assert set(said) <= {"demo/accounts.py"}, "but for the published passwords of the demo"


def test_keys_are_random_and_their_owners_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUSEWIDE_HOME", str(tmp_path))
    assert len(home.key("one")) == 32 and home.key("one") == home.key("one") != home.key("two")
    assert stat.S_IMODE((tmp_path / "keys" / "one.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "path",
    [
        "/.git/HEAD", "/static/", "/static/../settings.py", "/originals/", "/keys/session.key", "/housewide.sqlite3",
        "/static/%2e%2e/settings.py",
    ],
)  # fmt: skip
def test_nothing_but_pages_and_static_files_is_served(cast: Cast, path: str) -> None:
    answer = sign_in("alice").get(path)
    assert answer.status_code == 404
    assert "settings" not in answer.content.decode()


def test_a_line_of_the_log_cannot_be_forged() -> None:
    said = OneLine("%(message)s").format(
        logging.LogRecord("a", 30, "", 1, "path %s", ("/x\n2026 fine\x1b[2J\u2028",), None)
    )
    assert said == "path /x\\x0a2026 fine\\x1b[2J\\x2028"


def test_lines_of_the_log_say_when_with_the_zone(settings: Any) -> None:
    shape = settings.LOGGING["formatters"]["line"]
    line = OneLine(shape["format"], shape["datefmt"]).format(logging.LogRecord("name", 30, "", 1, "said", (), None))
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING name said$", line)


def test_a_refusal_is_in_the_log_without_saying_what_was_there(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    client = sign_in("bob")
    client.post("/access/", {})
    client.get(f"/sign-in/accounts/{cast.alice.public_id}/")
    lines = [record.getMessage() for record in caplog.records if record.name == "housewide.refused"]
    assert lines == [
        f"NotSeen: POST grants by account {cast.bob.public_id}",
        f"NotSeen: GET account by account {cast.bob.public_id}",
    ]


def test_the_trail_says_how_somebody_signed_in(cast: Cast) -> None:
    sign_in("alice")
    assert Act.objects.filter(name="sign_in").latest("pk").subject == "password"


def test_signing_out_clears_what_the_browser_kept(cast: Cast) -> None:
    client = sign_in("alice")
    assert client.post("/accounts/logout/")["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client)


def test_every_page_has_the_way_out(cast: Cast) -> None:
    client = sign_in("alice")
    for path in ("/account/", "/delegations/", "/glass/"):
        page = client.get(path).content.decode()
        assert 'action="/accounts/logout/"' in page and "Sign out" in page


def test_ending_sign_ins_asks_who_one_is_after_a_while(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    client, real = sign_in("alice"), time.time
    monkeypatch.setattr(time, "time", lambda: real() + 1000)
    assert client.post("/account/sessions/end/")["Location"].startswith("/accounts/confirm/")


def test_a_stranger_is_told_nothing_but_the_door(cast: Cast) -> None:
    for path in ("/audit/", "/sign-in/accounts/", "/account/", "/glass/", "/nowhere/"):
        assert Client().get(path)["Location"].startswith("/accounts/login/"), path
