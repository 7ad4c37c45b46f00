"""The reports that Lakeside's practice management system and its bookkeeper print, by the month.

The system has its own codes of departments and plans and prints two-digit years; charges come with pipes and ISO days,
bills with the month as a word, remittances with days without separators; the bookkeeper puts credits in brackets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from housewide.demo.money.encounters import before
from housewide.demo.money.files import bracketed, cost_centers, dates, money, numbered, write_lines
from housewide.demo.money.ledger import Line, brought_forward, sums
from housewide.demo.money.plans import budget_of
from housewide.demo.money.remittances import BY_PATIENTS, KINDS
from housewide.demo.operating_rooms import LAST_DAY, month_starts
from housewide.demo.practice.answers import answers_to, states
from housewide.demo.practice.books import Money, ledger_of
from housewide.demo.practice.charges import Charges, charges_of
from housewide.demo.practice.claims import claims_of
from housewide.demo.practice.contracts import group_at, groups, plans
from housewide.demo.practice.therapy import Authorizations, courses_of
from housewide.demo.practice.visits import CLINIC, PLACES, PRACTICE, SERVICES, SURGERY, THERAPY, visits_of
from housewide.demo.stays import Column
from housewide.demo.timecards import last_saturday, weeks_of_teams
from housewide.demo.writing import WrittenFile

FOLDERS = {
    "lko-encounters": "lko_visits",
    "lko-authorizations": "lko_authorizations",
    "lko-charges": "lko_charges",
    "lko-claims": "lko_claims",
    "lko-remittances": "lko_remittances",
    "lko-ledger": "lko_ledger",
    "lko-budget": "lko_budget",
    "lko-statistics": "lko_statistics",
}
LOOK_BACK = 9  # months before the first printed one that are played: the longest life of a bill
SHORT, ISO, WORD, BARE = "%m/%d/%y", "%Y-%m-%d", "%d-%b-%Y", "%Y%m%d"
DEPARTMENTS = {"LKO-CLINIC": "ORTHO", "LKO-XRAY": "RAD", "LKO-PT": "REHAB"}

VISIT_HEADINGS = ("Visit #", "DOS", "Enc Type", "Dept", "Svc", "Fin Class", "Chk In", "Chk Out", "Chart #")
AUTHORIZATION_HEADINGS = (
    "Auth #", "Chart #", "Plan", "Svc", "Dept", "Requested", "Answered", "Status", "Visits Auth", "Eff", "Exp",
)  # fmt: skip
CHARGE_HEADINGS = ("ChgID", "Account", "Dept", "ChgCode", "DOS", "PostDate", "Units", "ChgAmt", "FinClass", "Svc")
CLAIM_HEADINGS = (
    "Claim No", "Account", "Plan", "Form", "Dept", "Svc", "Rendering", "DOS", "First Billed", "Billed Amt",
    "Contract Amt", "Status",
)  # fmt: skip
REMIT_HEADINGS = ("Batch", "Seq", "Claim No", "Plan", "Posted", "Txn", "CAGC", "CARC", "Txn Amt")
LEDGER_HEADINGS = ("Jrnl", "Ln", "Date", "CC", "Acct", "Amt", "Payer", "Src", "Src Ref", "Reverses")
BUDGET_HEADINGS = ("Version", "CC", "Acct", "Month", "Amt")
STATISTIC_HEADINGS = ("CC", "Stat", "Date", "Count")


@dataclass(frozen=True)
class Practice:
    """All that happened to Lakeside's money up to a day, from some months before the first printed one on. The bills of
    ``of`` hold those still to be sent, too; ``done``: all work, with the images that nobody charged."""

    of: Money
    authorizations: Authorizations
    done: Charges
    ledger: list[Line]
    months: list[date]
    printed: list[date]
    until: date


def play(seed: int = 2026, months: int = 24, until: date = LAST_DAY) -> Practice:
    """Play the chain from the visits to the ledger; ``months`` as in ``operating_rooms.write_files``."""
    printed = month_starts(months)
    played = [before(printed[0], back) for back in range(LOOK_BACK, 0, -1)] + printed
    sessions, authorizations = courses_of(seed, played)
    visits = visits_of(seed, played[0], until, sessions)
    charges, done = charges_of(seed, visits)
    claims = claims_of(seed, visits, charges)
    answers = answers_to(seed, visits, claims)
    end = np.datetime64(until)
    of = Money(
        visits, charges.take(charges.posted <= end), claims, answers.take(answers.day <= end),
        weeks_of_teams(seed, last_saturday(until), PRACTICE),
    )  # fmt: skip
    authorizations = authorizations.take(authorizations.requested <= end)
    return Practice(of, authorizations, done, ledger_of(of, played, until), played, printed, until)


def write_practice(folder: Path, seed: int = 2026, months: int = 24) -> list[WrittenFile]:
    """Every report by the month, in the order to import; ``months`` as in ``operating_rooms.write_files``."""
    return write_played(folder, play(seed, months))


def write_played(folder: Path, of: Practice) -> list[WrittenFile]:
    """The reports of what was played."""
    end, claims = np.datetime64(of.until), of.of.claims
    seen = np.where(of.of.visits.kind == SURGERY, np.datetime64("NaT", "D"), of.of.visits.day)
    nth, standing = numbered(of.of.charges.visit), states(claims, of.of.answers)
    whole: tuple[tuple[str, str, Column, Callable[[Path, Column], int]], ...] = (
        ("lko_visits", "encounter", seen, lambda to, at: _visits(to, of, at)),
        (
            "lko_authorizations",
            "authorization",
            of.authorizations.requested,
            lambda to, at: _authorizations(to, of, at),
        ),
        ("lko_charges", "charge", of.of.charges.posted, lambda to, at: _charges(to, of, at, nth[at])),
        (
            "lko_claims",
            "claim",
            np.where(claims.day <= end, claims.day, np.datetime64("NaT", "D")),
            lambda to, at: _claims(to, of, at, standing[at]),
        ),
        ("lko_remittances", "remit_line", of.of.answers.day, lambda to, at: _answers(to, of, at)),
    )
    written = []
    for name, table, day, write in whole:
        month_of = day.astype("datetime64[M]")
        for month in of.printed:
            path = folder / name / f"{name}_{month:%Y-%m}.csv"
            written.append(WrittenFile(path, table, write(path, np.flatnonzero(month_of == np.datetime64(month, "M")))))
    return written + _books(folder, of)


Sheet = list[tuple[date, tuple[str, ...]]]  # the day by which a line is filed, and its cells


def _books(folder: Path, of: Practice) -> list[WrittenFile]:
    centers = cost_centers()
    ledger: Sheet = [(line.day, _ledger_cells(line)) for line in brought_forward(of.ledger, of.printed[0], PRACTICE)]
    budget: Sheet = [
        (month, (version, centers[place], f"{account}", f"{month:{ISO}}", bracketed(cents)))
        for version, place, account, month, cents in budget_of(of.ledger, of.printed, of.months[2:-1])
    ]
    counted: Sheet = [
        (day, (centers[place], name, f"{day:{SHORT}}", f"{count}")) for place, name, day, count in statistics_of(of)
    ]
    sheets: tuple[tuple[str, str, Sequence[str], Sheet], ...] = (
        ("lko_ledger", "ledger_line", LEDGER_HEADINGS, ledger),
        ("lko_budget", "budget_line", BUDGET_HEADINGS, budget),
        ("lko_statistics", "statistic", STATISTIC_HEADINGS, counted),
    )
    written = []
    for name, table, headings, rows in sheets:
        by: dict[date, list[tuple[str, ...]]] = {month: [] for month in of.printed}
        for day, cells in rows:
            if (month := day.replace(day=1)) in by:
                by[month].append(cells)
        for month, some in by.items():
            path = folder / name / f"{name}_{month:%Y-%m}.csv"
            written.append(WrittenFile(path, table, write_lines(path, headings, list(zip(*some, strict=True)))))
    return written


def statistics_of(of: Practice) -> Iterator[tuple[str, str, date, int]]:
    """(place, statistic, day, how many): visits that took place, images that were taken, operations."""
    visits, images = of.of.visits, of.done.take(of.done.group == group_at()["XR"])
    for kind, name in ((CLINIC, "visits"), (THERAPY, "visits"), (SURGERY, "operations")):
        day = visits.day[visits.kind == kind]
        for on, count in sums(np.ones(len(day), np.int64), day):
            yield PLACES[kind], name, on, count
    for on, count in sums(images.quantity, images.service):
        yield "LKO-XRAY", "x-rays", on, count


def _printed_plans(owner: Column) -> list[str]:
    codes = [one.printed for one in plans()]
    return [codes[one] for one in owner.tolist()]


def _stamps(minutes: Column) -> list[str]:
    return [f"{one:%m/%d/%y %H:%M}" for one in minutes.astype(object).tolist()]


def _visits(path: Path, of: Practice, at: Column) -> int:
    some = of.of.visits.take(at)
    kinds = some.kind.tolist()
    return write_lines(
        path, VISIT_HEADINGS,
        (
            some.number.tolist(), dates(some.day, SHORT), ["OV"] * len(some),
            [DEPARTMENTS[PLACES[one]] for one in kinds], [SERVICES[one] for one in kinds], _printed_plans(some.payer),
            _stamps(some.arrived), _stamps(some.left), some.patient.tolist(),
        ),
    )  # fmt: skip


def _authorizations(path: Path, of: Practice, at: Column) -> int:
    some = of.authorizations.take(at)
    known = some.answered <= np.datetime64(of.until)
    shown = [
        [text if one else "" for text, one in zip(dates(column, SHORT), known.tolist(), strict=True)]
        for column in (some.answered, some.starts, some.expires)
    ]
    size = len(some)
    return write_lines(
        path, AUTHORIZATION_HEADINGS,
        (
            some.number.tolist(), [f"LK{one:06d}" for one in some.patient.tolist()], _printed_plans(some.payer),
            ["therapy"] * size, ["REHAB"] * size, dates(some.requested, SHORT), shown[0],
            ["APPR" if one else "PEND" for one in known.tolist()],
            [f"{many}" if one else "" for many, one in zip(some.visits.tolist(), known.tolist(), strict=True)],
            shown[1], shown[2],
        ),
    )  # fmt: skip


def _charges(path: Path, of: Practice, at: Column, nth: Column) -> int:
    """``nth``: which of its visit's charges each is."""
    some = of.of.charges.take(at)
    visits, work = of.of.visits.take(some.visit), [groups()[one] for one in some.group.tolist()]
    number = visits.number.tolist()
    return write_lines(
        path, CHARGE_HEADINGS,
        (
            [f"{one}-{two}" for one, two in zip(number, nth.tolist(), strict=True)], number,
            [DEPARTMENTS[one.place] for one in work], [one.code for one in work], dates(some.service, ISO),
            dates(some.posted, ISO), map(str, some.quantity.tolist()), money(some.cents), _printed_plans(visits.payer),
            [SERVICES[one] for one in visits.kind.tolist()],
        ),
        "|",
    )  # fmt: skip


def _claims(path: Path, of: Practice, at: Column, status: Column) -> int:
    some = of.of.claims.take(at)
    visits = of.of.visits.take(some.visit)
    number, kinds = visits.number.tolist(), visits.kind.tolist()
    return write_lines(
        path, CLAIM_HEADINGS,
        (
            [f"L{one}" for one in number], number, _printed_plans(some.owner), ["1500"] * len(at),
            [DEPARTMENTS[PLACES[one]] for one in kinds], [SERVICES[one] for one in kinds],
            [f'"{one}"' for one in visits.provider.tolist()], dates(some.service, WORD), dates(some.day, WORD),
            money(some.charges), money(some.expected), status.tolist(),
        ),
    )  # fmt: skip


def _answers(path: Path, of: Practice, at: Column) -> int:
    some, claims = of.of.answers.take(at), of.of.claims
    owner, patients = claims.owner[some.claim], np.isin(some.kind, BY_PATIENTS)
    who = np.where(patients, 99, owner).astype(np.int64)
    order = np.lexsort((some.kind, some.claim, who, some.day))
    some, owner, who = some.take(order), owner[order], who[order]
    line, bare = numbered(some.day.astype(np.int64) * 100 + who), dates(some.day, BARE)
    codes = [one.printed for one in plans()]
    batch = [f"LP{day}" if one == 99 else f"LR{day}-{codes[one]}" for day, one in zip(bare, who.tolist(), strict=True)]
    number = of.of.visits.number[claims.visit[some.claim]].tolist()
    return write_lines(
        path, REMIT_HEADINGS,
        (
            batch, map(str, line.tolist()), [f"L{one}" for one in number], _printed_plans(owner), bare,
            [KINDS[one] for one in some.kind.tolist()], some.group.tolist(), some.reason.tolist(), money(some.cents),
        ),
    )  # fmt: skip


def _ledger_cells(line: Line) -> tuple[str, ...]:
    return (
        line.journal, f"{line.number}", f"{line.day:{SHORT}}", cost_centers()[line.place], f"{line.account}",
        bracketed(line.cents), line.payer, line.source_kind, line.source, line.reversal_of,
    )  # fmt: skip
