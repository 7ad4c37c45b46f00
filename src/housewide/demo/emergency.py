"""Visits to Mercy Valley's emergency department that end there; those who stay are in ``arrivals``.

About a hundred a day, most on Monday. Length of visit is log-normal about two and three quarter hours, as CMS's measure
OP-18b has national medians near 160 minutes; one in fifty leaves before being seen (OP-22, about 2 %).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np

from housewide.demo.arrivals import HOURS, PAYERS, PAYS_OLD, PAYS_YOUNG, either
from housewide.demo.stays import Stays, rng_for

A_DAY = 98.0
WEEK = np.array((1.09, 1.02, 0.99, 0.98, 0.97, 0.97, 0.98))
OLD = 0.21
LEFT_UNSEEN = 0.021


@cache
def visits(seed: int, month: date) -> Stays:
    """The visits of a month that ended in the department; ``disposition`` is home, transfer, died or left unseen."""
    rng = rng_for(seed, "emergency", month)
    after = (month + timedelta(days=32)).replace(day=1)
    days = np.arange(np.datetime64(month, "D"), np.datetime64(after, "D"))
    since_newyear = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(int)
    expected = A_DAY * WEEK[(days.astype(int) + 3) % 7] * (1 + 0.05 * np.cos(2 * np.pi * (since_newyear - 20) / 365))
    day = np.repeat(days, rng.poisson(expected * np.exp(rng.normal(0, 0.06, len(days)))))
    size = len(day)
    minute = rng.choice(24, size, p=HOURS / HOURS.sum()) * 60 + rng.integers(0, 60, size)
    order = np.lexsort((minute, day))
    arrived = (day.astype("datetime64[m]") + minute)[order]
    first = np.searchsorted(arrived.astype("datetime64[D]"), days)
    within = np.arange(size) - first[(day - days[0]).astype(int)]
    age = np.where(rng.random(size) < OLD, rng.integers(65, 97, size), rng.integers(0, 65, size)).astype(np.int16)
    unseen = rng.random(size) < LEFT_UNSEEN
    length = np.exp(rng.normal(np.log(165), 0.55, size)) * np.where(unseen, 0.6, 1.0)
    where_to = np.where(rng.random(size) < 0.02, "transfer", "home")
    nothing, number = np.zeros(size, int), [int(f"{one:%y%m%d}") for one in day.astype(object)]
    return Stays(
        number=np.array(number, np.int64) * 10_000 + 5_000 + within,
        patient=80_000_000 + (month.year * 12 + month.month) * 5_000 % 10_000_000 + np.arange(size),
        kind=np.full(size, "emergency", "U12"), line=np.full(size, "emergency", "U12"),
        drg=nothing.astype(np.int16), age=age, payer=either(rng, age >= 65, PAYERS, PAYS_OLD, PAYS_YOUNG),
        from_ed=np.ones(size, bool), arrived=arrived, decided=np.full(size, np.datetime64("NaT", "m")),
        left=arrived + np.clip(length, 15, 1200).astype(int), intensive=nothing, step_down=nothing,
        disposition=np.where(unseen, "left unseen", where_to).astype("U16"),
    )  # fmt: skip
