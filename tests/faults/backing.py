"""Fills a home with a little of everything, and copies it, in a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.faults.homes import set_up


def fill() -> None:
    """Files where imports and packs put them, an unfinished one, a job with an artefact."""
    from housewide.kit.home import subfolder
    from housewide.kit.jobs import JobRun, enqueue, job, run_all

    for name in (
        "facts/or_case/p202610-a.parquet",
        "originals/one.csv",
        "uploads/half",
        "facts/.p202611-b.parquet.tmp",
    ):
        path = subfolder(str(Path(name).parent)) / Path(name).name
        path.write_bytes(name.encode() * 50)

    @job("file", title="File")
    def file(run: JobRun) -> None:
        run.artefact("proof.txt", b"proof" * 100, "text/plain")

    enqueue("file", {})
    run_all()


def main(what: str, target: str = "") -> None:
    set_up()
    if what == "fill":
        fill()
    else:
        from housewide.kit.backup import make_backup

        print(make_backup(Path(target)).audit_head)


if __name__ == "__main__":
    main(*sys.argv[1:])
