"""Lets set-aside rows go that need no correction: a line of totals, a test patient, a row sent by mistake."""

from __future__ import annotations

from typing import Any

from housewide.access.gates import may
from housewide.facts import set_aside
from housewide.facts.models import Batch, SettledLine
from housewide.facts.settling import add_note, rest
from housewide.intake.queries import DOING, IMPORTS, ROWS, SEES, who
from housewide.kit.actions import Refused, action
from housewide.kit.clock import today
from housewide.kit.locks import hold
from housewide.kit.ui.days import day_text
from housewide.org.models import Account


def _gate(*, by: Any, batch: Batch, **_: Any) -> dict[str, str]:
    may(by, ROWS, batch.feed.owning_place, DOING[ROWS], sees=SEES)  # nobody lets go what they may not look at
    about = may(by, IMPORTS, batch.feed.owning_place, DOING[IMPORTS], sees=SEES)
    return {**about, "subject": f"batch:{batch.public_id}"}


@action("intake.let_go", gate=_gate)
def let_go(*, by: Account, batch: Batch, kind: str, reason: str) -> int:
    """Rows of an import that wait for one reason wait no longer, but are kept; how many.

    ``kind``: a reason out of ``Batch.reasons``. Raises Refused; then nothing was changed.
    """
    if len(reason.strip()) < 5:
        raise Refused("Say why these rows need no correction; the reason stands on the receipt. Nothing was changed.")
    hold("facts")  # no import settles rows between the look and the step
    batch.refresh_from_db()
    lines = [row.line for row in set_aside.read(batch, 0, max(1, batch.rows_set_aside), kind, open_only=True)]
    if not lines:
        raise Refused("No row of this import waits for that reason any more. Nothing was changed.")
    rest(batch, lines, SettledLine.How.LET_GO, None)
    rows = f"{len(lines):,} row{'s' * (len(lines) != 1)}"
    add_note(batch, f"{rows} let go by {who(by.username)} on {day_text(today())}: {reason.strip()}")
    return len(lines)
