"""Where the records live: two SQLite files in the home folder, or two databases of a PostgreSQL server.

One setting decides: ``database = "postgresql://user@host/name"`` in ``housewide.toml``, or ``HOUSEWIDE_DATABASE``.
Cubes are in a second database beside it, ``name_cubes``, so that both kinds of home are built alike.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from housewide.kit.home import configuration
from housewide.kit.servers import DatabaseRefused

SCHEMES = ("postgresql://", "postgres://")
FILES = {"default": "housewide.sqlite3", "cubes": "cubes.sqlite3"}
_TEST_FILES = {"default": "test.sqlite3", "cubes": "test-cubes.sqlite3"}
_PARTS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}

# Measured: with SQLite's defaults half of concurrent writes failed, tuned so none did. FULL: what was acknowledged, a
# signature above all, is on the disk and outlives a power cut.
_SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA mmap_size=134217728;"
            "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
        ),
    },
}
_SYNCHRONOUS = {"default": "FULL", "cubes": "NORMAL"}  # cubes can be counted again


def setting(name: str) -> str:
    """``database`` or ``cubes_database``: from the environment, else from the home's file."""
    return os.environ.get(f"HOUSEWIDE_{name.upper()}") or str(configuration().get(name, ""))


def databases(home: Path, url: str = "", cubes_url: str = "") -> dict[str, dict[str, Any]]:
    """Django's ``DATABASES``. Raises DatabaseRefused for a setting that cannot be meant."""
    if not url:
        return {alias: _sqlite(home, alias) for alias in FILES}
    if not url.startswith(SCHEMES):
        raise DatabaseRefused(
            "The setting “database” begins with postgresql://, like postgresql://housewide@localhost/housewide. "
            "Leave it away to keep the records in SQLite."
        )
    main = _postgresql(url)
    cubes = _postgresql(cubes_url) if cubes_url else {**main, "NAME": f"{main['NAME']}_cubes"}
    return {"default": main, "cubes": cubes}


def addresses() -> dict[str, str] | None:
    """The addresses of both databases on PostgreSQL as set; None for SQLite. Raises DatabaseRefused."""
    url, cubes_url = setting("database"), setting("cubes_database")
    if not url:
        return None
    made = databases(Path(), url, cubes_url)
    from psycopg.conninfo import make_conninfo

    return {"default": url, "cubes": cubes_url or _with_name(url, made["cubes"]["NAME"], make_conninfo)}


def _with_name(url: str, name: str, make_conninfo: Any) -> str:
    """The same address with another database; as a URL, because settings are written so."""
    from urllib.parse import quote, urlsplit

    parts = urlsplit(url)
    if "dbname=" in parts.query or not parts.path.strip("/"):
        return str(make_conninfo(url, dbname=name))
    return parts._replace(path=f"/{quote(name)}").geturl()


def has_home(home: Path, url: str = "") -> bool:
    """Whether somebody has begun a home in this folder. Raises DatabaseRefused when it is one of the other kind."""
    if not url:
        return (home / FILES["default"]).exists()
    if (home / FILES["default"]).exists():
        raise DatabaseRefused(
            f"{home} keeps its records in SQLite, and the setting “database” names PostgreSQL. Nothing was changed. "
            "Leave the setting away, or give PostgreSQL a new home folder."
        )
    return (home / "keys").is_dir()


def _sqlite(home: Path, alias: str) -> dict[str, Any]:
    options = dict(_SQLITE["OPTIONS"])
    options["init_command"] = options["init_command"].format(synchronous=_SYNCHRONOUS[alias])
    tests = {"NAME": str(home / _TEST_FILES[alias])}
    return {**_SQLITE, "OPTIONS": options, "NAME": str(home / FILES[alias]), "TEST": tests}


def _postgresql(url: str) -> dict[str, Any]:
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict
    except ImportError as error:
        raise DatabaseRefused(
            "The setting “database” names PostgreSQL, and what speaks to it is not installed. "
            "Install it beside Housewide: pip install “psycopg[binary]>=3.2”, or the extra “postgresql”."
        ) from error
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except ProgrammingError as error:
        raise DatabaseRefused(f"The setting “database” cannot be read: {error}") from error
    if not parts.get("dbname"):
        raise DatabaseRefused("The setting “database” names no database: postgresql://user@host/NAME.")
    found: dict[str, Any] = {kept: parts.pop(name, "") for name, kept in _PARTS.items()}
    return {
        **found,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "housewide", "connect_timeout": 10, **parts},
    }
