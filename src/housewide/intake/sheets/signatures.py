"""What a file really is, told from its first bytes: an extension is only a wish."""

from __future__ import annotations

import zipfile
from pathlib import Path

from housewide.intake.sheets.errors import NotATable, SheetError

SAVE_AS = "Open it in the program that made it, save it as CSV or XLSX, and send that file."
_EXPORT = "Export the table itself as CSV or XLSX and send that file."
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF document", _EXPORT),
    (b"{\\rtf", "a Word (RTF) document", _EXPORT),
    (b"\x89PNG", "a picture (PNG)", _EXPORT),
    (b"\xff\xd8\xff", "a picture (JPEG)", _EXPORT),
    (b"GIF8", "a picture (GIF)", _EXPORT),
    (b"PAR1", "a Parquet file", _EXPORT),
    (b"SQLite format 3", "a database (SQLite)", _EXPORT),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it and send the table inside."),
    (b"Rar!", "a RAR archive", "Unpack it and send the table inside."),
    (b"BZh", "a bzip2 archive", "Unpack it and send the table inside."),
    (b"\xfd7zXZ", "an XZ archive", "Unpack it and send the table inside."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive", "Unpack it and send the table inside."),
    (b"\x7fELF", "a program", _EXPORT),
    (b"MZ\x90\x00", "a program", _EXPORT),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<!--")


def refuse_other_kinds(head: bytes, whole: Path | None = None) -> None:
    """Raise NotATable when the first bytes (`head`) belong to something that is no delimited text.

    `whole` is the file itself, looked into only to tell a locked workbook from an old one.
    """
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise NotATable("an empty file", "Check that the export finished, then send it again.")
    for magic, looks_like, advice in _MAGIC:
        if head.startswith(magic):
            raise NotATable(looks_like, advice)
    if head.startswith(_OLE):
        raise _old_office_file(head, whole)
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:400].lower()
    if start.startswith(_MARKUP):
        raise NotATable("a web page (HTML), perhaps saved with another ending or a sign-in page", SAVE_AS)
    if start.startswith(b"<?xml"):
        looks_like = "a web page (HTML)" if b"<html" in start else "an XML document"
        raise NotATable(looks_like, SAVE_AS)
    if start.startswith((b'{"', b'[{"', b"{\n", b"{\r\n", b"[\n  {", b"[\r\n  {")):
        raise NotATable("a JSON document", _EXPORT)


def _old_office_file(head: bytes, whole: Path | None) -> NotATable:
    content = head
    if whole is not None:
        with whole.open("rb") as stream:
            content = stream.read(4_000_000)
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - 1_000_000))
            content += stream.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return NotATable(
            "an Excel workbook locked with a password", "Remove the password, save it again and send that file."
        )
    if "Workbook".encode("utf-16-le") in content or b"B\0o\0o\0k\0\0" in content:
        return NotATable(
            "an old Excel workbook (.xls, before 2007)", "Open it in Excel, save it as .xlsx or CSV and send that file."
        )
    return NotATable("an old Office document (Excel before 2007, Word or a locked file)", SAVE_AS)


def is_workbook(path: Path, max_bytes: int) -> bool:
    """True for an XLSX workbook, False for anything that is not a ZIP archive.

    Raises NotATable for other ZIP archives, SheetError for damaged ones or ones that unpack to more than `max_bytes`.
    """
    with path.open("rb") as stream:
        if stream.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as problem:
        raise SheetError(
            "This workbook or archive is damaged, most often because the transfer stopped early. Nothing was read. "
            "Send the file again."
        ) from problem
    names = {entry.filename.lower() for entry in entries}
    if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
        raise _other_archive(names)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > max_bytes:
        raise SheetError(
            f"This workbook unpacks to {unpacked:,} bytes, more than the limit of {max_bytes:,}. Nothing was read. "
            "Export it as CSV or in smaller parts."
        )
    return True


def _other_archive(names: set[str]) -> NotATable:
    if any(name.startswith("word/") for name in names):
        return NotATable("a Word document", _EXPORT)
    if any(name.startswith("ppt/") for name in names):
        return NotATable("a PowerPoint file", _EXPORT)
    if "content.xml" in names and "mimetype" in names:
        return NotATable("a LibreOffice document", "Save it as XLSX or CSV and send that file.")
    return NotATable("a ZIP archive", "Unpack it and send the table inside.")
