"""``make bench``: what it costs, beside what the obvious alternative costs on the same machine, minute and data.

Each benchmark runs in a process and home folder of its own. Results go to standard output and, with ``--write``, into
docs/reference/benchmarks.md with the machine and the date.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

NAMES = ("spc", "loading", "refreshing", "noticing", "reading", "weight")
PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "benchmarks.md"
HEAD = """# Benchmarks

`make bench` runs them; `python -m benchmarks --write` renews this page. Treat ratios, not absolutes: the peer ran
on the same machine, minute and data. Nothing here is asserted in a test.

{machine}

| what | Housewide | memory | peer | peer's figure | ratio |
|---|---|---|---|---|---|
"""

FOOT = """
Each of the 200 people has an account, a session and a connection of their own and looks at a page for 5 to 15 seconds;
server (two processes), worker, imports and the 200 share the machine. The first 15 seconds, in which everybody arrives
at a server that has just started, are not counted. The bar is 150 ms for 95 of 100 pages; the aim is 50.
"""


def run(name: str) -> list[dict[str, str]]:
    """Rows of one benchmark, measured in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="housewide-bench-") as home:
        environment = {**os.environ, "HOUSEWIDE_HOME": home, "HOUSEWIDE_TODAY": "2026-11-23"}
        code = f"import json; from benchmarks.{name} import rows; print(json.dumps(rows()))"
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode:
        return [{"what": f"{name} failed: {done.stderr.strip().splitlines()[-1]}"}]
    found: list[dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return found


def machine() -> str:
    """The machine, the versions and the day."""
    import duckdb

    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"Measured on {datetime.now(UTC):%-d %B %Y}: {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, DuckDB {duckdb.__version__}."
    )


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks")
    asked.add_argument("names", nargs="*", default=[], help=f"any of {', '.join(NAMES)}; default all")
    asked.add_argument("--write", action="store_true", help="renew docs/reference/benchmarks.md")
    said = asked.parse_args()
    unknown = set(said.names) - set(NAMES)
    if unknown:
        asked.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    lines = []
    for name in said.names or NAMES:
        for row in run(name):
            cells = [row.get(key, "") for key in ("what", "time", "memory", "peer", "peer_time", "ratio")]
            lines.append("| " + " | ".join(cells) + " |")
            print(lines[-1], flush=True)
    if said.write:
        PAGE.write_text(HEAD.format(machine=machine()) + "\n".join(lines) + "\n" + FOOT)


if __name__ == "__main__":
    main()
