"""Users on the wire."""

from __future__ import annotations

from typing import Any, TypedDict, cast

import msgspec
from msgspec import UNSET, UnsetType

from milepost.actions.people import UserChange
from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.shared import Date, date, with_extra
from milepost.domain.account import Account
from milepost.domain.errors import Invalid
from milepost.domain.people import Role, User

# The domain's fields under this dialect's names, for errors.
NAMES = {
    "first_name": "firstName",
    "last_name": "lastName",
    "client_id": "clientId",
    "role": "roles",
    "is_active": "isActive",
    "extra": "",
}


class UserDto(msgspec.Struct, rename="camel", gc=False):
    """A user. `roles` holds his one role here: admin, member or viewer."""

    id: str
    account_id: str
    client_id: str
    date_created: Date
    email: str
    first_name: str
    is_active: bool
    language: str
    last_name: str
    modified_at: Date
    name: str
    picture: str
    roles: tuple[str, ...]
    subscription_type: str


class AccountDto(TypedDict):
    """An account; what came in with it rides along."""

    id: str
    name: str
    domain: str
    status: str
    dateCreated: Date
    confidenceSettings: dict[str, Any]


class SubscriberDto(TypedDict):
    """A user, as the sign-in knows him."""

    id: str
    clientId: str


class SubscriptionDto(TypedDict):
    """An account, as the sign-in knows it."""

    id: str
    domain: str


class ApplicationUserDto(TypedDict):
    """Whose token this is: the user, and his account."""

    user: SubscriberDto
    account: SubscriptionDto


class UserBody(msgspec.Struct, rename="camel"):
    """The attributes of a user that can be set; the rest is kept as it comes."""

    email: str | UnsetType | None = UNSET
    first_name: str | UnsetType | None = UNSET
    last_name: str | UnsetType | None = UNSET
    name: str | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    picture: str | UnsetType | None = UNSET
    roles: list[str | dict[str, Any]] | UnsetType | None = UNSET
    is_active: bool | UnsetType | None = UNSET


class AddressBody(msgspec.Struct, rename="camel"):
    """What PATCH /users/email/{email} takes: the new address."""

    email: str


# What a client may set although nothing is computed from it here, and what is shown until it does.
_KEPT: dict[str, Any] = {"subscriptionType": "regular"}
_DERIVED = frozenset({"id", "accountId", "clientId", "dateCreated", "modifiedAt"})


def encode_user(user: User) -> UserDto:
    """A user as his account sees him."""
    shown = UserDto(
        user.id,
        user.account_id,
        user.client_id,
        date(user.created_at),
        user.email,
        user.first_name,
        user.is_active,
        user.language,
        user.last_name,
        date(user.modified_at),
        user.name,
        user.picture,
        user.roles,
        user.extra.get("subscriptionType", _KEPT["subscriptionType"]),
    )
    return with_extra(shown, user.extra)


def encode_application_user(user: User, account: Account) -> ApplicationUserDto:
    """What a client asks first: who am I, and in which account."""
    return {
        "user": {"id": user.id, "clientId": user.client_id},
        "account": {"id": account.id, "domain": account.domain},
    }


def encode_account(account: Account) -> AccountDto:
    """An account; what came in with it rides along."""
    shown = {
        **account.extra,
        "id": account.id,
        "name": account.name,
        "domain": account.domain,
        "status": account.status,
        "dateCreated": date(account.created_at),
        "confidenceSettings": account.extra.get("confidenceSettings") or {},
    }
    return cast(AccountDto, shown)


def decode_user(raw: dict[str, Any]) -> UserChange:
    """POST and PATCH: what is left out has its default, or stays."""
    sent = shared.named(shared.convert(raw, UserBody))
    read = shared.read(sent, {"roles": ("role", role)})
    return UserChange(**read, extra=shared.kept(shared.unknown(raw, UserBody, _DERIVED), _KEPT))


def decode_address(raw: dict[str, Any]) -> UserChange:
    """PATCH /users/email/{email}: the new address, which must be there."""
    change = decode_user({key: value for key, value in raw.items() if key == "email"})
    if change.email is UNSET:
        raise Invalid("email", "is required")
    return change


def role(asked: list[Any]) -> Role | UnsetType:
    """The first role of ours in a list of names, or of objects with a name; the vendor's own are passed over."""
    for one in asked:
        name = one.get("name") if isinstance(one, dict) else one
        if isinstance(name, str) and name.lower() in [role.value for role in Role]:
            return Role(name.lower())
    return UNSET
