"""A hundred thousand broken files: each gives a whole table or an error in words, and no letter of it is lost."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from housewide.intake.sheets import Layout, SheetError, detect_layout, preview, read_plain, read_records, to_plain
from housewide.intake.sheets.plain import Plain
from housewide.intake.sheets.tests.mutations import mutated
from housewide.intake.sheets.texts import open_bytes

MANY = pytest.param(range(2_000, 102_000), marks=pytest.mark.slow)


@pytest.mark.parametrize("seeds", [range(2_000), MANY], ids=["some", "all"])
def test_a_broken_file_gives_a_whole_table_or_an_error_in_words(seeds: range, tmp_path: Path) -> None:
    source, target = tmp_path / "broken", tmp_path / "plain.csv"
    outcomes: Counter[str] = Counter()
    for seed in seeds:
        source.write_bytes(mutated(seed))
        try:
            layout = detect_layout(source)
            plain = to_plain(source, layout, target)
        except SheetError as refused:
            assert len(str(refused)) > 40, seed
            outcomes["refused"] += 1
            continue
        rows = list(read_plain(target))
        assert plain.rows_read == len(rows) == sum(1 for _ in read_records(source, layout)), seed
        assert sum(plain.problems.values()) == sum(1 for row in rows if row["_problem"]), seed
        if layout.kind == "delimited":
            assert not letters_of_the_file(source, layout) - letters_of_the_table(source, layout, plain, rows), seed
        outcomes[layout.kind] += 1
    assert min(outcomes[one] for one in ("refused", "delimited", "xlsx")) > len(seeds) / 50, outcomes


def letters(*texts: str) -> Counter[str]:
    return Counter(one for text in texts for one in text if one.isascii() and one.isalnum())


def letters_of_the_file(source: Path, layout: Layout) -> Counter[str]:
    with open_bytes(source, layout.compression) as unpacked:
        return letters(unpacked.read(1 << 30).decode(layout.encoding, errors="replace"))


def letters_of_the_table(source: Path, layout: Layout, plain: Plain, rows: list[dict[str, str]]) -> Counter[str]:
    above = preview(source, layout, 0)
    found = letters(*(cell for cells in above.preamble for cell in cells))
    found += letters(*(plain.renamed.get(at, (name, name))[0] for at, name in enumerate(plain.header)))
    for row in rows:
        found += letters(*(said for column, said in row.items() if column not in ("_line", "_problem", "_extra")))
        found += letters(*json.loads(row["_extra"] or "[]"))
    return found
