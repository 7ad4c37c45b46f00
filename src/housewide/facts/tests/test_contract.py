"""Every cell is read exactly or its row is set aside, whole, with the reason in words."""

from __future__ import annotations

import csv
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from housewide.facts import set_aside
from housewide.facts.catalogue import current_parts
from housewide.facts.engines import session
from housewide.facts.judging import LoadFailed
from housewide.facts.loading import preview
from housewide.facts.mapping import Mapping, Source, template_mapping
from housewide.facts.models import Batch, Crosswalk, Feed
from housewide.facts.tables import table
from housewide.facts.tests.conftest import GOOD, HEADER, MAPPING, row, write_plain
from housewide.org.models import Placement

pytestmark = pytest.mark.django_db


def values(column: str) -> list[object]:
    with session({"test_visit": current_parts("test_visit")}) as engine:
        return [value for (value,) in engine.rows(f'SELECT "{column}" FROM test_visit ORDER BY visit_id')]


def reasons(batch: Batch) -> dict[int, list[str]]:
    return {one.line: one.reasons for one in set_aside.read(batch)}


def changed(name: str, **more: object) -> Mapping:
    return Mapping(MAPPING.columns | {name: Source(**{"header": MAPPING.columns[name].header, **more})})


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("1234.5", 123450),
        ("$1,234.50", 123450),
        ("(1,234.50)", -123450),
        ("$(5)", -500),
        ("-$5.00", -500),
        ("5.00-", -500),
        (".07", 7),
        ("0.10", 10),
        ("12.500000", 1250),
        ("  7 ", 700),
        ("", None),
        ("90071992547409.93", 9007199254740993),
    ],
)
def test_money_becomes_exact_cents(feed, send, cell, cents):
    assert send(feed, [row(Charge=cell)]).rows_accepted == 1
    assert values("charge") == [cents]


@pytest.mark.parametrize(
    "cell", ["12.505", "1,23", "(5", "--5", "(-5)", "1e3", "12 dollars", "1.2.3", "-", "99999999999999999999"]
)
def test_money_that_is_not_exact_cents_is_set_aside(feed, send, cell):
    batch = send(feed, [row(Charge=cell)])
    assert reasons(batch) == {2: [f"Charge “{cell}” is not an amount of dollars and cents"]}


@pytest.mark.slow
@given(st.integers(-(10**14), 10**14))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_amount_survives_the_way_through_text(feed, tmp_path, cents):
    said = f"{'-' if cents < 0 else ''}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"
    plain = write_plain(tmp_path / "p.csv", [row(Charge=said)])
    lenient = [one.values["charge"] for one in preview(feed, plain, HEADER, MAPPING).accepted_rows]
    assert lenient == ([cents] if cents >= -100_000_000 else [])


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("10/14/2026 07:30", datetime(2026, 10, 14, 7, 30)),
        ("10/14/26 7:30", datetime(2026, 10, 14, 7, 30)),
        ("2026-10-14T07:30:59", datetime(2026, 10, 14, 7, 30, 59)),
        ("10/14/2026 7:05 PM", datetime(2026, 10, 14, 19, 5)),
        ("2026-10-14 07:30:59.900000", datetime(2026, 10, 14, 7, 30, 59)),
        ("2026-10-14", datetime(2026, 10, 14)),
        ("", None),
    ],
)
def test_times_are_read_to_the_second(feed, send, cell, moment):
    assert send(feed, [row(In=cell, Out="")]).rows_accepted == 1
    assert values("arrived") == [moment]


@pytest.mark.parametrize("cell", ["25:99", "13/14/2026 07:30", "02/30/2026 07:30", "46309.3125", "2026-10-14 07:30+02"])
def test_times_that_cannot_be_read_are_set_aside(feed, send, cell):
    assert reasons(send(feed, [row(In=cell)])) == {2: [f"In “{cell}” is not a date and time we can read"]}


def test_a_year_nobody_means_is_set_aside(feed, send):
    assert reasons(send(feed, [row(Date="0026-10-14")])) == {2: ["Date “0026-10-14” is outside the years 1900 to 2099"]}


def test_serial_numbers_are_read_when_the_mapping_says_excel(feed, send):
    send(feed, [row(In="46309.3125", Out="")], mapping=changed("arrived", formats=("excel",)))
    assert values("arrived") == [datetime(2026, 10, 14, 7, 30)]


def test_a_time_of_day_takes_its_day_from_another_column(feed, send):
    send(feed, [row(In="0730", Out="")], mapping=changed("arrived", date_header="Date", formats=("%m/%d/%Y %H%M",)))
    assert values("arrived") == [datetime(2026, 10, 14, 7, 30)]


def test_minutes_become_seconds_to_the_nearest(feed, send):
    send(feed, [row(Wait="12.33"), row(Visit="V2", Wait="0.5"), row(Visit="V3", Wait="-1")])
    assert values("wait") == [740, 30, -60]


def test_words_are_replaced_and_compared_without_case(feed, send):
    mapping = changed("add_on", value_map={"Added": "yes", "sched": "no", "?": ""})
    send(feed, [row(Add_On="ADDED"), row(Visit="V2", Add_On="Sched"), row(Visit="V3", Add_On="?")], mapping=mapping)
    assert values("add_on") == [True, False, None]
    assert values("class") == ["elective"] * 3


def test_identifiers_keep_their_zeros(feed, send):
    send(feed, [row(Visit="007")])
    assert values("visit_id") == ["007"]


def test_a_row_with_many_faults_says_all_of_them(feed, send):
    batch = send(feed, [row(Visit=" ", Class="maybe", Add_On="perhaps", Out="10/14/2026 07:00", Payer="ZZ")])
    assert sorted(reasons(batch)[2]) == sorted(
        [
            "Visit is empty",
            "Class “maybe” is not one of: elective, urgent",
            "Add On “perhaps” is not yes or no",
            "unknown payer code “ZZ” in Payer",
            "Left is before arrived",
        ]
    )
    assert sum(batch.reasons.values()) == 5 and batch.rows_set_aside == 1


def test_a_flagged_row_is_accepted_and_says_so(feed, send):
    batch = send(feed, [row(Out="10/16/2026 07:30"), row(Visit="V2")])
    assert batch.rows_set_aside == 0
    assert values("flags") == [["long_stay"], []]


def test_a_column_rule_names_the_value(feed, send):
    batch = send(feed, [row(Charge="-2000000")])
    assert reasons(batch) == {2: ["Charge is below minus a million dollars (-200000000)"]}


def test_a_row_the_reader_could_not_split_is_set_aside(feed, send):
    batch = send(feed, [row(_problem="a quote is opened and never closed"), row(Visit="V2")])
    assert reasons(batch) == {2: ["a quote is opened and never closed"]}


def test_set_aside_rows_keep_every_cell_as_it_was_sent(feed, send):
    sent = row(Visit="  V1 ", In="25:99", Payer='say "hi",\nthen go', _extra="beyond")
    (kept,) = set_aside.read(send(feed, [sent]))
    assert kept.cells == [sent[heading] for heading in HEADER] + ["beyond"]


def test_rows_of_another_facility_are_set_aside(feed, send):
    batch = send(feed, [row(Unit="LSR-OR"), row(Visit="V2")])
    assert reasons(batch) == {2: ["place “LSR-OR” belongs to facility “LSR”, not “MVH”"]}


def test_a_system_feed_files_each_row_with_the_facility_of_its_place(places, send):
    feed = Feed.objects.create(code="all", title="All", table="test_visit", scope=places["SYS"])
    batch = send(feed, [row(), row(Visit="V2", Unit="LSR-OR")])
    assert [part.scope for part in current_parts("test_visit")] == ["LSR", "MVH"] and batch.rows_set_aside == 0


def test_a_place_that_moved_belongs_to_the_facility_of_the_day(places, send):
    feed = Feed.objects.create(code="all", title="All", table="test_visit", scope=places["SYS"])
    Placement.objects.filter(place=places["MVH-4W"]).update(valid_to=date(2026, 10, 10))
    Placement.objects.create(place=places["MVH-4W"], parent=places["LSR"], valid_from=date(2026, 10, 10))
    send(feed, [row(Unit="MVH-4W", Date="10/09/2026"), row(Visit="V2", Unit="MVH-4W", Date="10/10/2026")])
    assert values("facility") == ["MVH", "LSR"]


def test_a_code_means_what_it_meant_on_the_day(feed, send):
    Crosswalk.objects.filter(source_code="MC", scope="MVH").update(valid_to=date(2026, 10, 10))
    Crosswalk.objects.create(kind="payer", scope="MVH", source_code="MC", target="OTHER", valid_from=date(2026, 10, 12))
    batch = send(feed, [row(Date="10/09/2026"), row(Visit="V2"), row(Visit="V3", Date="10/11/2026")])
    assert values("payer") == ["MEDICARE", "OTHER"]
    assert reasons(batch) == {4: ["unknown payer code “MC” in Payer"]}


def test_the_first_of_equal_rows_is_kept(feed, send):
    batch = send(feed, [row(), row(), row(Visit="V2"), row()])
    assert reasons(batch) == {3: ["duplicate of line 2"], 5: ["duplicate of line 2"]}


def test_none_of_differing_rows_with_one_key_is_kept(feed, send):
    batch = send(feed, [row(), row(Charge="1"), row(Visit="V2"), row()])
    says = "another row with the same key says otherwise (lines 2, 3, 5)"
    assert reasons(batch) == {line: [says] for line in (2, 3, 5)}
    assert values("visit_id") == ["V2"]


def test_a_faulty_row_does_not_count_as_a_duplicate(feed, send):
    batch = send(feed, [row(Charge="x"), row()])
    assert batch.rows_accepted == 1


def test_a_mapping_that_does_not_fit_is_refused_in_words(feed, send):
    with pytest.raises(LoadFailed, match=r"no heading “Nowhere”.*“Visit id” is required"):
        send(feed, [row()], mapping=Mapping({"day": Source(header="Nowhere")}))
    assert not Batch.objects.exists()


def test_a_plain_copy_with_other_rows_than_were_read_is_refused(feed, send):
    with pytest.raises(LoadFailed, match="has 3 rows but its plain copy 2"):
        send(feed, [row(), row(Visit="V2")], rows_read=3)
    assert not Batch.objects.exists()


def test_no_cell_reaches_the_message_of_a_broken_file(feed, tmp_path):
    plain = tmp_path / "broken.csv"
    plain.write_text('"_line","_problem","Visit","_extra"\n"2","","SECRET MRN"\n')
    with pytest.raises(LoadFailed) as told:
        preview(feed, plain, HEADER, MAPPING)
    assert "SECRET" not in str(told.value) + str(told.value.__cause__)


def test_a_template_needs_no_mapping(feed):
    header = [column.heading for column in table("test_visit").columns]
    assert set(template_mapping(table("test_visit"), header).columns) == set(table("test_visit").by_name)


def test_a_mapping_survives_being_stored():
    mapping = changed("add_on", value_map={"J": "yes"}, formats=("a",))
    assert Mapping.from_dict(mapping.to_dict()) == mapping


def test_a_preview_says_what_the_import_would_do_and_changes_nothing(feed, send, tmp_path):
    send(feed, [row(), row(Visit="V9")])
    plain = write_plain(
        tmp_path / "p.csv", [row(), row(Visit="V2"), row(Visit="V3", Payer="ZZ"), row(Visit="V4", Unit="?")]
    )
    told = preview(feed, plain, HEADER, MAPPING, limit=1)
    assert (told.rows_read, told.accepted, told.set_aside, told.unchanged) == (4, 2, 2, 1)
    assert told.periods == [("MVH", "2026-10", 2, 2, True)]
    assert told.unknown_codes == [("payer", "ZZ", 1), ("place", "?", 1)]
    assert len(told.accepted_rows) == len(told.set_aside_rows) == 1
    assert told.accepted_rows[0].values["patient"] != GOOD["MRN"]
    assert Batch.objects.count() == 1


cell = st.one_of(st.sampled_from([*GOOD.values(), "", "V2", "V3", "x", "11/02/2026", "LSR-OR"]), st.text(max_size=6))
sendable = cell.filter(lambda said: "\x00" not in said and said.encode("utf-8", "ignore").decode() == said)
generated = st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(HEADER, sendable)), max_size=12)


@pytest.mark.slow
@given(generated)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_read_is_accepted_plus_set_aside(feed, tmp_path, rows):
    plain = write_plain(tmp_path / "p.csv", [GOOD | cells for cells in rows])
    told = preview(feed, plain, HEADER, MAPPING, limit=100)
    assert told.rows_read == len(rows) == told.accepted + told.set_aside
    assert all(one.reasons for one in told.set_aside_rows)
    with plain.open(newline="", encoding="utf-8") as file:
        sent = {int(line): cells for line, _, *cells in list(csv.reader(file))[1:]}
    for one in told.set_aside_rows:
        assert [said or "" for said in one.cells] == sent[one.line]


def test_a_damaged_row_waits_for_somebody_to_look_at_it(feed, send):
    from housewide.facts import set_aside

    batch = send(feed, [row(_problem="too many cells"), row(Visit="V2", Date="tomorrow")])
    assert batch.rows_set_aside == 2
    assert len(set_aside.readable(batch)) == 1
