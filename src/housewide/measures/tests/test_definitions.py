"""A measure file says what it means, or is told in words what is wrong with it."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from housewide.measures.definitions import (
    BadMeasure,
    all_definitions,
    definition_from,
    get,
    read_definition,
    record,
    register_folder,
)
from housewide.measures.models import DefinitionRecord
from housewide.measures.tests.declared import made, surgery, toml


def fault(**said: str) -> str:
    with pytest.raises(BadMeasure) as bad:
        definition_from(toml(**said), "cases.toml")
    return str(bad.value)


def test_the_measures_of_the_operating_rooms_are_all_usable() -> None:
    found = surgery()
    assert len(found) >= 18
    assert get("surgery.turnover.room").settings == {"idle_gap_s": 3600}


def test_a_per_cent_is_per_hundred_and_shows_one_decimal_and_cases_show_none() -> None:
    on_time, cases = surgery()["surgery.first_case_on_time.in_room.5min"], surgery()["surgery.cases"]
    assert (on_time.per, on_time.decimals) == (100, 1)
    assert (cases.per, cases.decimals) == (1, 0)
    assert on_time.target is not None
    assert on_time.target.value == Decimal(80)
    assert on_time.source["version"] == "1"


def test_the_columns_are_those_that_every_measure_gives_then_the_breakdowns_then_the_numbers_of_its_kind() -> None:
    found = surgery()
    assert found["surgery.cancelled"].columns == (
        "src", "row_id", "place", "day", "service", "cancel_reason", "left_out", "num", "den",
    )  # fmt: skip
    assert found["surgery.cases"].columns[-2:] == ("left_out", "num")
    assert found["surgery.duration_error"].columns[-2:] == ("left_out", "value")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": '"average"'}, "“average” is not a kind of measure"),
        ({"colour": '"red"'}, "“colour” is not something a measure file says"),
        ({"title": ""}, "“title” is missing"),
        ({"id": '"Cases"'}, "“Cases” cannot be an id"),
        ({"direction": '"up"'}, "“direction” must be one of higher, lower, none"),
        ({"version": "0"}, "“version” must be a whole number from 1"),
        ({"scale": "1.5"}, "“scale” must be a whole number from 1"),
        ({"scale": "true"}, "“scale” must be a whole number from 1"),
        ({"bin": "60"}, "“bin” is for distributions only"),
        ({"kind": '"distribution"'}, "a distribution needs “tail”"),
        ({"kind": '"distribution"', "bin": "60", "tail": "90"}, "“tail” must be a multiple of “bin”"),
        ({"kind": '"distribution"', "bin": "60", "tail": "60", "stat": '"mode"'}, "“stat” must be one of"),
        ({"reads": "[]"}, "“reads” must name at least one table"),
        ({"breakdowns": '["room", "room"]'}, "“breakdowns” names something twice"),
        ({"breakdowns": '["num"]'}, "a breakdown cannot be called “num”"),
        ({"breakdown_totals": '["room"]'}, "“breakdown_totals” names “room”, which is no breakdown"),
        ({"target": "{ value = 80 }"}, "a target nobody stands behind is no target"),
        ({"target": '{ value = "80", source = "Board" }'}, "the “value” of the target must be a number"),
        ({"target": '{ value = 80, source = " " }'}, "must say who set it"),
        ({"source": '{ author = "me" }'}, "[source]: “author” is not something a source says"),
        ({"settings": "{ grace = 1.5 }"}, "the setting “grace” must be a whole number"),
        ({"settings": "{ Grace = 1 }"}, "“Grace” cannot be the name of a setting"),
        ({"example": '[{ name = "one" }]'}, "example 1: “facility” is missing"),
        ({"id": "7"}, "“id” must be text"),
        ({"den_rollup": '"once"'}, "“den_rollup” is for ratios and rates only"),
        ({"kind": '"ratio"', "den_rollup": '"twice"'}, "“den_rollup” can only be “once”"),
        ({"formula": '"a / b"'}, "“formula” is for formulas only"),
        ({"kind": '"formula"'}, "“reads” is not for formulas: the measures they name say it"),
    ],
)  # fmt: skip
def test_every_fault_is_said_in_words(said: dict[str, str], words: str) -> None:
    assert words in fault(**said)


def test_all_faults_of_a_file_are_said_at_once() -> None:
    said = fault(direction='"up"', version="0", title="")
    assert said.startswith("cases.toml: ")
    assert said.count(";") == 2


def test_sql_lost_below_a_section_is_said_to_stand_there() -> None:
    lost = toml(sql="") + "[source]\nlink = 'x'\nsql = 'SELECT 1'\n"
    with pytest.raises(BadMeasure, match=r"“sql” is missing \(it stands below \[source\]"):
        definition_from(lost)


def test_a_file_that_is_no_toml_is_named() -> None:
    with pytest.raises(BadMeasure, match=r"broken\.toml is not TOML"):
        definition_from("id = ", "broken.toml")


def test_wording_leaves_the_identity_alone_and_meaning_changes_it() -> None:
    same = made()
    for wording in ({"title": '"Other"'}, {"sentence": '"Other."'}, {"target": '{ value = 1, source = "Board" }'}):
        assert made(**wording).sha256 == same.sha256
    meanings = [
        {"version": "2"},
        {"scale": "60"},
        {"unit": '"min"'},
        {"breakdowns": '["room"]'},
        {"settings": "{ a = 1 }"},
    ]
    others = {made(**meaning).sha256 for meaning in meanings} | {made("SELECT 1").sha256}
    assert len(others | {same.sha256}) == len(meanings) + 2


def test_a_target_is_exact_however_it_is_written() -> None:
    target = made(target='{ value = 0.1, source = "Board" }').target
    assert target is not None
    assert target.value == Decimal("0.1")


def test_a_measure_that_the_linter_refuses_cannot_be_read(tmp_path) -> None:
    path = tmp_path / "half.toml"
    path.write_text(
        toml(sql="'''SELECT 'or_case' AS src, row_id, place, day, NULL AS left_out, 1 / 2 AS num FROM or_case'''")
    )
    surgery()
    with pytest.raises(BadMeasure, match=r"half\.toml: division"):
        read_definition(path)


def test_two_files_for_one_id_and_a_faulty_file_are_all_told_together(tmp_path, monkeypatch) -> None:
    surgery()
    for name in ("one.toml", "two.toml"):
        (tmp_path / name).write_text(toml())
    (tmp_path / "three.toml").write_text(toml(unit=""))
    monkeypatch.setattr("housewide.measures.definitions._folders", [])
    monkeypatch.setattr("housewide.measures.definitions._read", None)
    register_folder(tmp_path)
    with pytest.raises(BadMeasure) as bad:
        all_definitions()
    assert "“unit” is missing" in str(bad.value)
    assert "two.toml: the measure “made.for_tests” is already defined in" in str(bad.value)


def test_an_unknown_measure_is_named() -> None:
    surgery()
    with pytest.raises(KeyError, match=r"There is no measure “surgery\.nothing”"):
        get("surgery.nothing")


@pytest.mark.django_db
def test_a_definition_is_kept_whole_once_however_often_it_is_used() -> None:
    definition = made()
    first = record(definition)
    assert record(made(title='"Reworded"')) == first
    assert DefinitionRecord.objects.count() == 1
    assert (first.measure, first.version, first.text) == (definition.id, 1, definition.text)
    record(made(version="2"))
    assert DefinitionRecord.objects.count() == 2


def test_reading_definitions_starts_without_the_sql_parser() -> None:
    asked = "import sys, housewide.measures.definitions, housewide.measures.linter, housewide.measures.compile;"
    asked += "print(sorted({'sqlglot', 'duckdb', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
