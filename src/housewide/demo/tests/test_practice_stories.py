"""What is planted in Lakeside's money is there, as large as the answer key says; its look-alikes are innocent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest

from housewide.demo.answer_key_practice import NOISE, PRACTICE_STORIES
from housewide.demo.clinic import appointment_rows
from housewide.demo.money.remittances import CONTRACTUAL, DENIAL, OWED, PATIENT_PAYMENT, PAYMENT
from housewide.demo.operating_rooms import days_of
from housewide.demo.practice import stories
from housewide.demo.practice.answers import ELIGIBILITY
from housewide.demo.practice.contracts import group_at, plans, position, prices, terms_in_use
from housewide.demo.practice.files import Practice, play, write_played
from housewide.demo.practice.visits import CLINIC, THERAPY
from housewide.demo.tests.reading_back import table_lines

KEY = {story.key: story for story in PRACTICE_STORIES}
PRINTED = {one.code: one.printed for one in plans()}
MONTHS = 6  # printed; as many as nine before them are played
LONG_BEFORE, LAST = date(2026, 1, 1), date(2026, 11, 22)


@pytest.fixture(scope="module")
def practice() -> Practice:
    return play(2026, MONTHS)


@pytest.fixture(scope="module")
def printed(practice: Practice, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("practice stories")
    write_played(folder, replace(practice, printed=practice.months[5:]))
    return folder


def lines(folder: Path, name: str) -> list[dict[str, str]]:
    sign = "|" if name == "lko_charges" else ","
    return [row for path in sorted((folder / name).glob("*.csv")) for row in table_lines(path, sign)]


def day(of: date) -> np.datetime64:
    return np.datetime64(of, "D")


def holds(key: str, n: int, effect: float) -> None:
    story = KEY[key]
    assert n >= story.n, (key, n)
    assert story.low <= effect <= story.high, (key, effect)


def at_desk(of: Practice, first: date, last: date) -> tuple[int, float, float]:
    """(copays due on visits between two days, percent of them paid on the day, cents due for a visit)."""
    found, claims, visits = of.of.answers, of.of.claims, of.of.visits
    due = found.take((found.kind == OWED) & (found.reason == "3"))
    due = due.take((claims.service[due.claim] >= day(first)) & (claims.service[due.claim] <= day(last)))
    paid = np.zeros(len(claims), np.int64)
    desk = found.take((found.kind == PATIENT_PAYMENT) & (found.day == claims.service[found.claim]))
    paid[desk.claim] = desk.cents
    seen = np.isin(visits.kind, (CLINIC, THERAPY)) & (visits.day >= day(first)) & (visits.day <= day(last))
    cents = due.cents.sum()
    return len(due), 100 * float(paid[due.claim].sum() / cents), float(cents / seen.sum())


BEFORE, AFTER = (LONG_BEFORE, date(2026, 6, 30)), (date(2026, 7, 13), date(2026, 10, 15))


def test_the_desk_collects_a_quarter_less_of_the_copays_after_an_exit(practice: Practice) -> None:
    n, percent, _ = at_desk(practice, *AFTER)
    holds("copays_not_asked", n, percent)
    assert 85 < at_desk(practice, *BEFORE)[1] < 91
    assert at_desk(practice, date(2026, 7, 1), date(2026, 7, 12))[1] > 83


def test_without_the_exit_as_much_is_collected_though_less_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "COPAYS_ASKED_THEN", stories.COPAYS_ASKED)
    (_, before, due), (_, after, due_then) = (at_desk(play(2026, MONTHS), *days) for days in (BEFORE, AFTER))
    assert abs(after - before) < 3
    assert due_then < 0.92 * due, "the look-alike: a plan without copays grows"


def test_a_reader_of_the_files_sees_the_desk_s_payments_fall(printed: Path) -> None:
    served = {row["Claim No"]: datetime.strptime(row["DOS"], "%d-%b-%Y").date() for row in lines(printed, "lko_claims")}
    told, paid = dict[str, float](), dict[str, float]()
    for row in lines(printed, "lko_remittances"):
        claim, on = row["Claim No"], row["Posted"]
        if row["Txn"] == "patient_responsibility" and row["CARC"] == "3":
            told[claim] = float(row["Txn Amt"])
        if row["Txn"] == "patient_payment" and claim in served and on == f"{served[claim]:%Y%m%d}":
            paid[claim] = float(row["Txn Amt"])
    due = {claim: cents for claim, cents in told.items() if claim in served and AFTER[0] <= served[claim] <= AFTER[1]}
    holds("copays_not_asked", len(due), 100 * sum(paid.get(claim, 0) for claim in due) / sum(due.values()))


def lapsed(of: Practice) -> tuple[int, float]:
    """(bills of therapy denied for want of an authorization after the first had expired, contract dollars)."""
    found, claims, visits = of.of.answers, of.of.claims, of.of.visits
    no = found.take((found.kind == DENIAL) & (found.reason == stories.NO_AUTHORIZATION))
    no = no.take((visits.kind[claims.visit] == THERAPY)[no.claim])
    ended: dict[str, list[tuple[date, date]]] = {}
    asked = of.authorizations
    runs = zip(asked.patient.tolist(), asked.starts.tolist(), asked.expires.tolist(), strict=True)
    for patient, first, last in runs:
        ended.setdefault(f"LK{patient:06d}", []).append((first, last))
    patients, days = visits.patient[claims.visit[no.claim]].tolist(), claims.service[no.claim].astype(object).tolist()
    outside = np.array(
        [who in ended and not any(first <= on <= last for first, last in ended[who])
         for who, on in zip(patients, days, strict=True)], bool,
    )  # fmt: skip
    return int(outside.sum()), float(claims.expected[no.claim[outside]].sum()) / 100


def test_therapy_after_expiry_is_denied_since_august(practice: Practice) -> None:
    holds("lapsed_authorizations", *lapsed(practice))
    found, claims, visits = practice.of.answers, practice.of.claims, practice.of.visits
    uncovered = ~visits.authorized[claims.visit]
    assert found.day[(found.kind == DENIAL) & uncovered[found.claim]].min() == day(
        KEY["lapsed_authorizations"].first_visible
    )
    assert claims.service[uncovered].min() >= day(KEY["lapsed_authorizations"].first_day)
    paid = uncovered[found.claim] & (found.kind == PAYMENT)
    assert not paid.any()


def test_denials_for_eligibility_are_as_they_were(practice: Practice) -> None:
    found = practice.of.answers
    answers = np.isin(found.kind, (DENIAL, PAYMENT))
    refused = (found.kind == DENIAL) & (found.reason == ELIGIBILITY)
    since = found.day >= day(date(2026, 9, 1))
    before, after = (100 * (refused & part).sum() / (answers & part).sum() for part in (~since, since))
    assert abs(after - before) < 0.5
    assert 1 < after < 2


def test_without_its_cause_no_authorization_lapses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "LAPSED_SHARE", 0.0)
    assert lapsed(play(2026, MONTHS))[0] <= 1


def short(of: Practice, code: str, kind: int = THERAPY) -> tuple[int, float]:
    """(paid bills of a payer since April, dollars allowed below what was agreed)."""
    found, claims = of.of.answers, of.of.claims
    off = found.take((found.kind == CONTRACTUAL) & (claims.owner[found.claim] == position(code)))
    off = off.take(of.of.visits.kind[claims.visit[off.claim]] == kind)
    off = off.take(claims.service[off.claim] >= day(stories.OLD_RATE_FROM))
    return len(off), float((off.cents - off.released).sum()) / 100


def test_a_payer_pays_therapy_by_its_old_rate(practice: Practice) -> None:
    holds("old_therapy_rate", *short(practice, "blue_prairie"))
    assert short(practice, "blue_prairie", CLINIC)[1] == 0
    assert short(practice, "ma_summit")[1] == 0
    found, claims = practice.of.answers, practice.of.claims
    off = (found.kind == CONTRACTUAL) & (found.cents > found.released)
    assert found.day[off].min() == day(KEY["old_therapy_rate"].first_visible)
    assert set(claims.owner[found.claim[off]].tolist()) == {position("blue_prairie")}


def test_a_reader_of_the_files_sees_the_short_payments(printed: Path) -> None:
    agreed = {
        row["Claim No"]: float(row["Billed Amt"]) - float(row["Contract Amt"])
        for row in lines(printed, "lko_claims")
        if row["Plan"] == PRINTED["blue_prairie"] and row["Svc"] == "therapy"
    }
    taken = [
        float(row["Txn Amt"]) - agreed[row["Claim No"]]
        for row in lines(printed, "lko_remittances")
        if row["Txn"] == "contractual" and row["Claim No"] in agreed
    ]
    holds("old_therapy_rate", sum(one > 0.005 for one in taken), sum(taken))


def test_without_its_cause_no_payment_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "OLD_RATE_PAYER", "nobody")
    assert short(play(2026, MONTHS), "blue_prairie")[1] == 0


@pytest.mark.parametrize(
    ("code", "on", "signed", "paid"),
    [
        ("blue_prairie", "2026-03-31", 10_266, 10_266),  # three units at 29.00, 118 percent
        ("blue_prairie", "2026-04-01", 11_571, 10_266),  # 133 percent from the amendment on
        ("ma_summit", "2026-04-01", 8_178, 8_178),  # 94 percent, as agreed
        ("medicare", "2025-12-31", 8_425, 8_425),  # the conversion factor of 2025
        ("self_pay", "2026-04-01", 13_200, 13_200),  # 45 percent off three times 80.00
    ],
)
def test_a_contract_pays_what_it_says(code: str, on: str, signed: int, paid: int) -> None:
    said = (np.array([position(code)]), np.array([group_at()["PT-UNIT"]]), np.array([3]),
            np.array([on], "datetime64[D]"), np.array([24_000]))  # fmt: skip
    assert prices(*said, plans()).tolist() == [signed]
    assert prices(*said, terms_in_use()).tolist() == [paid]


def images(folder: Path) -> tuple[dict[date, int], dict[date, int]]:
    """(images that the statistics count, images charged), by day."""
    taken, charged = dict[date, int](), dict[date, int]()
    for row in lines(folder, "lko_statistics"):
        if row["Stat"] == "x-rays":
            taken[datetime.strptime(row["Date"], "%m/%d/%y").date()] = int(row["Count"])
    for row in lines(folder, "lko_charges"):
        if row["ChgCode"] == "XR":
            on = date.fromisoformat(row["DOS"])
            charged[on] = charged.get(on, 0) + int(row["Units"])
    return taken, charged


def missing(folder: Path) -> dict[date, int]:
    taken, charged = images(folder)
    settled = LAST - timedelta(days=3)  # what is not yet posted is not missing
    return {on: many - charged.get(on, 0) for on, many in taken.items() if on <= settled and many > charged.get(on, 0)}


def test_images_of_fridays_are_not_charged_since_september(printed: Path, practice: Practice) -> None:
    gone = missing(printed)
    assert {on.weekday() for on in gone} == {4}
    assert min(gone) == KEY["friday_images"].first_day
    price = practice.done.cents[practice.done.group == group_at()["XR"]].min() / 100
    holds("friday_images", sum(gone.values()), sum(gone.values()) * float(price))


def test_images_charged_late_are_not_lost(printed: Path) -> None:
    late = [row for row in lines(printed, "lko_charges") if row["ChgCode"] == "XR" and row["PostDate"] == "2026-10-28"]
    days = {date.fromisoformat(row["DOS"]) for row in late}
    days = {on for on in days if on < date(2026, 10, 20)}
    assert days == {date(2026, 10, 12) + timedelta(days=at) for at in range(4)}
    assert not days & set(missing(printed))


def test_without_its_cause_every_image_is_charged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stories, "NOT_CHARGED", 0.0)
    write_played(tmp_path, play(2026, MONTHS))
    assert missing(tmp_path) == {}


def no_shows(provider: str, month: date) -> tuple[int, int]:
    rows = [row for on in days_of(month) for row in appointment_rows(2026, on) if provider in ("", row[3])]
    return sum(row[6] == "No Show" for row in rows), len(rows)


def test_the_no_shows_of_one_month_are_chance() -> None:
    noise, provider = NOISE[0], "Whitlock, J, PA-C"
    missed, booked = no_shows(provider, noise.month)
    assert abs(100 * missed / booked / noise.seen - 1) < 0.05
    usual = noise.usual / 100
    # The most of some eighty months of providers: three standard deviations come now and then.
    assert missed - usual * booked < 3.3 * (usual * (1 - usual) * booked) ** 0.5
    for month in (date(2025, 11, 1), date(2026, 1, 1)):
        beside, of = no_shows(provider, month)
        assert beside / of < 0.08
    everybody = no_shows("", noise.month)
    assert everybody[0] / everybody[1] < 0.09


def test_the_denials_of_one_month_have_no_reason_in_common(practice: Practice) -> None:
    noise = NOISE[1]
    found = practice.of.answers
    of_payer = practice.of.claims.owner[found.claim] == position("workers_comp")
    of_month = of_payer & (found.day.astype("datetime64[M]") == np.datetime64(noise.month, "M"))
    refused = of_month & (found.kind == DENIAL)
    answers = (of_month & np.isin(found.kind, (DENIAL, PAYMENT))).sum()
    assert abs(100 * refused.sum() / answers / noise.seen - 1) < 0.05
    _, counts = np.unique(found.reason[refused], return_counts=True)
    assert len(counts) >= 4
    assert found.reason[refused].tolist().count("16") == counts.max(), "the most common one leads, as ever"
    assert refused.sum() - noise.usual / 100 * answers < 3 * (0.085 * 0.915 * answers) ** 0.5


def in_receivables(of: Practice, month: date) -> float:
    """Receivables at a month's end over the charges of a day of the last three months."""
    months = [one for one in of.months if one <= month][-3:]
    owed = sum(one.cents for one in of.ledger if one.account in (1100, 1110) and one.day.replace(day=1) <= month)
    charged = -sum(one.cents for one in of.ledger if 4000 <= one.account < 5000 and one.day.replace(day=1) in months)
    return owed / (charged / (30.4 * 3))


def to_answer(of: Practice, month: date) -> float:
    """Mean days from bill to first answer of the answers of a month."""
    found, claims = of.of.answers, of.of.claims
    said = found.take(np.isin(found.kind, (DENIAL, PAYMENT)))
    said = said.take(said.day.astype("datetime64[M]") == np.datetime64(month, "M"))
    return fmean((said.day - claims.day[said.claim]).astype(int).tolist())


def test_the_days_in_receivables_of_one_month_have_no_cause(practice: Practice) -> None:
    noise = NOISE[2]
    assert abs(in_receivables(practice, noise.month) / noise.seen - 1) < 0.03
    months = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert in_receivables(practice, noise.month) > max(in_receivables(practice, one) for one in months)
    assert abs(to_answer(practice, noise.month) - fmean(to_answer(practice, one) for one in months)) < 2.5
