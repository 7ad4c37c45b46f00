"""The few honest mistakes in every month's operating-room log: a time nobody charted, a room that does not exist.

Real logs hold them, so the set-aside list is never empty. Two or three a month, one of each kind at most.
"""

from __future__ import annotations

from random import Random

KINDS = ("missing_wheels_in", "out_before_in", "duplicate_line", "unknown_room", "bad_date")


def plant_faults(rng: Random, rows: list[dict[str, str]], how_many: int) -> tuple[list[dict[str, str]], dict[str, int]]:
    """Rows with `how_many` faults of different kinds planted, and the count by kind. The input rows are not changed.

    Only later cases that took place are spoiled, so that no first case of the day is lost to a clerical slip.
    """
    out = [dict(row) for row in rows]
    fit = [i for i, row in enumerate(out) if row["Wheels in"] and "07:30" not in row["Sched Start"]]
    kinds = sorted(rng.sample(KINDS, min(how_many, len(fit), len(KINDS))))
    chosen = rng.sample(fit, len(kinds))
    for kind, index in zip(kinds, chosen, strict=True):
        row = out[index]
        if kind == "missing_wheels_in":
            row["Wheels in"] = ""
        elif kind == "out_before_in":
            row["Wheels in"], row["Wheels out"] = row["Wheels out"], row["Wheels in"]
        elif kind == "unknown_room":
            row["OR"] = "OR 14"
        elif kind == "bad_date":
            row["Surgery Date"] = f"13/45/{row['Surgery Date'][-4:]}"
    for kind, index in zip(kinds, chosen, strict=True):
        if kind == "duplicate_line":
            out.insert(index + 1, dict(out[index]))
    return out, dict.fromkeys(kinds, 1)
