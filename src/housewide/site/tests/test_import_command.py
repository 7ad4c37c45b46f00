"""`housewide import --restate`: what it needs, and what it hands on."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from housewide.intake import restating
from housewide.kit import jobs
from housewide.kit.actions import Refused
from housewide.org.models import Account
from housewide.site.commands import arguments, import_command
from housewide.site.commands.errors import CommandFailed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def standing_home(monkeypatch: pytest.MonkeyPatch) -> None:
    from housewide.facts.models import Feed
    from housewide.org.models import Place

    monkeypatch.setattr(import_command, "ready", lambda: None)
    monkeypatch.setattr(import_command, "give_way", lambda: None)
    monkeypatch.setattr(jobs, "run_all", lambda: None)
    place = Place.objects.create(code="MVH", name="MVH", kind="facility", active_from="2020-01-01")
    Feed.objects.create(code="log", title="Log", table="or_case", scope=place)
    Account.objects.create_user("dana@example.org")


def asked(*more: str) -> Namespace:
    parser = ArgumentParser()
    arguments.add("import", parser)
    return parser.parse_args(["log", *more])


@pytest.mark.parametrize(
    "given",
    [
        ["a.csv", "--restate", "2026-10", "--reason", "late log"],
        ["a.csv", "--restate", "2026-10", "--as", "dana@example.org"],
        ["a.csv", "b.csv", "--restate", "2026-10", "--reason", "late log", "--as", "dana@example.org"],
    ],
)
def test_a_month_is_restated_with_one_file_by_a_person_for_a_reason(given: list[str]) -> None:
    with pytest.raises(CommandFailed, match="--restate takes one file"):
        import_command.run(asked(*given))


def test_it_hands_month_and_reason_on_and_a_refusal_fails_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: dict[str, Any] = {}

    def restate(**given: Any) -> Any:
        told.update(given)
        return SimpleNamespace(rows_read=2, rows_accepted=2, rows_set_aside=0, public_id="abc", reasons={})

    monkeypatch.setattr(restating, "import_restating", restate)
    path = tmp_path / "a.csv"
    path.write_text("x")
    given = asked(str(path), "--restate", "2026-10", "--reason", "late log", "--as", "dana@example.org")
    assert import_command.run(given) == 0
    assert (told["period"], told["reason"], told["by"].username) == ("2026-10", "late log", "dana@example.org")
    assert "receipt abc" in capsys.readouterr().out

    def refuse(**_: Any) -> Any:
        raise Refused("October 2026 is not closed.")

    monkeypatch.setattr(restating, "import_restating", refuse)
    assert import_command.run(given) == 1
    assert "is not closed" in capsys.readouterr().out


def test_a_table_that_the_house_fills_itself_takes_no_file_and_is_not_named_among_the_feeds() -> None:
    from housewide.facts.models import Feed
    from housewide.org.models import Place

    place = Place.objects.get(code="MVH")
    Feed.objects.create(code="own", title="Huddles", table="huddle", scope=place, profile={"published": True})
    parser = ArgumentParser()
    arguments.add("import", parser)
    with pytest.raises(CommandFailed, match="Housewide fills Huddles itself"):
        import_command.run(parser.parse_args(["own", "a.csv"]))
    with pytest.raises(CommandFailed, match=r"feeds are: log\."):
        import_command.run(parser.parse_args(["nothing", "a.csv"]))
