"""Changes what everything rests on, one small place at a time, and counts the changes that the tests notice.

Ends with 1 where they notice fewer than 90 %, or where one that they miss does not stand in `survivors.txt` with the
reason; it is printed in the form in which it would stand there.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import msgspec

from surviving import Survivor, explained, survivor

_ROOT = Path(__file__).parent.parent
_LEAST = 0.9
# What the tests read, beside what mutmut copies by itself.
_COPIED = ("tools", "proof", "docs", "README.md")
# The garbage that the last two collect at the end of each run would take as long as the tests of most mutants.
_WITHOUT = ("cacheprovider", "randomly", "xdist", "schemathesis", "anyio", "unraisableexception", "threadexception")
# How the tests of a mutant ended: with one that failed, or with the end of their time.
_KILLED = frozenset({1, 3, 24, -24, 36, 152, 255, -9})
# With none that failed, or none that reaches the mutant.
_SURVIVED = frozenset({0, 5, 33})


class Part(msgspec.Struct, frozen=True):
    """Modules below src/milepost, and the tests below tests that have to notice: quick ones, since for each mutant
    those run that reach it.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]


_FILTERS = ("dialects/gtmhub/test_filter_meanings.py", "dialects/gtmhub/test_rule_meanings.py")
_DOMAIN = tuple(
    f"domain/{path.stem}"
    for path in sorted((_ROOT / "src/milepost/domain").glob("[!_]*.py"))
    if path.stem not in ("matching", "query")
)
PARTS = (
    Part(("actions/access",), ("actions/test_access.py",)),
    Part(_DOMAIN, ("domain", "store/test_audit_chain.py")),
    Part(("domain/matching", "domain/query"), ("domain/test_matching.py", *_FILTERS)),
    Part(
        (
            "dialects/gtmhub/filters", "dialects/gtmhub/operators", "dialects/gtmhub/relaxed",
            "dialects/gtmhub/fields", "dialects/gtmhub/rule_bounds", "store/where",
        ),
        ("dialects/gtmhub/test_fields.py", "dialects/gtmhub/test_relaxed.py", *_FILTERS),
    ),
)  # fmt: skip
MODULES = [module for part in PARTS for module in part.modules]


def mutated(part: Part, folder: Path, processes: int) -> tuple[dict[str, int], list[Survivor]]:
    """How the tests of each mutant ended, by mutmut's name for it, and those that survive."""
    for name in ("src", "tests", *_COPIED):
        source = _ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    settings = {
        "source_paths": ["src"],
        # From a process that has run no test: what a cache holds from before was made by the code as it is.
        "process_isolation": "forkserver",
        # Who calls whom is of use to a second run in the same folder only.
        "track_dependencies": False,
        "use_git_change_detection": False,
        "only_mutate": [f"src/milepost/{module}.py" for module in part.modules],
        "also_copy": list(_COPIED),
        "pytest_add_cli_args": ["-k", "not postgresql", "-phasty", *(f"-pno:{name}" for name in _WITHOUT)],
        "pytest_add_cli_args_test_selection": [f"tests/{test}" for test in part.tests],
    }
    table = "\n".join(f"{name} = {msgspec.json.encode(value).decode()}" for name, value in settings.items())
    (folder / "pyproject.toml").write_text(f"{(_ROOT / 'pyproject.toml').read_text()}\n[tool.mutmut]\n{table}\n")
    done = _mutmut(folder, "run", "--max-children", str(processes))
    ends: dict[str, int] = {}
    for written in sorted((folder / "mutants" / "src").rglob("*.meta")):
        ends |= msgspec.json.decode(written.read_bytes())["exit_code_by_key"]
    if lost := [name for name, end in ends.items() if end not in _KILLED | _SURVIVED]:
        sys.exit(f"the tests of {len(lost)} mutants could not be run, the first {lost[0]}:\n{done[-3_000:]}")
    alive = [name for name, end in ends.items() if end in _SURVIVED]
    return ends, [survivor(name, _mutmut(folder, "show", name)) for name in alive]


def _mutmut(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    path = os.pathsep.join((str(_ROOT / "proof"), os.environ.get("PYTHONPATH", "")))
    environment = os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        sys.exit(f"mutmut {arguments[0]} failed:\n{done.stdout[-3_000:]}")
    return done.stdout


def _line(what: str, outcomes: Counter[bool]) -> str:
    share = f"{outcomes[True] / outcomes.total():.1%}" if outcomes else "-"
    return f"{what:<32}{outcomes.total():>8,}{outcomes[True]:>8,}{outcomes[False]:>10,}{share:>9}"


def _killed(ends: Mapping[str, int], module: str) -> Counter[bool]:
    start = f"milepost.{module.replace('/', '.')}."
    return Counter(end in _KILLED for name, end in ends.items() if name.startswith(start))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--modules", nargs="+", choices=MODULES, default=MODULES, metavar="MODULE", help=f"of {', '.join(MODULES)}"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    total, survivors = Counter[bool](), list[Survivor]()
    print(f"{'module':<32}{'mutants':>8}{'killed':>8}{'survived':>10}{'killed':>9}")
    for part in PARTS:
        modules = tuple(module for module in part.modules if module in options.modules)
        if not modules:
            continue
        with tempfile.TemporaryDirectory(prefix="milepost-mutation-") as folder:
            ends, alive = mutated(Part(modules, part.tests), Path(folder), options.processes)
        survivors += alive
        for module in modules:
            counted = _killed(ends, module)
            total += counted
            print(_line(module, counted), flush=True)
    print(_line("all", total))
    known = set(explained())
    unknown = [one for one in survivors if one not in known]
    places = tuple(f"milepost.{module.replace('/', '.')}." for module in options.modules)
    dead = [one for one in known.difference(survivors) if one.place.startswith(places)]
    print(f"{len(survivors) - len(unknown)} survivors stand in survivors.txt with a reason, {len(unknown)} do not.")
    print(*unknown, sep="\n\n")
    if dead:
        print(f"{len(dead)} that stand there do not survive, or are no more:", *dead, sep="\n\n")
    sys.exit(0 if total and total[True] >= _LEAST * total.total() and not unknown else 1)


if __name__ == "__main__":
    main()
