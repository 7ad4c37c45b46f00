"""The canonical copy holds every row, whole, with its line number and what is wrong with it."""

import json
from pathlib import Path

import pytest

from housewide.intake.sheets import PLAIN, Layout, Plain, detect_layout, read_plain, read_records, to_plain


def copied(folder: Path, data: bytes, layout: Layout | None = None) -> tuple[Plain, list[dict[str, str]]]:
    source, target = folder / "source", folder / "plain.csv"
    source.write_bytes(data)
    plain = to_plain(source, layout or detect_layout(source), target)
    return plain, list(read_plain(target))


def test_every_cell_is_quoted_and_every_row_numbered(tmp_path: Path) -> None:
    copied(tmp_path, b'id,name\n00001,"say ""hi"""\n')
    assert (tmp_path / "plain.csv").read_bytes() == (
        b'"_line","_problem","id","name","_extra"\n"2","","00001","say ""hi""",""\n'
    )


def test_ragged_rows_stay_whole(tmp_path: Path) -> None:
    plain, rows = copied(tmp_path, b"a,b,c\n1,2,3\n1,2,3,4,5\n1\n1,2,3,\n")
    assert (plain.rows_read, plain.ragged) == (4, 3)
    assert plain.problems == {"too many cells": 2, "too few cells": 1}
    assert json.loads(rows[1]["_extra"]) == ["4", "5"]
    assert [rows[2][name] for name in "abc"] == ["1", "", ""]
    assert json.loads(rows[3]["_extra"]) == [""]


def test_an_unclosed_quote_costs_one_row_not_the_rest(tmp_path: Path) -> None:
    body = "".join(f"{n},plain {n},x\n" for n in range(5_000))
    plain, rows = copied(tmp_path, ("id,note,flag\n" + body + '7777,"opened,x\n' + body).encode())
    assert plain.rows_read == 10_001
    assert plain.problems == {"a quote is opened and never closed": 1}
    bad = rows[5_000]
    assert (bad["_line"], bad["id"], bad["note"], bad["flag"]) == ("5002", "7777", '"opened', "x")
    assert rows[5_001]["_line"] == "5003"


def test_an_unclosed_quote_that_meets_a_quote_far_below_swallows_nothing(tmp_path: Path) -> None:
    text = 'id,note,flag,unit\n1,"opened,x,4W\n2,b,x,4W\n3,c,x,4W\n4,"fine, too",x,4W\n5,e,x,4W\n'
    _plain, rows = copied(tmp_path, text.encode())
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert [row["_problem"] for row in rows] == ["a quote is opened and never closed", "", "", "", ""]


def test_a_line_full_of_quotes_takes_no_quadratic_time(tmp_path: Path) -> None:
    # 40,000 cells that each open a quote took a minute and a half when every one looked for its end.
    plain, rows = copied(tmp_path, b"id,note\n" + b',x"y,"z' * 40_000 + b"\n2,b\n", Layout())
    assert (plain.rows_read, rows[1]["id"]) == (2, "2")
    assert "too many cells" in rows[0]["_problem"]


def test_line_breaks_inside_cells_are_one_row_and_numbered_by_its_first_line(tmp_path: Path) -> None:
    _plain, rows = copied(tmp_path, b'id,note\r\n1,"a\r\n\r\nb"\r\n2,c\r\n')
    assert [(row["_line"], row["note"], row["_problem"]) for row in rows] == [("2", "a\n\nb", ""), ("5", "c", "")]


def test_quotes_inside_a_cell_without_doubling_are_kept_and_told(tmp_path: Path) -> None:
    _plain, rows = copied(tmp_path, b'id,name,x\n1,"ACME "Inc", Ltd",2\n3,5" nail,4\n')
    assert [rows[0]["name"], rows[0]["_problem"]] == ['ACME "Inc', "stray quote; too many cells"]
    assert json.loads(rows[0]["_extra"]) == ["2"]
    assert (rows[1]["name"], rows[1]["_problem"]) == ('5" nail', "")


def test_an_odd_quote_among_quoted_cells_is_told_even_where_the_count_of_cells_is_right(tmp_path: Path) -> None:
    # Written as: 1 | oops (quote never closed) | , leading
    _, rows = copied(tmp_path, b'id,note,more\n1,"oops,", leading"\n2,"5""",6"\n3,4,5"\n', Layout())
    assert [row["_problem"] for row in rows] == ["stray quote", "stray quote", ""]


def test_legitimate_notes_with_many_commas_and_lines_stay_one_row(tmp_path: Path) -> None:
    note = 'seen, by, Dr ""A"", late\n""quoted"", b, c, d\nplain line\nend'
    _, rows = copied(tmp_path, f'id,a,b,c,d\n1,"{note}",x,"{note}",y\n2,x,x,x,x\n'.encode(), Layout())
    assert [(row["id"], row["_problem"], row["a"].count("\n")) for row in rows] == [("1", "", 3), ("2", "", 0)]


def test_blank_lines_are_counted_and_are_no_rows(tmp_path: Path) -> None:
    plain, rows = copied(tmp_path, b"a,b\n\n1,2\n , \n,\n\n3,4\n")
    assert (plain.rows_read, plain.blank_skipped, len(rows)) == (2, 4, 2)


def test_a_header_alone_is_a_table_of_no_rows(tmp_path: Path) -> None:
    plain, rows = copied(tmp_path, b"id,name,unit")
    assert (plain.header, plain.rows_read, rows) == (["id", "name", "unit"], 0, [])


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r", b"\r\r\n"])
def test_every_kind_of_line_end_is_read(newline: bytes, tmp_path: Path) -> None:
    _plain, rows = copied(tmp_path, newline.join([b"id,name", b"1,a", b'2,"b"', b"3,c", b""]))
    assert [(row["id"], row["name"].strip(), row["_problem"]) for row in rows] == [
        ("1", "a", ""),
        ("2", "b", ""),
        ("3", "c", ""),
    ]


def test_nul_bytes_are_told_row_by_row(tmp_path: Path) -> None:
    plain, rows = copied(tmp_path, b"id,name\n1,a\x00b\n2,c\n")
    assert plain.problems == {"has NUL characters": 1}
    assert rows[0]["name"] == "a\ufffdb"


def test_a_delimiter_too_many_on_every_line_is_no_column(tmp_path: Path) -> None:
    for header in (b"a,b,c,\n", b"a,b,c\n"):
        plain, _rows = copied(tmp_path, header + b"1,2,3,\n" * 20)
        assert (plain.header, plain.ragged, plain.rows_read) == (["a", "b", "c"], 0, 20)


def test_a_shifted_row_that_ends_empty_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    plain, rows = copied(tmp_path, b"id,name,note\n" + b"1,a,\n" * 20 + b"2,Smith, Ann,\n")
    assert rows[-1]["_problem"] == "too many cells"
    assert plain.ragged == 1


def test_cells_longer_than_the_csv_modules_own_limit_are_kept(tmp_path: Path) -> None:
    long = "x" * 300_000
    plain, rows = copied(tmp_path, f'id,note,z\n1,{long},2\n2,"{long} ""q""\n,",3\n'.encode())
    assert [len(row["note"]) for row in rows] == [300_000, 300_006]
    assert not plain.problems


def test_progress_is_told_and_may_stop_the_work_without_leaving_a_file(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "plain.csv"
    source.write_bytes(b"id,name\n" + b"1,abcdefghij\n" * 70_000)
    told: list[tuple[int, float]] = []
    to_plain(source, Layout(), target, lambda rows, share: told.append((rows, share)))
    assert len(told) >= 3
    assert told == sorted(told)
    assert told[-1] == (70_000, 1.0)
    target.unlink()

    def stop(rows: int, share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        to_plain(source, Layout(), target, stop)
    assert list(tmp_path.iterdir()) == [source]


def test_the_engine_reads_the_copy_as_we_do(tmp_path: Path) -> None:
    import duckdb

    text = 'id,note,x\n1,"a ""q"", b\nsecond",é\n2,"open,z\n3,c\rd,1,2\n"  4 ",,\n'
    _, rows = copied(tmp_path, text.encode())
    names = ["_line", "_problem", "id", "note", "x", "_extra"]
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    found = duckdb.connect().execute(
        "SELECT * FROM read_csv(?, header=true, delim=',', quote='\"', escape='\"', auto_detect=false,"
        f" columns={{{types}}}, force_not_null={names})",
        [str(tmp_path / "plain.csv")],
    )
    assert [list(row) for row in found.fetchall()] == [list(row.values()) for row in rows]
    assert len(rows) == 4


def test_a_copy_of_the_copy_is_the_same(tmp_path: Path) -> None:
    _, rows = copied(tmp_path, b'a,b\n1,"x\ny"\n2,3,4\n"5\n')
    again = list(read_records(tmp_path / "plain.csv", PLAIN))
    assert [record.cells for record in again] == [list(row.values()) for row in rows]
