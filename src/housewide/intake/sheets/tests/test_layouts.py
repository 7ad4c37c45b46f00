"""A layout is decided from a file's content alone, and says everything that reading it needs."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housewide.intake.sheets import Layout, SheetError, detect_layout, preview, read_records

ROWS = "".join(f"{n:05d};OR {n % 7};2026-10-{n % 28 + 1:02d} 07:30;{n},50\r\n" for n in range(60))
EPIC = (
    "Surgical Case Log\r\nFacility: Mercy Valley, Main Campus\r\nRun: 2026-11-01 06:00\r\n\r\n"
    "CASE_ID,PATIENT,ROOM,SCHEDULED_START,COMMENTS\r\n"
    + "".join(f'{n:06d},"Smith, Ann",OR {n % 5},10/0{n % 9 + 1}/2026 07:30,\r\n' for n in range(80))
    + 'Total rows: 80\r\n"CONFIDENTIAL, do not share"\r\n'
)


def written(folder: Path, data: bytes) -> Path:
    path = folder / "file.pdf"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_semicolons_win_over_decimal_commas_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    path = written(tmp_path, ("Fall;Saal;Beginn;Betrag\r\n" + ROWS).encode(encoding))
    layout = detect_layout(path)
    assert (layout.delimiter, layout.header_row) == (";", 0)
    assert preview(path, layout, 1).header == ["Fall", "Saal", "Beginn", "Betrag"]
    assert preview(path, layout, 1).rows[0].cells == ["00000", "OR 0", "2026-10-01 07:30", "0,50"]


def test_a_report_with_title_and_footer_is_found_under_its_title(tmp_path: Path) -> None:
    path = written(tmp_path, EPIC.encode())
    layout = detect_layout(path)
    assert (layout.delimiter, layout.header_row) == (",", 4)
    seen = preview(path, layout)
    assert seen.preamble[0] == ["Surgical Case Log"]
    assert seen.header[0] == "CASE_ID"
    rows = list(read_records(path, layout))
    assert len(rows) == 82
    assert [row.problem for row in rows[-2:]] == ["too few cells", "too few cells"]
    assert rows[0].line == 6


def test_one_accent_far_down_decides_the_encoding(tmp_path: Path) -> None:
    text = "id,name\n" + "1,plain\n" * 50_000 + "2,Renée – late\n"
    path = written(tmp_path, text.encode("cp1252"))
    layout = detect_layout(path)
    assert layout.encoding == "cp1252"
    *_, last = read_records(path, layout)
    assert (last.cells, last.problem) == (["2", "Renée – late"], "")


def test_one_broken_byte_does_not_turn_utf8_into_cp1252(tmp_path: Path) -> None:
    path = written(tmp_path, "id,name\n1,Müller\n2,Ängström\n3,Łukasz\n".encode() + b"4,Ren\xe9e\n")
    layout = detect_layout(path)
    assert layout.encoding == "utf-8"
    rows = list(read_records(path, layout))
    assert [row.problem for row in rows] == ["", "", "", "not readable as utf-8"]
    assert rows[3].cells == ["4", "Renée"]


def test_tabs_with_meaningless_quotes_are_read_without_quoting(tmp_path: Path) -> None:
    rows = "".join(f'{n}\t"5" nail, size {n}\t{n}"\tok\n' for n in range(40))
    path = written(tmp_path, ("id\titem\tlength\tstate\n" + rows).encode())
    layout = detect_layout(path)
    assert (layout.delimiter, layout.quotechar) == ("\t", "")
    assert next(read_records(path, layout)).cells == ["0", '"5" nail, size 0', '0"', "ok"]


def test_single_quotes_are_quotes_when_they_wrap_most_cells(tmp_path: Path) -> None:
    path = written(tmp_path, ("'id','name'\n" + "'1','Smith, Ann'\n" * 20).encode())
    assert next(read_records(path, detect_layout(path))).cells == ["1", "Smith, Ann"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
def test_two_columns_with_report_parameters_above(delimiter: str, tmp_path: Path) -> None:
    text = "Facility,Mercy\nUnit,4W\n\nnurse,hours\n" + "".join(f"N{n:03d},{n}\n" for n in range(30))
    path = written(tmp_path, text.replace(",", delimiter).encode())
    layout = detect_layout(path)
    assert (layout.delimiter, layout.header_row) == (delimiter, 3)


def test_one_column_is_a_table_too(tmp_path: Path) -> None:
    path = written(tmp_path, b"mrn\n00012\n00013\n")
    assert [row.cells for row in read_records(path, detect_layout(path))] == [["00012"], ["00013"]]


def test_years_may_be_column_names(tmp_path: Path) -> None:
    path = written(tmp_path, b"Budget,,\nUnit,2025,2026\n4W,100,110\n5W,90,95\n")
    assert preview(path, detect_layout(path)).header == ["Unit", "2025", "2026"]


def test_repeated_and_empty_names_become_unique_and_are_reported(tmp_path: Path) -> None:
    path = written(tmp_path, b"Name,name,,Name_2,_line,Surgery  Date\n" + b"a,b,c,d,e,f\n" * 5)
    seen = preview(path, detect_layout(path))
    assert seen.header == ["Name", "name_3", "column_3", "Name_2", "_line_2", "Surgery Date"]
    assert seen.renamed == {
        1: ("name", "name_3"),
        2: ("", "column_3"),
        4: ("_line", "_line_2"),
        5: ("Surgery  Date", "Surgery Date"),
    }


def test_thousands_of_equal_names_take_no_time_and_no_name_twice(tmp_path: Path) -> None:
    path = written(tmp_path, (",".join(["value"] * 30_000) + "\n" + ",".join(["x"] * 30_000) + "\n").encode())
    header = preview(path, Layout()).header
    assert (header[0], header[-1], len(set(header))) == ("value", "value_30000", 30_000)


def test_a_file_without_a_header_gets_numbered_columns(tmp_path: Path) -> None:
    path = written(tmp_path, b"1,2\n3,4\n")
    seen = preview(path, Layout(header_row=-1))
    assert seen.header == ["column_1", "column_2"]
    assert [row.cells for row in seen.rows] == [["1", "2"], ["3", "4"]]


def test_gzip_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(EPIC.encode()))
    layout = detect_layout(path)
    assert (layout.compression, layout.header_row) == ("gzip", 4)


def test_a_header_row_beyond_the_end_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n1,2\n")
    with pytest.raises(SheetError, match="ends before row 10"):
        preview(path, Layout(header_row=9))


@given(
    st.builds(
        Layout,
        kind=st.sampled_from(["delimited", "xlsx"]),
        encoding=st.sampled_from(["utf-8", "cp1252"]),
        delimiter=st.sampled_from([",", ";", "\t"]),
        newline=st.sampled_from(["lf", "cr"]),
        trailing_delimiter=st.booleans(),
        header_row=st.integers(-1, 50),
        sheet=st.text(max_size=5),
    )
)
def test_a_layout_survives_being_stored(layout: Layout) -> None:
    assert Layout.from_dict(layout.to_dict()) == layout


def test_impossible_layouts_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown layout settings: colour"):
        Layout.from_dict({"colour": "red"})
    for wrong in ({"delimiter": ""}, {"delimiter": '"'}, {"kind": "pdf"}, {"newline": "x"}, {"header_row": -2}):
        with pytest.raises(ValueError, match=r"must|unknown|differ"):
            replace(Layout(), **wrong)
