"""Files that are no tables are refused in words that say what they look like and what to do."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from housewide.intake.sheets import Layout, NotATable, SheetError, detect_layout, to_plain

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", "/"), (2026, 1, 1, 0, 0, 0)), data)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "looks_like"),
    [
        (b"", "an empty file"),
        (b"\xef\xbb\xbf", "an empty file"),
        (b"\r\n \r\n", "an empty file"),
        (b",,\n,,\n", "an empty table"),
        (b"%PDF-1.7 ...", "a PDF document"),
        (b"\n<!DOCTYPE html><html><body>Sign in</body></html>", "a web page"),
        ("\ufeff<html><table>".encode("utf-16"), "a web page"),
        (b"<table><tr><td>1</td></tr></table>", "a web page"),
        (b"<?xml version='1.0'?><Workbook/>", "an XML document"),
        (b'{"resourceType": "Bundle"}', "a JSON document"),
        (OLE + "Workbook".encode("utf-16-le"), "an old Excel workbook"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (OLE, "an old Office document"),
        (zipped(word__document=b"x"), "a Word document"),
        (zipped(cases=b"a,b\n1,2\n"), "a ZIP archive"),
        (gzip.compress(b"%PDF-1.7", mtime=0), "a PDF document"),
        (gzip.compress(zipped(a=b"b"), mtime=0), "an archive or workbook inside a gzip file"),
        (gzip.compress(b"", mtime=0), "an empty file"),
        (bytes(range(1, 9)) * 400, "a binary file"),
        (b"PAR1\x15\x04", "a Parquet file"),
    ],
)
def test_other_files_are_named_for_what_they_are(data: bytes, looks_like: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_bytes(data)
    with pytest.raises(NotATable) as refused:
        detect_layout(path)
    assert looks_like in str(refused.value)
    assert "Nothing was read" in str(refused.value)


def test_an_archive_cut_short_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    path, target = tmp_path / "cases.csv.gz", tmp_path / "plain.csv"
    path.write_bytes(gzip.compress(b"id,name\n" + b"1,a\n" * 100_000)[:-40])
    with pytest.raises(SheetError, match="ends too early"):
        detect_layout(path)
    with pytest.raises(SheetError, match="ends too early"):
        to_plain(path, Layout(compression="gzip"), target)
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_archive_is_told(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(b"id,name\n" + b"".join(b"%d,a\n" % n for n in range(50_000))))
    data[len(data) // 2] ^= 0xFF
    data[-6] ^= 0xFF
    path = tmp_path / "cases.gz"
    path.write_bytes(bytes(data))
    with pytest.raises(SheetError, match="damaged"):
        detect_layout(path)


def test_a_small_archive_cannot_unpack_without_limit(tmp_path: Path) -> None:
    path, target = tmp_path / "bomb.gz", tmp_path / "plain.csv"
    path.write_bytes(gzip.compress(b"id,name\n" + b"1,a\n" * 2_000_000))
    assert path.stat().st_size < 40_000
    with pytest.raises(SheetError, match="more than 1,000,000 bytes"):
        detect_layout(path, max_bytes=1_000_000)
    with pytest.raises(SheetError, match="more than 1,000,000 bytes"):
        to_plain(path, Layout(compression="gzip"), target, max_bytes=1_000_000)
    assert not target.exists()


def test_a_workbook_cannot_unpack_without_limit(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(zipped(xl__workbook=b"") + b"")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 5_000_000)
    with pytest.raises(SheetError, match="unpacks to 5,000,000 bytes"):
        detect_layout(path, max_bytes=1_000_000)
    with pytest.raises(SheetError, match="unpacks to 5,000,000 bytes"):  # nor once its layout is known
        to_plain(path, Layout(kind="xlsx", sheet="Log"), tmp_path / "plain.csv", max_bytes=1_000_000)


def test_a_line_without_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path, target = tmp_path / "long.csv", tmp_path / "plain.csv"
    path.write_bytes(b"id,name\n1,a\n2," + b"x" * 9_000_000)
    with pytest.raises(SheetError, match="Line 3 is longer than 8,000,000 characters"):
        to_plain(path, Layout(), target)
    assert not target.exists()
