"""The house keeps its shape: layers, start-up, sizes, names, locks."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "housewide"
HEAVY = ("numpy", "scipy", "duckdb", "sqlglot", "typst", "clevercsv", "python_calamine", "xlsxwriter", "ortools",
         "holidays", "pyarrow", "pandas")  # fmt: skip
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "core", "base", "misc", "manager", "managers", "common"}


def loaded_by(code: str) -> set[str]:
    """Top-level modules in memory after some code has run in a fresh interpreter."""
    probe = f"{code}\nimport sys; print(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def source_files(pattern: str) -> list[Path]:
    return [path for path in SOURCE.rglob(pattern) if "migrations" not in path.parts]


def test_help_loads_neither_django_nor_anything_heavy() -> None:
    loaded = loaded_by("from housewide.__main__ import parser; parser().format_help()")
    assert not loaded & {"django", *HEAVY}


def test_starting_django_loads_nothing_heavy() -> None:
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'housewide.site.settings'; "
        "import django; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns"
    )
    assert not loaded_by(code) & set(HEAVY)


def test_layers_import_only_downwards() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    if not linter.exists():
        pytest.skip("import-linter is in the dev lock; make lint runs it")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_duties_never_import_each_other() -> None:
    duties = {path.name for path in (SOURCE / "duties").iterdir() if (path / "__init__.py").exists()}
    for duty in duties:
        for path in (SOURCE / "duties" / duty).rglob("*.py"):
            others = re.findall(r"housewide\.duties\.(\w+)", path.read_text())
            assert set(others) <= {duty}, f"{path} imports another duty"


@pytest.mark.parametrize("pattern", ["*.py", "*.html", "*.css"])
def test_files_stay_short(pattern: str) -> None:
    long = {str(path.relative_to(ROOT)): lines for path in source_files(pattern)
            if (lines := len(path.read_text().splitlines())) > 500}  # fmt: skip
    assert long == {}


def test_nothing_is_called_utils() -> None:
    assert [path for path in source_files("*.py") if FORBIDDEN_NAMES & set(path.with_suffix("").parts[-2:])] == []


def test_only_facts_measures_and_queries_speak_sql() -> None:
    allowed = ("facts", "measures", "kit")
    speaking = re.compile(r"\b(?:cursor\.execute|\.raw\(|RawSQL|connection\.execute)")
    found = [
        path.relative_to(SOURCE)
        for path in source_files("*.py")
        if speaking.search(path.read_text())
        and path.relative_to(SOURCE).parts[0] not in allowed
        and path.stem != "queries"
        and "tests" not in path.parts
    ]
    assert found == []


def test_locks_have_hashes_and_name_no_registry() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert len(locks) >= 3
    for lock in locks:
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert "http" not in text, f"{lock.name} names a host"


def test_templates_have_no_inline_style_or_script() -> None:
    for path in source_files("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle\s*=", text), f"{path} has a style attribute"
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), f"{path} has an inline handler"
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), f"{path} has an inline script"


def test_each_process_of_the_tests_has_a_home_of_its_own() -> None:
    from django.conf import settings

    assert str(settings.HOME) == os.environ["HOUSEWIDE_HOME"]
