"""Lakeside's files come in by the front door and nothing of them is set aside."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from housewide.demo.operating_rooms import write_files
from housewide.demo.practice.files import FOLDERS, write_practice
from housewide.intake.imports import import_file
from housewide.intake.profiles import store_feeds
from housewide.org.actions import import_places


@pytest.mark.django_db(databases=["default", "cubes"])
def test_every_file_of_a_month_is_taken_whole(tmp_path: Path) -> None:
    write_files(tmp_path, months=1)
    written = {file.path: file.rows for file in write_practice(tmp_path, months=1)}
    places = (tmp_path / "organization" / "places.csv").read_text(encoding="utf-8")
    import_places(by="system:setup", text=places)
    said = (files("housewide.demo") / "feeds_practice.toml").read_text(encoding="utf-8")
    feeds = {feed.code: feed for feed in store_feeds(said, by="system:setup")}
    assert set(feeds) == set(FOLDERS)
    for code, folder in FOLDERS.items():
        for path in sorted((tmp_path / folder).glob("*2026-10.csv")):
            batch = import_file(feed=feeds[code], path=path, actor="system:setup")
            assert batch.rows_set_aside == 0, (path.name, batch.reasons)
            assert batch.rows_read == written[path] > 0
