"""A PDF from a template and data. People's words travel as data and are never read as markup."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
TEMPLATES = HERE / "templates"
FILE_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,80}\.(svg|png|jpg|json)")


class PackError(Exception):
    """The PDF could not be made; the message says why."""


class MissingFont(PackError):
    """The template names a font that is not shipped. A different font would change what was signed."""


def render(
    template: Path | str,
    data: Mapping[str, Any],
    *,
    on: date | datetime,
    files: Mapping[str, bytes | str] | None = None,
    fonts: Sequence[Path] = (),
) -> bytes:
    """The PDF of ``template`` (a path, or the name of one shipped here) filled with ``data``.

    ``data``: JSON; dates become ISO text. The template reads it by ``json("data.json")`` and imports ``house.typ``.
    ``on``: the date the document carries, so that the same input gives the same bytes. ``files``: charts and pictures
    by plain file name (``chart.svg``). ``fonts``: folders with further fonts. Raises MissingFont, PackError.
    """
    import typst

    source = Path(template)
    if not source.is_absolute() and not source.exists():
        source = TEMPLATES / source
    if not source.is_file():
        raise PackError(f"There is no template “{source.name}”.")
    with tempfile.TemporaryDirectory(prefix="housewide-pack-") as folder:
        room = Path(folder)
        shutil.copyfile(TEMPLATES / "house.typ", room / "house.typ")
        shutil.copyfile(source, room / "main.typ")
        (room / "data.json").write_text(
            json.dumps(data, default=_as_text, ensure_ascii=False, sort_keys=True), encoding="utf-8"
        )
        for name, content in (files or {}).items():
            if not FILE_NAME.fullmatch(name) or name == "data.json":
                raise PackError(f"“{name}” is not a plain file name.")
            (room / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return _compile(typst, room, [FONTS, *fonts], on)


def _compile(typst: Any, room: Path, fonts: Sequence[Path], on: date | datetime) -> bytes:
    moment = on if isinstance(on, datetime) else datetime.combine(on, time(12))
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        made, warnings = typst.compile_with_warnings(
            str(room / "main.typ"),
            root=str(room),
            font_paths=[str(font) for font in fonts],
            ignore_system_fonts=True,
            format="pdf",
            timestamp=int(moment.timestamp()),
            package_path=str(room / "none"),
            package_cache_path=str(room / "none"),
        )
    except typst.TypstError as error:
        raise PackError(f"The pack could not be laid out: {error}") from error
    for warning in warnings:
        message = str(getattr(warning, "message", warning))
        if "font" in message.lower():
            raise MissingFont(f"{message}. Fonts are shipped with Housewide and never taken from the machine.")
    return bytes(made)


def _as_text(value: Any) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    raise TypeError(f"a pack cannot carry {type(value).__name__}")
