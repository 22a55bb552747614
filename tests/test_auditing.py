"""The audit of the dependencies fails for a vulnerability, and for nothing that a change cannot mend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditing import verdict

GOOD = {"name": "starlette", "version": "1.10.0", "vulns": []}
BAD = {
    "name": "jinja2",
    "version": "2.4.1",
    "vulns": [{"id": "PYSEC-2014-8", "fix_versions": ["2.7.3"], "aliases": ["CVE-2014-1402"], "description": "It …"}],
}
UNKNOWN = {"name": "ours", "skip_reason": "Dependency not found and could not be audited: ours (1.0)"}
OFFLINE = "Traceback (most recent call last):\n  …\nrequests.exceptions.ConnectionError: Failed to resolve the name"


def said(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_nothing_known() -> None:
    assert verdict(said(GOOD), "No known vulnerabilities found") == (
        0,
        ["packages audited: 1, known vulnerabilities: 0"],
    )


def test_a_vulnerability() -> None:
    assert verdict(said(GOOD, BAD), "Found 1 known vulnerability in 1 package") == (
        1,
        [
            "jinja2 2.4.1: PYSEC-2014-8, CVE-2014-1402; free of it: 2.7.3",
            "packages audited: 2, known vulnerabilities: 1",
        ],
    )


def test_what_could_not_be_looked_up_is_not_said_to_be_good() -> None:
    code, lines = verdict(said(UNKNOWN), "No known vulnerabilities found")
    assert (code, lines[-1]) == (0, "packages audited: 0, known vulnerabilities: 0")
    assert lines[0].startswith("not audited: ours: ")


def test_no_answer_is_no_fault_of_a_change() -> None:
    code, (line,) = verdict("", OFFLINE)
    assert (code, line) == (
        0,
        "not audited: the advisories cannot be had: requests.exceptions.ConnectionError: Failed to resolve the name",
    )


@pytest.mark.parametrize("error", ["", "ERROR:pip_audit._cli:invalid requirements input: x.txt"])
def test_any_other_failure_is_one(error: str) -> None:
    assert verdict("", error)[0] == 2


def test_the_program_ends_as_it_found(tmp_path: Path) -> None:
    """With a pip-audit beside its Python that finds something."""
    os.symlink(sys.executable, tmp_path / "python")
    found = tmp_path / "pip-audit"
    found.write_text(f"#!/bin/sh\ncat {tmp_path}/said.json\nexit 1\n")
    found.chmod(0o755)
    (tmp_path / "said.json").write_text(said(BAD))
    program = Path(__file__).parent.parent / "tools" / "auditing.py"
    ended = subprocess.run([tmp_path / "python", program, "x.txt"], capture_output=True, text=True, check=False)
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.startswith("jinja2 2.4.1: PYSEC-2014-8")
