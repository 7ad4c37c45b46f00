"""Records that people make here (huddles, issues, later budgets and rosters) become fact rows, so that measures count
them like anything that was imported.

A layer above registers a table with one question. Its action marks (table, facility, month) as behind, in its own
transaction; a job asks the question for exactly those months and sends the answer through the contract and the
catalogue like a file: read = accepted + set aside, a part changes and measures are counted again, a closed month
stays shut. Marks gather in one waiting job for each facility, so a busy morning is published once, not once for
every click.
"""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from housewide.facts import loading
from housewide.facts.mapping import Mapping as Columns
from housewide.facts.mapping import Source
from housewide.facts.models import Feed, Part
from housewide.facts.tables import table as declared
from housewide.kit.clock import now
from housewide.kit.home import home_folder, subfolder
from housewide.kit.jobs.kinds import job
from housewide.kit.jobs.models import Job
from housewide.kit.jobs.queue import enqueue
from housewide.kit.jobs.runs import JobRun, write_durably
from housewide.kit.memory import remembering
from housewide.kit.periods import Month
from housewide.org.models import Place

PUBLISH = "facts.publish"
GATHER = timedelta(seconds=90)
Query = Callable[[str, Month], Iterable[Mapping[str, Any]]]
_queries: dict[str, Query] = {}


def register(table: str, query: Query) -> None:
    """Say which question fills a table: ``query(facility, month)`` gives a mapping by column name for each row, none of
    them about a patient. The ``facility`` column is filled in. Raises ValueError for a second question."""
    if table in _queries and _queries[table] is not query:
        raise ValueError(f"two questions fill the table “{table}”")
    _queries[table] = query


def published_tables() -> tuple[str, ...]:
    """Names of the tables that the house fills itself."""
    return tuple(sorted(_queries))


def is_published(feed: Feed) -> bool:
    """Whether the house fills this feed itself: nobody sends files for it."""
    return bool(feed.profile.get("published"))


def mark_dirty(table: str, facility: str, period: str) -> None:
    """The rows of a month are behind. Call it inside the action: no change, no mark. Raises KeyError for a table that
    nobody registered."""
    if table not in _queries:
        raise KeyError(table)
    waiting = Job.objects.select_for_update().filter(kind=PUBLISH, state=Job.State.WAITING, place=facility).first()
    if waiting is None:
        enqueue(
            PUBLISH, {"facility": facility, "behind": {table: [period]}}, place=facility,
            title=f"Publish records: {Place.objects.get(code=facility).name}", run_after=now() + GATHER,
        )  # fmt: skip
        return
    behind = {key: list(months) for key, months in waiting.params["behind"].items()}
    if period not in behind.setdefault(table, []):
        behind[table].append(period)
        waiting.params = {**waiting.params, "behind": behind}
        waiting.save(update_fields=["params"])


def hurry() -> int:
    """Publish what waits at once instead of gathering on; inside an act. How many jobs were moved up."""
    return Job.objects.filter(kind=PUBLISH, state=Job.State.WAITING).update(run_after=now())


@job(PUBLISH, title="Publish records", again=True)
def publish(run: JobRun) -> dict[str, Any]:
    """Make the parts of the marked months again from the records as they stand. Run twice it writes the same."""
    facility, rows, aside = run.params["facility"], 0, 0
    for name, months in sorted(run.params["behind"].items()):
        run.check_cancel()
        run.progress(0, f"{declared(name).title}: {len(months)} months")
        batch = publish_months(name, facility, [Month.parse(month) for month in sorted(months)], run)
        if batch is not None:
            rows, aside = rows + batch.rows_read, aside + batch.rows_set_aside
            run.log(f"{declared(name).title}: {batch.rows_read} rows, {batch.rows_set_aside} set aside")
    return {"rows": rows, "set_aside": aside}


def publish_months(table: str, facility: str, months: list[Month], run: JobRun) -> Any:
    """One import of the months' rows; the Batch, or None when there is nothing to say. Raises LoadFailed."""
    with remembering():
        rows = [row for month in months for row in _queries[table](facility, month)]
    if not rows and not Part.objects.filter(table=table, scope=facility, to_batch=None).exists():
        return None
    feed = feed_of(table, facility, run)
    header = [column.name for column in declared(table).columns if column.name != "facility"]
    text = _plain_text(header, rows)
    sha256 = hashlib.sha256(text).hexdigest()
    kept = subfolder("originals") / sha256
    if not kept.exists():
        write_durably(kept, text)
    with tempfile.TemporaryDirectory(dir=subfolder("uploads")) as folder:
        plain = Path(folder) / "plain.csv"
        plain.write_bytes(text)
        return loading.load(
            feed, plain, ["_line", "_problem", *header, "_extra"], _columns(header), rows_read=len(rows),
            actor=run.actor, file_name=f"{table}.csv", file_sha256=sha256,
            file_path=kept.relative_to(home_folder()).as_posix(), effect=lambda: run.effect(table),
        )  # fmt: skip


def feed_of(table: str, facility: str, run: JobRun) -> Feed:
    """The feed under which a table of a facility is published; made when first needed."""
    code = f"published-{table}-{facility}".lower().replace("_", "-")
    found = Feed.objects.filter(code=code).first()
    if found is not None:
        return found
    place = Place.objects.get(code=facility)
    with run.effect(f"feed {code}"):
        made, _ = Feed.objects.get_or_create(
            code=code,
            defaults={
                "title": f"{declared(table).title}, kept here by {place.name}", "table": table, "scope": place,
                "mode": Feed.Mode.REPLACE, "profile": {"published": True},
            },
        )  # fmt: skip
    return made


def _columns(header: list[str]) -> Columns:
    return Columns({name: Source(header=name) for name in header})


def _plain_text(header: list[str], rows: list[Mapping[str, Any]]) -> bytes:
    """The canonical copy that the contract reads: every cell quoted, the line first."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["_line", "_problem", *header, "_extra"])
    for line, row in enumerate(rows, start=2):
        writer.writerow([line, "", *(_cell(row.get(name)) for name in header), ""])
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)
