"""Lakeside's books tie: what its ledger says is what its charges, bills, payments and payroll add up to.

Everything is recounted from the printed files. The same questions are asked of files in which one step went wrong, and
each must say so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from housewide.demo.clinic import appointment_rows
from housewide.demo.money.payroll import BENEFITS, FIRST_PERIOD_ENDED, FORTNIGHT
from housewide.demo.operating_rooms import LAST_DAY, write_files
from housewide.demo.practice import books
from housewide.demo.practice.answers import balances
from housewide.demo.practice.contracts import groups, plans
from housewide.demo.practice.files import Practice, play, statistics_of, write_played
from housewide.demo.practice.visits import CLINIC, SURGERY
from housewide.demo.surgeons import all_surgeons
from housewide.demo.tests.reading_back import log_lines, table_lines
from housewide.demo.timecards import Timecards

MONTHS = 6
TIES = {
    "every journal adds up to nothing": "SELECT journal AS k, sum(cents) AS a, 0 AS b FROM ledger GROUP BY 1",
    "gross revenue is what was charged, by month and account": """
        WITH booked AS (SELECT month || ' ' || account || ' ' || place AS k, -sum(cents) AS a, 0 AS b FROM ledger
                        WHERE account BETWEEN 4000 AND 4999 GROUP BY 1),
        charged AS (SELECT month || ' ' || account_no || ' ' || place, 0, sum(cents) FROM charges GROUP BY 1)
        SELECT k, sum(a), sum(b) FROM (FROM booked UNION ALL FROM charged) GROUP BY 1""",
    "cash received is what payers and patients paid, by month": """
        WITH booked AS (SELECT month AS k, sum(cents) AS a, 0 AS b FROM ledger
                        WHERE account = 1010 AND source IN ('remittance', 'patient_day') GROUP BY 1),
        paid AS (SELECT month, 0, sum(cents) FROM remittances WHERE kind IN ('payment', 'patient_payment') GROUP BY 1)
        SELECT k, sum(a), sum(b) FROM (FROM booked UNION ALL FROM paid) GROUP BY 1""",
    "receivables roll forward, by month and payer": """
        WITH booked AS (SELECT month || ' ' || payer AS k, sum(cents) AS a, 0 AS b FROM ledger
                        WHERE account IN (1100, 1110) AND source <> 'balance' GROUP BY 1),
        moved AS (SELECT month || ' ' || payer, 0, sum(cents) FROM charges GROUP BY 1 UNION ALL
                  SELECT month || ' ' || payer, 0, -sum(cents) FROM remittances
                  WHERE kind NOT IN ('denial', 'patient_responsibility') GROUP BY 1)
        SELECT k, sum(a), sum(b) FROM (FROM booked UNION ALL FROM moved) GROUP BY 1""",
    "every bill is what was charged for its visit": """
        SELECT c.account AS k, any_value(c.charges) AS a, coalesce(sum(h.cents), 0) AS b
        FROM claims c LEFT JOIN charges h USING (account) GROUP BY 1""",
    "no bill is answered for more than was charged": """
        SELECT claim AS k, 0 AS a, least(0, any_value(c.charges) - sum(r.cents)) AS b FROM remittances r
        JOIN claims c USING (claim) WHERE kind NOT IN ('denial', 'patient_responsibility') GROUP BY 1""",
    "the statistics count the visits, by day": """
        WITH counted AS (SELECT day || ' ' || place AS k, sum(count) AS a, 0 AS b FROM statistics WHERE name = 'visits'
                         GROUP BY 1),
        seen AS (SELECT day || ' ' || place, 0, count(*) FROM visits GROUP BY 1)
        SELECT k, sum(a), sum(b) FROM (FROM counted UNION ALL FROM seen) GROUP BY 1""",
    "operations are charged once, by day": """
        WITH counted AS (SELECT day AS k, sum(count) AS a, 0 AS b FROM statistics WHERE name = 'operations' GROUP BY 1),
        charged AS (SELECT served, 0, sum(units) FROM charges WHERE account_no = 4130 GROUP BY 1)
        SELECT k, sum(a), sum(b) FROM (FROM counted UNION ALL FROM charged) WHERE k < '2026-11-15' GROUP BY 1""",
}
CENTERS = {"ORTHO": "2020", "RAD": "2030", "REHAB": "2040"}


@pytest.fixture(scope="module")
def practice() -> Practice:
    return play(2026, MONTHS)


@pytest.fixture(scope="module")
def printed(practice: Practice, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every month that was played: the bills that are answered in the first printed ones are older."""
    folder = tmp_path_factory.mktemp("practice")
    write_played(folder, replace(practice, printed=practice.months))
    return folder


def cents_of(heading: str) -> str:
    plain = f"""replace(replace("{heading}", '(', '-'), ')', '')"""
    return f"CAST(CAST({plain} AS DECIMAL(18, 2)) * 100 AS BIGINT)"


def case(heading: str, pairs: dict[str, str]) -> str:
    return f'CASE "{heading}" ' + " ".join(f"WHEN '{one}' THEN '{two}'" for one, two in pairs.items()) + " END"


def day_of(heading: str, pattern: str) -> str:
    return f"""strftime(strptime("{heading}", '{pattern}'), '%Y-%m-%d')"""


def read_back(folder: Path) -> duckdb.DuckDBPyConnection:
    """The printed files as tables of days, months and cents."""
    payer = {one.printed: one.code for one in plans()}
    account = {one.code: f"{one.account}" for one in groups()}
    made = {
        "visits": f"{day_of('DOS', '%m/%d/%y')} AS day, {case('Dept', CENTERS)} AS place",
        "charges": f"""Account AS account, substr(PostDate, 1, 7) AS month, DOS AS served, CAST(Units AS INT) AS units,
                   CAST({case("ChgCode", account)} AS INT) AS account_no, {case("Dept", CENTERS)} AS place,
                   {case("FinClass", payer)} AS payer, {cents_of("ChgAmt")} AS cents""",
        "claims": f""""Claim No" AS claim, Account AS account, {cents_of("Billed Amt")} AS charges,
                  substr({day_of("First Billed", "%d-%b-%Y")}, 1, 7) AS month""",
        "remittances": f""""Claim No" AS claim, substr(Posted, 1, 4) || '-' || substr(Posted, 5, 2) AS month,
                       Txn AS kind, {case("Plan", payer)} AS payer, {cents_of("Txn Amt")} AS cents""",
        "ledger": f"""Jrnl AS journal, substr({day_of("Date", "%m/%d/%y")}, 1, 7) AS month, CC AS place,
                  CAST(Acct AS INT) AS account, {cents_of("Amt")} AS cents, Payer AS payer, Src AS source""",
        "statistics": f"""{day_of("Date", "%m/%d/%y")} AS day, CC AS place, Stat AS name,
                      CAST(Count AS INT) AS count""",
    }
    con = duckdb.connect()
    for name, columns in made.items():
        sign = "|" if name == "charges" else ","
        source = f"read_csv('{folder}/lko_{name}/*.csv', all_varchar = true, delim = '{sign}', header = true)"
        con.execute(f"CREATE TABLE {name} AS SELECT row_number() OVER () AS row, {columns} FROM {source}")
    return con


@pytest.fixture(scope="module")
def read(printed: Path) -> duckdb.DuckDBPyConnection:
    return read_back(printed)


def broken(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The ties that do not hold."""
    return {
        name
        for name, sql in TIES.items()
        if con.execute(f"SELECT count(*) FROM ({sql}) t(k, a, b) WHERE a <> b").fetchall() != [(0,)]
    }


def test_every_tie_holds_in_every_month(read: duckdb.DuckDBPyConnection) -> None:
    assert broken(read) == set()
    for name, sql in TIES.items():
        rows = read.execute(f"SELECT count(*) FROM ({sql}) t(k, a, b)").fetchall()
        assert rows[0][0] >= MONTHS, name


ONE = "row = (SELECT min(row) FROM {0} WHERE month = '2026-06' AND {1})"


@pytest.mark.parametrize(
    ("wrong", "ties"),
    [
        ("DELETE FROM charges WHERE " + ONE.format("charges", "true"), ("gross revenue", "receivables", "every bill")),
        ("UPDATE charges SET month = '2026-07' WHERE " + ONE.format("charges", "true"), ("gross revenue",)),
        ("UPDATE claims SET charges = charges + 1 WHERE " + ONE.format("claims", "true"), ("every bill",)),
        ("DELETE FROM remittances WHERE " + ONE.format("remittances", "kind = 'payment'"), ("cash", "receivables")),
        ("DELETE FROM remittances WHERE " + ONE.format("remittances", "kind = 'patient_payment'"), ("cash",)),
        ("UPDATE remittances SET cents = cents + 1000000 WHERE " + ONE.format("remittances", "kind = 'contractual'"),
         ("receivables", "no bill")),
        ("UPDATE ledger SET cents = cents + 1 WHERE " + ONE.format("ledger", "account = 1010"), ("every journal",)),
        ("DELETE FROM visits WHERE row = 9", ("the statistics",)),
        ("UPDATE charges SET units = 2 WHERE " + ONE.format("charges", "account_no = 4130"), ("operations",)),
    ],
)  # fmt: skip
def test_a_step_gone_wrong_breaks_its_tie(read: duckdb.DuckDBPyConnection, wrong: str, ties: tuple[str, ...]) -> None:
    read.execute("BEGIN")
    try:
        read.execute(wrong)
        found = broken(read)
    finally:
        read.execute("ROLLBACK")
    for start in ties:
        assert any(name.startswith(start) for name in found), (start, found)


def test_a_ledger_made_from_other_charges_than_were_printed_breaks_the_tie(practice: Practice, tmp_path: Path) -> None:
    charges = practice.of.charges
    fewer = replace(practice.of, charges=charges.take(np.arange(len(charges)) % 5000 != 7))
    ledger = books.ledger_of(fewer, practice.months, practice.until)
    write_played(tmp_path, replace(practice, ledger=ledger, printed=practice.months[-3:]))
    assert any(name.startswith("gross revenue") for name in broken(read_back(tmp_path)))


def completed(day: date) -> int:
    return sum(row[6] == "Completed" for row in appointment_rows(2026, day))


def test_completed_visits_are_the_completed_appointments_of_every_day(practice: Practice) -> None:
    counted = {day: many for *what, day, many in statistics_of(practice) if what == ["LKO-CLINIC", "visits"]}
    days = [LAST_DAY - timedelta(days=at) for at in range(200)]
    assert {day: counted.get(day, 0) for day in days} == {day: completed(day) for day in days}
    fewer = practice.of.visits.take(np.arange(len(practice.of.visits)) != len(practice.of.visits) - 1)
    short = replace(practice, of=replace(practice.of, visits=fewer))
    assert sum(many for _, _, _, many in statistics_of(short)) < sum(many for _, _, _, many in statistics_of(practice))


def test_every_operation_of_lakeside_s_surgeons_in_the_hospital_s_log_is_charged(
    practice: Practice, tmp_path: Path
) -> None:
    write_files(tmp_path, months=1)
    ours = {one.name for one in all_surgeons() if one.practice == "LKO"}
    log = {
        row["Case #"]
        for row in log_lines(tmp_path / "or_log" / "or_log_2026-10.csv")
        if row["Surgeon"] in ours and row["Cancelled"] == "N"
    }
    visits = practice.of.visits
    operated = (visits.kind == SURGERY) & (visits.day.astype("datetime64[M]") == np.datetime64("2026-10"))
    charged = set(visits.number[practice.of.charges.visit].tolist())
    assert log == set(visits.number[operated].tolist()) <= charged
    assert len(log) > 100


def paid(cards: Timecards, month: date) -> int:
    """Cents of wages of the fortnights that end in a month, from the timecards."""
    total = 0
    for week, cents in zip(cards.week.astype(object).tolist(), cards.cents.tolist(), strict=True):
        ends = week + timedelta(days=(FIRST_PERIOD_ENDED - week).days % FORTNIGHT)
        total += cents if ends.replace(day=1) == month else 0
    return total


def test_wages_in_the_ledger_are_the_payroll_of_lakeside_s_timecards(practice: Practice) -> None:
    cards = practice.of.cards
    assert all(place.startswith("LKO-") for place in np.unique(cards.place).tolist())
    for month in practice.printed[-4:-1]:
        runs = [one for one in practice.ledger if one.source_kind == "payroll_run" and one.day.replace(day=1) == month]
        booked = sum(one.cents for one in runs if 6000 <= one.account < BENEFITS)
        assert booked == paid(cards, month) > 0
        at = np.flatnonzero(cards.week == np.datetime64("2026-09-05"))
        assert paid(cards.take(np.delete(np.arange(len(cards)), at)), date(2026, 9, 1)) < paid(cards, date(2026, 9, 1))


def test_the_ledger_s_receivables_and_allowance_are_those_of_the_open_bills(practice: Practice) -> None:
    of = practice.of
    end = np.datetime64(practice.until)
    posted = np.bincount(of.charges.visit, weights=of.charges.cents, minlength=len(of.visits)).astype(np.int64)
    still = of.claims.charges - posted[of.claims.visit]  # charged after the last day
    owed = sum(line.cents for line in practice.ledger if line.account in (1100, 1110))
    assert owed == (balances(of.claims, of.answers) - still).sum()
    kept = sum(line.cents for line in practice.ledger if line.account == 1190)
    off = (of.charges.cents - of.charges.expected).sum() - of.answers.released.sum()
    assert kept == -off < 0
    old = of.claims.day < end - 200
    assert (balances(of.claims, of.answers)[old] == 0).mean() > 0.995


def test_visits_in_the_global_period_carry_no_charge_but_for_images(practice: Practice) -> None:
    visits, charges = practice.of.visits, practice.of.charges
    after = (visits.kind == CLINIC) & (visits.what == "POSTOP")
    codes = {groups()[one].code for one in np.unique(charges.group[after[charges.visit]]).tolist()}
    assert codes == {"XR"}


def test_days_more_change_nothing_of_the_days_before() -> None:
    last = date(2026, 10, 30)
    before, after = play(2026, 1, until=last), play(2026, 1, until=date(2026, 11, 3))
    end = np.datetime64(last)

    def told(of: Practice) -> list[list[object]]:
        money = of.of
        seen = money.visits.take(money.visits.day <= end)
        charged = money.charges.take(money.charges.posted <= end)
        said = money.answers.take(money.answers.day <= end)
        billed = money.claims.take(money.claims.day <= end)
        asked_for = of.authorizations.take(of.authorizations.requested <= end)
        return [
            *(getattr(seen, name).tolist() for name in ("number", "payer", "what")),
            sorted(zip(money.visits.number[charged.visit].tolist(), charged.group.tolist(), charged.cents.tolist(),
                       charged.expected.tolist(), strict=True)),
            sorted(zip(money.visits.number[billed.visit].tolist(), billed.charges.tolist(), strict=True)),
            sorted(zip(money.visits.number[money.claims.visit[said.claim]].tolist(), said.kind.tolist(),
                       said.cents.tolist(), strict=True)),
            asked_for.number.tolist(),
            [line for line in of.ledger if line.day <= last],
            [one for one in statistics_of(of) if one[2] <= last],
        ]  # fmt: skip

    assert told(before) == told(after)


def test_a_month_s_files_are_the_same_however_many_months_are_printed(printed: Path, tmp_path: Path) -> None:
    write_played(tmp_path, play(2026, 2))
    for name in ("lko_visits", "lko_charges", "lko_claims", "lko_remittances", "lko_statistics"):
        file = f"{name}/{name}_2026-10.csv"
        assert (tmp_path / file).read_bytes() == (printed / file).read_bytes(), name


def test_the_shares_of_the_practice_are_near_those_published(practice: Practice) -> None:
    found, claims = practice.of.answers, practice.of.claims
    answered = np.unique(found.claim[np.isin(found.kind, (0, 2))])
    assert 0.04 < len(np.unique(found.claim[found.kind == 2])) / len(answered) < 0.08
    charged = Counter(groups()[one].code for one in practice.of.charges.group.tolist())
    assert 0.25 < charged["EM-EST-4"] / (charged["EM-EST-3"] + charged["EM-EST-4"]) < 0.45
    assert 0.35 < claims.expected.sum() / claims.charges.sum() < 0.45
    assert sum(one.share for one in plans()) == 10_000


def test_the_rows_of_a_month_keep_within_twelve_thousand(printed: Path) -> None:
    rows = sum(len(table_lines(path)) for path in printed.glob("lko_*/*_2026-10.csv"))
    assert 8_000 < rows < 12_500
