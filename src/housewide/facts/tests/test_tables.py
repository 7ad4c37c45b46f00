"""A table file is read whole or refused with every fault in words."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from housewide.facts import tables
from housewide.facts.engines.spark import schema_text
from housewide.facts.tables.rules import rule_problems
from housewide.facts.tables.texts import csv_template, reference_page

VISIT = (Path(__file__).parent / "tables" / "visit.toml").read_text()


def faults(tmp_path: Path, text: str) -> str:
    path = tmp_path / "t.toml"
    path.write_text(text)
    with pytest.raises(tables.BadTable) as told:
        tables.read_table(path)
    return str(told.value)


def test_a_table_says_what_it_holds():
    visit = tables.table("test_visit")
    assert visit.phi and visit.by_name["patient"].phi and visit.by_name["place"].crosswalk == "place"
    assert list(visit.part_types)[-4:] == ["row_id", "source_line", "batch", "flags"]
    assert [rule.severity for rule in visit.rules] == ["set_aside", "flag"]


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    wrong = VISIT.replace('type = "cents"', 'type = "dollars"').replace('key = ["visit_id"]', 'key = ["visit"]')
    told = faults(tmp_path, wrong.replace('steward = "The tests"', 'owner = "x"'))
    assert "t.toml: " in told and "“owner” is not something a table file says" in told
    assert "column “charge”: “type” must be one of text," in told and "key column “visit” is not declared" in told


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("version = 1", "version = 0", "whole number from 1"),
        ('name = "test_visit"', 'name = "calendar"', "cannot be the name of a table"),
        ('period_column = "day"', 'period_column = "class"', "must name a required date"),
        ('kind = "event"', 'kind = "thing"', "“kind” must be one of"),
        ("[columns.facility]", "[columns.hospital]", "required “facility” column is missing"),
        ("[columns.payer]", "[columns.row_id]", "“row_id” cannot be the name of a column"),
        ('rule_reason = "Charge is below minus a million dollars"', "", "needs a “rule_reason”"),
        ('severity = "flag"', 'severity = "shout"', "must be set_aside or flag"),
        ('type = "boolean"', 'type = "boolean"\nvalues = ["yes"]', "are for text columns"),
        ("[columns.visit_id]", "[columns.visit_id", "is not TOML"),
    ],
)
def test_a_fault_is_said_in_words(tmp_path, old, new, said):
    assert old in VISIT
    assert said in faults(tmp_path, VISIT.replace(old, new))


def test_two_files_may_not_declare_one_table(tmp_path, monkeypatch):
    (tmp_path / "again.toml").write_text(VISIT)
    monkeypatch.setattr(tables.reading, "_folders", [Path(__file__).parent / "tables", tmp_path])
    monkeypatch.setattr(tables.reading, "_read", None)
    with pytest.raises(tables.BadTable, match="already declared"):
        tables.tables()


def test_an_unknown_table_is_named_with_those_there_are():
    with pytest.raises(KeyError, match=r"no fact table “x”.*test_visit"):
        tables.table("x")


def test_the_identity_of_a_table_is_what_it_says_not_where_it_lies(tmp_path):
    (tmp_path / "a.toml").write_text(VISIT)
    (tmp_path / "b.toml").write_text(VISIT.replace("Added on the day", "Added late"))
    same, other = tables.read_table(tmp_path / "a.toml"), tables.read_table(tmp_path / "b.toml")
    assert same.sha256 == tables.table("test_visit").sha256 != other.sha256


def test_rules_are_tried_on_the_engine(tmp_path):
    assert rule_problems(tables.table("test_visit")) == []
    wrong = VISIT.replace("date_diff('hour'", "date_dif('hour'").replace("charge >= -100000000", "charge + 1")
    (tmp_path / "t.toml").write_text(wrong)
    told = rule_problems(tables.read_table(tmp_path / "t.toml"))
    assert len(told) == 2 and "gives BIGINT, not true or false" in told[0] and "“long_stay” is not SQL" in told[1]


def test_template_and_page_come_from_the_file():
    visit = tables.table("test_visit")
    assert next(csv.reader(io.StringIO(csv_template(visit))))[:3] == ["Visit id", "Facility", "Place"]
    page = reference_page(visit)
    assert "| `charge` | Charge | dollars and cents, like 1,234.50 |  |  | What it cost |" in page
    assert "- The visit lasted more than a day: the row is accepted and flagged." in page


def test_spark_reads_the_same_columns_without_time_zones():
    text = schema_text(tables.table("test_visit"))
    assert "`arrived` timestamp_ntz" in text and text.endswith("`flags` array<string>")
