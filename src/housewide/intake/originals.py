"""The file as it was sent: kept whole under its own hash, so that any import can be read again years later."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from housewide.kit.home import home_folder, subfolder

STEP = 1 << 20
SHA256 = re.compile(r"^[0-9a-f]{64}$")


def keep_original(chunks: Iterable[bytes]) -> str:
    """Keep a file, on disk before this returns; the SHA-256 of its bytes. The same bytes are kept once."""
    folder = subfolder("originals")
    fresh = folder / f".{secrets.token_hex(8)}"
    digest = hashlib.sha256()
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        os.replace(fresh, folder / digest.hexdigest())
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return digest.hexdigest()


def chunks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a piece at a time."""
    with path.open("rb") as stream:
        while chunk := stream.read(STEP):
            yield chunk


def original_path(sha256: str) -> Path:
    """Where a kept file lies. Raises ValueError for anything that is no hash."""
    if not SHA256.match(sha256):
        raise ValueError("that is not the hash of a kept file")
    return subfolder("originals") / sha256


def stored_path(sha256: str) -> str:
    """The same, relative to the home folder, as a batch keeps it."""
    return original_path(sha256).relative_to(home_folder()).as_posix()
