"""Where the rows of a list come from: database records, counted rows in memory, or a query that pages itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F

from housewide.kit.lists.columns import Column, Filter, Sort, look_up

Chosen = Mapping[str, str]
EXPORT_STEP = 2000


class ListSource(ABC):
    """Columns, filters, and four questions: how many, which page, what total, every row."""

    def __init__(self, columns: Sequence[Column], filters: Sequence[Filter] = (), default_sort: str = "") -> None:
        self.columns = tuple(columns)
        self.filters = tuple(filters)
        self.default_sort = Sort.parse(default_sort, self.columns) if default_sort else None

    @abstractmethod
    def count(self, chosen: Chosen) -> int:
        """How many rows pass the filters."""

    @abstractmethod
    def page(self, chosen: Chosen, sort: Sort | None, offset: int, limit: int) -> list[Any]:
        """At most ``limit`` rows from ``offset``, in order."""

    def totals(self, chosen: Chosen) -> Mapping[str, Any] | None:
        """Totals over **all** rows that pass, by column key, in the column's own unit; None where nothing adds up."""
        return None

    def export(self, chosen: Chosen, sort: Sort | None) -> Iterator[Any]:
        """Every row that passes, in order, a step at a time."""
        offset = 0
        while rows := self.page(chosen, sort, offset, EXPORT_STEP):
            yield from rows
            offset += len(rows)

    def column(self, key: str) -> Column:
        """The column of that key. Raises KeyError."""
        for column in self.columns:
            if column.key == key:
                return column
        raise KeyError(key)


class QuerySetSource(ListSource):
    """A list over Django records. Ties are broken by primary key, so that pages neither repeat nor lose a record."""

    def __init__(
        self,
        queryset: Any,
        columns: Sequence[Column],
        filters: Sequence[Filter] = (),
        default_sort: str = "",
        total: Callable[[Any], Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(columns, filters, default_sort)
        self.queryset = queryset
        self.total = total

    def _narrowed(self, chosen: Chosen) -> Any:
        found = self.queryset
        for one in self.filters:
            value = chosen.get(one.key, "")
            if not value:
                continue
            if one.apply:
                found = one.apply(found, value)
            else:
                found = found.filter(**{one.key if one.choices is not None else f"{one.key}__icontains": value})
        return found

    def _ordered(self, found: Any, sort: Sort | None) -> Any:
        if sort is None:
            return found if found.query.order_by else found.order_by("pk")
        column = self.column(sort.key)
        name = column.order_by or column.key
        if not _may_be_empty(found.model, name):
            return found.order_by(f"-{name}" if sort.down else name, "pk")
        # What is empty comes last either way, as in lists of rows; databases differ in it.
        return found.order_by(F(name).desc(nulls_last=True) if sort.down else F(name).asc(nulls_last=True), "pk")

    def count(self, chosen: Chosen) -> int:
        return int(self._narrowed(chosen).count())

    def page(self, chosen: Chosen, sort: Sort | None, offset: int, limit: int) -> list[Any]:
        return list(self._ordered(self._narrowed(chosen), sort)[offset : offset + limit])

    def totals(self, chosen: Chosen) -> Mapping[str, Any] | None:
        return self.total(self._narrowed(chosen)) if self.total else None

    def export(self, chosen: Chosen, sort: Sort | None) -> Iterator[Any]:
        yield from self._ordered(self._narrowed(chosen), sort).iterator(chunk_size=EXPORT_STEP)


def row_passes(row: Any, filters: Iterable[Filter], chosen: Chosen) -> bool:
    """Whether a row in memory passes every chosen filter."""
    for one in filters:
        wanted = chosen.get(one.key, "")
        if not wanted:
            continue
        if one.apply:
            if not one.apply(row, wanted):
                return False
            continue
        held = look_up(row, one.key)
        text = "" if held is None else str(held)
        if (text != wanted) if one.choices is not None else (wanted.casefold() not in text.casefold()):
            return False
    return True


def _sort_key(value: Any) -> tuple[int, Any]:
    if isinstance(value, tuple):
        value = value[0] if value else ""
    if isinstance(value, bool):
        return (0, int(value))
    if isinstance(value, int | float):
        return (0, value)
    if isinstance(value, date):
        return (1, value.isoformat())
    return (2, str(value).casefold())


def _may_be_empty(model: Any, name: str) -> bool:
    """Whether a field, reached over others or not, can be null; False for what is no field."""
    for part in name.split("__"):
        if model is None or part == "pk":
            return False
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return False
        if getattr(field, "null", False):
            return True
        model = field.related_model
    return False


class RowSource(ListSource):
    """A list over rows in memory (dicts, dataclasses), or a callable that gives them once; filtered and sorted here."""

    def __init__(
        self,
        rows: Iterable[Any] | Callable[[], Iterable[Any]],
        columns: Sequence[Column],
        filters: Sequence[Filter] = (),
        default_sort: str = "",
        total: Callable[[list[Any]], Mapping[str, Any]] | Sequence[str] | None = None,
    ) -> None:
        """``total``: column keys to add up, or a function from the rows that pass to totals by key."""
        super().__init__(columns, filters, default_sort)
        self._given = rows
        self._rows: list[Any] | None = None
        self.total = total

    @property
    def rows(self) -> list[Any]:
        if self._rows is None:
            self._rows = list(self._given() if callable(self._given) else self._given)
        return self._rows

    def _narrowed(self, chosen: Chosen) -> list[Any]:
        return [row for row in self.rows if row_passes(row, self.filters, chosen)]

    def _ordered(self, rows: list[Any], sort: Sort | None) -> list[Any]:
        if sort is None:
            return rows
        column = self.column(sort.key)
        valued = [(column.raw(row) if not column.order_by else look_up(row, column.order_by), row) for row in rows]
        present = [pair for pair in valued if pair[0] is not None]
        absent = [row for value, row in valued if value is None]
        present.sort(key=lambda pair: _sort_key(pair[0]), reverse=sort.down)
        return [row for _, row in present] + absent

    def count(self, chosen: Chosen) -> int:
        return len(self._narrowed(chosen))

    def page(self, chosen: Chosen, sort: Sort | None, offset: int, limit: int) -> list[Any]:
        return self._ordered(self._narrowed(chosen), sort)[offset : offset + limit]

    def totals(self, chosen: Chosen) -> Mapping[str, Any] | None:
        if self.total is None:
            return None
        rows = self._narrowed(chosen)
        if callable(self.total):
            return self.total(rows)
        columns = [self.column(key) for key in self.total]
        return {column.key: sum(column.raw(row) or 0 for row in rows) for column in columns}

    def export(self, chosen: Chosen, sort: Sort | None) -> Iterator[Any]:
        yield from self._ordered(self._narrowed(chosen), sort)


class FetchedSource(ListSource):
    """A list over a query that filters, sorts and pages itself (DuckDB): only the page asked for is ever fetched."""

    def __init__(
        self,
        columns: Sequence[Column],
        fetch: Callable[[Chosen, Sort | None, int, int], Sequence[Any]],
        counted: Callable[[Chosen], int],
        filters: Sequence[Filter] = (),
        default_sort: str = "",
        total: Callable[[Chosen], Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(columns, filters, default_sort)
        self.fetch, self.counted, self.total = fetch, counted, total

    def count(self, chosen: Chosen) -> int:
        return self.counted(chosen)

    def page(self, chosen: Chosen, sort: Sort | None, offset: int, limit: int) -> list[Any]:
        return list(self.fetch(chosen, sort, offset, limit))

    def totals(self, chosen: Chosen) -> Mapping[str, Any] | None:
        return self.total(chosen) if self.total else None
