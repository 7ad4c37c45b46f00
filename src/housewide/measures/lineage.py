"""Which table a column of a measure comes from: what makes an order total, and where columns about a patient go.

Works on SQL that SQLGlot has qualified, scope by scope from the inside out, as ``traverse_scope`` gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot import exp

Named = tuple[str, str]  # the source within a scope, and its column
CALENDAR_KEY = frozenset({"facility", "day"})


def order_faults(scopes: list[Any]) -> Iterator[str]:
    """Windows that leave the order of some rows to the engine, in words."""
    from sqlglot import exp

    keys: dict[int, list[frozenset[str]]] = {}
    for scope in scopes:
        keys[id(scope)] = _output_keys(scope, keys)
        candidates = list(_source_keys(scope, keys))
        for window in scope.find_all(exp.Window):
            order = window.args.get("order")
            if order is None:
                continue
            ordered = [_named(item.this) for item in order.expressions]
            told = {*ordered, *(_named(part) for part in window.args.get("partition_by") or ())}
            if not any(key <= told and ordered[-1] in key for key in candidates):
                yield (
                    f"{order.sql(dialect='duckdb').strip()}: rows may tie, and engines then differ;"
                    f" {_advice(candidates)}"
                )


def _advice(candidates: list[frozenset[Named]]) -> str:
    short = sorted({", ".join(sorted(f"{source}.{column}" for source, column in key)) for key in candidates})
    return f"partition by and end the order with a key, one of: {' | '.join(short) or 'none here, keep row_id'}"


def _source_keys(scope: Any, keys: dict[int, list[frozenset[str]]]) -> Iterator[frozenset[Named]]:
    """Sets of columns that tell the rows of one source of the scope apart."""
    if scope.set_operation_scopes:
        return
    for alias, (_, source) in scope.selected_sources.items():
        for key in _table_keys(source) if not hasattr(source, "set_operation_scopes") else keys.get(id(source), []):
            yield frozenset((alias, column) for column in key)


def _table_keys(source: exp.Expr) -> list[frozenset[str]]:
    from housewide.facts.tables import table

    if source.name == "calendar":
        return [CALENDAR_KEY]
    return [frozenset({"row_id"}), frozenset({*table(source.name).key, "facility"})]


def _output_keys(scope: Any, keys: dict[int, list[frozenset[str]]]) -> list[frozenset[str]]:
    """The same for what the scope gives: by the names of its columns."""
    from sqlglot import exp

    if scope.set_operation_scopes:
        # Rows of two tables: only what is a key on both sides, and row_id never repeats between tables.
        left, right = (keys.get(id(part), []) for part in scope.set_operation_scopes)
        return [key for key in left if key in right and key == frozenset({"row_id"})]
    select = scope.expression
    given = {_named(item.unalias()): item.alias_or_name for item in select.selects}
    group = select.args.get("group")
    if group is not None:
        by = [_named(item) for item in group.expressions]
        return [frozenset(given[name] for name in by)] if by and all(name in given for name in by) else []
    if any(not isinstance(one.parent, exp.Window) for item in select.selects for one in item.find_all(exp.AggFunc)):
        return []
    return [
        frozenset(given[name] for name in key)
        for key in _source_keys(scope, keys)
        if all(name in given for name in key)
    ]


def _named(item: exp.Expr) -> Named:
    from sqlglot import exp

    return (item.table, item.name) if isinstance(item, exp.Column) else ("", item.sql(dialect="duckdb"))


def patient_faults(scopes: list[Any], hidden: Set[str] = frozenset()) -> Iterator[str]:
    """Columns about a patient that serve as more than keys, in words.

    ``hidden`` are columns of the result that nobody ever sees: the key of a distinct count is kept as a keyed hash.
    """
    final = _final(scopes[-1])
    given: dict[int, set[str]] = {}
    for scope in scopes:
        if scope.set_operation_scopes:
            given[id(scope)] = _union_given(scope, given)
            continue
        about = partial(_about_patient, scope, given)
        carried = set()
        for column in _columns_of(scope):
            if not about(column):
                continue
            use = _use(column, about)
            if use == "carried" and (id(scope) not in final or _given_as(column) in hidden):
                carried.add(_given_as(column))
            elif use != "key":
                yield (
                    f"“{column.name}” is about a patient: it may join, partition, order, group and be counted,"
                    f" never be shown, compared or computed with ({_around(column)})"
                )
        given[id(scope)] = carried


def _columns_of(scope: Any) -> Iterator[exp.Column]:
    from sqlglot import exp
    from sqlglot.optimizer.scope import walk_in_scope

    yield from (node for node in walk_in_scope(scope.expression) if isinstance(node, exp.Column))


def _final(scope: Any) -> set[int]:
    """The scopes whose columns are what the measure shows."""
    return {id(scope)}.union(*(_final(part) for part in scope.set_operation_scopes or ()))


def _union_given(scope: Any, given: dict[int, set[str]]) -> set[str]:
    names = scope.expression.named_selects
    found = set()
    for part in scope.set_operation_scopes:
        own = part.expression.named_selects
        found |= {name for name, other in zip(names, own, strict=False) if other in given.get(id(part), set())}
    return found


def _about_patient(scope: Any, given: dict[int, set[str]], column: exp.Column) -> bool:
    from housewide.facts.tables import table

    holder = scope
    while holder is not None and column.table not in holder.sources:
        holder = holder.parent
    if holder is None:
        return True
    source = holder.sources[column.table]
    if hasattr(source, "set_operation_scopes"):
        return column.name in given.get(id(source), set())
    if source.name == "calendar" or column.name == "row_id":
        return False
    return table(source.name).by_name[column.name].phi


def _use(column: exp.Expr, about: Any) -> str:
    """“key”, “carried” (handed on as it is) or “” for anything else."""
    from sqlglot import exp

    node, around = column, column.parent
    while isinstance(around, exp.Paren | exp.Alias):
        node, around = around, around.parent
    if isinstance(around, exp.Select) and node.arg_key == "expressions":
        return "carried"
    if isinstance(around, exp.Group | exp.Count) or (isinstance(around, exp.Window) and node.arg_key == "partition_by"):
        return "key"
    if isinstance(around, exp.Ordered) and isinstance(around.find_ancestor(exp.Window, exp.Select), exp.Window):
        return "key"
    if isinstance(around, exp.Distinct) and isinstance(around.parent, exp.Count):
        return "key"
    if isinstance(around, exp.EQ) and all(isinstance(s, exp.Column) and about(s) for s in (around.left, around.right)):
        return "key" if _joins(around) else ""
    return ""


def _joins(equality: exp.Expr) -> bool:
    from sqlglot import exp

    node = equality
    while isinstance(node.parent, exp.And | exp.Paren):
        node = node.parent
    return isinstance(node.parent, exp.Join) and node.arg_key == "on"


def _given_as(column: exp.Expr) -> str:
    from sqlglot import exp

    node = column
    while isinstance(node.parent, exp.Paren | exp.Alias):
        node = node.parent
    return str(node.alias_or_name)


def _around(column: exp.Expr) -> str:
    from sqlglot import exp

    node = column.parent if column.parent and not isinstance(column.parent, exp.Select) else column
    return str(node.sql(dialect="duckdb"))[:80]
