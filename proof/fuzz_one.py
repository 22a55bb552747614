"""Fuzzes one target in this process: `fuzz_one.py filter ARGUMENT...`, with libFuzzer's arguments, which end it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

# What is instrumented, so that the fuzzer sees how far an input came, has to be so before anything else imports it.
with atheris.instrument_imports(include=["milepost"]):
    from targets import TooSlow, targets


def replayed(name: str, data: bytes) -> None:
    """Run an input in another process, which is not instrumented and as fast as a server; `TooSlow` where it fails."""
    program = Path(__file__).with_name("replay.py")
    done = subprocess.run([sys.executable, program, name], input=data, check=False, capture_output=True)
    if done.returncode:
        raise TooSlow(done.stderr.decode().strip().rpartition("\n")[2])


def main(name: str, arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, targets(Path(folder)) as every:
        doubted: set[bytes] = set()

        def run(data: bytes) -> None:
            try:
                every[name](data)
            except TooSlow:
                if data not in doubted:
                    doubted.add(data)
                    replayed(name, data)

        atheris.Setup([sys.argv[0], *arguments], run)
        atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
