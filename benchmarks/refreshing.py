"""Refreshing every operating-room measure of one restated month of a hospital with 24 months of cases.

The peer computes the same readings without cubes: every measure over the month's Parquet, once for each of the places
that a page can be about.
"""

from __future__ import annotations

from benchmarks.homes import demo
from benchmarks.measuring import peak_memory, ratio, seconds, timed

MONTH = "2026-10"
PLACES = ("MVHS", "MVH", "MVH-PERIOP", "MVH-OR")


def rows() -> list[dict[str, str]]:
    demo(months=24)
    from housewide.measures.cubes import refresh
    from housewide.measures.definitions import all_definitions
    from housewide.measures.rows import rows_behind

    ids = list(all_definitions())
    ours = timed(lambda: refresh(ids, "MVH", [MONTH]))
    memory = peak_memory()
    peer = timed(lambda: [rows_behind(one, place, MONTH) for one in ids for place in PLACES])
    return [{
        "what": f"refresh of one month, {len(ids)} measures", "time": seconds(ours), "memory": memory,
        "peer": f"the rows of every measure for {len(PLACES)} places, no cubes", "peer_time": seconds(peer),
        "ratio": ratio(peer, ours),
    }]  # fmt: skip
