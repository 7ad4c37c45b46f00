"""Importing one million operating-room cases by the front door: read, judged, set aside where bad, filed, recorded.

The peer is DuckDB alone: its own CSV reader (all text, no contract, no reasons,
no catalogue) copied into one Parquet file.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

from benchmarks.homes import demo
from benchmarks.measuring import peak_memory, ratio, seconds, timed

ROWS = 1_000_000
PREAMBLE = 2


def write_log(source: Path, target: Path, count: int = ROWS) -> None:
    """A log of ``count`` cases in the demo's format: one real month repeated under new case numbers."""
    lines = source.read_text(encoding="utf-8-sig").splitlines()
    head, body = lines[: PREAMBLE + 1], list(csv.reader(lines[PREAMBLE + 1 :]))
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        file.write("\r\n".join(head) + "\r\n")
        writer = csv.writer(file)
        for number in range(count):
            row = list(body[number % len(body)])
            row[0] = str(90_000_000 + number)
            writer.writerow(row)


def rows() -> list[dict[str, str]]:
    demo(months=1)
    import duckdb

    from housewide.facts.models import Feed
    from housewide.intake.imports import import_file

    home = Path(os.environ["HOUSEWIDE_HOME"])
    source = sorted((home / "demo-files" / "or_log").glob("*2026-10*"))[0]
    log = home / "million.csv"
    write_log(source, log)
    feed = Feed.objects.get(code="mvh-or-log")
    receipt = []
    ours = timed(lambda: receipt.append(import_file(feed=feed, path=log, actor="system:benchmark")))
    batch = receipt[0]
    memory = peak_memory()
    connection = duckdb.connect()
    read = f"SELECT * FROM read_csv('{log}', skip={PREAMBLE}, header=true, all_varchar=true)"
    sql = f"COPY ({read}) TO '{home}/peer.parquet'"
    peer = timed(lambda: connection.execute(sql))
    return [{
        "what": f"import of {batch.rows_read:,} rows ({batch.rows_set_aside:,} set aside with reasons), "
                f"{log.stat().st_size / 1e6:,.0f} MB",
        "time": seconds(ours), "memory": memory, "peer": "DuckDB read_csv to Parquet, nothing judged",
        "peer_time": seconds(peer), "ratio": ratio(peer, ours),
    }]  # fmt: skip
