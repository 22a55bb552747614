"""The vault: what it seals opens only there, under its own keys, and what is in the way is told in words."""

from __future__ import annotations

import base64
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milepost.store.vault import CannotUnseal, Vault, vault

FIRST = "the-first-server-key-0123456789abcdef"
SECOND = "the-second-server-key-0123456789abcd"
SECRET = "a secret of somebody's program"


def refusal(opened: Vault, sealed: str, about: str = "here") -> str:
    """The words with which a sealed text is refused."""
    with pytest.raises(CannotUnseal) as error:
        opened.open(sealed, about)
    for hidden in (FIRST, SECOND, SECRET):
        assert hidden not in str(error.value)
    return str(error.value)


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """Where a database would be."""
    return tmp_path / "milepost.db"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where its key file would be."""
    return tmp_path / "milepost.db.key"


@given(st.text(st.characters(codec="utf-8"), max_size=200), st.text(st.characters(codec="utf-8"), max_size=80))
def test_what_was_sealed_opens(secret: str, about: str) -> None:
    kept = vault(FIRST, None)
    sealed = kept.seal(secret, about)
    assert re.fullmatch(r"v1\.[0-9a-f]{8}\.[A-Za-z0-9_=-]+", sealed)
    assert vault(FIRST, None).open(sealed, about) == secret


def test_nothing_is_sealed_the_same_way_twice() -> None:
    kept = vault(FIRST, None)
    nonces = {base64.urlsafe_b64decode(kept.seal(SECRET, "here").split(".")[2])[:12] for _ in range(500)}
    assert len(nonces) == 500


def test_the_cipher_is_the_one_that_is_written_down() -> None:
    # AES-256-GCM under HKDF-SHA256 of the key's text, so that another program, or a later one, can open it too.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def derived(length: int, purpose: bytes) -> bytes:
        return HKDF(SHA256(), length, None, b"milepost server key: " + purpose).derive(FIRST.encode())

    version, key_id, content = vault(FIRST, None).seal(SECRET, "here").split(".")
    kept = base64.urlsafe_b64decode(content)
    assert (version, key_id) == ("v1", derived(4, b"id").hex())
    assert AESGCM(derived(32, b"AES-256-GCM")).decrypt(kept[:12], kept[12:], b"here") == SECRET.encode()


def test_a_text_that_was_moved_or_altered_does_not_open() -> None:
    kept = vault(FIRST, None)
    sealed = kept.seal(SECRET, "here")
    assert "altered, or moved" in refusal(kept, sealed, "there")
    head, content = sealed[:12], bytearray(base64.urlsafe_b64decode(sealed[12:]))
    for place in (0, 12, len(content) - 1):
        content[place] ^= 1
        assert "altered, or moved" in refusal(kept, head + base64.urlsafe_b64encode(content).decode())
        content[place] ^= 1
    for damaged in (head, head + "A", head + "AAAA", head + "\xe9" * 40, sealed[:-4]):
        assert "altered, or moved" in refusal(kept, damaged)


@pytest.mark.parametrize("text", ["", "v1", "v1.01234567", "v2.01234567.AAAA", "v1.01234567.AAAA.AAAA", "plain"])
def test_what_is_no_sealed_text_does_not_open(text: str) -> None:
    assert "in a way that this program does not know" in refusal(vault(FIRST, None), text)


def test_a_mark_is_known_again_under_every_key_and_under_no_other() -> None:
    old, both = vault(FIRST, None), vault(f"{SECOND},{FIRST}", None)
    mark = old.mark("a form")
    assert both.is_mark(mark, "a form")
    assert both.mark("a form") != mark
    assert both.is_mark(both.mark("a form"), "a form")
    assert not both.is_mark(mark, "another form")
    assert not vault(SECOND, None).is_mark(mark, "a form")
    assert not both.is_mark("", "a form")


def test_the_first_key_seals_and_every_key_opens() -> None:
    old, both, new = vault(FIRST, None), vault(f"{SECOND},{FIRST}", None), vault(SECOND, None)
    sealed = old.seal(SECRET, "here")
    assert both.open(sealed, "here") == SECRET
    anew = both.resealed(sealed, "here")
    assert new.open(anew, "here") == SECRET
    assert both.resealed(anew, "here") == anew, "what is under the first key stays as it is"
    assert refusal(old, anew).startswith(f"the server key {anew[3:11]} is not in MILEPOST_SECRET_KEY: ")
    assert refusal(new, sealed).startswith(f"the server key {sealed[3:11]} is not in MILEPOST_SECRET_KEY: ")


@pytest.mark.parametrize("separator", [",", " ", ", ", "\n", "\r\n", "\n\n"])
def test_several_keys_in_one_variable(separator: str) -> None:
    sealed = vault(FIRST, None).seal(SECRET, "here")
    assert vault(separator.join((SECOND, FIRST, "")), None).open(sealed, "here") == SECRET


@pytest.mark.parametrize("text", ["x" * 31, f"{FIRST},short", "correct horse battery staple", "\0" * 64, "\udcff" * 40])
def test_a_variable_that_holds_no_key(text: str) -> None:
    with pytest.raises(CannotUnseal, match=r"^MILEPOST_SECRET_KEY: a server key is 32 or more printable") as error:
        vault(text, None)
    assert text not in str(error.value)


def test_without_a_variable_and_a_path_there_is_no_key() -> None:
    for empty in ("", " ", ","):
        with pytest.raises(CannotUnseal, match="set MILEPOST_SECRET_KEY to 32 or more random characters"):
            vault(empty, None).seal(SECRET, "here")
    sealed = vault(FIRST, None).seal(SECRET, "here")
    assert "is needed, and MILEPOST_SECRET_KEY is not set" in refusal(vault("", None), sealed)


def test_a_key_file_is_made_when_something_is_sealed_and_not_before(beside: Path, file: Path, tmp_path: Path) -> None:
    sealed = vault(FIRST, None).seal(SECRET, "here")
    kept = vault("", beside)
    assert f"is needed, and there is no file {file}" in refusal(kept, sealed)
    assert list(tmp_path.iterdir()) == []
    own = kept.seal(SECRET, "here")
    assert [path.name for path in tmp_path.iterdir()] == ["milepost.db.key"], "no draft stays behind"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert re.fullmatch(r"[0-9a-f]{64}\n", file.read_text())
    assert vault("", beside).open(own, "here") == SECRET
    assert refusal(kept, sealed).startswith(f"the server key {sealed[3:11]} ")


def test_the_variable_goes_before_the_file(beside: Path, file: Path) -> None:
    sealed = vault("", beside).seal(SECRET, "here")
    assert "is not in MILEPOST_SECRET_KEY" in refusal(vault(FIRST, beside), sealed)
    # What stood in the file works in the variable.
    assert vault(f"{FIRST} {file.read_text()}", beside).open(sealed, "here") == SECRET


def test_a_running_server_sees_a_key_file_that_is_made_or_changed_later(beside: Path, file: Path) -> None:
    server = vault("", beside)
    sealed = vault("", beside).seal(SECRET, "here")
    assert server.open(sealed, "here") == SECRET
    file.write_text(f"{SECOND}\n{file.read_text()}")
    anew = vault("", beside).resealed(sealed, "here")
    assert anew[3:11] != sealed[3:11]
    assert server.open(anew, "here") == server.open(sealed, "here") == SECRET
    assert server.seal(SECRET, "here")[3:11] == anew[3:11]


def test_a_key_file_beside_the_file_that_a_link_leads_to(beside: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(beside)
    sealed = vault("", link).seal(SECRET, "here")
    assert vault("", beside).open(sealed, "here") == SECRET


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602, 0o777])
def test_a_file_that_others_may_read_is_refused_with_what_to_type(beside: Path, file: Path, mode: int) -> None:
    sealed = vault("", beside).seal(SECRET, "here")
    file.chmod(mode)
    said = refusal(vault("", beside), sealed)
    assert said.endswith(f"type `chmod 600 {file}`")
    with pytest.raises(CannotUnseal, match="chmod 600"):
        vault("", beside).seal(SECRET, "here")
    subprocess.run(["sh", "-c", said.split("`")[1]], check=True)
    assert vault("", beside).open(sealed, "here") == SECRET


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty: restore it"),
        (b"\n \n", "is empty: restore it"),
        (b"too short\n", "a server key is 32 or more printable"),
        (b"\0" * 65, "a server key is 32 or more printable"),
        (b"\xff\xfe" * 40 + b"\n\0", "a server key is 32 or more printable"),
    ],
)
def test_a_key_file_that_holds_no_key_is_never_replaced(beside: Path, file: Path, content: bytes, words: str) -> None:
    file.touch(0o600)
    file.write_bytes(content)
    with pytest.raises(CannotUnseal) as error:
        vault("", beside).seal(SECRET, "here")
    assert str(file) in str(error.value)
    assert words in str(error.value)
    assert file.read_bytes() == content


def test_a_place_where_no_key_file_can_be(tmp_path: Path) -> None:
    with pytest.raises(CannotUnseal, match=r"cannot be made: No such file.*set MILEPOST_SECRET_KEY"):
        vault("", tmp_path / "gone" / "milepost.db").seal(SECRET, "here")
    (tmp_path / "milepost.db.key").mkdir()
    with pytest.raises(CannotUnseal, match="cannot be read: Is a directory"):
        vault("", tmp_path / "milepost.db").seal(SECRET, "here")


def test_processes_that_are_first_at_once_share_one_key(beside: Path, file: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from milepost.store import server_key; "
        "from milepost.store.vault import vault; kept = vault('', Path(sys.argv[1])); print('ready', flush=True); "
        "sys.stdin.readline(); print(kept.seal('shared', 'here'))"
    )
    command = [sys.executable, "-c", program, str(beside)]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    sealed = [process.communicate()[0].strip() for process in started]
    assert [process.returncode for process in started] == [0] * 6
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert [vault("", beside).open(text, "here") for text in sealed] == ["shared"] * 6


def test_of_two_drafts_the_first_one_stays(beside: Path, file: Path) -> None:
    from milepost.store.key_sources import KeyFile

    KeyFile(file).make()
    first = file.read_text()
    KeyFile(file).make()
    assert file.read_text() == first
    assert len(list(file.parent.iterdir())) == 1
