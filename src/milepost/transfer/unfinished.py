"""Files and folders that are filled beside their place, named with the process id, and moved there when whole."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path


def beside(place: Path) -> Path:
    """The path at which this process fills what is moved to `place`. Leftovers of killed processes are deleted."""
    for left in _left(place):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with suppress(OSError):
                left.unlink()
    return place.with_name(f".{place.name}.{os.getpid()}")


def _left(place: Path) -> list[Path]:
    """The unfinished files and folders of processes that have ended."""
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
    except (OSError, OverflowError):  # another user's process, or no valid process id: leave it alone
        return True
    return True
