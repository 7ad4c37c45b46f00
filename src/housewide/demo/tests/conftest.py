"""One writing of the demo world, shared by its tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from housewide.demo.operating_rooms import write_files
from housewide.demo.tests.reading_back import Case, log_lines, split_lines, table_lines
from housewide.demo.writing import WrittenFile


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> list[WrittenFile]:
    folder: Path = tmp_path_factory.mktemp("mercy_valley")
    return write_files(folder)


@pytest.fixture(scope="session")
def cases(world: list[WrittenFile]) -> list[Case]:
    """Every good case of the log, planted mistakes left out."""
    return [case for file in world if file.table == "or_case" for case in split_lines(log_lines(file.path))[0]]


@pytest.fixture(scope="session")
def blocks(world: list[WrittenFile]) -> list[dict[str, str]]:
    return [row for file in world if file.table == "or_block" for row in table_lines(file.path, "|")]
