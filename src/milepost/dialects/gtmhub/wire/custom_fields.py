"""Definitions of custom fields on the wire: the one place where an id is called `_id`."""

from __future__ import annotations

from typing import Any, TypedDict, cast

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.gtmhub.wire import shared
from milepost.dialects.gtmhub.wire.shared import Date, date
from milepost.domain.custom_field import CustomField

# The domain's fields under this dialect's names, for errors.
NAMES = {"id": "_id", "created_at": "dateCreated", "modified_at": "lastModified", "extra": ""}


class CustomFieldDto(TypedDict):
    """The definition of a custom field."""

    _id: str
    accountId: str
    dateCreated: Date
    description: str
    filterable: bool
    label: str
    lastModified: Date
    name: str
    operationalType: str
    settings: Any
    targetTypes: list[str]
    type: str
    visualizationKind: str


class CustomFieldBody(msgspec.Struct, rename="camel"):
    """The attributes of a definition, as a saved answer has them; the rest is kept as it comes."""

    name: str | UnsetType | None = UNSET
    label: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    type: str | UnsetType | None = UNSET
    filterable: bool | UnsetType | None = UNSET
    operational_type: str | UnsetType | None = UNSET
    target_types: list[str] | UnsetType | None = UNSET
    visualization_kind: str | UnsetType | None = UNSET


# What is shown where a definition says nothing of it.
DEFAULTS: dict[str, Any] = {
    "filterable": False,
    "operationalType": "",
    "settings": {},
    "targetTypes": [],
    "visualizationKind": "",
}
_OWN = frozenset({"_id", "accountId", "dateCreated", "lastModified", "name", "label", "description", "type"})


def of_key_results() -> dict[str, Any]:
    """What a definition for key results says beside its texts."""
    return DEFAULTS | {"targetTypes": ["metric"]}


def encode_custom_field(one: CustomField) -> CustomFieldDto:
    """A definition; what came in with it rides along."""
    shown = {
        "_id": one.id,
        "accountId": one.account_id,
        "dateCreated": date(one.created_at),
        "description": one.description,
        "label": one.label,
        "lastModified": date(one.modified_at),
        "name": one.name,
        "type": one.type,
        **one.extra,
    }
    return cast(CustomFieldDto, shown)


def decode_custom_field(raw: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """(the texts that the domain knows by name, all else with its defaults) of a saved definition."""
    sent = shared.named(shared.convert(raw, CustomFieldBody))
    texts = {name: sent.get(name, "") for name in ("name", "label", "description", "type")}
    rest = shared.unknown(raw, _OWN)
    return texts, DEFAULTS | {name: value for name, value in rest.items() if value is not None or name not in DEFAULTS}
