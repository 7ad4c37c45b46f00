"""Whatever bytes arrive, the answer is a table with every row counted or an error in words."""

import gzip
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from housewide.intake.sheets import PLAIN, SheetError, detect_layout, preview, read_plain, read_records, to_plain
from housewide.intake.sheets.records import Dialect, RecordSplitter, split_leniently

_TEXTS = [
    ",",
    ";",
    "\t",
    "|",
    '"',
    '""',
    "\n",
    "\r\n",
    "\r",
    "\\",
    "a",
    "1",
    "00",
    " ",
    "\0",
    "é",
    "🏥",
    "id,name\n",
    "'",
    "\x1f",
]
PIECES = st.sampled_from([*(text.encode() for text in _TEXTS), b"\xe9", b"\xc3", b"\x85", b"\xff\xfe", b"\xef\xbb\xbf"])
ANY_BYTES = st.one_of(st.binary(max_size=400), st.lists(PIECES, max_size=80).map(b"".join))
BOUNDED = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@BOUNDED
@given(data=ANY_BYTES, packed=st.booleans())
@example(data=b'a,b\n"\r"x,\r', packed=False)
def test_any_bytes_give_a_whole_table_or_an_error_in_words(data: bytes, packed: bool, tmp_path: Path) -> None:
    source, target = tmp_path / "any", tmp_path / "plain.csv"
    source.write_bytes(gzip.compress(data, mtime=0) if packed else data)
    try:
        layout = detect_layout(source)
        plain = to_plain(source, layout, target)
    except SheetError as refused:
        assert len(str(refused)) > 40
        return
    rows = list(read_plain(target))
    assert plain.rows_read == len(rows) == sum(1 for _ in read_records(source, layout))
    assert sum(plain.problems.values()) == sum(1 for row in rows if row["_problem"])
    assert preview(source, layout, 3).header == plain.header
    again = list(read_records(target, PLAIN))
    assert [record.cells for record in again] == [list(row.values()) for row in rows]


@BOUNDED
@given(head=st.sampled_from([b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"]), data=ANY_BYTES)
def test_false_signatures_never_crash(head: bytes, data: bytes, tmp_path: Path) -> None:
    source = tmp_path / "any"
    source.write_bytes(head + data)
    try:
        detect_layout(source)
    except SheetError as refused:
        assert len(str(refused)) > 40
    else:
        raise AssertionError("no file with such a start is a table")


@given(st.lists(st.lists(st.text(alphabet='ab",;\n\\ ', max_size=6), min_size=2, max_size=4), max_size=12))
def test_well_quoted_cells_come_back_as_they_were(rows: list[list[str]]) -> None:
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    lines = text.split("\n") if rows else []
    assert [cells for _, cells, problem in RecordSplitter(lines, Dialect()) if not problem] == rows


@given(st.text(alphabet='a",;\\ ', max_size=30), st.sampled_from([Dialect(), Dialect(escapechar="\\")]))
def test_damaged_lines_keep_every_letter(line: str, dialect: Dialect) -> None:
    cells, _ = split_leniently(line, dialect)
    assert "".join(cells).count("a") == line.count("a")
    assert cells
