"""One cast for every test here, and one writing of the demo's files."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from housewide.facts.models import Batch, Feed
from housewide.intake.imports import import_file
from housewide.intake.tests.cast import Cast, demo_feeds, make_cast

if TYPE_CHECKING:
    from housewide.demo.writing import WrittenFile


@pytest.fixture
def cast(db: Any) -> Cast:
    return make_cast()


@pytest.fixture
def feeds(cast: Cast) -> dict[str, Feed]:
    return demo_feeds()


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> list[WrittenFile]:
    folder: Path = tmp_path_factory.mktemp("feeds")
    # The demo lies above intake, which never leans on it: here it is only a sender of files like any other.
    written: list[WrittenFile] = import_module("housewide.demo.operating_rooms").write_files(folder)
    return written


@pytest.fixture
def log(world: list[WrittenFile]) -> WrittenFile:
    return next(file for file in world if file.faults.get("unknown_room") == 1)


@pytest.fixture
def batch(feeds: dict[str, Feed], log: WrittenFile) -> Batch:
    return import_file(feed=feeds["mvh-or-log"], path=log.path, actor="system:test")
