"""A program sends a file: it is kept, imported by a job, and its receipt adds up."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from housewide.boards.api.tests.cast import secret_of
from housewide.facts.models import Batch
from housewide.intake.tests.cast import Cast, demo_feeds, make_cast
from housewide.kit.jobs import run_all

pytestmark = pytest.mark.django_db(databases=["default", "cubes"], transaction=True)


@pytest.fixture
def cast() -> Cast:
    made = make_cast()
    demo_feeds()
    return made


def send(account: Any, content: bytes, name: str = "log.csv") -> Any:
    sent = {"feed": "mvh-or-log", "file": SimpleUploadedFile(name, content)}
    return Client().post("/api/v1/imports", sent, headers={"Authorization": f"Bearer {secret_of(account)}"})


def ask(account: Any, path: str) -> Any:
    return Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {secret_of(account)}"})


def test_a_file_is_imported_and_its_receipt_adds_up(cast: Cast, tmp_path: Path) -> None:
    # The demo lies above the boards, which never lean on it: here it is only a sender of files like any other.
    import_module("housewide.demo.operating_rooms").write_files(tmp_path, seed=2026, months=1, hospitals=1)
    log = next((tmp_path / "or_log").glob("or_log_2026-10.csv"))
    answer = send(cast.alice, log.read_bytes(), log.name)
    assert answer.status_code == 202 and answer.json()["state"] == "waiting"
    run_all()
    done = ask(cast.alice, f"imports/{answer.json()['id']}").json()
    assert done["state"] == "done" and done["done_share"] == 100
    receipt = ask(cast.alice, f"batches/{done['batch']}").json()
    assert receipt["rows_read"] == receipt["rows_accepted"] + receipt["rows_set_aside"] > 0
    assert receipt["file_name"] == log.name
    assert ask(cast.charlie, f"imports/{answer.json()['id']}").status_code == 404
    assert ask(cast.charlie, f"batches/{done['batch']}").status_code == 404


def test_a_file_of_other_headings_is_refused_with_their_names(cast: Cast) -> None:
    answer = send(cast.alice, b"one,two\n" * 5)
    assert answer.status_code == 409 and "headings" in answer.json()["detail"]
    assert not Batch.objects.exists()


def test_the_role_decides_who_may_send(cast: Cast) -> None:
    assert send(cast.fred, b"x").status_code == 403
    assert send(cast.charlie, b"x").status_code == 404
