"""Ways to run the command line: in this process, call by call, or as a process of its own that serves."""

from __future__ import annotations

import json
import os
import queue
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec
from click.testing import CliRunner

from milepost.cli import main

# A machine that runs other tests beside this one may take its time to load the program.
_LIMIT = 60.0


class Outcome(msgspec.Struct, frozen=True):
    """What a command wrote, and the code that it ended with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def line(self) -> str:
        """The one line that was written on standard output, and nothing else."""
        (line,) = self.out.splitlines()
        return line


class Terminal:
    """Somebody at a shell, with MILEPOST_DATABASE set to a file of his own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "milepost.db"
        self.url = f"sqlite:///{self.file}"

    def __call__(self, *words: str, given: str | bytes = "", environment: str | None = "") -> Outcome:
        """Run `milepost` with these words; `environment` is another MILEPOST_DATABASE, `None` for none."""
        variables = {"MILEPOST_DATABASE": self.url if environment == "" else environment}
        found = CliRunner().invoke(main, words, input=given, env=variables, prog_name="milepost")
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return Outcome(found.exit_code, found.stdout, found.stderr)

    def right(self, *words: str, given: str | bytes = "") -> Outcome:
        """The same, for a command that is expected to succeed."""
        outcome = self(*words, given=given)
        assert outcome.code == 0, outcome.err
        return outcome


class Running:
    """A `milepost` that serves, in a process of its own; `said` is what it printed until it listened."""

    def __init__(self, *words: str, folder: Path, environment: str = "") -> None:
        variables = {**os.environ, "MILEPOST_DATABASE": environment, "TMPDIR": str(folder)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "milepost", *words],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._errors: list[str] = []
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        out, err = self._process.stdout, self._process.stderr
        self._readers = [
            threading.Thread(target=self._read, args=(out,), daemon=True),
            threading.Thread(target=lambda: self._errors.extend(err), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        self.said = self._until_listening()

    @property
    def address(self) -> str:
        """Where it listens."""
        last = self.said[-1]
        return str(json.loads(last)["address"]) if last.startswith("{") else last.removeprefix("Listening on ")

    @property
    def curl(self) -> list[str]:
        """The words of the line that it printed to be pasted."""
        (line,) = (line for line in self.said if line.strip().startswith("curl "))
        return shlex.split(line)

    @property
    def entrance(self) -> tuple[str, str]:
        """The token and the account that stand in that line."""
        headers = dict(word.split(": ", 1) for word in self.curl if ": " in word)
        return headers["Authorization"].removeprefix("Bearer "), headers["gtmhub-accountId"]

    def end(self, number: int = signal.SIGTERM) -> Outcome:
        """Send a signal and wait for the end; what it still wrote."""
        if self._process.poll() is None:
            self._process.send_signal(number)
        code = self._process.wait(_LIMIT)
        for reader in self._readers:
            reader.join(_LIMIT)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        rest = []
        while not self._lines.empty():
            if (line := self._lines.get()) is not None:
                rest.append(line)
        return Outcome(code, "".join(rest), "".join(self._errors))

    def _read(self, stream: Any) -> None:
        for line in stream:
            self._lines.put(line)
        self._lines.put(None)

    def _until_listening(self) -> list[str]:
        said = []
        while True:
            line = self._lines.get(timeout=_LIMIT)
            if line is None:
                raise AssertionError(f"it ended before it listened: {said} {self.end()}")
            said.append(line.rstrip("\n"))
            if line.startswith(("Listening on ", "{")):
                return said
