"""Keeps secrets that are needed in the clear again: they are stored sealed (encrypted) under a key of the server.

A sealed text is one line of ASCII, `v1.<id of the server key>.<base64url of nonce and ciphertext>`. The first server
key seals and every one opens, which is how they are rotated.
"""

from __future__ import annotations

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from milepost.store.key_sources import CannotUnseal, KeyFile, KeySource, Variable

if TYPE_CHECKING:
    from milepost.store.server_key import ServerKey

__all__ = ["CannotUnseal", "Vault", "vault"]

_VERSION = "v1"


class Vault:
    """Seals and opens. Safe to share between threads; the server keys are read when they are first needed."""

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._texts: tuple[str, ...] = ()
        self._keys: dict[str, ServerKey] = {}

    def seal(self, secret: str, about: str) -> str:
        """The secret encrypted for storage, under the first server key, which is made if there is none.

        `about` says where the secret belongs: it opens with nothing else. `CannotUnseal` where no key can be had.
        """
        first = self._first()
        content = urlsafe_b64encode(first.seal(secret.encode(), about.encode()))
        return f"{_VERSION}.{first.id}.{content.decode()}"

    def open(self, sealed: str, about: str) -> str:
        """The secret; `CannotUnseal` where the server key is missing, or the text was not sealed with this `about`."""
        key, content = self._parted(sealed)
        try:
            return key.open(urlsafe_b64decode(content), about.encode()).decode()
        except ValueError:
            raise CannotUnseal(
                "a secret in the database was altered, or moved there from elsewhere: restore the database from a "
                "copy, or revoke the key that it belongs to and add another"
            ) from None

    def resealed(self, sealed: str, about: str) -> str:
        """The same secret under the first server key: the text itself if it is so already. Errors as in `open`."""
        self.reread()
        key, _ = self._parted(sealed)
        first = next(iter(self._keys.values()))
        return sealed if key is first else self.seal(self.open(sealed, about), about)

    def mark(self, content: str) -> str:
        """A mark of a content, in hex digits, which only the server key can make. `CannotUnseal` as in `seal`."""
        first = next(iter(self._keys.values()), None) or self._first()
        return first.mark(content.encode())

    def is_mark(self, mark: str, content: str) -> bool:
        """Whether a mark of a content was made here, under any server key."""
        sent, asked = mark.encode(), content.encode()

        def known() -> bool:
            return any(hmac.compare_digest(key.mark(asked).encode(), sent) for key in self._keys.values())

        if known():
            return True
        self.reread()  # another process may have marked it under a new key
        return known()

    def _first(self) -> ServerKey:
        """The current server key to seal under, made if there is none."""
        self.reread()
        if not self._keys:
            self._source.make()
            self.reread()
        return next(iter(self._keys.values()))

    def _parted(self, sealed: str) -> tuple[ServerKey, str]:
        """The server key that a text was sealed under, and its encrypted content."""
        parts = sealed.split(".")
        if len(parts) != 3 or parts[0] != _VERSION:
            raise CannotUnseal(
                "a secret in the database is sealed in a way that this program does not know: "
                "run the Milepost that wrote it, or revoke the key that it belongs to and add another"
            )
        _, key_id, content = parts
        key = self._keys.get(key_id)
        if key is None:
            # The command line may have made the file, or put another key into it, since it was read.
            self.reread()
            key = self._keys.get(key_id)
        if key is None:
            raise CannotUnseal(
                f"the server key {key_id} {self._source.lacking()}: put it back where it was, or, if it is lost, "
                "revoke what `milepost key list` shows as unreadable"
            )
        return key, content

    def reread(self) -> None:
        """Read the current server keys; `CannotUnseal` where they cannot be used."""
        from milepost.store.server_key import ServerKey  # imported here for the reason given in that module

        texts = self._source.texts()
        if texts != self._texts:
            made = [ServerKey(text) for text in texts]
            self._keys = {key.id: key for key in made}
            self._texts = texts


def vault(secret_key: str, beside: Path | None) -> Vault:
    """The vault whose server keys are given as a text or, where that is empty, in a file beside the embedded database.

    `CannotUnseal` where the text holds something that is no server key.
    """
    given = Variable(secret_key)
    if given.texts() or beside is None:
        return Vault(given)
    return Vault(KeyFile(key_file(beside)))


def key_file(beside: Path) -> Path:
    """Where the server keys of an embedded database are, unless they are given as a text."""
    # SQLite follows links too, and puts its log beside the file itself.
    file = Path(os.path.realpath(beside))
    return file.with_name(f"{file.name}.key")
