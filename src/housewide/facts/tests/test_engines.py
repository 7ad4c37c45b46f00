"""An engine answers questions about the parts it was given and can do nothing else."""

from __future__ import annotations

import os
import threading

import pytest

from housewide.facts import engines, tables
from housewide.facts.catalogue import current_parts, facts_folder, part_path
from housewide.facts.engines import duckdb as own
from housewide.facts.engines import session
from housewide.facts.tests.conftest import row


def test_a_table_without_parts_is_empty_and_typed():
    with session({"test_visit": []}) as engine:
        assert engine.rows("SELECT count(*), sum(charge) FROM test_visit") == [(0, None)]
        described = engine.rows("SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = 'test_visit'")
        assert engine.rows("SELECT count(*) FROM calendar") == [(0,)]
    assert dict(described) == tables.table("test_visit").part_types


@pytest.mark.parametrize(
    "sql",
    [
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "ATTACH '/tmp/x.duckdb'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 8",
        "SET enable_external_access = true",
        "DROP VIEW test_visit",
        "CREATE TABLE t (a INT)",
        "SELECT 1; SELECT 2",
    ],
)
def test_only_a_single_question_may_be_asked(sql):
    with session({"test_visit": []}) as engine, pytest.raises(ValueError, match="Only one SELECT"):
        engine.rows(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_parquet('https://example.org/x.parquet')",
    ],
)
def test_a_question_cannot_leave_the_facts_folder(sql):
    import duckdb

    with session({"test_visit": []}) as engine, pytest.raises(duckdb.Error):
        engine.rows(sql)


@pytest.mark.parametrize(
    "sql", ["COPY (SELECT 1) TO '{outside}'", "ATTACH '{outside}'", "INSTALL httpfs", "SET memory_limit = '9GB'"]
)
def test_the_engine_itself_refuses_too(sql, tmp_path):
    import duckdb

    with session({"test_visit": []}) as engine, pytest.raises(duckdb.Error):
        engine._connection.execute(sql.format(outside=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_question_that_takes_too_long_is_stopped_and_the_next_is_answered():
    with session({"test_visit": []}, timeout=0.3) as engine:
        with pytest.raises(engines.TookTooLong, match=r"more than 0\.3 seconds"):
            engine.rows("SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range + b.range = 7")
        assert engine.rows("SELECT 1") == [(1,)]


def test_pages_wait_for_each_other_and_say_so(monkeypatch):
    monkeypatch.setattr(own, "WEB_WAIT_SECONDS", 0.05)
    with session({"test_visit": []}, web=True):
        with pytest.raises(engines.EngineBusy), session({"test_visit": []}, web=True):
            pass
        with session({"test_visit": []}) as loader:
            assert loader.rows("SELECT 1") == [(1,)]
    with session({"test_visit": []}, web=True) as after:
        assert after.rows("SELECT 1") == [(1,)]


@pytest.mark.django_db
def test_a_session_sees_exactly_the_parts_it_was_given(feed, send):
    send(feed, [row(Visit="A"), row(Visit="B", Date="09/01/2026")])
    with session({"test_visit": current_parts("test_visit", ["MVH"], ["2026-09"])}) as engine:
        assert engine.rows("SELECT visit_id FROM test_visit WHERE charge = ?", [123450]) == [("B",)]
    assert [part_path(part).is_relative_to(facts_folder()) for part in current_parts("test_visit")] == [True, True]


def test_sessions_may_be_open_in_two_threads():
    found = []

    def ask() -> None:
        with session({"test_visit": []}) as engine:
            found.append(engine.rows("SELECT 1"))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[(1,)], [(1,)]]


def test_the_next_session_begins_empty_and_as_locked_as_the_first():
    import duckdb

    own.close_idle()
    with session({"test_visit": []}) as engine:
        first = engine._connection
    with session({}) as engine:
        assert engine._connection is first
        assert engine.rows("SELECT count(*) FROM calendar") == [(0,)]
        with pytest.raises(duckdb.CatalogException):
            engine.rows("SELECT * FROM test_visit")
    with session({}) as engine, pytest.raises(duckdb.Error):
        engine._connection.execute("SET memory_limit = '9GB'")


def test_two_at_once_have_a_connection_each_and_one_that_failed_is_not_used_again():
    with session({}) as one, session({}) as other:
        assert one._connection is not other._connection
    own.close_idle()
    with pytest.raises(ZeroDivisionError), session({}) as engine:
        failed = engine._connection
        raise ZeroDivisionError
    with session({}) as engine:
        assert engine._connection is not failed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:This process")
def test_a_fork_inherits_no_connection():
    with session({}):
        pass
    child = os.fork()
    if child == 0:
        os._exit(1 if own._idle else 0)
    assert os.waitpid(child, 0)[1] == 0
