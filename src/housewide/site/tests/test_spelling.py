"""An American manager reads American words: what people are shown is spelled as they spell."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import housewide
from housewide.facts.tables import tables
from housewide.measures.definitions import all_definitions

BRITISH = re.compile(
    r"anaesth|utilis|orthopaed|gynaec|\bcentres?\b|\borganis|\bcolour|\blabour|\bbehaviour|recognis|summaris",
    re.IGNORECASE,
)
TEMPLATES = sorted(Path(housewide.__file__).parent.rglob("templates/**/*.html"))
SHOWN = re.compile(r">([^<>{}]+)<")


@pytest.mark.parametrize("measure", sorted(all_definitions()))
def test_a_measure_is_spelled_the_american_way(measure: str) -> None:
    said = all_definitions()[measure]
    labels = re.findall(r"'([^']*)'", said.sql)
    assert not [text for text in (said.title, said.sentence, *labels) if BRITISH.search(text)]


@pytest.mark.parametrize("table", sorted(tables()))
def test_a_table_of_facts_is_spelled_the_american_way(table: str) -> None:
    said = tables()[table]
    texts = [said.title, said.meaning, *(text for column in said.columns for text in (column.title, column.meaning))]
    assert not [text for text in texts if BRITISH.search(text)]


def test_no_template_holds_a_british_word() -> None:
    assert TEMPLATES
    found = {path.name: SHOWN.findall(path.read_text(encoding="utf-8")) for path in TEMPLATES}
    assert not {name: text for name, texts in found.items() for text in texts if BRITISH.search(text)}
