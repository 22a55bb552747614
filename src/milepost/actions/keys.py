"""Signing keys: sign in with one, add, list, revoke, and seal their secrets anew."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable

import msgspec

from milepost.actions import people, trail
from milepost.actions.context import Actor, Context, operator
from milepost.domain import ids, key, scope
from milepost.domain.errors import Conflict, NotFound, Unauthenticated
from milepost.domain.instants import Instant
from milepost.domain.key import Key
from milepost.domain.scope import Scope
from milepost.domain.values import name
from milepost.store import keys
from milepost.store.engine import Database
from milepost.store.keys import Signer
from milepost.store.vault import CannotUnseal, Vault

# A request with an unknown credential is verified with this secret, so that the same comparison refuses it.
_NOBODYS_SECRET = "0" * 64
_WRONG = (
    "the credential is not known here, or the signature is not right: it is the HMAC-SHA256 of the message under the "
    "secret, in 64 lower-case hex digits"
)


def authenticate(database: Database, vault: Vault, credential: str, message: bytes, signature: str) -> Actor:
    """The actor of a signed message.

    `Unauthenticated`, with one message for an unknown credential, a revoked key and a wrong signature, and another for
    an inactive user. `CannotUnseal` where the key's secret cannot be opened.
    """
    signer = _signer(database, credential)
    secret = _NOBODYS_SECRET if signer is None else _secret(vault, signer.key)
    right = key.signature(secret, message).encode()
    if not hmac.compare_digest(right, signature.encode("utf-8", "surrogatepass")) or signer is None:
        raise Unauthenticated(_WRONG)
    if not signer.user_is_active:
        raise Unauthenticated("the key's user is no longer active")
    held = signer.key
    return Actor(
        held.account_id, held.user_id, signer.role, held.id, signer.account_status, held.scopes, signer.stale_days
    )


def add(
    context: Context,
    vault: Vault,
    email: str,
    title: str = "",
    pair: tuple[str, str] | None = None,
    scopes: Iterable[Scope] = (),
    *,
    everywhere: bool = True,
) -> tuple[Key, str]:
    """A new key for a user, and its secret. `pair` registers an existing credential and secret instead; without
    `scopes` it is for all that the user may do. `everywhere`: the secrets of other accounts' keys must open, too; only
    the operator asks for that, and it must come first in its transaction.

    `NotFound` for an unknown address; `Conflict` where an unrevoked key has this credential; `Invalid` for an invalid
    pair; `CannotUnseal` where the secret cannot be sealed, or other keys' secrets cannot be opened.
    """
    user = people.by_email(context, email)
    credential, secret = key.issue(context.account_id) if pair is None else key.brought(*pair, context.account_id)
    now = context.clock()
    with context.database.transaction():
        # First in the transaction, where it reads every account.
        lost = unreadable(context.database, vault) if everywhere else _unreadable_here(context, vault)
        if _signer(context.database, credential) is not None:
            raise Conflict("this credential is registered already")
        _require_readable(vault, lost)
        unsealed = Key(
            context.account_id,
            ids.new(now),
            user.id,
            name(title, "name"),
            credential,
            "",
            now,
            scopes=scope.ordered(scopes),
        )
        made = msgspec.structs.replace(unsealed, sealed_secret=vault.seal(secret, _place(unsealed)))
        # A revoked key with this credential makes room: its secret may have been mistyped. The audit keeps it.
        keys.clear(context.database, context.account_id, credential)
        keys.records.insert(context.database, made)
        trail.leave(context, "key.added", made, None, _shown(made))
    return made, secret


def everyone(context: Context) -> list[Key]:
    """Every key of the account, the oldest first."""
    return keys.of_account(context.database, context.account_id)


def unreadable(database: Database, vault: Vault) -> list[Key]:
    """The unrevoked keys of every account whose secrets the vault cannot open."""
    return [held for held in keys.holding(database) if obstacle(vault, held)]


def _unreadable_here(context: Context, vault: Vault) -> list[Key]:
    return [held for held in everyone(context) if obstacle(vault, held)]


def obstacle(vault: Vault, held: Key) -> str:
    """Why a key's secret cannot be opened, in words for the operator; "" where it can, or the key is revoked."""
    if held.revoked_at is not None:
        return ""
    try:
        vault.reread()  # the server key may have been lost since it was read
        _secret(vault, held)
    except CannotUnseal as error:
        return str(error)
    return ""


def revoke(context: Context, credential: str) -> Key:
    """Close a key for good and erase its secret; to do it again changes nothing. `NotFound` without such a key."""
    with context.database.transaction():
        before = keys.find(context.database, context.account_id, credential)
        if before is None:
            raise NotFound("key", credential)
        if before.revoked_at is not None:
            return before
        now = context.clock()
        keys.revoke(context.database, before, now)
        after = msgspec.structs.replace(before, revoked_at=now, sealed_secret="")
        trail.leave(context, "key.revoked", after, _shown(before), _shown(after))
    return after


def reseal(database: Database, clock: Callable[[], Instant], vault: Vault) -> int:
    """Seal every account's secrets under the vault's first server key; the number of secrets that changed comes back.

    All or none: `CannotUnseal` where one cannot be opened.
    """
    count = 0
    with database.transaction():
        for held in keys.holding(database):
            _secret(vault, held)  # its error names the key that does not open
            sealed = vault.resealed(held.sealed_secret, _place(held))
            if sealed != held.sealed_secret:
                keys.reseal(database, held, sealed)
                boss = operator(database, held.account_id, clock)
                trail.leave(boss, "key.resealed", held, _shown(held), _shown(held))
                count += 1
    return count


def _signer(database: Database, credential: str) -> Signer | None:
    """The unrevoked key with this credential, of any account."""
    if not credential.isascii():  # none is registered, and a lone surrogate could not even be looked up
        return None
    return keys.signer(database, credential, key.account_of(credential))


def _require_readable(vault: Vault, lost: list[Key]) -> None:
    """`CannotUnseal` where keys are sealed under a missing server key: adding one under another would hide the loss."""
    if lost:
        reason = obstacle(vault, lost[0])
        raise CannotUnseal(f"no key is added while there are secrets that cannot be read: {reason}")


def _secret(vault: Vault, held: Key) -> str:
    """The secret; `CannotUnseal`, which names the key, where it cannot be opened."""
    try:
        return vault.open(held.sealed_secret, _place(held))
    except CannotUnseal as error:
        raise CannotUnseal(f"the key {held.credential}: {error}") from error


def _place(held: Key) -> str:
    """The row to which a sealed secret is bound: it opens in no other."""
    return f"{held.account_id}/{held.id}"


def _shown(held: Key) -> dict[str, object]:
    """A key as the audit keeps it: without its sealed secret and the time of its last use."""
    unshown = ("sealed_secret", "last_used_at")
    return {field: value for field, value in msgspec.structs.asdict(held).items() if field not in unshown}
