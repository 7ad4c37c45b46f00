"""The security review says something about every item, once, and the tests that it names are there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "asvs.md"
ITEMS = Path(__file__).parent / "asvs_items.txt"  # numbers and levels of ASVS 5.0.0; of level 3 none
DECISIONS = {"met", "not applicable", "**not met**"}
PER_LEVEL = {"1": 70, "2": 183}


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if re.match(r"\| V\d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@cache
def names_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_item_stands_there_once_with_its_level() -> None:
    wanted = [tuple(line.split()) for line in ITEMS.read_text().splitlines()]
    assert Counter(level for _, level in wanted) == PER_LEVEL
    assert [(row[0], row[1]) for row in rows()] == wanted


def test_every_item_is_decided_in_words() -> None:
    for item, _, what, decided, why in rows():
        assert decided in DECISIONS, item
        assert len(what) > 8 and len(why) > 5, item


def test_what_is_met_names_a_test_or_a_page_that_is_there() -> None:
    named = 0
    for item, _, _, decided, why in rows():
        tests = re.findall(r"`([\w/]+\.py)::(\w+)`", why)
        pages = re.findall(r"\]\(([\w./-]+\.md)\)", why)
        named += len(tests)
        assert decided != "met" or tests or pages, f"{item} is met by nothing"
        for path, name in tests:
            assert (ROOT / path).is_file() and name in names_of(ROOT / path), f"{item}: {path}::{name}"
        for page in pages:
            assert (PAGE.parent / page).is_file(), f"{item}: {page}"
    assert named > 100


def test_the_counts_on_top_are_those_of_the_table() -> None:
    found = Counter(row[3] for row in rows())
    said = re.search(r"Of (\d+) items \*\*(\d+) are met, (\d+) do not\s+apply, (\d+) are not met", PAGE.read_text())
    assert said is not None
    assert [int(one) for one in said.groups()] == [
        len(rows()), found["met"], found["not applicable"], found["**not met**"],
    ]  # fmt: skip
