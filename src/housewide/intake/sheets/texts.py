"""The bytes of a delimited file as lines of text: unpacked, decoded, bounded, with every unreadable byte reported."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from housewide.intake.sheets.errors import SheetError

CHUNK = 1 << 18
MAX_BYTES = 16 << 30
MAX_LINE = 8_000_000
NUL_PROBLEM = "has NUL characters"
_MARKS = re.compile("[\udc00-\udcff]")
_HANDLER = "housewide-sheets-mark"


def _mark_bytes(problem: UnicodeError) -> tuple[str | bytes, int]:
    """Stand a lone surrogate in for each unreadable byte: no decoder ever yields one, so it can be found again."""
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    return "".join(chr(0xDC00 + byte) for byte in problem.object[problem.start : problem.end]), problem.end


codecs.register_error(_HANDLER, _mark_bytes)


def _readable(match: re.Match[str]) -> str:
    byte = ord(match[0]) - 0xDC00
    if byte < 0x20:
        return "\ufffd"
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return "\ufffd"


class ByteSource:
    """A file's unpacked bytes, counted against a limit, with the share of the stored file already read."""

    def __init__(self, path: Path, stored: BinaryIO, stream: BinaryIO, max_bytes: int) -> None:
        self._stored, self._stream, self._max = stored, stream, max_bytes
        self._size = max(1, path.stat().st_size)
        self.unpacked = 0

    @property
    def share(self) -> float:
        """How much of the stored file has been read, 0 to 1."""
        return min(1.0, self._stored.tell() / self._size)

    def read(self, size: int = CHUNK) -> bytes:
        """The next bytes, b'' at the end. Raises SheetError for a damaged archive or one larger than the limit."""
        try:
            chunk = self._stream.read(size)
        except EOFError as problem:
            raise SheetError(
                "The compressed file ends too early: the transfer stopped before it was whole. Nothing was kept. "
                "Send the file again."
            ) from problem
        except (gzip.BadGzipFile, zlib.error) as problem:
            raise SheetError(
                "The compressed file is damaged and cannot be unpacked to its end. Nothing was kept. "
                "Make it again and send it again."
            ) from problem
        self.unpacked += len(chunk)
        if self.unpacked > self._max:
            raise SheetError(
                f"The file holds more than {self._max:,} bytes once unpacked, which is over the limit. "
                "Nothing was kept. Send it in smaller parts."
            )
        return chunk


@contextmanager
def open_bytes(path: Path, compression: str, max_bytes: int = MAX_BYTES) -> Iterator[ByteSource]:
    """The unpacked bytes of `path`; at most `max_bytes` of them, so that a small archive cannot fill the disk."""
    with path.open("rb") as stored:
        if compression == "gzip":
            with gzip.GzipFile(fileobj=stored, mode="rb") as unpacked:
                yield ByteSource(path, stored, cast(BinaryIO, unpacked), max_bytes)
        else:
            yield ByteSource(path, stored, stored, max_bytes)


class LineSource:
    """Physical lines without their ends; `faults` says by line number what could not be read as it stands."""

    def __init__(self, read: Callable[[], bytes], encoding: str, newline: str) -> None:
        self._read, self._encoding, self._newline = read, encoding, newline
        self.faults: dict[int, str] = {}
        self.encoding_errors = 0

    def __iter__(self) -> Iterator[str]:
        number, carried, carried_size = 0, list[str](), 0
        for chunk in self._chunks():
            lines = chunk.split(self._newline)
            carried.append(lines[0])
            carried_size += len(lines[0])
            if carried_size > MAX_LINE:
                raise SheetError(
                    f"Line {number + 1:,} is longer than {MAX_LINE:,} characters, so this is not a table with one row "
                    "to a line. Nothing was kept. Check the export's line endings and send it again."
                )
            if len(lines) == 1:
                continue
            lines[0] = "".join(carried)
            carried = [lines.pop()]
            carried_size = len(carried[0])
            yield from self._cleaned(lines, number, chunk, lines[0])
            number += len(lines)
        last = "".join(carried)
        if last:
            yield from self._cleaned([last], number, last, "")

    def _chunks(self) -> Iterator[str]:
        """Decoded text in pieces; CR LF becomes the one line end, also where a piece ends between the two."""
        decoder = codecs.getincrementaldecoder(self._encoding)(_HANDLER)
        held, first, final = "", True, False
        while not final:
            data = self._read()
            final = not data
            text = held + decoder.decode(data, final)
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            held = ""
            if text.endswith("\r") and not final:
                text, held = text[:-1], "\r"
            if "\r\n" in text:
                text = text.replace("\r\n", self._newline)
            if text:
                yield text

    def _cleaned(self, lines: list[str], number: int, chunk: str, joined: str) -> list[str]:
        """The lines with NULs and unreadable bytes made visible; a clean piece costs one look at the whole."""
        if _is_clean(chunk) and _is_clean(joined):
            return lines
        for index, line in enumerate(lines):
            if "\0" in line:
                self.faults[number + index + 1] = NUL_PROBLEM
                line = lines[index] = line.replace("\0", "\ufffd")
            if _MARKS.search(line):
                lines[index], count = _MARKS.subn(_readable, line)
                self.encoding_errors += count
                said = f"not readable as {self._encoding}"
                earlier = self.faults.get(number + index + 1)
                self.faults[number + index + 1] = f"{earlier}; {said}" if earlier else said
        return lines


def _is_clean(text: str) -> bool:
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def detect_encoding(source: ByteSource, head: bytes) -> str:
    """The encoding of a text file: BOM first, then UTF-16 by its NULs, then UTF-8 or cp1252 over the whole file.

    The whole file is looked at because one accented name on line 400,000 decides, and a sample would not see it.
    """
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    if head.startswith(b"\xff\xfe"):
        return "utf-16-le"
    if head.startswith(b"\xfe\xff"):
        return "utf-16-be"
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return _utf8_or_single_byte(source, head)


def _utf8_or_single_byte(source: ByteSource, head: bytes) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")(_HANDLER)
    letters = broken = 0
    undefined = False
    data = head
    while True:
        if not data.isascii() or decoder.getstate()[0]:
            text = decoder.decode(data, not data)
            if not text.isascii():
                marks = len(_MARKS.findall(text))
                broken += marks
                letters += len(text) - len(text.encode("ascii", "ignore")) - marks
                undefined = undefined or any(byte in data for byte in b"\x81\x8d\x8f\x90\x9d")
        if not data:
            break
        data = source.read()
    if broken == 0 or letters > broken:
        return "utf-8"
    return "latin-1" if undefined else "cp1252"
