"""The stays of Mercy Valley Hospital as whole columns: who came when, why, and where they lay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self
from zlib import crc32

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[Any]


def rng_for(seed: int, step: str, *names: object) -> np.random.Generator:
    """The random stream of one step of the chain (and one month or place of it): no other step draws from it, so a
    change of one leaves all others as they were."""
    return np.random.default_rng(np.random.SeedSequence([seed, *(crc32(str(one).encode()) for one in (step, *names))]))


@dataclass(frozen=True)
class Table:
    """Columns of equal length."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, chosen: Column) -> Self:
        """The rows at these positions, or where this mask is true."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @classmethod
    def join(cls, several: Sequence[Self]) -> Self:
        """All rows of several tables, one after another."""
        return cls(*(np.concatenate([getattr(one, field.name) for one in several]) for field in fields(cls)))


@dataclass(frozen=True)
class Stays(Table):
    """One entry per stay. ``number`` int64; ``patient`` int64; ``kind``: inpatient, observation, newborn or emergency;
    ``line`` names the service; ``drg`` int16, 0 where the stay has none; ``arrived``, ``decided`` (that the patient
    stays, NaT for those who do not) and ``left`` minutes (datetime64[m]), the last as it will be; ``intensive``,
    ``step_down`` minutes that the patient needs such care, from the beginning."""

    number: Column
    patient: Column
    kind: Column
    line: Column
    drg: Column
    age: Column
    payer: Column
    from_ed: Column
    arrived: Column
    decided: Column
    left: Column
    intensive: Column
    step_down: Column
    disposition: Column


@dataclass(frozen=True)
class BedStays(Table):
    """One entry per time in one bed. ``stay``: position in the ``Stays``; ``unit``: position in ``UNITS``, ``bed``
    from 1; ``started``, ``ended`` minutes, the latter NaT while the patient lies there."""

    stay: Column
    unit: Column
    bed: Column
    started: Column
    ended: Column
