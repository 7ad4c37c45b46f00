"""The contracts pay what they say: prices of stays and operations by hand; and the chart of accounts is whole."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import numpy as np
import pytest

from housewide.demo.money import ledger
from housewide.demo.money.charges import CENTERS
from housewide.demo.money.contracts import Bill, payers, prices, terms_in_use
from housewide.demo.money.encounters import SHARES
from housewide.demo.money.purchases import ORDERS

CODES = [one.code for one in payers()]


def price(code: str, *, stale: bool = False, **said: object) -> int:
    """Cents that one bill is worth."""
    usual: dict[str, object] = {
        "kind": "inpatient", "drg": 0, "group": 0, "day": "2026-03-02", "nights": 3, "charges": 9_000_000,
        "implants": 0,
    }  # fmt: skip
    columns = {name: np.array([value]) for name, value in (usual | said).items()}
    columns["day"] = columns["day"].astype("datetime64[D]")
    bill = Bill(owner=np.array([CODES.index(code)]), **columns)
    return int(prices(bill, terms_in_use() if stale else payers())[0])


@pytest.mark.parametrize(
    ("code", "said", "cents"),
    [
        ("medicare", {"drg": 470}, 1_400_381),  # 1.9289 x 7,260.00
        ("medicare", {"drg": 470, "day": "2025-09-30"}, 1_365_661),  # 1.9289 x 7,080.00, the fiscal year before
        ("medicaid", {"drg": 470}, 408_000),  # three nights of 1,360.00
        ("unison", {"drg": 470}, 3_870_000),  # 43 % of charges
        ("medicare", {"drg": 470, "charges": 1_000_000}, 1_000_000),  # never more than was charged
        ("self_pay", {}, 3_600_000),  # 60 % off
        ("unison", {"group": 7, "day": "2026-06-30", "kind": "outpatient_surgery"}, 2_284_100),
        ("unison", {"group": 7, "day": "2026-07-01", "kind": "outpatient_surgery"}, 2_422_150),
        ("unison", {"group": 7, "day": "2026-07-01", "kind": "outpatient_surgery", "implants": 1_000_000}, 2_872_150),
        ("medicare", {"group": 7, "kind": "outpatient_surgery", "implants": 1_000_000}, 1_317_750),
    ],
)
def test_a_contract_pays_what_it_says(code: str, said: dict[str, object], cents: int) -> None:
    assert price(code, **said) == cents


def test_the_payer_that_missed_the_amendment_pays_the_old_rate_and_no_implant() -> None:
    operated = {"group": 7, "day": "2026-07-01", "kind": "outpatient_surgery", "implants": 1_000_000}
    assert price("unison", stale=True, **operated) == 2_284_100
    assert price("blue_prairie", stale=True, **operated) == price("blue_prairie", **operated)


def test_shares_of_payers_add_up_and_outpatient_surgery_knows_them_all() -> None:
    assert sum(one.share for one in payers()) == 10_000
    assert set(SHARES) == set(CODES)


def test_every_account_posted_to_is_in_the_chart() -> None:
    said = tomllib.loads((files("housewide.demo") / "data" / "accounts.toml").read_text(encoding="utf-8"))["accounts"]
    chart = {one["number"]: one for one in said}
    assert len(chart) == len(said)
    posted = {
        value
        for name, value in vars(ledger).items()
        if name.isupper() and isinstance(value, int) and 1000 <= value < 7000
    }
    assert posted | {account for _, account, *_ in ORDERS} <= set(chart)
    assert [chart[number]["revenue_center"] for number in ledger.GROSS] == list(CENTERS)
