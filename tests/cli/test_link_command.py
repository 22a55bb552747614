"""`milepost user link`: a link that signs a browser in."""

from __future__ import annotations

import re

from milepost.actions import signing_in
from milepost.app import clock, database
from terminal import Terminal


def test_the_link_signs_its_user_in(company: Terminal) -> None:
    found = company.right("user", "link", "ben@acme.test", "--url", "https://okr.acme.test/")
    code = re.fullmatch(r"https://okr\.acme\.test/sign-in\?code=(\S+)", found.line)
    assert code is not None
    opened = database(company.url)
    try:
        assert signing_in.enter(opened, clock, code.group(1))
    finally:
        opened.close()
    assert "browser" in company.right("token", "list").out


def test_nobody_else_gets_a_link(company: Terminal) -> None:
    assert company("user", "link", "nobody@acme.test").code == 1
    company.right("user", "deactivate", "ben@acme.test")
    refused = company("user", "link", "ben@acme.test")
    assert (refused.code, refused.out) == (1, "")
    assert "milepost user activate ben@acme.test" in refused.err


def test_an_address_that_no_browser_opens_is_refused_before_a_link_is_made(company: Terminal) -> None:
    for url in ("ftp://okr.acme.test", "okr.acme.test", "https://anna:secret@okr.acme.test"):
        refused = company("user", "link", "ben@acme.test", "--url", url)
        assert (refused.code, refused.out) == (2, ""), url
        assert "is an address such as https://okr.example.com" in refused.err
