"""Files as they arrive broken: cut, doubled, shuffled and damaged at random, from a seed."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

from housewide.intake.sheets.tests.generated import UglyFile, make_ugly_file, make_ugly_workbook

STARTS = 40  # files that are then broken, of each kind
WORKBOOKS = 0.2  # share of mutated files that are workbooks
MARKS = [b'"', b'""', b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\\", b"'", b"\0", b"\x1a", b"\xe9", b"\xff\xfe",
         b"\xef\xbb\xbf", b"\xc3", b"=1+1", b"<", b">", b"&", b"A" * 3_000]  # fmt: skip


@cache
def _start(number: int, workbook: bool) -> UglyFile:
    return make_ugly_workbook(number) if workbook else make_ugly_file(number)


def mutated(seed: int) -> bytes:
    """The bytes of one broken file."""
    dice = random.Random(seed)
    workbook = dice.random() < WORKBOOKS
    data = _start(dice.randrange(STARTS), workbook).data
    for _ in range(dice.choice([1, 1, 2, 3, 8])):
        data = _broken_workbook(data, dice) if workbook else _broken_text(data, dice)
    return data


def _broken_text(data: bytes, dice: random.Random) -> bytes:
    if not data.startswith(b"\x1f\x8b") or dice.random() < 0.3:
        return _broken(data, dice)
    try:
        return gzip.compress(_broken(gzip.decompress(data), dice), 1, mtime=0)
    except (OSError, EOFError, zlib.error):
        return _broken(data, dice)


def _broken_workbook(data: bytes, dice: random.Random) -> bytes:
    """Half of the workbooks are damaged as a file, half in one of the documents inside."""
    try:
        inside = zipfile.ZipFile(io.BytesIO(data))
        parts = {name: inside.read(name) for name in inside.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, KeyError, RuntimeError, zlib.error):
        return _broken(data, dice)
    if dice.random() < 0.5 or not parts:
        return _broken(data, dice)
    name = dice.choice(sorted(parts))
    parts[name] = _broken(parts[name], dice)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for part, content in parts.items():
            made.writestr(part, content)
    return stream.getvalue()


def _broken(data: bytes, dice: random.Random) -> bytes:
    return dice.choice(WAYS)(data, dice)


def _spot(data: bytes, dice: random.Random) -> tuple[int, int]:
    first = dice.randrange(len(data) + 1)
    return first, min(len(data), first + dice.choice([1, 2, 7, 60, 700]))


def _flipped(data: bytes, dice: random.Random) -> bytes:
    at, _ = _spot(data, dice)
    return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]


def _cut_out(data: bytes, dice: random.Random) -> bytes:
    first, last = _spot(data, dice)
    return data[:first] + data[last:]


def _cut_short(data: bytes, dice: random.Random) -> bytes:
    return data[: _spot(data, dice)[0]]


def _doubled(data: bytes, dice: random.Random) -> bytes:
    first, last = _spot(data, dice)
    return data[:last] + data[first:]


def _marked(data: bytes, dice: random.Random) -> bytes:
    at, _ = _spot(data, dice)
    return data[:at] + dice.choice(MARKS) + data[at:]


def _swapped(data: bytes, dice: random.Random) -> bytes:
    (a, b), (c, d) = sorted([_spot(data, dice), _spot(data, dice)])
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:] if b <= c else data


def _replaced(data: bytes, dice: random.Random) -> bytes:
    return data.replace(dice.choice(MARKS), dice.choice(MARKS), dice.choice([1, 5, -1]))


WAYS: list[Callable[[bytes, random.Random], bytes]] = [
    _flipped, _cut_out, _cut_short, _doubled, _marked, _marked, _swapped, _replaced,
]  # fmt: skip
