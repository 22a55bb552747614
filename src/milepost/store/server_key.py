"""One key of the server's own: AES-256-GCM under a key that HKDF-SHA256 derives from the operator's text.

Importing this imports `cryptography`, which takes longer than most commands run; `store/vault.py` does so when needed.
"""

from __future__ import annotations

import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class ServerKey:
    """`id` is a fingerprint of eight hex digits, derived separately, so that it reveals nothing of the key."""

    def __init__(self, text: str) -> None:
        self.id = _derived(text, b"milepost server key: id", 4).hex()
        self._cipher = AESGCM(_derived(text, b"milepost server key: AES-256-GCM", 32))
        self._marking = _derived(text, b"milepost server key: HMAC-SHA256", 32)

    def seal(self, content: bytes, about: bytes) -> bytes:
        """The content encrypted, after a random nonce of its own. It opens only together with the same `about`."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """The content; `ValueError` where it was altered, or sealed for another `about` or under another key."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about)
        except InvalidTag:
            raise ValueError("it does not open") from None

    def mark(self, content: bytes) -> str:
        """The HMAC-SHA256 of a content, in hex digits, which nobody can make without the key."""
        return hmac.new(self._marking, content, "sha256").hexdigest()


def _derived(text: str, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(text.encode())
