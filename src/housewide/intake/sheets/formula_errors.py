"""The errors a workbook shows in its cells (#N/A, #DIV/0!), which the workbook library reads as empty cells."""

from __future__ import annotations

import posixpath
import re
import zipfile
from html import unescape
from pathlib import Path

_PIECE = 1 << 20
_MOST_HELD = 4 * _PIECE
_ERROR = re.compile(rb'<c ([^>]*?\bt="e"[^>]*)>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL)
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')


def error_cells(path: Path, sheet: str) -> dict[int, dict[int, str]]:
    """Errors of a worksheet: Excel's row number -> column index from 0 -> what the cell shows.

    Read from the worksheet's own XML in one bounded pass; a workbook built in an unusual way gives none.
    """
    found: dict[int, dict[int, str]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            member = _member_of(archive, sheet)
            if member is None:
                return found
            with archive.open(member) as stream:
                held = b""
                while piece := stream.read(_PIECE):
                    held += piece
                    for match in _ERROR.finditer(held) if b't="e"' in held else ():
                        _keep(found, match)
                    cut = held.rfind(b"<c ")
                    held = held[cut:] if cut >= 0 and len(held) - cut < _MOST_HELD else b""
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, NotImplementedError, EOFError):
        return {}
    return found


def _keep(found: dict[int, dict[int, str]], match: re.Match[bytes]) -> None:
    place = _PLACE.search(match[1])
    if place:
        column = 0
        for letter in place[1]:
            column = column * 26 + letter - 64
        found.setdefault(int(place[2]), {})[column - 1] = unescape(match[2].decode("utf-8", "replace"))


def _member_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """The archive member that holds the worksheet named `sheet`."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in re.findall(r"<Relationship [^>]*>", links)}
    for tag in re.findall(r"<sheet [^>]*>", book):
        if _attribute(tag, "name") == sheet:
            target = targets.get(_attribute(tag, r"\w+:id"), "")
            member = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            return member if member in archive.namelist() else None
    return None


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""
