"""What the house has is in docs/reference, the generated pages are fresh, and no link leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from housewide.__main__ import COMMANDS, parser
from housewide.site import documentation
from housewide.site.screens import SCREENS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
WALK = DOCS / "explanation" / "one-row.md"
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def undocumented(names: set[str], text: str) -> list[str]:
    return sorted(name for name in names if f"`{name}`" not in text)


@pytest.fixture(scope="module")
def fresh() -> dict[str, str]:
    return documentation.pages()


@pytest.mark.parametrize("name", ["measures.md", "fact-tables.md", "actions.md", "screens.md", "roles.md", "checks.md"])
def test_a_generated_page_is_fresh(fresh: dict[str, str], name: str) -> None:
    assert page(name) == fresh[name], f"docs/reference/{name} is behind the code: run tools/reference"


def test_every_generated_page_is_compared(fresh: dict[str, str]) -> None:
    marked = {path.name for path in REFERENCE.glob("*.md") if path.read_text().startswith(documentation.GENERATED)}
    assert marked == set(fresh)


def test_every_setting_is_documented() -> None:
    text = page("settings.md")
    source = [path for path in (ROOT / "src").rglob("*.py") if "tests" not in path.parts]
    asked: set[str] = set()
    for path in source:
        asked |= set(re.findall(r"""(?:_setting|configuration\(\)\.get)\(\s*["'](\w+)["']""", path.read_text()))
    assert {"today", "hosts", "engine"} <= asked, "the search for settings finds nothing any more"
    assert undocumented(asked, text) == []


def test_every_environment_variable_is_documented() -> None:
    text = page("settings.md")
    folders = [ROOT / name for name in ("src", "tests", "benchmarks", "tools", ".ci")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file() and path.suffix in ("", ".py")]
    named = {name for path in files for name in re.findall(r"\bHOUSEWIDE_([A-Z][A-Z_]*[A-Z])\b", path.read_text())}
    assert "HOME" in named
    missing = {name for name in named if f"`HOUSEWIDE_{name}`" not in text and f"`{name.lower()}`" not in text}
    assert missing == set()


def test_every_command_and_option_is_documented() -> None:
    text = page("commands.md")
    assert [name for name in COMMANDS if not re.search(rf"\| `{name}\b", text)] == []
    choices = next(one.choices for one in parser()._actions if one.dest == "command")
    options = {
        (name, option)
        for name, sub in choices.items()  # type: ignore[union-attr]
        for action in sub._actions
        for option in action.option_strings
        if option.startswith("--") and option != "--help"
    }
    assert [f"{name} {option}" for name, option in sorted(options) if f"`{option}" not in text] == []


def test_every_screen_is_described_and_nothing_else() -> None:
    names = [name for name, _, _ in documentation.addresses()]
    assert sorted(set(names) - set(SCREENS)) == [], "addresses without an entry in site/screens.py"
    assert sorted(set(SCREENS) - set(names)) == [], "entries without an address"
    assert undocumented(set(names), page("screens.md")) == []


def test_a_screen_asks_for_what_its_page_says() -> None:
    documentation.import_everything()
    views = {name: view for name, _, view in documentation.addresses()}
    known = set(re.findall(r"^\| `([a-z.]+)` \|", page("roles.md"), re.MULTILINE))
    for name, said in SCREENS.items():
        if "." not in said.asks:
            continue
        assert said.asks in known, f"{name} asks for {said.asks}, which no role has"
        everything = documentation.texts_named(views[name]) | asked_by_actions(views[name])
        assert said.asks in everything, f"{name} is said to ask for {said.asks}, but its view never names it"


def asked_by_actions(view: object) -> set[str]:
    """Capabilities of every action that the view's module knows; a change asks at the gate of its action."""
    import sys

    module = vars(sys.modules[getattr(view, "__module__", "")])
    ours = set(documentation.actions().values())
    known = [thing for thing in module.values() if callable(thing) and any(thing is one for one in ours)]
    for thing in module.values():
        if getattr(thing, "__name__", "").endswith(".actions"):
            known += [one for one in vars(thing).values() if any(one is action for action in ours)]
    return {text for one in known for text in documentation.capabilities_asked(documentation.gate_of(one))}


def test_every_measure_table_action_and_check_is_documented() -> None:
    from housewide.facts.tables import tables
    from housewide.kit.checks import registered_checks
    from housewide.measures.definitions import all_definitions

    measures = {one.id for one in all_definitions().values() if documentation.is_shipped(one.path)}
    facts = {one.name for one in tables().values() if documentation.is_shipped(one.path)}
    checks = {name for name, function in registered_checks().items() if documentation.is_ours(function)}
    assert len(measures) >= 18 and len(facts) >= 3 and len(checks) >= 10 and len(documentation.actions()) >= 30
    assert undocumented(measures, page("measures.md")) == []
    assert undocumented(facts, page("fact-tables.md")) == []
    assert undocumented(checks, page("checks.md")) == []
    assert undocumented(set(documentation.actions()), page("actions.md")) == []


def test_every_role_and_capability_is_documented() -> None:
    from housewide.access.roles import roles

    text = page("roles.md")
    assert undocumented(set(roles()), text) == []
    assert undocumented({one for role in roles().values() for one in role.can}, text) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    nowhere = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        where = (path.parent / file).resolve() if file else path
        missing = not where.exists() and not is_screenshot(where)
        if missing or (heading and heading not in anchors(where)):
            nowhere.append(target)
    assert nowhere == []


def is_screenshot(path: Path) -> bool:
    """Screenshots are drawn by the journeys; while none is there at all, a page may name them already."""
    images = DOCS / "images"
    return path.parent == images and not any(images.glob("*.png"))


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_index_lists_every_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    linked = {(DOCS / target).resolve() for target in re.findall(r"\]\(([^)#\s]+)", index)}
    missing = [
        path.relative_to(DOCS)
        for path in DOCS.rglob("*.md")
        if path.resolve() not in linked and path.name != "index.md"
    ]
    assert missing == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_that_a_page_names_is_there(path: Path) -> None:
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    named = re.findall(r"`((?:src|tests|tools|docs|requirements|benchmarks)/[\w./-]+)`", text)
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_the_walk_through_names_only_what_there_is() -> None:
    documentation.import_everything()
    text = FENCE.sub("", WALK.read_text(encoding="utf-8"))
    quoted = re.findall(r"`([^`\n]+)`", text)
    paths = [one for one in quoted if "/" in one and re.fullmatch(r"[\w./-]+\.(?:py|toml|md|html)", one)]
    dotted = [one for one in quoted if re.fullmatch(r"(?:[a-z_]+\.)+\w+\(\)", one)]
    assert len(paths) >= 20 and len(dotted) >= 25
    assert [one for one in paths if not (ROOT / one).is_file()] == []
    assert [one for one in dotted if not exists("housewide." + one.removesuffix("()"))] == []


def test_the_row_of_the_walk_through_is_the_one_the_demo_writes(tmp_path: Path) -> None:
    from housewide.demo.operating_rooms import write_files

    text = WALK.read_text(encoding="utf-8")
    write_files(tmp_path, seed=2026, months=1, hospitals=1)
    lines = (tmp_path / "or_log" / "or_log_2026-10.csv").read_text(encoding="utf-8-sig").splitlines()
    told = re.search(r"^(2627901,.*),…$", text, re.MULTILINE)
    assert told is not None
    assert lines[120 - 1].startswith(told.group(1)), "the page says line 120"
    assert len(lines) - 3 == 801, "the page says 801 rows"


def exists(dotted: str) -> bool:
    """Whether a module of the house has such a function, class or method."""
    import importlib

    parts = dotted.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            thing: object = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            if not hasattr(thing, name):
                return False
            thing = getattr(thing, name)
        return callable(thing)
    return False
