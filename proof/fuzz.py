"""Fuzzes the parsers that strangers reach, guided by coverage: no input may raise, or take longer than 100 ms.

Each target of `targets.py` has a process of its own, which begins with the inputs that are kept in `corpus`. Those that
reach further are kept, too, where --keep is given, and the tests run them from then on. An input that fails is printed
as a line of the corpus, where it belongs once its fault is mended. Ends with 1 where one failed.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from targets import LONGEST, corpus, keep, line, opened, targets

NAMES = ("filter", "rules", "signature", "gtmhub-body", "simpleokr-body")
# So many inputs that a run has found are kept, the shortest, so that the tests stay quick.
_KEPT = 120
_RUNS = re.compile(r"stat::number_of_executed_units: (\d+)")
_COVERED = re.compile(r"cov: (\d+)")


def fuzz(name: str, seconds: int, *, keeping: bool) -> bool:
    """Fuzz a target for so long, and say in a line what came of it; whether nothing failed."""
    with tempfile.TemporaryDirectory() as database, targets(Path(database)) as every:
        choices = every[name].choices
    with tempfile.TemporaryDirectory(prefix="milepost-fuzz-") as place:
        inputs, failed = Path(place) / "inputs", Path(place) / "failed"
        inputs.mkdir()
        failed.mkdir()
        for number, (choice, rest) in enumerate(corpus(name)):
            if choice in choices:
                (inputs / f"{number:04}").write_bytes(bytes([choices.index(choice)]) + rest)
        said = _run(name, f"-max_total_time={seconds}", f"-artifact_prefix={failed}/", "-timeout=30", str(inputs))
        runs, covered = _RUNS.findall(said), _COVERED.findall(said)
        found = [line(*opened(choices, path.read_bytes())) for path in sorted(failed.iterdir())]
        if found or not runs:
            print(f"{name}: FAILED", *found, said[-4_000:], sep="\n", flush=True)
            return False
        print(f"{name}: {int(runs[-1]):,} inputs in {seconds} s, coverage {covered[-1]}, none failed", flush=True)
        if keeping:
            shortest = sorted((path.read_bytes() for path in inputs.iterdir()), key=len)[:_KEPT]
            keep(name, {*corpus(name), *(opened(choices, data) for data in shortest)})
        return True


def _run(name: str, *arguments: str) -> str:
    """What the fuzzer says of a target."""
    program = Path(__file__).with_name("fuzz_one.py")
    command = [sys.executable, program, name, f"-max_len={LONGEST}", "-print_final_stats=1", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, errors="replace").stderr


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("--targets", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--keep", action="store_true", help="keep what reached further in the corpus")
    options = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.exit("atheris is not installed: there are wheels of it for some systems and versions of Python only")
    outcomes = [fuzz(name, options.seconds, keeping=options.keep) for name in options.targets]
    sys.exit(0 if all(outcomes) else 1)


if __name__ == "__main__":
    main()
