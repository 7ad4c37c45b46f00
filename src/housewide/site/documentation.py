"""Writes the reference pages that can be made from the house itself, so that they never tell an older story.

``python -m housewide.site.documentation FOLDER`` writes them; a test compares them with what is committed.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

GENERATED = "<!-- Made by tools/reference from the code; do not edit. -->\n\n"
GATES = ("housewide.access.gates", "housewide.kit.gates", "housewide.access.roles", "housewide.kit.actions")
DEPTH = 5
# What decides between “not there” and “you may not”, beside the capability that an action asks for.
SHOWN = {"see.measures", "see.reviews", "see.intake", "see.people", "see.access", "see.jobs"}


def pages() -> dict[str, str]:
    """Name and text of every generated page."""
    import_everything()
    made = {
        "measures.md": _measures(),
        "fact-tables.md": _fact_tables(),
        "actions.md": _actions(),
        "screens.md": _screens(),
        "roles.md": _roles(),
        "checks.md": _checks(),
    }
    return {name: GENERATED + text.rstrip() + "\n" for name, text in made.items()}


@cache
def import_everything() -> None:
    """Actions and jobs register when their module is imported; a page must not forget one nobody has used yet."""
    import housewide

    for found in pkgutil.walk_packages(housewide.__path__, "housewide."):
        parts = found.name.split(".")
        if not {"tests", "migrations", "__main__", "conftest", "wsgi"} & set(parts):
            importlib.import_module(found.name)


def is_ours(thing: Any) -> bool:
    """Whether it belongs to the house and not to one of its tests."""
    module = getattr(thing, "__module__", "") or ""
    return module.startswith("housewide.") and ".tests" not in module


def is_shipped(path: str) -> bool:
    """Whether a definition lies in the package and not in the tests beside the code."""
    inside = Path(path).is_relative_to(Path(__file__).parents[1])
    return inside and "tests" not in Path(path).parts


# --- pages --------------------------------------------------------------------------------------------------------


def _measures() -> str:
    from housewide.measures.definitions import all_definitions
    from housewide.measures.reference import reference_page

    return reference_page(one for one in all_definitions().values() if is_shipped(one.path))


def _fact_tables() -> str:
    from housewide.facts.tables import tables
    from housewide.facts.tables.texts import reference_page

    ours = [table for _, table in sorted(tables().items()) if is_shipped(table.path)]
    lines = [
        "# Fact tables",
        "",
        "One file of facts holds rows of one table, facility and month. Besides its columns every",
    ]
    lines += ["row carries `row_id`, `source_line`, `batch` and `flags`.", ""]
    body = "\n".join(re.sub(r"^(#+ )", r"#\1", reference_page(table), flags=re.MULTILINE) for table in ours)
    return "\n".join(lines) + "\n" + body


def actions() -> dict[str, Callable[..., Any]]:
    """Every action of the house by name."""
    from housewide.kit.actions import registered

    import_everything()
    return {name: function for name, function in sorted(registered.items()) if is_ours(function)}


def _actions() -> str:
    lines = ["# Actions", "", "An action is one change a person makes: one gate, one transaction, one audit entry."]
    lines += ["", "| action | asks for | does | where |", "|---|---|---|---|"]
    for name, function in actions().items():
        gate = gate_of(function)
        asks = " and ".join(f"`{one}`" for one in sorted(capabilities_asked(gate) - SHOWN)) or _first_line(gate)
        where = f"`{function.__module__}.{function.__name__}`"
        lines.append(f"| `{name}` | {asks} | {_first_line(function)} | {where} |")
    return "\n".join(lines)


def addresses(patterns: Any = None, prefix: str = "/") -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """(name, address, view) of every address of the house."""
    from django.urls import URLPattern, get_resolver

    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield pattern.name or "", address, pattern.callback
        else:
            yield from addresses(pattern.url_patterns, address)


def _screens() -> str:
    from housewide.site.screens import SCREENS

    lines = ["# Screens", "", "Every address, what kind of page it is, and what opens it. Somebody who may not see the"]
    lines += ["place gets 404; somebody who sees it but may not do this gets a refusal in words. A change takes a form"]
    lines += ["and leads back to its page."]
    lines += ["", "| name | address | page | opens with | shows |", "|---|---|---|---|---|"]
    for name, address, _ in sorted(addresses(), key=lambda found: found[0]):
        if name in SCREENS:
            said = SCREENS[name]
            asks = f"`{said.asks}`" if "." in said.asks else said.asks
            lines.append(f"| `{name}` | `{address}` | {said.kind} | {asks} | {said.shows} |")
    return "\n".join(lines)


def _roles() -> str:
    from housewide.access.roles import roles

    lines = ["# Roles", "", "A role is granted at a place and holds at every place below it. `see.*` opens screens;"]
    lines += ["the rest are for changes."]
    known = roles()
    for key, role in known.items():
        can = ", ".join(f"`{one}`" for one in sorted(role.can))
        lines += ["", f"## {role.title}", "", f"Key `{key}`. Can: {can}."]
    lines += ["", "## Capabilities", "", "| capability | roles |", "|---|---|"]
    for capability in sorted({one for role in known.values() for one in role.can}):
        lines.append(
            f"| `{capability}` | {', '.join(role.title for role in known.values() if capability in role.can)} |"
        )
    return "\n".join(lines)


def _checks() -> str:
    from housewide.kit.checks import registered_checks
    from housewide.kit.events.outbox import listeners
    from housewide.kit.jobs.kinds import kinds

    lines = ["# Checks, jobs and events", "", "## Checks", "", "`housewide check` asks all of these.", ""]
    lines += ["| check | what holds |", "|---|---|"]
    checks = {name: function for name, function in sorted(registered_checks().items()) if is_ours(function)}
    lines += [f"| `{name}` | {_first_line(function)} |" for name, function in checks.items()]
    lines += ["", "## Jobs", "", "| job | title | schedule |", "|---|---|---|"]
    ours = sorted((kind.name, kind) for kind in kinds.values() if is_ours(kind.function))
    lines += [f"| `{name}` | {kind.title} | {f'`{kind.cron}`' if kind.cron else 'when asked'} |" for name, kind in ours]
    lines += ["", "## Events", "", "| event | who listens | what it does |", "|---|---|---|"]
    heard = [
        (name, one.function) for _, one in sorted(listeners.items()) for name in one.names if is_ours(one.function)
    ]
    lines += [f"| `{name}` | `{on.__module__}.{on.__name__}` | {_first_line(on)} |" for name, on in heard]
    return "\n".join(lines)


def _first_line(function: Any) -> str:
    """The first sentence of a docstring, fit for a table."""
    plain = inspect.unwrap(function)
    text = inspect.getdoc(plain) or plain.__name__.strip("_").replace("_", " ").capitalize()
    first = " ".join(text.split("\n\n")[0].split())
    return first.replace("|", "\\|")


# --- what a function asks for, read from its code ------------------------------------------------------------------


def gate_of(action: Callable[..., Any]) -> Any:
    return inspect.getclosurevars(action).nonlocals.get("gate")


def capabilities_asked(function: Any) -> set[str]:
    """Capabilities that a function, or what it calls in the house, names."""
    from housewide.access.roles import roles

    known = {one for role in roles().values() for one in role.can}
    return {text for text in texts_named(function) if text in known}


def texts_named(function: Any) -> set[str]:
    """Every text constant in a function and in the functions of the house that it calls, a few steps deep."""
    found: set[str] = set()
    _gather(function, DEPTH, set(), found)
    return found


def _gather(function: Any, depth: int, seen: set[int], found: set[str]) -> None:
    function = inspect.unwrap(function) if callable(function) else function
    if not isinstance(function, FunctionType) or id(function) in seen or depth < 0:
        return
    seen.add(id(function))
    for cell in function.__closure__ or ():
        found.update([cell.cell_contents] if isinstance(cell.cell_contents, str) else ())
        _gather(cell.cell_contents, depth - 1, seen, found)
    for code in _codes(function.__code__):
        found.update(text for text in code.co_consts if isinstance(text, str))
        for named in _named(function.__globals__, code.co_names):
            if isinstance(named, str):
                found.add(named)
            elif is_ours(named) and named.__module__ not in GATES:
                _gather(named, depth - 1, seen, found)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _named(known: dict[str, Any], names: tuple[str, ...]) -> Iterator[Any]:
    """What the names in a function's code stand for: things of its module, and things in modules it knows."""
    for name in names:
        thing = known.get(name)
        yield thing
        if isinstance(thing, ModuleType) and thing.__name__.startswith("housewide.") and thing.__name__ not in GATES:
            yield from (getattr(thing, more) for more in names if hasattr(thing, more))


def main(folder: Path) -> None:
    """Write every generated page into a folder."""
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "housewide.site.settings")
    django.setup()
    main(Path(sys.argv[1]))
