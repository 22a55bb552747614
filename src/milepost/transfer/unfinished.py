"""What is filled beside its place, and put there once it is whole: named after it and the process that fills it."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path


def beside(place: Path) -> Path:
    """Where this process fills what is to be at a place. What killed processes have left beside it is taken away."""
    for left in _left(place):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with suppress(OSError):
                left.unlink()
    return place.with_name(f".{place.name}.{os.getpid()}")


def _left(place: Path) -> list[Path]:
    """The unfinished ones of processes that are gone."""
    begins = f".{place.name}."
    try:
        names = [one.name for one in place.parent.iterdir()]
    except OSError:
        return []
    pids = {name: name.removeprefix(begins) for name in names if name.startswith(begins)}
    return [place.with_name(name) for name, pid in pids.items() if pid.isdecimal() and not _is_alive(int(pid))]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's, or no process id of this system: not ours to judge
        return True
    return True
