"""Asks whether a vulnerability is known of any package that the requirements name: `auditing.py requirements.txt …`.

It ends with 1 where one is, and says which, and which version is free of it. Where the advisories cannot be had it says
so and ends with 0: that is no fault of a change. pip-audit looks them up; it has to be installed beside the Python that
runs this (`make audit` sees to it).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# How pip-audit's last words tell that it was not answered; all else that it fails with is a fault to be mended.
_UNANSWERED = (
    "ConnectionError",
    "ConnectTimeout",
    "ReadTimeout",
    "ServiceError",
    "HTTPError",
    "ProxyError",
    "SSLError",
)
_SECONDS = "15"


def asked(files: Sequence[str]) -> tuple[str, str]:
    """What pip-audit says of the packages in some files, on both streams."""
    command = [str(Path(sys.executable).with_name("pip-audit")), "--disable-pip", "--require-hashes"]
    # Not its other source, which finds nothing wrong with a package that the source does not know.
    command += [
        "--vulnerability-service",
        "osv",
        "--format",
        "json",
        "--progress-spinner",
        "off",
        "--timeout",
        _SECONDS,
    ]
    for file in files:
        command += ["--requirement", file]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.stdout, ended.stderr


def verdict(output: str, error: str) -> tuple[int, list[str]]:
    """The code to end with, and the lines to print."""
    if not output.strip():
        last = error.strip().splitlines()[-1:] or ["it said nothing"]
        if any(sign in error for sign in _UNANSWERED):
            return 0, [f"not audited: the advisories cannot be had: {last[0]}"]
        return 2, [f"not audited: pip-audit failed: {last[0]}"]
    packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    known = [one for one in packages if "skip_reason" not in one]
    found = [_told(one, fault) for one in known for fault in one["vulns"]]
    passed_over = [f"not audited: {one['name']}: {one['skip_reason']}" for one in packages if "skip_reason" in one]
    counted = f"packages audited: {len(known)}, known vulnerabilities: {len(found)}"
    return int(bool(found)), [*passed_over, *found, counted]


def _told(package: dict[str, Any], fault: dict[str, Any]) -> str:
    names = ", ".join([fault["id"], *fault.get("aliases", [])])
    fixed = ", ".join(fault.get("fix_versions", [])) or "no version yet"
    return f"{package['name']} {package['version']}: {names}; free of it: {fixed}"


def main() -> None:
    code, lines = verdict(*asked(sys.argv[1:]))
    print("\n".join(lines))
    sys.exit(code)


if __name__ == "__main__":
    main()
