"""Small file systems of a test's own, which it may fill up, lock and break."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _run(*words: object) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(f"{words[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


def _require_root() -> None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root can mount the file system that this breaks")


@contextmanager
def small(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of so many megabytes in memory; the test is skipped, with the reason, where none can be mounted."""
    _require_root()
    place = folder / "small"
    place.mkdir(exist_ok=True)
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place)
    except OSError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    try:
        yield place
    finally:
        _run("umount", "-l", place)


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Whoever opens a file there meanwhile cannot write to it; the test is skipped where that cannot be arranged."""
    _require_root()
    try:
        _run("mount", "--bind", place, place)
    except OSError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    try:
        _run("mount", "-o", "remount,bind,ro", place)
        yield
    finally:
        _run("umount", "-l", place)


@contextmanager
def filled(place: Path, but: int = 0) -> Iterator[None]:
    """No room is left in a file system meanwhile, but for so many bytes."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 10):
            while True:
                try:
                    if file.write(b"\0" * size) < size:
                        break
                except OSError:
                    break
        file.truncate(max(0, file.tell() - but))
    try:
        yield
    finally:
        ballast.unlink(missing_ok=True)


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[tuple[Path, Path]]:
    """A file system on a disk that takes nothing more when another one, beneath it, is full: it ends with input/output
    errors then. Both are given. The test is skipped, with the reason, where there can be none.
    """
    place, device = folder / "disk", ""
    place.mkdir()
    with small(folder, megabytes) as beneath:
        image = beneath / "image"
        image.touch()
        os.truncate(image, 2 * megabytes << 20)
        try:
            _run("mkfs.ext2", "-q", image)
            device = _run("losetup", "--find", "--show", image)
            _run("mount", device, place)
        except OSError as error:
            if device:
                _run("losetup", "--detach", device)
            pytest.skip(f"no disk can be made of a file here: {error}")
        try:
            yield place, beneath
        finally:
            _run("umount", "-l", place)
            _run("losetup", "--detach", device)
