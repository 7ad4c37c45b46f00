"""Copies the whole home while people work, and brings a copy back only when every byte of it is right.

Order matters: the database first, then the files. Files never change once written and are on disk before the record
that names them commits, so every file that the copied database names is there to be copied.

Two kinds of home: on SQLite the copy holds the two files, on PostgreSQL the rows and what the server says of the tables
(``server_copies``). A copy comes back as the kind that it was made from.

The copy holds the keys that open sealed identities: keep it as safe as the home itself.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import secrets
import shutil
import sqlite3
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

from housewide import __version__
from housewide.kit.failures import Told
from housewide.kit.home import home_folder

FORMAT = 1
FORMAT_OF_SERVERS = 2  # an older Housewide refuses it in words
MANIFEST = "manifest.json"
SERVER = "postgresql"  # folder of a copy with one folder for each database
DATABASES = {"default": "housewide.sqlite3", "cubes": "cubes.sqlite3"}
NOT_COPIED = {
    "uploads": "files still being received",
    "static": "made from the program",
    "mail": "messages already sent",
    "backups": "other copies",
    "run": "what only a running server needs",
}
COMPRESSED = (".tar.gz", ".tgz")


class BackupFailed(Told):
    """The copy was not made or not brought back; the message says why, what was kept and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What is in a copy: SHA-256 by path below the home, the version that made it, the head of the audit chain."""

    format: int
    version: str
    made_at: str
    audit_head: str
    holds_keys: bool
    files: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """As written: sorted, so that equal copies have equal manifests."""
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


def make_backup(target: Path) -> Manifest:
    """Copy the home to ``target``: a ``.tar.gz`` file, or else a folder. It appears under its name only when whole.

    Raises BackupFailed when the target is there already or the disk gives out.
    """
    from housewide.kit.audit import head, seal
    from housewide.kit.clock import now

    if target.exists():
        raise BackupFailed(f"“{target}” is there already. Nothing was changed. Choose another name.")
    target.parent.mkdir(parents=True, exist_ok=True)
    seal("backup")
    folder = target.parent / f".{target.name}.{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    try:
        audit_head = _copy_databases(folder) or head()
        _copy_files(home_folder(), folder, {target.parent.resolve()})
        files = {str(path.relative_to(folder)): sha256_of(path) for path in _files_below(folder)}
        kind = FORMAT_OF_SERVERS if (folder / SERVER).exists() else FORMAT
        manifest = Manifest(kind, __version__, now().isoformat(), audit_head, (folder / "keys").exists(), files)
        (folder / MANIFEST).write_text(manifest.text())
        (folder / f"{MANIFEST}.sha256").write_text(hashlib.sha256(manifest.text().encode()).hexdigest() + "\n")
        _sync_below(folder)
        _publish(folder, target)
    except OSError as error:
        raise BackupFailed(f"The copy could not be written ({error.strerror}). The home is as it was.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return manifest


def restore_backup(source: Path, home: Path, databases: dict[str, str] | None = None) -> Manifest:
    """Bring a copy back into ``home``, which must be new or empty. Every hash is checked before and after.

    ``databases``: for a copy made on PostgreSQL the addresses of two empty databases, ``default`` and ``cubes``; the
    settings of the restored home name them from then on. Needs no running application. Raises BackupFailed for a
    damaged copy, one made by a newer version or for the other kind of database, or a home that holds something.
    """
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise BackupFailed(f"“{home}” is not empty. Nothing was changed. Restore into a new folder.")
    home.parent.mkdir(parents=True, exist_ok=True)
    work = home.parent / f".{home.name}.{secrets.token_hex(4)}"
    work.mkdir(mode=0o700)
    try:
        folder = source
        if not source.is_dir():
            folder = work / "unpacked"
            _unpack(source, folder)
        manifest = read_manifest(folder)
        _compare(folder, manifest, "is damaged")
        _same_kind(manifest, databases)
        fresh = work / "home"
        fresh.mkdir(mode=0o700)
        for name in manifest.files:
            place = fresh / name
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(folder / name, place)
            place.chmod(0o600)
        _compare(fresh, manifest, "was not copied rightly")
        if databases:
            _fill_databases(fresh, manifest, databases)
        else:
            _check_databases(fresh, manifest)
        _sync_below(fresh)
        os.replace(fresh, home)  # replaces an empty folder, refuses one that has been filled meanwhile
        _sync(home.parent)
    except OSError as error:
        raise BackupFailed(f"The copy could not be brought back ({error.strerror}). “{home}” is as it was.") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an unpacked copy, its own hash checked. Raises BackupFailed."""
    try:
        text = (folder / MANIFEST).read_bytes()
        expected = (folder / f"{MANIFEST}.sha256").read_text().strip()
    except (OSError, ValueError) as error:
        raise BackupFailed("This is no copy of a Housewide home: it has no manifest. Nothing was changed.") from error
    if hashlib.sha256(text).hexdigest() != expected:
        raise BackupFailed("The copy is damaged: its manifest is not as it was written. Nothing was changed.")
    found = json.loads(text)
    if found["format"] > FORMAT_OF_SERVERS or _numbers(found["version"]) > _numbers(__version__):
        raise BackupFailed(
            f"The copy was made by Housewide {found['version']}, this is {__version__}. Nothing was changed. "
            "Install that version or a newer one, then restore."
        )
    return Manifest(**found)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_databases(folder: Path) -> str:
    """Copy both databases; the head of the audit chain in the copy."""
    from django.db import connections

    if connections["default"].vendor == "postgresql":
        return _copy_servers(folder)
    for alias, name in DATABASES.items():
        path = connections[alias].settings_dict["NAME"]
        # All pages in one step: one read transaction, which in WAL mode neither waits for writers nor stops them.
        with closing(sqlite3.connect(path, timeout=20)) as live, closing(sqlite3.connect(folder / name)) as copy:
            live.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, no -wal beside it
    return _head_of(folder)


def _copy_servers(folder: Path) -> str:
    from django.db import connections
    from psycopg import Error

    from housewide.kit.server_copies import copy_out

    heads = {}
    for alias in DATABASES:
        parameters = connections[alias].get_connection_params()
        plain = {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}
        try:
            heads[alias] = copy_out(plain, folder / SERVER / alias)
        except Error as error:
            raise BackupFailed(f"PostgreSQL gave no copy ({type(error).__name__}). The home is as it was.") from error
    return heads["default"]


def _same_kind(manifest: Manifest, databases: dict[str, str] | None) -> None:
    if manifest.format == FORMAT_OF_SERVERS and not databases:
        raise BackupFailed(
            "The copy was made on PostgreSQL. Nothing was changed. Make two empty databases and name the first with "
            "HOUSEWIDE_DATABASE=postgresql://user@host/name; the other is name_cubes."
        )
    if manifest.format != FORMAT_OF_SERVERS and databases:
        raise BackupFailed(
            "The copy was made on SQLite, and HOUSEWIDE_DATABASE names PostgreSQL. Nothing was changed. Leave it away."
        )


def _fill_databases(fresh: Path, manifest: Manifest, databases: dict[str, str]) -> None:
    from psycopg import Error

    from housewide.kit.server_copies import CopyRefused, copy_in

    try:
        # The cubes first: what can be counted again may stand alone if this is interrupted.
        copy_in(databases["cubes"], fresh / SERVER / "cubes")
        copy_in(databases["default"], fresh / SERVER / "default", manifest.audit_head)
    except CopyRefused as refused:
        raise BackupFailed(str(refused)) from refused
    except Error as error:
        said = " ".join(str(error).split("\n")[0].split())
        raise BackupFailed(f"PostgreSQL did not take the copy ({said}). Name two new, empty databases.") from error
    shutil.rmtree(fresh / SERVER)
    _name_databases(fresh / "housewide.toml", databases)


def _name_databases(settings: Path, databases: dict[str, str]) -> None:
    """The restored home works on the databases that were filled, never on those that the copy was made from."""
    old = settings.read_text().splitlines() if settings.exists() else []
    kept = [line for line in old if not re.match(r"\s*(cubes_)?database\s*=", line)]
    named = {"database": databases["default"], "cubes_database": databases["cubes"]}
    settings.write_text("\n".join([*(f"{name} = {json.dumps(url)}" for name, url in named.items()), *kept]) + "\n")
    settings.chmod(0o600)


def _copy_files(home: Path, folder: Path, avoid: set[Path]) -> None:
    for entry in sorted(home.iterdir()):
        if entry.name in NOT_COPIED or entry.resolve() in avoid or entry == folder or ".sqlite3" in entry.name:
            continue
        for path in _files_below(entry) if entry.is_dir() else [entry]:
            if path.is_relative_to(folder) or any(part.startswith(".") for part in path.relative_to(home).parts):
                continue  # a name with a dot is a file still being written
            place = folder / path.relative_to(home)
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                shutil.copyfile(path, place)
            except FileNotFoundError:
                continue  # dropped meanwhile: the check of the restored home says if anything names it


def _publish(folder: Path, target: Path) -> None:
    if not target.name.endswith(COMPRESSED):
        os.replace(folder, target)
    else:
        packed = folder.with_name(folder.name + ".packed")
        try:
            with tarfile.open(packed, "x:gz", compresslevel=3) as tar:
                for path in _files_below(folder):
                    tar.add(path, arcname=str(path.relative_to(folder)))
            packed.chmod(0o600)
            _sync(packed)
            os.replace(packed, target)
        finally:
            packed.unlink(missing_ok=True)
    _sync(target.parent)


def _unpack(source: Path, folder: Path) -> None:
    try:
        with gzip.open(source) as whole:  # to the very end, where the checksum of the file stands
            while whole.read(1 << 20):
                pass
        with tarfile.open(source, "r:gz") as tar:
            tar.extractall(folder, filter="data")  # refuses paths that lead out of the folder
    except FileNotFoundError:
        raise  # said in words by the caller
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        raise BackupFailed("The copy is damaged: it cannot be unpacked. Nothing was changed.") from error


def _compare(folder: Path, manifest: Manifest, fault: str) -> None:
    there = {str(path.relative_to(folder)) for path in _files_below(folder)}
    for name, expected in sorted(manifest.files.items()):
        if not (folder / name).resolve().is_relative_to(folder.resolve()) or name not in there:
            raise BackupFailed(f"The copy {fault}: “{name}” is missing. Nothing was changed.")
        if sha256_of(folder / name) != expected:
            raise BackupFailed(f"The copy {fault}: “{name}” is not what was copied. Nothing was changed.")
    extra = there - manifest.files.keys() - {MANIFEST, f"{MANIFEST}.sha256"}
    if extra:
        raise BackupFailed(f"The copy {fault}: “{min(extra)}” was added to it. Nothing was changed.")


def _check_databases(folder: Path, manifest: Manifest) -> None:
    from housewide.kit.audit.dialects import SQLite
    from housewide.kit.audit.hashing import verify_chain

    for name in DATABASES.values():
        with closing(sqlite3.connect(folder / name)) as copy:
            if copy.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                raise BackupFailed(f"The database “{name}” in the copy is damaged. Nothing was changed.")
    with closing(sqlite3.connect(folder / DATABASES["default"])) as copy:
        problems = verify_chain(copy.cursor(), SQLite(), manifest.audit_head)
    if problems:
        raise BackupFailed(f"The audit trail in the copy does not hold. {problems[0].text} Nothing was changed.")


def _head_of(folder: Path) -> str:
    with closing(sqlite3.connect(folder / DATABASES["default"])) as copy:
        row = copy.execute("SELECT hash FROM audit_seal ORDER BY id DESC LIMIT 1").fetchone()
    return row[0] if row else ""


def _files_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _sync_below(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int("".join(c for c in part if c.isdigit()) or 0) for part in version.split("."))
