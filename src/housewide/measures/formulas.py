"""A number worked out from other numbers, such as cases per surgeon: checked arithmetic over the parts of
named measures, done again at every place and month, so that it is never an average of averages.

Dividing by nothing gives no value. A formula may use another formula, never itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from housewide.measures.definitions import Component, Definition

MOST_LETTERS = 300
# What a formula may take of a measure, by the kind of that measure.
PARTS: dict[str, tuple[str, ...]] = {
    "ratio": ("value", "num", "den", "count"),
    "rate": ("value", "num", "den", "count"),
    "total": ("value", "num", "count"),
    "distribution": ("value", "count", "exact"),
    "distinct": ("value", "num", "count"),
    "stock": ("value", "num", "count"),
    "formula": ("value",),
}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
Value = Fraction | None
Amounts = Mapping[str, Value]


@lru_cache(maxsize=512)
def parsed(text: str) -> ast.expr:
    """The expression of a formula. Raises ValueError in words for what is no arithmetic."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body if len(text) <= MOST_LETTERS else None
    except (SyntaxError, ValueError) as fault:
        raise ValueError(f"the formula “{text[:60]}” cannot be read") from fault
    if tree is None:
        raise ValueError(f"the formula is longer than {MOST_LETTERS} letters; name a part of it as a measure")
    for node in _nodes(tree):
        match node:
            case ast.Name() | ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
                continue
            case ast.UnaryOp(op=ast.USub()):
                continue
            case ast.Constant(value=int() as number) if not isinstance(number, bool):
                continue
            case _:
                said = ast.unparse(node)[:60]
                raise ValueError(f"“{said}” in the formula: only names, whole numbers, + - * / and brackets")
    return tree


def _nodes(tree: ast.expr) -> Iterator[ast.expr]:
    """Every expression in the tree; operators and contexts are no expressions."""
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.expr))


def names_in(text: str) -> set[str]:
    """The components that a formula mentions. Raises ValueError like ``parsed``."""
    return {node.id for node in _nodes(parsed(text)) if isinstance(node, ast.Name)}


def evaluated(text: str, amounts: Amounts) -> Value:
    """The exact value of a formula; None where a component has none or something is divided by zero."""
    return _value(parsed(text), amounts)


def _value(node: ast.expr, amounts: Amounts) -> Value:
    match node:
        case ast.Name(id=name):
            return amounts[name]
        case ast.Constant(value=number):
            return Fraction(int(number))  # type: ignore[arg-type]
        case ast.UnaryOp(operand=operand):
            inner = _value(operand, amounts)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=op, right=right):
            return _calculated(op, _value(left, amounts), _value(right, amounts))
    raise AssertionError("a parsed formula holds nothing else")


def _calculated(op: ast.operator, one: Value, two: Value) -> Value:
    if one is None or two is None:
        return None
    match op:
        case ast.Add():
            return one + two
        case ast.Sub():
            return one - two
        case ast.Mult():
            return one * two
    return one / two if two else None


# --- formulas among the other definitions ------------------------------------------------------------------------


def resolved(definition: Definition, find: Callable[[str], Definition | None]) -> Definition:
    """The formula with the definitions of its components in it, theirs included. Other kinds come back as they are.

    ``find`` gives a definition by its id, formulas unresolved. Raises ValueError in words: an unknown measure, a part
    that it does not have, a breakdown that not all components share, a formula that leads back to itself.
    """
    return _resolved(definition, find, ())


def _resolved(definition: Definition, find: Callable[[str], Definition | None], path: tuple[str, ...]) -> Definition:
    if definition.kind != "formula":
        return definition
    if definition.id in path:
        around = " → ".join((*path[path.index(definition.id) :], definition.id))
        raise ValueError(f"the formula leads back to itself: {around}")
    components = []
    for one in definition.components:
        behind = find(one.measure)
        if behind is None:
            raise ValueError(f"the component “{one.name}” names the measure “{one.measure}”, which there is not")
        behind = _resolved(behind, find, (*path, definition.id))
        if one.part not in PARTS[behind.kind]:
            offered = ", ".join(PARTS[behind.kind])
            raise ValueError(f"the component “{one.name}”: a {behind.kind} has no “{one.part}”; it has {offered}")
        components.append(replace(one, definition=behind))
    _must_share(definition, components)
    behind_all = [one.definition for one in components if one.definition is not None]
    return replace(
        definition,
        components=tuple(components),
        reads=tuple(dict.fromkeys(table for behind in behind_all for table in behind.reads)),
        lookback_days=max(behind.lookback_days for behind in behind_all),
        lookahead_days=max(behind.lookahead_days for behind in behind_all),
    )


def _must_share(definition: Definition, components: Iterable[Component]) -> None:
    for one in components:
        known = one.definition.breakdowns if one.definition else ()
        for by in definition.breakdowns:
            if by not in known:
                raise ValueError(f"the breakdown “{by}” is none of the component “{one.name}” ({one.measure})")


def leaves(definition: Definition) -> tuple[Definition, ...]:
    """The measures with rows of their own that a number rests on; of any other kind than a formula, itself."""
    if definition.kind != "formula":
        return (definition,)
    found = [leaf for one in definition.components for leaf in leaves(one.behind)]
    return tuple({leaf.id: leaf for leaf in found}.values())


# --- what of a formula adds up over labels -----------------------------------------------------------------------


def quotient(definition: Definition) -> tuple[ast.expr, ast.expr | None] | None:
    """Top and bottom of a formula when both add up over any way to split the rows; None when they do not.

    The bottom is None for a formula that is itself such a sum.
    """
    tree = parsed(definition.formula)
    additive = {one.name for one in definition.components if _adds_up(one)}
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div) and not isinstance(tree.right, ast.Constant):
        return (tree.left, tree.right) if _linear(tree.left, additive) and _linear(tree.right, additive) else None
    return (tree, None) if _linear(tree, additive) else None


def _adds_up(component: Component) -> bool:
    kind, part = component.behind.kind, component.part
    if part == "value":
        return kind in ("total", "stock")
    return kind != "distinct" and not (part == "den" and component.behind.den_rollup == "once")


def _linear(node: ast.expr, additive: set[str]) -> bool:
    match node:
        case ast.Name(id=name):
            return name in additive
        case ast.UnaryOp(operand=operand):
            return _linear(operand, additive)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return _linear(left, additive) and _linear(right, additive)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return any(_fixed(one) and _linear(two, additive) for one, two in ((left, right), (right, left)))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _linear(left, additive) and _fixed(right)
    return False


def _fixed(node: ast.expr) -> bool:
    return not any(isinstance(one, ast.Name) for one in _nodes(node))


def side(node: ast.expr, amounts: Amounts) -> Value:
    """The value of one side of a quotient; a component without rows counts nothing there."""
    return _value(node, {name: Fraction(0) if amount is None else amount for name, amount in amounts.items()})
