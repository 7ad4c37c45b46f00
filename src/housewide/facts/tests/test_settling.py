"""Every row that was set aside waits once, until something says more of it; and never comes back over a newer one."""

from __future__ import annotations

import csv
import io

import pytest

from housewide.facts import checks, set_aside
from housewide.facts.models import Batch, Feed
from housewide.facts.tests.conftest import row
from housewide.facts.tests.test_loading import correct, mode, visits

pytestmark = pytest.mark.django_db

SEPTEMBER, BAD = {"Date": "09/14/2026"}, {"Payer": "ZZ"}


def waiting(*batches: Batch) -> list[list[int]]:
    """Lines that wait, by import; each by the receipt's own count too."""
    found = []
    for batch in batches:
        batch.refresh_from_db()
        lines = [one.line for one in set_aside.read(batch, open_only=True)]
        assert len(lines) == batch.set_aside_open
        found.append(lines)
    assert checks.imports_add_up() == []
    return found


def test_rows_of_months_that_did_not_come_anew_go_on_waiting(feed, send):
    first = send(
        feed,
        [row(Visit="A"), row(Visit="B", **BAD), row(Visit="C", **BAD, **SEPTEMBER), row(Visit="D", Date="someday")],
    )
    second = send(feed, [row(Visit="A", Charge="2")])
    assert waiting(first, second) == [[4, 5], []]
    assert "1 row stopped waiting: the whole month came anew" in first.note


def test_a_row_whose_month_nobody_could_read_rests_once_its_key_comes(feed, send):
    first = send(feed, [row(Visit="A", Date="someday"), row(Visit="B", Date="someday")])
    send(feed, [row(Visit="A")])
    assert waiting(first) == [[3]]
    assert [one.settled for one in set_aside.read(first)] == ["newer", ""]


def test_a_row_sent_again_word_for_word_waits_once(feed, send):
    first = send(mode(feed, Feed.Mode.UPSERT), [row(Visit="", Date="someday"), row(Visit="B")])
    second = send(feed, [row(Visit="", Date="someday"), row(Visit="C")])
    third = send(feed, [row(Visit="D"), row(Visit="", Date="someday")])
    assert waiting(first, second, third) == [[], [], [3]]


def test_the_newest_of_two_waiting_versions_of_a_row_is_the_one_that_waits(feed, send):
    first = send(mode(feed, Feed.Mode.UPSERT), [row(Visit="A", Charge="1", **BAD)])
    second = send(feed, [row(Visit="A", Charge="2", **BAD)])
    assert waiting(first, second) == [[], [2]]
    header, lines = correct(second, Payer="MC")
    send(feed, lines, header=header)
    assert waiting(first, second) == [[], []]
    assert visits() == {"A": 200}


def test_of_two_rows_that_contradict_each_other_one_is_chosen_and_the_other_rests(feed, send):
    first = send(mode(feed, Feed.Mode.UPSERT), [row(Visit="A", Charge="1"), row(Visit="A", Charge="2")])
    assert waiting(first) == [[2, 3]]
    header, lines = correct(first)
    send(feed, lines[1:], header=header)
    assert waiting(first) == [[]]
    assert visits() == {"A": 200}


def test_an_older_row_never_takes_the_place_of_one_that_came_since(feed, send):
    first = send(mode(feed, Feed.Mode.UPSERT), [row(Visit="A", Charge="1", **BAD)])
    header, lines = correct(first, Payer="MC")
    send(feed, [row(Visit="A", Charge="2")])
    late = send(feed, lines, header=header, corrects=first)
    assert visits() == {"A": 200}
    assert late.reasons == {"a newer row with the same key came since": 1}
    assert waiting(first, late) == [[], []]


def test_a_correction_may_itself_be_corrected(feed, send):
    first = send(mode(feed, Feed.Mode.UPSERT), [row(Visit="A", Charge="1", **BAD)])
    header, lines = correct(first, Payer="MC")
    send(feed, lines, header=header)
    send(feed, [line | {"Charge": "3"} for line in lines], header=header)
    assert visits() == {"A": 300}


def test_when_one_line_is_corrected_into_two_the_one_that_fails_waits_by_itself(feed, send):
    first = send(mode(feed, Feed.Mode.UPSERT), [row(Visit="A", **BAD)])
    header, [line] = correct(first)
    split = [line | {"Payer": "MC"}, line | {"Visit": "B"}]
    second = send(feed, split, header=header, corrects=first)
    assert waiting(first, second) == [[], [3]]
    header, [left] = correct(second, Payer="MC")
    assert (left["set_aside_batch"], left["set_aside_line"]) == (second.public_id, "3")
    send(feed, [left], header=header)
    assert waiting(first, second) == [[], []]
    assert list(visits()) == ["A", "B"]


def test_a_file_sent_a_third_time_leaves_each_row_waiting_once(feed, send):
    rows = [row(Visit="A", **BAD), row(Visit="B", **BAD), row(Visit="C")]
    first = send(mode(feed, Feed.Mode.UPSERT), rows)
    header, lines = correct(first, Payer="MC")
    send(feed, lines[:1], header=header)
    second, third = send(feed, rows), send(feed, rows)
    assert waiting(first, second, third) == [[], [], [3]]
    send(feed, lines[1:], header=header)  # made from the first receipt, before the file came again
    assert waiting(first, second, third) == [[], [], []]
    assert list(visits()) == ["A", "B", "C"]


def test_rows_that_fail_again_are_downloaded_with_the_line_at_which_they_wait(feed, send):
    first = send(feed, [row(Visit="A", **BAD)])
    header, lines = correct(first, Payer="ZX")
    second = send(feed, lines, header=header)
    assert waiting(first, second) == [[2], []]
    page = b"".join(set_aside.download(second)).decode("utf-8-sig")
    assert [one["set_aside_batch"] for one in csv.DictReader(io.StringIO(page))] == [first.public_id]


def test_a_row_corrected_in_vain_goes_on_waiting_though_its_old_key_was_accepted(feed, send):
    first = send(mode(feed, Feed.Mode.UPSERT), [row(Visit="A", Charge="1"), row(Visit="A", Charge="2")])
    header, [one, two] = correct(first)
    second = send(feed, [one, two | {"Visit": "B", "Payer": "ZX"}], header=header)
    assert waiting(first, second) == [[3], []]
    header, [left] = correct(first, Visit="B")
    send(feed, [left], header=header)
    assert waiting(first) == [[]]
    assert list(visits()) == ["A", "B"]


@pytest.mark.parametrize("payer", ["MC", "ZZ"])
@pytest.mark.parametrize("newest", [BAD, {}])
def test_a_correction_of_an_older_version_is_not_let_in_once_a_newer_one_came(feed, send, newest, payer):
    first = send(mode(feed, Feed.Mode.UPSERT), [row(Visit="A", Charge="1", **BAD)])
    header, lines = correct(first, Payer=payer)
    second = send(feed, [row(Visit="A", Charge="2", **newest)])
    late = send(feed, lines, header=header)
    assert waiting(first, second, late) == [[], [2] if newest else [], []]
    assert visits() == ({} if newest else {"A": 200})


def test_a_row_that_its_month_left_out_does_not_come_back_by_a_correction(feed, send):
    first = send(feed, [row(Visit="A"), row(Visit="B", **BAD)])
    header, lines = correct(first, Payer="MC")
    send(feed, [row(Visit="A")])
    late = send(feed, lines, header=header)
    assert list(visits()) == ["A"]
    assert waiting(first, late) == [[], []]


def test_a_correction_made_before_the_same_row_came_again_is_let_in(feed, send):
    first = send(feed, [row(Visit="A"), row(Visit="B", **BAD)])
    header, lines = correct(first, Payer="MC")
    second = send(feed, [row(Visit="A"), row(Visit="B", **BAD), row(Visit="C")])
    send(feed, lines, header=header)
    assert waiting(first, second) == [[], []]
    assert list(visits()) == ["A", "B", "C"]


def test_the_same_correction_sent_twice_leaves_a_row_waiting_once(feed, send):
    first = send(mode(feed, Feed.Mode.UPSERT), [row(Visit="A", **BAD)])
    header, [line] = correct(first)
    split = [line | {"Payer": "MC"}, line | {"Visit": "B"}]
    second, third = send(feed, split, header=header), send(feed, split, header=header)
    assert waiting(first, second, third) == [[], [], [3]]


def test_a_plain_file_said_to_correct_an_import_takes_over_what_it_brings(feed, send):
    first = send(mode(feed, Feed.Mode.UPSERT), [row(Visit="A", **BAD), row(Visit="B", **BAD)])
    second = send(feed, [row(Visit="A"), row(Visit="B", **BAD)], corrects=first)
    assert waiting(first, second) == [[], [3]]


def test_an_import_whose_rows_are_gone_from_the_disk_stops_no_other(feed, send):
    first = send(feed, [row(Visit="A", **BAD)])
    set_aside.path_of(first).unlink()
    assert send(feed, [row(Visit="B")]).rows_accepted == 1


def test_a_corrected_row_of_a_month_that_did_not_come_anew_does_not_wait_again(feed, send):
    rows = [row(Visit="A"), row(Visit="C", **BAD, **SEPTEMBER)]
    first = send(feed, rows)
    header, lines = correct(first, Payer="MC")
    send(feed, lines, header=header)
    assert waiting(first, send(feed, rows)) == [[], []]
    assert list(visits()) == ["A", "C"]
