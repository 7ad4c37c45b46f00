"""Looks at a home after a kill, past the program where that is possible: files, rows and hashes as they lie there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.working import Say, import_once, work_until_idle

# Watched by nobody, on purpose: the trail itself, sign-in state, what Django keeps, the outbox, and a job's log.
UNWATCHED = {
    "audit_act", "audit_change", "audit_look", "audit_seal", "audit_context", "django_session", "django_content_type",
    "auth_permission", "django_migrations", "events_event", "events_cursor", "jobs_jobline", "sqlite_sequence",
    "access_signedin", "axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog",
}  # fmt: skip
PROVENANCE = "batch, source_line"


def look(say: Say) -> None:
    """Everything a test asks of a home, as one line of JSON. Changes nothing."""
    say(json.dumps({**_databases(), **_imports(), **_cubes(), **_trail(), **_work(), "spool": _spool()}))


def again(say: Say, number: str) -> None:
    """Import the version once more, as whoever got no receipt does, and look."""
    import_once(int(number))
    look(say)


def recover(say: Say) -> None:
    """A worker finishes what is left; look."""
    work_until_idle()
    look(say)


def recount(say: Say) -> None:
    """Count every measure of every month there is, afresh; look."""
    from housewide.facts.models import Part
    from housewide.measures.cubes import refresh

    refresh(None, "MVH", sorted(set(Part.objects.values_list("period", flat=True))))
    look(say)


def check(say: Say) -> None:
    """What ``housewide check`` says once the sweeps of unfinished imports have passed, as sentences."""
    from housewide.facts.checks import sweep_stray_files
    from housewide.intake.sweeping import sweep_stray_copies
    from housewide.kit.checks import run_checks

    sweep_stray_files(older_than=0)
    sweep_stray_copies(older_than=0)
    say(json.dumps([f"{problem.check}: {problem.text}" for problem in run_checks()]))


def _home() -> Path:
    from housewide.kit.home import home_folder

    return home_folder()


def _ask(sql: str, using: str = "default") -> list[tuple[Any, ...]]:
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]


def on_postgresql() -> bool:
    """Whether this home is on a server."""
    from django.db import connection

    return bool(connection.vendor == "postgresql")


def table_names() -> list[str]:
    """Every table of the application database, in order."""
    if on_postgresql():
        found = _ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    else:
        found = _ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found]


def _read(value: Any) -> Any:
    """JSON as SQLite gives it, text, or as PostgreSQL does, read."""
    return json.loads(value or "null") if isinstance(value, str | None) else value


def _databases() -> dict[str, Any]:
    if on_postgresql():
        from housewide.kit.checks import run_checks

        return {"integrity": [[["ok"]]] * 2, "loose": [len(run_checks(["databases"])), 0]}
    return {
        "integrity": [_ask("PRAGMA integrity_check", using) for using in ("default", "cubes")],
        "loose": [len(_ask("PRAGMA foreign_key_check", using)) for using in ("default", "cubes")],
    }


def _imports() -> dict[str, Any]:
    import duckdb

    rows = "SELECT public_id, file_sha256, rows_read, rows_accepted, rows_set_aside, set_aside_path FROM facts_batch"
    engine = duckdb.connect()
    engine.execute("SET threads = 1")
    batches, facts, faults = {}, {}, []
    for code, sha256, read, accepted, aside, path in _ask(f"{rows} ORDER BY id"):
        kept = _rows(engine, path) if path else 0
        batches[code] = [read, accepted, aside, sha256]
        if kept != aside:
            faults.append(f"{code}: {aside} rows set aside, {kept} in the file")
        if hashlib.sha256((_home() / "originals" / sha256).read_bytes()).hexdigest() != sha256:
            faults.append(f"{code}: the original is not the file that was sent")
    parts = 'SELECT "table", scope, period, path, sha256, rows, to_batch_id FROM facts_part ORDER BY id'
    for table, scope, period, path, sha256, rows, over in _ask(parts):
        file = _home() / path
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
            faults.append(f"{path} is gone or altered")
        elif _rows(engine, path) != rows:
            faults.append(f"{path} does not hold {rows} rows")
        elif over is None:
            sql = f"SELECT * EXCLUDE ({PROVENANCE}) FROM read_parquet('{file}') ORDER BY row_id"
            facts[f"{table} {scope} {period}"] = _digest(engine.execute(sql).fetchall())
    unknown = _ask("SELECT COUNT(*) FROM facts_identity WHERE first_seen_batch_id NOT IN (SELECT id FROM facts_batch)")
    patients = f"SELECT DISTINCT patient FROM read_parquet('{_home()}/facts/or_case/*/*.parquet')"
    named = {surrogate for (surrogate,) in _ask("SELECT surrogate FROM facts_identity")}
    current = {path for path, over in _ask("SELECT path, to_batch_id FROM facts_part") if over is None}
    seen = engine.execute(patients.replace(" FROM", ", filename FROM").replace("')", "', filename=true)")).fetchall()
    sealed = all(
        patient in named for patient, path in seen if patient and Path(path).relative_to(_home()).as_posix() in current
    )
    return {"batches": batches, "facts": facts, "faults": faults, "identities": [unknown[0][0], sealed]}


def _rows(engine: Any, path: str) -> int:
    return int(engine.execute(f"SELECT count(*) FROM read_parquet('{_home() / path}')").fetchall()[0][0])


def _digest(rows: Any) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def _cubes() -> dict[str, Any]:
    """The published numbers by measure and month, and what should never lie beside them."""
    versions = _ask(
        "SELECT id, measure, facility, period, current, rows, left_out FROM measures_cubeversion ORDER BY id", "cubes"
    )
    cells: dict[int, list[Any]] = {}
    for table, columns in (
        ("measures_daycell", "place, day, num, den, count, exact, bins"),
        ("measures_breakdowncell", 'place, "by", label, num, den, count, exact, bins, left_out'),
    ):
        for version, *cell in _ask(f"SELECT version_id, {columns} FROM {table}", "cubes"):
            cells.setdefault(version, []).append(repr(list(map(_unordered, cell))))
    published: dict[str, list[str]] = {}
    lying: dict[str, int] = {}
    for key, measure, facility, period, current, rows, left_out in versions:
        name = f"{measure} {facility} {period}"
        lying[name] = lying.get(name, 0) + 1
        if current:
            published.setdefault(name, []).append(_digest([rows, _unordered(left_out), sorted(cells.get(key, []))]))
    return {"cubes": published, "versions": max(lying.values(), default=0)}


def _unordered(value: Any) -> Any:
    """JSON with its keys in order: the engine finds the reasons in any."""
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return json.dumps(json.loads(value), sort_keys=True) if isinstance(value, str) and value[:1] == "{" else value


def _trail() -> dict[str, Any]:
    """By table: rows there are, and rows the trail knows of (inserted less deleted)."""
    there = {name: _ask(f'SELECT COUNT(*) FROM "{name}"')[0][0] for name in table_names() if name not in UNWATCHED}
    known = dict(
        _ask("SELECT \"table\", SUM(CASE op WHEN 'I' THEN 1 WHEN 'D' THEN -1 ELSE 0 END) FROM audit_change GROUP BY 1")
    )
    loose = _ask("SELECT COUNT(*) FROM audit_change WHERE act IS NULL OR act NOT IN (SELECT id FROM audit_act)")
    by_act = _ask("SELECT a.name, COUNT(c.id) FROM audit_act a LEFT JOIN audit_change c ON c.act = a.id GROUP BY a.id")
    acts: dict[str, list[int]] = {}
    for name, changes in by_act:
        acts.setdefault(name, []).append(changes)
    return {
        "rows": there, "recorded": known, "actless": loose[0][0],
        "acts": {name: [*sorted(set(changes)), len(changes)] for name, changes in acts.items()},
    }  # fmt: skip


def _work() -> dict[str, Any]:
    return {
        "jobs": {
            code: [state, kind, (_read(result) or {}).get("batch", ""), len(_read(effects) or [])]
            for code, state, kind, result, effects in _ask(
                "SELECT public_id, state, kind, result, effects FROM jobs_job ORDER BY id"
            )
        },
        "tasks": dict(_ask("SELECT public_id, state FROM work_task")),
        "comments": sorted(code for (code,) in _ask("SELECT subject_id FROM work_comment")),
        "told": sorted(
            f"{name} {_read(payload)['task']}"
            for name, payload in _ask("SELECT name, payload FROM events_event WHERE name LIKE 'work.task%'")
        ),
    }


def _spool() -> list[str]:
    found = [path for folder in ("spool", "facts", "set_aside") for path in (_home() / folder).rglob("*")]
    found += (_home() / "originals").glob(".*")
    known = {path for (path,) in _ask("SELECT path FROM facts_part")}
    known |= {path for (path,) in _ask("SELECT set_aside_path FROM facts_batch")}
    names = [path.relative_to(_home()).as_posix() for path in found if path.is_file()]
    return sorted(name for name in names if name not in known)


TASKS: dict[str, Callable[..., None]] = {
    "look": look, "again": again, "recover": recover, "recount": recount, "check": check,
}  # fmt: skip
