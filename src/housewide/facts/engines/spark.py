"""Spark over the same Parquet files, for installations too large for one machine.

An extra: ``pip install housewide[spark]``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from housewide.facts.catalogue import part_path
from housewide.facts.tables import FactTable, table
from housewide.kit.home import configuration

if TYPE_CHECKING:
    from housewide.facts.models import Part
    from housewide.org.calendars import CalendarRow

TYPES = {
    "VARCHAR": "string",
    "BIGINT": "bigint",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP_S": "timestamp_ntz",
    "VARCHAR[]": "array<string>",
}


def schema_text(declared: FactTable) -> str:
    """The table's columns as Spark wants them; timestamps without a zone, or a month would follow the session's."""
    return ", ".join(f"`{column}` {TYPES[kind]}" for column, kind in declared.part_types.items())


class SparkSession:
    """An open Spark session."""

    dialect = "spark"

    def __init__(self, spark: Any) -> None:
        self._spark = spark

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Answer one question; ``params`` stand for its question marks."""
        found = self._spark.sql(sql, args=list(params)) if params else self._spark.sql(sql)
        return [tuple(row) for row in found.collect()]


@contextmanager
def open_session(parts: dict[str, list[Part]], calendar: Sequence[CalendarRow]) -> Iterator[SparkSession]:
    """See ``engines.session``. The master comes from ``spark_master`` in housewide.toml."""
    try:
        from pyspark.sql import SparkSession as Spark
    except ImportError as missing:
        raise RuntimeError(
            "The Spark engine is switched on but pyspark is not installed: housewide[spark]."
        ) from missing
    master = str(configuration().get("spark_master", "local[2]"))
    spark = Spark.builder.master(master).config("spark.sql.session.timeZone", "UTC").getOrCreate()
    spark.conf.set("spark.sql.ansi.enabled", "true")
    for wanted, files in parts.items():
        shape = schema_text(table(wanted))
        paths = [str(part_path(part)) for part in files]
        frame = spark.read.schema(shape).parquet(*paths) if paths else spark.createDataFrame([], shape)
        frame.createOrReplaceTempView(wanted)
    shape = "facility string, day date, weekday int, holiday boolean, workday boolean, period string"
    spark.createDataFrame(list(calendar), shape).createOrReplaceTempView("calendar")
    yield SparkSession(spark)
