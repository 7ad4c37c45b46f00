"""Each test registers kinds of its own and leaves none behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from housewide.kit.events import listeners
from housewide.kit.jobs.kinds import kinds


@pytest.fixture(autouse=True)
def _own_kinds() -> Iterator[None]:
    kept, heard = dict(kinds), dict(listeners)
    kinds.clear()
    listeners.clear()
    yield
    kinds.clear()
    kinds.update(kept)
    listeners.clear()
    listeners.update(heard)
