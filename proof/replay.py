"""Runs one input of a target, given on standard input: `replay.py filter < input`. Ends with 1 where it fails."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from targets import targets

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, targets(Path(folder)) as every:
        every[sys.argv[1]](sys.stdin.buffer.read())
