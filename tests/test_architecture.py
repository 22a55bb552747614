"""The rules of the project that no linter knows. Each failure says what to do."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "milepost"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations/versions" not in path.as_posix())
WIRE_WORDS = re.compile(r"\b(goals?|metrics?|snapshots?|sessions?|(?-i:keyresults?))\b", re.IGNORECASE)
VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "manager", "service", "misc"}


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def _inner() -> Iterator[Path]:
    for path in MODULES:
        if path.relative_to(SOURCE).parts[0] in ("domain", "store", "actions"):
            yield path


def test_there_are_modules_to_look_at() -> None:
    assert {"domain", "store", "actions", "dialects", "asgi"} <= {path.relative_to(SOURCE).parts[0] for path in MODULES}


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text())
    if tree.body:
        assert ast.get_docstring(tree), f"{_name(path)} has no docstring: say in a sentence what it is for"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_module_has_a_name_that_says_nothing(path: Path) -> None:
    assert path.stem not in VAGUE, f"{_name(path)}: a helper without a home lacks its concept; find the concept's name"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_public_functions_say_what_comes_back(path: Path) -> None:
    # A function whose whole story is its name and types (from_row, to_row, properties of one word) may stay silent.
    silent = []
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            short = len(node.body) <= 1 or node.name in ("from_row", "to_row")
            if not short and not ast.get_docstring(node):
                silent.append(node.name)
    assert not silent, f"{_name(path)}: {', '.join(silent)} need a docstring: what comes back, what is raised"


@pytest.mark.parametrize("path", list(_inner()), ids=_name)
def test_wire_words_stay_in_their_dialect(path: Path) -> None:
    used = {
        node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name | ast.Attribute | ast.FunctionDef | ast.ClassDef)
    }
    foreign = {name for name in used for word in name.split("_") if WIRE_WORDS.fullmatch(word)}
    assert not foreign, f"{_name(path)} uses {foreign}: below a front end it is objective, key_result, check_in, cycle"


def test_only_config_reads_the_environment() -> None:
    readers = [_name(path) for path in MODULES if re.search(r"\bos\.(environ|getenv)\b", path.read_text())]
    assert readers == ["config.py"], f"{readers}: ask milepost.config instead"


def test_imports_point_inward() -> None:
    found = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=SOURCE.parent.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-2000:]
