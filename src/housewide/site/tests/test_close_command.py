"""`housewide close`: for one owner's feeds, or for the whole facility."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

import pytest

from housewide.access.models import Grant
from housewide.facts.models import Feed
from housewide.facts.states import state_of
from housewide.org.models import Account, Place, Placement
from housewide.site.commands import arguments, close_command
from housewide.site.commands.errors import CommandFailed

pytestmark = pytest.mark.django_db
SINCE = date(2020, 1, 1)


@pytest.fixture(autouse=True)
def standing_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(close_command, "ready", lambda: None)
    mvh = Place.objects.create(code="MVH", name="Hospital", kind="facility", active_from=SINCE)
    rooms = Place.objects.create(code="MVH-OR", name="Rooms", kind="department", active_from=SINCE)
    Placement.objects.create(place=rooms, parent=mvh, valid_from=SINCE)
    Feed.objects.create(code="log", title="Log", table="or_case", scope=mvh, owner=rooms)
    for name, place in (("dana", rooms), ("gwen", mvh)):
        Grant.objects.create(
            account=Account.objects.create_user(name), role="department_director", place=place, valid_from=SINCE
        )


def close(*words: str) -> None:
    parser = ArgumentParser()
    arguments.add("close", parser)
    close_command.run(parser.parse_args(["MVH", "2026-10", *words]))


def test_it_closes_for_one_owner_or_for_the_facility(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandFailed, match="nothing here that you can see"):
        close("--as", "dana")
    close("--owner", "MVH-OR", "--as", "dana")
    assert "2026-10 of MVH, feeds of MVH-OR, is closed." in capsys.readouterr().out
    assert (state_of("MVH", "2026-10", "MVH-OR"), state_of("MVH", "2026-10")) == ("closed", "open")
    close("--as", "gwen")
    assert state_of("MVH", "2026-10") == "closed"
    with pytest.raises(CommandFailed, match="closed already"):
        close("--as", "gwen")
