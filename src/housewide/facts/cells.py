"""How the text in a cell becomes a value: dates, money, numbers, yes and no, each exactly or not at all.

Everything here is SQL text for DuckDB, so that one pass over the file does it. Money never passes through a float.
"""

from __future__ import annotations

from dataclasses import dataclass

from housewide.facts.mapping import Source
from housewide.facts.tables import Column

_TIMES = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
ISO_DATES = ("%Y-%m-%d",)
ISO_TIMES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
)
LONG_DATES, SHORT_DATES = ("%m/%d/%Y",), ("%m/%d/%y",)
LONG_TIMES = tuple(f"%m/%d/%Y {clock}" for clock in _TIMES)
SHORT_TIMES = tuple(f"%m/%d/%y {clock}" for clock in _TIMES)
OTHER_DATES = ("%d-%b-%y", "%d-%b-%Y", "%m-%d-%Y", "%Y%m%d")
OTHER_TIMES = ("%Y%m%d%H%M%S", "%Y%m%d%H%M", "%d-%b-%y %H:%M", "%d-%b-%Y %H:%M", "%d-%b-%Y %H:%M:%S")
# Every usual way, for those who suggest a mapping from a few cells; two-digit years first, see _usual_formats.
DATE_FORMATS = (*ISO_DATES, *SHORT_DATES, *LONG_DATES, *OTHER_DATES)
TIME_FORMATS = (*ISO_TIMES, *SHORT_TIMES, *LONG_TIMES, *OTHER_TIMES)
EXCEL = "excel"
YES = ("y", "yes", "true", "t", "1", "x")
NO = ("n", "no", "false", "f", "0")
FACTORS = {"dollars": 100, "cents": 1, "seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
DECIMALS = 6
_CORE = r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)"
NUMBER = rf"[-+]?\$?\s?{_CORE}|\$\s?-{_CORE}|{_CORE}-|\(\$?\s?{_CORE}\)|\$\({_CORE}\)"
EARLIEST, LATEST = "1900-01-01", "2100-01-01"


def text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + value.replace('"', '""') + '"'


@dataclass(frozen=True)
class Fault:
    """Something that can be wrong with a row: when (SQL), what kind of fault it is, and the sentence (SQL text)."""

    when: str
    kind: str
    says: str


@dataclass(frozen=True)
class Cell:
    """A column on its way: SQL for its value, from the normalised text, and what can be wrong with it."""

    value: str
    faults: tuple[Fault, ...] = ()


def written(column: Column, source: Source) -> str:
    """What the column is called in messages: as in the file, where the sender will look for it."""
    return source.header or column.heading


def typed(column: Column, source: Source, cell: str) -> Cell:
    """SQL from ``cell`` (an SQL expression: trimmed text, NULL when empty) to the column's type."""
    if column.type in ("date", "timestamp"):
        return _moment(column, source, cell)
    if column.type in ("integer", "cents"):
        return _number(column, source, cell)
    if column.type == "boolean":
        yes, no = (", ".join(map(text, words)) for words in (YES, NO))
        value = f"CASE WHEN lower({cell}) IN ({yes}) THEN true WHEN lower({cell}) IN ({no}) THEN false END"
        return Cell(value, (_unread(column, source, cell, "is not yes or no"),))
    if column.values:
        cases = " ".join(f"WHEN {text(value.lower())} THEN {text(value)}" for value in column.values)
        known = "is not one of: " + ", ".join(column.values)
        return Cell(f"CASE lower({cell}) {cases} END", (_unread(column, source, cell, known),))
    return Cell(cell)


def _unread(column: Column, source: Source, cell: str, complaint: str) -> Fault:
    kind = f"{written(column, source)} {complaint}"
    says = f"{text(written(column, source) + ' “')} || {cell} || {text('” ' + complaint)}"
    return Fault(f"{cell} IS NOT NULL AND {name(column.name)} IS NULL", kind, says)


def _moment(column: Column, source: Source, cell: str) -> Cell:
    value = _given_formats(source, cell) if source.formats else _usual_formats(column, cell)
    value = f"CASE WHEN regexp_matches({cell}, '[0-9]') THEN {value} END"  # “infinity” and “epoch” are no dates here
    if EXCEL in source.formats:
        seconds = f"CAST(round(CAST({cell} AS DECIMAL(30, 10)) * 86400) AS BIGINT)"
        serial = f"TIMESTAMP '1899-12-30' + to_seconds({seconds})"
        value = rf"CASE WHEN regexp_full_match({cell}, '\d{{4,6}}(\.\d{{1,10}})?') THEN {serial} ELSE {value} END"
    complaint = "is not a date we can read" if column.type == "date" else "is not a date and time we can read"
    unlikely = "is outside the years 1900 to 2099"
    quoted = f"{text(written(column, source) + ' “')} || {cell} || {text('” ' + unlikely)}"
    outside = f"{name(column.name)} < DATE '{EARLIEST}' OR {name(column.name)} >= DATE '{LATEST}'"
    return Cell(
        f"CAST(date_trunc('second', {value}) AS {column.sql_type})",
        (
            _unread(column, source, cell, complaint),
            Fault(outside, f"{written(column, source)} {unlikely}", quoted),
        ),
    )


def _given_formats(source: Source, cell: str) -> str:
    formats = [pattern for pattern in source.formats if pattern != EXCEL]
    return f"try_strptime({cell}, [{', '.join(map(text, formats))}])" if formats else "NULL::TIMESTAMP"


def _usual_formats(column: Column, cell: str) -> str:
    """ISO and US ways of writing, chosen by the shape of the cell: each pattern tried in vain costs as much as one
    that fits, and %Y would take a year of two digits for one of the first century."""

    def either(dates: tuple[str, ...], times: tuple[str, ...]) -> str:
        formats = (*dates, *times) if column.type == "date" else (*times, *dates)
        return f"try_strptime({cell}, [{', '.join(map(text, formats))}])"

    return (
        f"CASE WHEN substr({cell}, 5, 1) = '-' THEN {either(ISO_DATES, ISO_TIMES)} "
        f"WHEN regexp_matches({cell}, '^[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}}') THEN {either(LONG_DATES, LONG_TIMES)} "
        f"WHEN contains({cell}, '/') THEN {either(SHORT_DATES, SHORT_TIMES)} "
        f"ELSE {either(OTHER_DATES, OTHER_TIMES)} END"
    )


def _number(column: Column, source: Source, cell: str) -> Cell:
    """Digits are moved, never computed with: 12.34 becomes 1234 cents by counting places."""
    factor = FACTORS[source.unit] if source.unit else 100 if column.type == "cents" else 1
    bare = f"regexp_replace({cell}, '[$,()+ -]', '', 'g')"
    whole, part = f"split_part({bare}, '.', 1)", f"rtrim(split_part({bare}, '.', 2), '0')"
    scale = 10**DECIMALS
    scaled = f"TRY_CAST({whole} || rpad({part}, {DECIMALS}, '0') AS HUGEINT) * {factor}"
    if column.type == "integer" and factor > 1:
        exact = f"(2 * ({scaled}) + {scale}) // {2 * scale}"  # a time in decimal minutes: the nearest second, half up
    else:
        exact = f"CASE WHEN ({scaled}) % {scale} = 0 THEN ({scaled}) // {scale} END"
    sign = f"CASE WHEN contains({cell}, '(') OR contains({cell}, '-') THEN -1 ELSE 1 END"
    readable = f"regexp_full_match({cell}, {text(NUMBER)})"
    short = f"length({part}) <= {DECIMALS} AND length({whole}) <= 17"
    plain = rf"regexp_full_match({cell}, '-?\d{{1,15}}')"
    value = (
        f"CASE WHEN {plain} THEN CAST({cell} AS BIGINT) * {factor} "
        f"WHEN {readable} AND {short} THEN TRY_CAST(({exact}) * ({sign}) AS BIGINT) END"
    )
    complaint = "is not an amount of dollars and cents" if column.type == "cents" else "is not a whole number"
    return Cell(value, (_unread(column, source, cell, complaint),))
