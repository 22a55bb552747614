"""The dialect's README against its route table: no call is missing, none is promised that is not there."""

from __future__ import annotations

import re
from pathlib import Path

from milepost.dialects import gtmhub
from milepost.dialects.gtmhub.routes import ROUTES


def test_the_readme_names_every_call_and_no_other() -> None:
    text = (Path(gtmhub.__file__).parent / "README.md").read_text()
    named = set(re.findall(r"`((?:GET|POST|PUT|PATCH|DELETE) /[^`]*)`", text))
    assert named == {f"{route.method} {route.path}" for route in ROUTES}
