"""Where this installation keeps its data: one folder that can be backed up, moved and restored whole."""

from __future__ import annotations

import os
import secrets
import tomllib
from contextlib import suppress
from functools import cache
from pathlib import Path


def home_folder() -> Path:
    """The home folder: HOUSEWIDE_HOME, else ``home`` below the current folder."""
    return Path(os.environ.get("HOUSEWIDE_HOME") or Path.cwd() / "home").resolve()


def subfolder(name: str) -> Path:
    """A private folder below the home folder, made when missing (owner-only, because it may hold PHI)."""
    path = home_folder() / name
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def key(name: str) -> bytes:
    """32 random bytes kept in ``keys/<name>.key``; made once, never changed (a new key would orphan what it sealed)."""
    path = subfolder("keys") / f"{name}.key"
    if not path.exists():
        fresh = path.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32))
        with suppress(FileExistsError):
            os.link(fresh, path)  # atomic and refuses to replace: two first starts agree on one key
        fresh.unlink()
    return bytes.fromhex(path.read_text().strip())


@cache
def configuration(folder: Path | None = None) -> dict[str, object]:
    """Settings in ``housewide.toml`` of the home folder; empty when there is none."""
    path = (folder or home_folder()) / "housewide.toml"
    return tomllib.loads(path.read_text()) if path.exists() else {}
