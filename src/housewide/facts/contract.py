"""The contract: from a table file and a mapping, one pass of SQL that says of each row “accepted” or why not.

Stages, each a view on the one before: ``plain`` (the file, all text) -> ``cells`` (trimmed text per column) ->
``coded`` (codes translated, home of the place looked up) -> ``typed`` (values). Only faulty rows are read a second
time, to write down every reason.
"""

# ruff: noqa: S608 - SQL is made here, from declared names and quoted literals only
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from housewide.facts.cells import Fault, name, text, typed, written
from housewide.facts.crosswalks import UNKNOWN
from housewide.facts.mapping import Mapping, Source
from housewide.facts.models import BACK_REFERENCE
from housewide.facts.tables import Column, FactTable

UNREADABLE = "could not be read"  # kind of a row that is no whole row of its file

SPECIAL = ("_line", "_problem", "_extra")
LINE_BYTES = 4_200_000
# What the download of set-aside rows puts before the cells, and what it does to cells a spreadsheet would run.
GUARDED = r"^'+[=+\-@\t\r\n]"


@dataclass(frozen=True)
class Contract:
    """A table, a mapping and the header of one file, with what the feed itself knows.

    ``facility`` is the feed's own facility, "" when rows must say theirs; ``facilities`` are those it may load;
    ``place`` fills the place of rows when nothing is mapped to it.
    """

    table: FactTable
    mapping: Mapping
    header: tuple[str, ...]
    facility: str
    facilities: tuple[str, ...]
    place: str = ""
    correction: bool = False
    sources: dict[str, Source] = field(init=False)

    def __post_init__(self) -> None:
        plain = [heading for heading in self.header if heading not in SPECIAL]
        object.__setattr__(self, "header", tuple(plain))
        sources = {column.name: self.mapping.columns.get(column.name, Source()) for column in self.table.columns}
        if "place" in sources and sources["place"] == Source() and self.place:
            sources["place"] = Source(constant=self.place)
        object.__setattr__(self, "sources", sources)

    # --- what the file looks like -------------------------------------------------------------------------------

    @property
    def original_cells(self) -> list[str]:
        """Columns of ``plain`` that hold the sender's cells, in order, the last for what stood beyond the header."""
        return [f"c{number}" for number in range(len(self.header))] + ["_extra"]

    def plain_sql(self, path: Path) -> str:
        """The view ``plain``: nothing is sniffed and nothing is dropped; a file of another shape is an error."""
        columns = ", ".join(f"{text(c)}: 'VARCHAR'" for c in ["_line", "_problem", *self.original_cells])
        how = (
            "header = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', auto_detect = false, "
            f"null_padding = false, ignore_errors = false, strict_mode = true, max_line_size = {LINE_BYTES}, "
            "encoding = 'utf-8', allow_quoted_nulls = false"
        )
        return f"CREATE TEMP VIEW plain AS SELECT * FROM read_csv({text(str(path))}, columns = {{{columns}}}, {how})"

    def _raw(self, heading: str) -> str:
        cell = self._as_sent(f"c{self.header.index(heading)}")
        return f"nullif(trim({cell}, {text(chr(32) + chr(9) + chr(13) + chr(10) + chr(160))}), '')"

    def _as_sent(self, cell: str) -> str:
        """A cell without the guard that the download of set-aside rows put before it."""
        if not self.correction:
            return cell
        return f"CASE WHEN regexp_matches({cell}, {text(GUARDED)}) THEN substr({cell}, 2) ELSE {cell} END"

    def cells_sql(self, rows: str) -> str:
        """The view ``cells``: one text per column (``t_…``), NULL when empty, the sender's words replaced by ours."""
        made = [f"{self._cell(column)} AS {name('t_' + column.name)}" for column in self.table.columns]
        made += [
            f"{self._raw(source.plus_minutes)} AS {name('p_' + column)}"
            for column, source in self.sources.items()
            if source.plus_minutes
        ]
        return (
            f"CREATE OR REPLACE TEMP VIEW cells AS SELECT CAST(_line AS BIGINT) AS _line, _problem, {', '.join(made)}"
            f" FROM {rows}"
        )

    def _cell(self, column: Column) -> str:
        source = self.sources[column.name]
        if source.constant:
            return f"{text(source.constant)}::VARCHAR"
        if not source.header:
            return "NULL::VARCHAR"
        cell = self._raw(source.header)
        if source.date_header:
            cell = f"{self._raw(source.date_header)} || ' ' || {cell}"
        if source.plus_minutes:
            cell = f"CASE WHEN {self._raw(source.plus_minutes)} IS NOT NULL THEN {cell} END"
        if source.value_map:
            cases = " ".join(
                f"WHEN {text(said.strip().lower())} THEN nullif({text(meant.strip())}, '')"
                for said, meant in source.value_map.items()
            )
            cell = f"CASE lower({cell}) {cases} ELSE {cell} END"
        return cell

    # --- codes --------------------------------------------------------------------------------------------------

    def kind_of(self, column: Column) -> str:
        """The kind of code a column holds, "" for none."""
        return self.sources[column.name].crosswalk or column.crosswalk

    @property
    def kinds(self) -> list[str]:
        """Kinds of codes the file must be translated from; each is a table ``x_kind`` (code, target, lo, hi)."""
        return sorted({kind for column in self.table.columns if (kind := self.kind_of(column))} | {"place"})

    def coded_sql(self) -> str:
        """The view ``coded``: the day of the row, the target of each code, the facility the place belongs to."""
        period = self.table.by_name[self.table.period_column]
        day = typed(period, self.sources[period.name], name("t_" + period.name)).value
        joins, targets, places = [], [], "NULL"
        for number, column in enumerate(c for c in self.table.columns if self.kind_of(c)):
            alias, cell = f"j{number}", f"d.{name('t_' + column.name)}"
            kind = name("x_" + self.kind_of(column))
            joins.append(
                f"LEFT JOIN {kind} {alias} ON {alias}.code = {cell} AND d._day >= {alias}.lo AND d._day < {alias}.hi"
            )
            targets.append(f"{alias}.target AS {name('x_' + column.name)}")
            if column.name == "place":
                places = f"{alias}.target"
        joins.append(f"LEFT JOIN homes h ON h.code = {places} AND d._day >= h.lo AND d._day < h.hi")
        dated = f"SELECT *, CAST({day} AS DATE) AS _day FROM cells"
        return (
            f"CREATE OR REPLACE TEMP VIEW coded AS SELECT d.*, {', '.join([*targets, 'h.target AS _home'])} "
            f"FROM ({dated}) d {' '.join(joins)}"
        )

    # --- values and faults --------------------------------------------------------------------------------------

    def values_sql(self) -> str:
        """The view ``valued``: every column of the table with its type, besides everything of ``coded``."""
        made = []
        for column in self.table.columns:
            value = self._value(column)
            made.append(f"{value} AS {name(column.name)}")
        return f"CREATE OR REPLACE TEMP VIEW valued AS SELECT *, {', '.join(made)} FROM coded"

    def _value(self, column: Column) -> str:
        if column.name == "facility":
            own = text(self.facility) if self.facility else "NULL"
            return f"coalesce(x_facility, CASE WHEN t_facility IS NULL THEN coalesce({own}, _home) END)"
        if self.kind_of(column):
            return name("x_" + column.name)
        value = typed(column, self.sources[column.name], name("t_" + column.name)).value
        if self.sources[column.name].plus_minutes:
            seconds = f"CAST(round(TRY_CAST({name('p_' + column.name)} AS DECIMAL(12, 4)) * 60) AS BIGINT)"
            return f"CAST({value} + to_seconds({seconds}) AS {column.sql_type})"
        return value

    def faults(self) -> list[Fault]:
        """Everything that can be wrong with a row by itself."""
        found = [Fault("nullif(_problem, '') IS NOT NULL", UNREADABLE, "_problem")]
        for column in self.table.columns:
            found += self._column_faults(column)
        allowed = ", ".join(text(code) for code in self.facilities) or "''"
        found.append(
            Fault(
                f"facility IS NOT NULL AND facility NOT IN ({allowed})",
                "belongs to another facility",
                f"'belongs to facility “' || facility || {text('”, which this feed does not load')}",
            )
        )
        if "place" in self.table.by_name:
            says = "'place “' || place || '” belongs to facility “' || _home || '”, not “' || facility || '”'"
            found.append(Fault("_home <> facility", "place belongs to another facility", says))
        for rule in self.table.rules:
            if rule.severity == "set_aside":
                found.append(Fault(f"({rule.when})", rule.reason, text(rule.reason)))
        return found

    def _column_faults(self, column: Column) -> list[Fault]:
        source, cell = self.sources[column.name], name("t_" + column.name)
        called, value = written(column, source), name(column.name)
        found = []
        kind = self.kind_of(column)
        if kind:
            label = UNKNOWN.format(kind=kind)
            says = f"{text(label + ' “')} || {cell} || {text('” in ' + called)}"
            found.append(
                Fault(f"{cell} IS NOT NULL AND {name('x_' + column.name)} IS NULL AND _day IS NOT NULL", label, says)
            )
        else:
            found += typed(column, source, cell).faults
        if column.required:
            missing = f"{called} is empty"
            empty = f"{value} IS NULL" if column.name == "facility" else cell + " IS NULL"
            if column.name == "facility":
                empty += f" AND {cell} IS NULL"
            found.append(Fault(empty, missing, text(missing)))
        if column.rule:
            says = f"{text(column.rule_reason + ' (')} || CAST({value} AS VARCHAR) || ')'"
            found.append(Fault(f"{value} IS NOT NULL AND NOT ({column.rule})", column.rule_reason, says))
        return found

    def views_sql(self, rows: str = "plain") -> list[str]:
        """The three views, over the whole file or over a table of some of its rows."""
        return [self.cells_sql(rows), self.coded_sql(), self.values_sql()]

    def typed_sql(self) -> str:
        """The table ``typed``: one row per row of the file, with ``_bad`` for those at fault by themselves."""
        columns = ", ".join(name(column.name) for column in self.table.columns)
        bad = " OR ".join(f"coalesce({fault.when}, false)" for fault in self.faults())
        flags = [f"CASE WHEN {r.when} THEN {text(r.key)} END" for r in self.table.rules if r.severity == "flag"]
        noted = f"list_filter([{', '.join(flags)}], lambda f: f IS NOT NULL)" if flags else "[]::VARCHAR[]"
        back = ""
        if self.correction:
            batch, line = (self._raw(heading) for heading in BACK_REFERENCE[:2])
            back = f", {batch} AS _back_batch, TRY_CAST({line} AS BIGINT) AS _back_line"
        made = f"CREATE TEMP TABLE typed AS SELECT v._line, _day, {columns}, {noted} AS flags, ({bad}) AS _bad"
        if not back:
            return f"{made} FROM valued v"
        named = f"SELECT CAST(_line AS BIGINT) AS _line{back} FROM plain"
        return f"{made}, _back_batch, _back_line FROM valued v JOIN ({named}) USING (_line)"

    def aside_sql(self) -> list[str]:
        """The table ``aside``: rows at fault and those in ``late``, their cells as sent, every reason in words; and
        as far as a row says them its row id, facility and period, by which a later file may overtake it.

        The views are laid over the faulty rows alone, or the engine would type the whole file a second time.
        """
        cells = ", ".join(self._as_sent(f"p.{name(cell)}") for cell in self.original_cells)
        tests = ", ".join(
            f"CASE WHEN {fault.when} THEN {{'kind': {text(fault.kind)}, 'says': {fault.says}}} END"
            for fault in self.faults()
        )
        codes = [
            f"CASE WHEN {fault.when} THEN {{'kind': {text(kind)}, 'code': {cell}}} END"
            for kind, cell, fault in self._code_faults()
        ]
        listed = f"list_filter([{', '.join(codes)}], lambda c: c IS NOT NULL)"
        known = " AND ".join(f"{name(key)} IS NOT NULL" for key in dict.fromkeys(("facility", *self.table.key)))
        faulty = """CREATE TEMP TABLE faulty AS SELECT plain.* FROM plain
            WHERE CAST(_line AS BIGINT) IN (SELECT _line FROM typed WHERE _bad UNION SELECT _line FROM late)"""
        aside = f"""CREATE TEMP TABLE aside AS
            WITH own AS (SELECT _line, list_filter([{tests}], lambda f: f IS NOT NULL) AS faults, {listed} AS codes,
                    facility, _day, CASE WHEN {known} THEN {row_id_sql(self.table)} END AS row_id FROM valued),
            more AS (SELECT _line, list({{'kind': kind, 'says': says}} ORDER BY kind, says) AS faults
                     FROM late GROUP BY _line),
            every AS (SELECT own.*, list_concat(own.faults, coalesce(more.faults, [])) AS told
                     FROM own LEFT JOIN more USING (_line))
            SELECT every._line AS line, [{cells}] AS cells, list_transform(told, lambda f: f.says) AS reasons,
                   list_transform(told, lambda f: f.kind) AS kinds, codes, row_id, every.facility, _period AS period
            FROM every JOIN faulty p ON CAST(p._line AS BIGINT) = every._line
            LEFT JOIN months m ON m.facility = every.facility AND m._on = _day ORDER BY 1"""
        return [faulty, *self.views_sql("faulty"), aside]

    def _code_faults(self) -> list[tuple[str, str, Fault]]:
        return [
            (self.kind_of(column), name("t_" + column.name), self._column_faults(column)[0])
            for column in self.table.columns
            if self.kind_of(column)
        ]


def row_id_sql(table: FactTable, columns: Sequence[str] | None = None) -> str:
    """SQL for the row id, equal to ``identities.row_id``; needs ``identities.teach``."""
    keys = [f"CAST({name(key)} AS VARCHAR)" for key in columns or table.key]
    return f"row_id_of(concat_ws(chr(31), {text(table.name)}, facility, {', '.join(keys)}))"
