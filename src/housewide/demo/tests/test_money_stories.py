"""What is planted in Mercy Valley's money is there, as large as the answer key says; its look-alikes are innocent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from housewide.demo.answer_key_money import MONEY_STORIES, NOISE
from housewide.demo.money import stories
from housewide.demo.money.charges import IMPLANTS, astray
from housewide.demo.money.contracts import payers
from housewide.demo.money.files import House, play, write_house
from housewide.demo.money.remittances import DENIAL, OWED, PATIENT_PAYMENT, PAYMENT, recouped
from housewide.demo.tests.reading_back import table_lines

KEY = {story.key: story for story in MONEY_STORIES}
CODES = [one.code for one in payers()]


@pytest.fixture(scope="module")
def house() -> House:
    return play(2026, 12)


def day(of: date) -> np.datetime64:
    return np.datetime64(of, "D")


def holds(key: str, n: int, effect: float) -> None:
    story = KEY[key]
    assert n >= story.n, (key, n)
    assert story.low <= effect <= story.high, (key, effect)


def short(house: House, code: str) -> tuple[int, float]:
    """(paid bills of outpatient surgery since July, dollars allowed below what was agreed)."""
    of = house.of
    paid = np.zeros(len(of.claims), bool)
    paid[of.answers.claim[of.answers.kind == PAYMENT]] = True
    of_payer = (of.claims.owner == CODES.index(code)) & (of.encounters.group[of.claims.encounter] > 0)
    chosen = paid & of_payer & (of.claims.service >= day(stories.STALE_FROM))
    return int(chosen.sum()), float((of.claims.expected - of.claims.allowed)[chosen].sum()) / 100


def test_the_stale_schedule_costs_what_the_key_says_and_another_plan_s_new_rates_nothing(house: House) -> None:
    holds("stale_schedule", *short(house, "unison"))
    assert short(house, "blue_prairie")[1] < 10_000
    of = house.of
    late = of.encounters.payer[of.claims.encounter] == "unison"
    late &= (of.encounters.group[of.claims.encounter] > 0) & (of.claims.service >= day(stories.STALE_FROM))
    seen = of.answers.day[(of.answers.kind == PAYMENT) & late[of.answers.claim]].min()
    assert seen == day(KEY["stale_schedule"].first_visible)


def test_without_its_cause_the_stale_schedule_is_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stories, "STALE_PAYER", "nobody")
    assert short(play(2026, 12, house.of.encounters), "unison")[1] < 10_000


def test_one_invoice_went_to_another_place_than_ordered_it(house: House) -> None:
    strayed = [one for one in house.of.purchases if one.place != one.posted_to]
    assert [(one.posted_to, one.invoiced) for one in strayed] == [("MVH-4W", KEY["misposted_invoice"].first_day)]
    holds("misposted_invoice", len(strayed), strayed[0].cents / 100)
    posted = [line for line in house.ledger if line.source == strayed[0].invoice and line.account == 6110]
    assert [(line.place, line.cents) for line in posted] == [("MVH-4W", strayed[0].cents)]


def test_one_implant_is_late_and_one_is_lost_and_both_were_bought(house: House) -> None:
    of = house.of
    late, lost = astray(of.encounters)
    charged = of.charges.take(of.charges.center == IMPLANTS)
    found = charged.take(charged.encounter == late)
    assert (found.posted - found.service).astype(int).tolist() == [stories.IMPLANT_LATE_DAYS]
    assert not (charged.encounter == lost).any()
    bought = {one.encounter: one.cents for one in of.purchases}
    assert int(of.encounters.number[late]) in bought
    holds("lost_implant", 1, bought[int(of.encounters.number[lost])] * 3.2 / 100)
    without = np.setdiff1d(np.flatnonzero(of.encounters.implant > 0), charged.encounter)
    old = of.encounters.arrived[without] < np.datetime64("2026-11-10")
    assert without[old].tolist() == [lost]


def test_volume_hides_the_payer_mix_of_the_second_quarter(house: House) -> None:
    of = house.of
    operated = of.encounters.group[of.claims.encounter] > 0
    month = of.claims.service.astype("datetime64[M]")

    def quarter(first: str, last: str) -> tuple[int, float]:
        chosen = operated & (month >= np.datetime64(first)) & (month <= np.datetime64(last))
        return int(chosen.sum()), float(of.claims.expected[chosen].sum())

    (before, brought), (after, brings) = quarter("2026-01", "2026-03"), quarter("2026-04", "2026-06")
    holds("payer_mix", after, 100 * ((brings / after) / (brought / before) - 1))
    assert after / before > 1.07
    assert abs(brings / brought - 1) < 0.06


def collected(house: House, codes: tuple[str, ...], first: date, last: date) -> tuple[int, float]:
    """(accounts, percent of what patients were told to pay between two days that came within 60 days)."""
    found, claims = house.of.answers, house.of.claims
    of_plan = np.isin(np.array(CODES)[claims.owner[found.claim]], codes)
    told = found.take((found.kind == OWED) & of_plan & (found.day >= day(first)) & (found.day <= day(last)))
    asked = np.full(len(claims), np.datetime64("2000-01-01", "D"))
    asked[told.claim] = told.day
    paid = found.take((found.kind == PATIENT_PAYMENT) & (asked[found.claim] > np.datetime64("2000-01-01")))
    soon = (paid.day - asked[paid.claim]).astype(int) <= 60
    return len(told), 100 * float(paid.cents[soon].sum()) / float(told.cents.sum())


def test_patients_pay_less_than_the_reserve_expects(house: House) -> None:
    spring, summer = (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 7, 1), date(2026, 9, 20))
    n, after = collected(house, stories.THIN_PAYERS, *summer)
    holds("thin_reserve", n, after - collected(house, stories.THIN_PAYERS, *spring)[1])
    assert abs(reserved(house, (1, 2, 3)) - reserved(house, (7, 8, 9))) < 0.02, "the books go on as before"


def reserved(house: House, months: tuple[int, ...]) -> float:
    """What the books of these months of 2026 reserve of that which such patients were told to pay."""
    lines = [
        line
        for line in house.ledger
        if line.day.year == 2026 and line.day.month in months and line.payer in stories.THIN_PAYERS
    ]
    told = sum(line.cents for line in lines if line.account == 1110 and line.source_kind == "remittance")
    return sum(line.cents for line in lines if line.account == 5020) / told


def test_agency_expense_of_february_stands_twice_until_april(house: House) -> None:
    def above(month: str) -> float:
        booked = sum(one.cents for one in house.ledger if one.account == 6030 and f"{one.day:%Y-%m}" == month)
        bought = sum(
            one.cents for one in house.of.purchases if one.account == 6030 and f"{one.received:%Y-%m}" == month
        )
        return (booked - bought) / 100

    holds("agency_twice", 1, above("2026-02"))
    assert above("2026-04") == -above("2026-02")
    assert above("2026-01") == above("2026-03") == 0


def test_the_stays_miscoded_in_february_are_paid_back_in_may(house: House) -> None:
    at = recouped(house.of.answers)
    claims = house.of.claims
    assert (claims.day[at].astype("datetime64[M]") == np.datetime64("2026-02")).all()
    holds("coding_error", len(at), float((claims.expected - claims.corrected)[at].sum()) / 100)
    settled = sum(one.cents for one in house.ledger if one.account == 5090)
    assert settled == (claims.expected - claims.corrected)[at].sum()


def test_every_bill_of_the_new_surgeon_to_one_payer_is_denied_and_no_other_for_that_reason(house: House) -> None:
    of = house.of
    hers = of.encounters.surgeon[of.claims.encounter] == stories.NEW_SURGEON
    there = of.claims.owner == CODES.index(stories.NOT_ENROLLED_WITH)
    first = np.isin(of.answers.kind, (DENIAL, PAYMENT))
    answered = np.unique(of.answers.claim[first & (hers & there)[of.answers.claim]])
    denied = np.unique(of.answers.claim[of.answers.reason == stories.NOT_ENROLLED])
    holds("not_enrolled", len(denied), 100 * len(denied) / len(answered))
    assert set(denied) == set(answered)
    assert of.answers.day[of.answers.reason == "B7"].min() == day(KEY["not_enrolled"].first_visible)
    elsewhere = np.unique(of.answers.claim[(of.answers.kind == PAYMENT) & (hers & ~there)[of.answers.claim]])
    assert len(elsewhere) > 20


def test_the_noise_is_as_loud_as_the_key_says_and_has_no_cause(house: House) -> None:
    def supplies(place: str, month: date) -> float:
        chosen = [one.cents for one in house.of.purchases
                  if one.account == 6110 and one.place == place and one.received.replace(day=1) == month]  # fmt: skip
        return sum(chosen) / 100

    found, claims = house.of.answers, house.of.claims
    corvane = (claims.owner[found.claim] == CODES.index("corvane")) & (
        found.day.astype("datetime64[M]") == np.datetime64(NOISE[1].month, "M")
    )
    answers = corvane & np.isin(found.kind, (DENIAL, PAYMENT))
    seen = (supplies("MVH-IMG", NOISE[0].month), 100 * (corvane & (found.kind == DENIAL)).sum() / answers.sum(),
            supplies("MVH-3W", NOISE[2].month))  # fmt: skip
    for noise, figure in zip(NOISE, seen, strict=True):
        assert abs(figure / noise.seen - 1) < 0.12, (noise.what, figure)
        assert noise.seen / noise.usual > 1.25


def test_corrected_bills_are_printed_in_a_file_of_their_own_beside_the_month_that_they_restate(
    house: House, tmp_path: Path
) -> None:
    written = [file for file in write_house(tmp_path, house) if "corrected" in file.path.name]
    assert [(file.path.name, file.rows) for file in written] == [
        ("claims_corrected_2026-02.csv", len(recouped(house.of.answers)))
    ]
    before = {line["BILL_NO"]: line for line in table_lines(tmp_path / "claims" / "claims_2026-02.csv", "|")}
    for line in table_lines(written[0].path, "|"):
        assert (before[line["BILL_NO"]]["DRG"], line["DRG"], line["CORRECTED"]) == ("871", "872", "2026-05-19")
        assert float(line["EXPECTED"]) < float(before[line["BILL_NO"]]["EXPECTED"])
