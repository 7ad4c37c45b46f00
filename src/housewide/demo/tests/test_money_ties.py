"""Mercy Valley's books tie: what the ledger says is what the charges, bills, remittances and purchases add up to.

Everything is recounted from the printed files, as a stranger would. The same questions are asked of files in which one
step went wrong, and each must say so.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from housewide.demo.money import ledger as books
from housewide.demo.money.contracts import payers
from housewide.demo.money.files import House, play, write_house
from housewide.demo.money.remittances import balances

MONTHS = 12
TABLES = ("charges", "claims", "claim_lines", "remittances", "ledger", "purchases", "invoices")
TIES = {
    "every journal adds up to nothing": "SELECT journal AS k, sum(cents) AS a, 0 AS b FROM ledger GROUP BY 1",
    "gross revenue is what was charged, by month and account": """
        WITH booked AS (SELECT month || ' ' || account || ' ' || place AS k, -sum(cents) AS a, 0 AS b FROM ledger
                        WHERE account BETWEEN 4000 AND 4999 GROUP BY 1),
        charged AS (SELECT month || ' ' || account || ' ' || place, 0, sum(cents) FROM charges GROUP BY 1)
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
    "net of contracts is priced bills, what was trued up, and what was accrued, by month": """
        WITH booked AS (SELECT month AS k, -sum(cents) AS a, 0 AS b FROM ledger
                        WHERE (account BETWEEN 4000 AND 4999 OR account = 5010) AND source <> 'unbilled' GROUP BY 1),
        priced AS (SELECT month, 0, sum(expected) - sum(charges) FROM claims WHERE corrected IS NULL GROUP BY 1
                   UNION ALL SELECT month, 0, sum(cents) FROM charges GROUP BY 1
                   UNION ALL SELECT r.month, 0, -sum(r.cents - (c.charges - c.expected)) FROM remittances r
                   JOIN claims c ON c.claim = r.claim AND c.corrected IS NULL
                   WHERE r.kind = 'contractual' AND NOT r.recoupment GROUP BY 1)
        SELECT k, sum(a), sum(b) FROM (FROM booked UNION ALL FROM priced) GROUP BY 1""",
    "an estimate for unbilled charges is taken back whole the next day": """
        SELECT l.journal AS k, sum(l.cents) AS a, -any_value(r.cents) AS b FROM ledger l
        JOIN (SELECT reverses, sum(cents) AS cents FROM ledger WHERE account = 5010 GROUP BY 1) r
        ON r.reverses = l.journal WHERE l.account = 5010 AND l.source = 'unbilled' GROUP BY 1""",
    "expense is what was received, by month and account": """
        WITH booked AS (SELECT month || ' ' || account AS k, sum(cents) AS a, 0 AS b FROM ledger
                        WHERE account >= 6000 AND source NOT IN ('manual', 'payroll_run', 'payroll_days') GROUP BY 1),
        bought AS (SELECT month || ' ' || account, 0, sum(cents) FROM purchases GROUP BY 1)
        SELECT k, sum(a), sum(b) FROM (FROM booked UNION ALL FROM bought) WHERE k < '2026-11' GROUP BY 1""",
    "payables grow by what is invoiced": """
        WITH booked AS (SELECT month AS k, -sum(cents) AS a, 0 AS b FROM ledger
                        WHERE account = 2010 AND source = 'invoice' GROUP BY 1),
        billed AS (SELECT month, 0, sum(cents) FROM invoices GROUP BY 1)
        SELECT k, sum(a), sum(b) FROM (FROM booked UNION ALL FROM billed) GROUP BY 1""",
    "the lines of a bill add up to the bill": """
        SELECT c.claim AS k, any_value(c.expected) + any_value(c.charges) AS a, sum(l.expected + l.charges) AS b
        FROM claims c JOIN claim_lines l USING (claim) GROUP BY 1""",
    "no bill is answered for more than was charged": """
        SELECT claim AS k, 0 AS a, least(0, any_value(c.charges) - sum(r.cents)) AS b FROM remittances r
        JOIN (SELECT DISTINCT claim, charges FROM claims) c USING (claim)
        WHERE kind NOT IN ('denial', 'patient_responsibility') GROUP BY 1""",
}
ACCOUNTS = {4010: "room", 4020: "emergency", 4030: "operating room", 4035: "recovery", 4040: "implants",
            4050: "pharmacy", 4060: "laboratory", 4070: "imaging"}  # fmt: skip


@pytest.fixture(scope="module")
def house() -> House:
    return play(2026, MONTHS)


@pytest.fixture(scope="module")
def printed(house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every month that was played: the bills that are answered in the first printed ones are older."""
    folder = tmp_path_factory.mktemp("money")
    write_house(folder, replace(house, printed=house.months))
    return folder


def month_of(heading: str) -> str:
    return f"""strftime(strptime("{heading}", '%m/%d/%Y'), '%Y-%m')"""


def cents_of(heading: str) -> str:
    plain = f"""replace(replace("{heading}", '(', '-'), ')', '')"""
    return f"CAST(CAST({plain} AS DECIMAL(18, 2)) * 100 AS BIGINT)"


def read_back(folder: Path) -> duckdb.DuckDBPyConnection:
    """The printed files as tables of months and cents."""
    con = duckdb.connect()
    for name in TABLES:
        sign = "|" if name.startswith("claim") else ","
        source = f"read_csv('{folder}/{name}/*.csv', all_varchar = true, delim = '{sign}', header = true)"
        con.execute(f"CREATE TABLE raw_{name} AS SELECT * FROM {source}")
    cases = " ".join(f"WHEN '{center}' THEN '{number}'" for number, center in ACCOUNTS.items())
    made = {
        "charges": f""""Charge ID" AS id, {month_of("Post Date")} AS month, CASE "Rev Center" {cases} END AS account,
                   "Cost Ctr" AS place, "Payor" AS payer, {cents_of("Amount")} AS cents""",
        "claims": f"""BILL_NO AS claim, substr(BILL_DATE, 1, 7) AS month, {cents_of("CHARGES")} AS charges,
                  {cents_of("EXPECTED")} AS expected, CORRECTED AS corrected""",
        "claim_lines": f"""BILL_NO AS claim, {cents_of("CHARGES")} AS charges,
                       {cents_of("EXPECTED")} AS expected""",
        "remittances": f"""Claim AS claim, substr(Posted, 1, 4) || '-' || substr(Posted, 5, 2) AS month, Kind AS kind,
                       Payer AS payer, {cents_of("Amount")} AS cents,
                       sum(CASE WHEN Kind = 'payment' AND Amount LIKE '-%' THEN 1 ELSE 0 END)
                           OVER (PARTITION BY Claim, Remit) > 0 AS recoupment""",
        "ledger": f"""Journal AS journal, {month_of("Posting Date")} AS month, "Cost Center" AS place,
                  CAST(Account AS INT) AS account, {cents_of("Amount")} AS cents, Payer AS payer,
                  Source AS source, Reverses AS reverses""",
        "purchases": f"{month_of('Received')} AS month, Account AS account, {cents_of('Extended Price')} AS cents",
        "invoices": f"{month_of('Posted')} AS month, Account AS account, {cents_of('Amount')} AS cents",
    }
    for name, columns in made.items():
        con.execute(f"CREATE TABLE {name} AS SELECT row_number() OVER () AS row, {columns} FROM raw_{name}")
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


def test_every_tie_looks_at_all_months(read: duckdb.DuckDBPyConnection) -> None:
    for name, sql in TIES.items():
        rows = read.execute(f"SELECT count(*), sum(abs(a)) + sum(abs(b)) FROM ({sql}) t(k, a, b)").fetchall()
        assert rows[0][0] >= MONTHS, name


ONE = "row = (SELECT min(row) FROM {0} WHERE month = '2026-06' AND {1})"


@pytest.mark.parametrize(
    ("wrong", "ties"),
    [
        ("DELETE FROM charges WHERE " + ONE.format("charges", "true"), ("gross revenue", "receivables", "net of")),
        ("UPDATE charges SET month = '2026-07' WHERE " + ONE.format("charges", "true"), ("gross revenue",)),
        ("UPDATE claims SET expected = expected + 1 WHERE " + ONE.format("claims", "true"), ("net of",)),
        ("DELETE FROM remittances WHERE " + ONE.format("remittances", "kind = 'payment'"), ("cash", "receivables")),
        ("DELETE FROM remittances WHERE " + ONE.format("remittances", "kind = 'patient_payment'"), ("cash",)),
        ("UPDATE remittances SET cents = cents + 1 WHERE " + ONE.format("remittances", "kind = 'contractual'"),
         ("receivables", "net of", "no bill")),
        ("UPDATE ledger SET cents = cents + 1 WHERE " + ONE.format("ledger", "account = 1010"), ("every journal",)),
        ("DELETE FROM ledger WHERE " + ONE.format("ledger", "account = 5010 AND reverses <> ''"), ("an estimate",)),
        ("DELETE FROM purchases WHERE " + ONE.format("purchases", "true"), ("expense",)),
        ("DELETE FROM invoices WHERE " + ONE.format("invoices", "true"), ("payables",)),
        ("UPDATE claim_lines SET expected = expected - 1 WHERE row = 9", ("the lines",)),
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


def test_a_ledger_made_from_other_charges_than_were_printed_breaks_the_tie(house: House, tmp_path: Path) -> None:
    charges = house.of.charges
    fewer = books.Money(
        house.of.encounters, charges.take(np.arange(len(charges)) % 5000 != 7), house.of.claims, house.of.answers,
        house.of.purchases,
    )  # fmt: skip
    write_house(tmp_path, replace(house, ledger=books.ledger_of(fewer, house.months), printed=house.months))
    assert any(name.startswith("gross revenue") for name in broken(read_back(tmp_path)))


def test_what_was_estimated_for_unbilled_charges_is_near_what_the_bills_brought(house: House) -> None:
    for month in house.printed[2:-2]:
        cents, _ = books.unbilled(house.of, month)
        claims = house.of.claims
        waiting = cents[claims.encounter] > 0
        share = (claims.charges - claims.expected)[waiting].sum() / claims.charges[waiting].sum()
        booked = sum(
            line.cents for line in house.ledger if line.journal == f"UNB-{month:%Y%m}" and line.account == 5010
        )
        assert abs(booked / cents.sum() - share) < 0.05, month


def test_the_ledger_s_receivables_are_what_is_owed_on_bills_and_what_is_not_billed(house: House) -> None:
    of = house.of
    owed = sum(line.cents for line in house.ledger if line.account in (1100, 1110))
    charged = np.zeros(len(of.encounters), np.int64)
    np.add.at(charged, of.charges.encounter, of.charges.cents)
    charged[of.claims.encounter] = 0
    assert owed == balances(of.claims, of.answers).sum() + charged.sum()


def test_no_balance_turns_negative_and_old_bills_are_settled(house: House) -> None:
    of = house.of
    left = balances(of.claims, of.answers)
    assert (left >= 0).all()
    old = of.claims.day < np.datetime64("2026-01-01")
    assert (left[old] == 0).mean() > 0.99


def test_a_month_s_files_are_the_same_however_many_months_are_printed(
    house: House, printed: Path, tmp_path: Path
) -> None:
    write_house(tmp_path, play(2026, 2))
    for name in ("charges", "claims", "purchases", "statistics"):
        file = f"{name}/{name}_2026-10.csv"
        assert (tmp_path / file).read_bytes() == (printed / file).read_bytes(), name


def test_the_rows_of_a_year_keep_near_the_budget(house: House) -> None:
    def of_year(day: np.ndarray) -> int:
        return int(((day >= np.datetime64("2025-11-01")) & (day < np.datetime64("2026-11-01"))).sum())

    assert of_year(house.of.charges.posted) < 310_000
    lines = np.array([line.day for line in house.ledger], "datetime64[D]")
    assert of_year(lines) < 45_000


def test_initial_denials_are_near_a_tenth(house: House) -> None:
    answered = np.unique(house.of.answers.claim[np.isin(house.of.answers.kind, (0, 2))])
    denied = np.unique(house.of.answers.claim[house.of.answers.kind == 2])
    assert 0.085 < len(denied) / len(answered) < 0.12


def test_the_playing_ends_on_the_last_day(house: House) -> None:
    assert max(line.day for line in house.ledger) <= date(2026, 11, 22)


def test_each_payer_has_about_the_share_of_charges_that_the_hospital_reckons_with(house: House) -> None:
    claims = house.of.claims
    total = claims.charges.sum()
    for owner, payer in enumerate(payers()):
        assert abs(claims.charges[claims.owner == owner].sum() / total - payer.share / 10_000) < 0.07, payer.code
