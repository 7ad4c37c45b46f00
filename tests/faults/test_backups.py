"""A copy made while people work comes back whole, or is refused in words."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from housewide.kit import backup
from housewide.kit.backup import MANIFEST, BackupFailed, read_manifest
from tests.faults.homes import ROOT, check_home, command, environment, make_home, run_in
from tests.faults.stores import SQLITE_ONLY, addresses, ask, make, on_server, restore


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = make_home(tmp_path_factory.mktemp("backup") / "home")
    run_in(home, "backing", "fill")
    return home


@pytest.fixture(scope="module")
def copies(home: Path) -> dict[str, Path]:
    """The home copied as a folder and as one file, while another process writes."""
    writer = subprocess.Popen(
        command("writing", "actions", "while"), env=environment(home), stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert writer.stdout is not None
        while not writer.stdout.readline().startswith("did"):
            pass
        for name in ("copy", "copy.tar.gz"):
            run_in(home, "backing", "backup", home.parent / name)
    finally:
        writer.kill()
        writer.communicate()
    return {"folder": home.parent / "copy", "file": home.parent / "copy.tar.gz"}


@pytest.mark.parametrize("form", ["folder", "file"])
def test_what_was_copied_while_others_wrote_comes_back_and_checks_clean(
    copies: dict[str, Path], home: Path, tmp_path: Path, form: str
) -> None:
    manifest = restore(copies[form], tmp_path / "restored")
    assert check_home(tmp_path / "restored") == []
    assert manifest.holds_keys and (tmp_path / "restored/keys/session.key").stat().st_mode & 0o077 == 0
    for folder in ("facts", "originals", "artefacts"):
        for path in (home / folder).rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                assert (tmp_path / "restored" / path.relative_to(home)).read_bytes() == path.read_bytes()
    [(people,)] = ask(tmp_path / "restored", "SELECT COUNT(*) FROM org_person")
    assert people > 0 and people % 2 == 0, "an act was copied by half"
    assert ask(tmp_path / "restored", "SELECT hash FROM audit_seal WHERE hash = ?", [manifest.audit_head])
    assert not list(tmp_path.glob(".*")), "nothing unfinished is left behind"


def test_a_copy_comes_back_without_a_running_application(copies: dict[str, Path], tmp_path: Path) -> None:
    home = tmp_path / "new"
    make(home)
    done = subprocess.run(
        [sys.executable, "-m", "housewide", "restore", str(copies["file"])],
        env=environment(home),
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert check_home(home) == []


def test_received_files_and_other_copies_are_left_out(copies: dict[str, Path]) -> None:
    assert not any(name.startswith(("uploads", "static")) for name in read_manifest(copies["folder"]).files)


@pytest.mark.parametrize("seed", range(12))
def test_one_flipped_bit_anywhere_in_a_folder_is_refused(copies: dict[str, Path], tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    broken = _copied(copies["folder"], tmp_path)
    path = chance.choice(sorted(path for path in broken.rglob("*") if path.is_file() and path.stat().st_size))
    _flip(path, chance)
    with pytest.raises(BackupFailed, match="Nothing was changed"):
        restore(broken, tmp_path / "restored")
    assert not (tmp_path / "restored").exists()


@pytest.mark.parametrize("seed", range(12))
def test_one_flipped_bit_in_the_file_is_refused_or_harmless(copies: dict[str, Path], tmp_path: Path, seed: int) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(copies["file"].read_bytes())
    _flip(broken, random.Random(seed), skip=10)  # the first ten bytes are gzip's own date and flags
    try:
        manifest = restore(broken, tmp_path / "restored")
    except BackupFailed as refusal:
        assert "Nothing was changed" in str(refusal)
        assert not (tmp_path / "restored").exists()
    else:  # padding behind the last file
        assert manifest == read_manifest_of(copies)
        assert all(backup.sha256_of(tmp_path / "restored" / n) == sha for n, sha in manifest.files.items())


def read_manifest_of(copies: dict[str, Path]) -> backup.Manifest:
    """The manifest of the whole file, unpacked by itself."""
    import tarfile

    with tarfile.open(copies["file"]) as tar:
        inside = tar.extractfile(MANIFEST)
        assert inside is not None
        return backup.Manifest(**json.loads(inside.read()))


@pytest.mark.parametrize("cut", [0, 1, 1000, -1])
def test_a_file_that_was_cut_off_is_refused(copies: dict[str, Path], tmp_path: Path, cut: int) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(copies["file"].read_bytes()[:cut])
    with pytest.raises(BackupFailed):
        restore(broken, tmp_path / "restored")


def test_a_missing_or_an_added_file_is_refused(copies: dict[str, Path], tmp_path: Path) -> None:
    broken = _copied(copies["folder"], tmp_path)
    (broken / "facts/extra.parquet").write_bytes(b"x")
    with pytest.raises(BackupFailed, match=r"“facts/extra\.parquet” was added"):
        restore(broken, tmp_path / "restored")
    (broken / "facts/extra.parquet").unlink()
    (broken / "facts/or_case/p202610-a.parquet").unlink()
    with pytest.raises(BackupFailed, match="is missing"):
        restore(broken, tmp_path / "restored")


def test_a_copy_made_by_a_newer_version_is_refused(
    copies: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "__version__", "0.0.9")
    with pytest.raises(BackupFailed, match="Install that version or a newer one"):
        restore(copies["folder"], tmp_path / "restored")


@pytest.mark.skipif(on_server(), reason=SQLITE_ONLY)
def test_a_trail_cut_short_with_its_hashes_made_to_fit_is_refused(copies: dict[str, Path], tmp_path: Path) -> None:
    forged = _copied(copies["folder"], tmp_path)
    with closing(sqlite3.connect(forged / "housewide.sqlite3")) as database:
        for table in ("act", "change", "look", "seal"):
            for event in ("update", "delete"):
                database.execute(f"DROP TRIGGER audit__audit_{table}__no_{event}")
        database.execute("DELETE FROM audit_seal")
        database.commit()
    manifest = json.loads((forged / MANIFEST).read_text())
    manifest["files"]["housewide.sqlite3"] = backup.sha256_of(forged / "housewide.sqlite3")
    text = json.dumps(manifest)
    (forged / MANIFEST).write_text(text)
    (forged / f"{MANIFEST}.sha256").write_text(backup.hashlib.sha256(text.encode()).hexdigest())
    with pytest.raises(BackupFailed, match="audit trail"):
        restore(forged, tmp_path / "restored")


@pytest.mark.skipif(not on_server(), reason="only a server has a copy in files of its own")
def test_a_trail_cut_short_in_a_copy_of_a_server_is_refused(copies: dict[str, Path], tmp_path: Path) -> None:
    forged = _copied(copies["folder"], tmp_path)
    described = json.loads((forged / "postgresql/default/database.json").read_text())
    number = next(n for n, (name, _, _) in enumerate(described["tables"]) if name == "audit_seal")
    file = f"postgresql/default/{number:03d}.copy"
    (forged / file).write_bytes(b"")
    described["tables"][number][2] = 0
    (forged / "postgresql/default/database.json").write_text(json.dumps(described))
    manifest = json.loads((forged / MANIFEST).read_text())
    for name in (file, "postgresql/default/database.json"):
        manifest["files"][name] = backup.sha256_of(forged / name)
    text = json.dumps(manifest)
    (forged / MANIFEST).write_text(text)
    (forged / f"{MANIFEST}.sha256").write_text(backup.hashlib.sha256(text.encode()).hexdigest())
    with pytest.raises(BackupFailed, match="audit trail"):
        restore(forged, tmp_path / "restored")
    assert ask(tmp_path / "restored", "SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []


@pytest.mark.skipif(not on_server(), reason="only a server has databases apart from the home")
def test_a_restored_home_never_works_on_the_databases_it_was_copied_from(
    copies: dict[str, Path], home: Path, tmp_path: Path
) -> None:
    restore(copies["folder"], tmp_path / "restored")
    settings = (tmp_path / "restored/housewide.toml").read_text()
    assert addresses(tmp_path / "restored")["default"] in settings and addresses(home)["default"] not in settings
    with pytest.raises(BackupFailed, match="is not empty"):  # filled databases are refused, the home stays away
        backup.restore_backup(copies["folder"], tmp_path / "second", addresses(tmp_path / "restored"))
    assert not (tmp_path / "second").exists()
    with pytest.raises(BackupFailed, match="made on PostgreSQL"):
        backup.restore_backup(copies["folder"], tmp_path / "second")


@pytest.mark.parametrize("seed", range(3))
def test_a_copy_whose_maker_was_killed_is_not_there_at_all(home: Path, tmp_path: Path, seed: int) -> None:
    process = subprocess.Popen(
        command("backing", "backup", tmp_path / "copy"), env=environment(home), stdout=subprocess.PIPE, cwd=ROOT
    )
    until = time.monotonic() + 60
    while not list(tmp_path.glob(".copy.*")) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(random.Random(seed).uniform(0, 0.02))
    process.kill()
    process.communicate()
    if (tmp_path / "copy").exists():  # it was faster
        read_manifest(tmp_path / "copy")
    run_in(home, "backing", "backup", tmp_path / "next")
    restore(tmp_path / "next", tmp_path / "restored")
    assert check_home(tmp_path / "restored") == []


def test_a_home_that_holds_something_is_never_restored_into(copies: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/letter.txt").write_text("mine")
    with pytest.raises(BackupFailed, match="not empty"):
        restore(copies["folder"], tmp_path / "home")
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["letter.txt"]


def test_a_copy_never_replaces_another(copies: dict[str, Path], home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.backing", "backup", str(copies["folder"])],
        env=environment(home),
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode != 0 and "is there already" in done.stderr


def test_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for source in (tmp_path / "photos", tmp_path / "gone.tar.gz"):
        with pytest.raises(BackupFailed):
            restore(source, tmp_path / "restored")


def _copied(folder: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(folder, tmp_path / "broken"))


def _flip(path: Path, chance: random.Random, skip: int = 0) -> None:
    raw = bytearray(path.read_bytes())
    raw[chance.randrange(min(skip, len(raw) - 1), len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)
