"""Key results on the wire."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from milepost.dialects.simpleokr.wire import decimals, shared
from milepost.dialects.simpleokr.wire.body import Body
from milepost.domain import ids
from milepost.domain.change import ConfidenceChange, KeyResultChange
from milepost.domain.key_result import KeyResult, Kind

# The domain's fields under this dialect's names, for errors.
NAMES = {
    "kind": "type",
    "target": "target_value_min",
    "target_max": "target_value_max",
    "current": "current_value",
    "value": "current_value",
    "start": "current_value",
}

Type: TypeAlias = Literal["positive", "negative", "range", "baseline", "milestone"]
# The types of kinds; two kinds that differ only in scoring have the same type.
_TYPES: dict[Kind, Type] = {
    Kind.INCREASE: "positive",
    Kind.STAY_ABOVE: "positive",
    Kind.DECREASE: "negative",
    Kind.STAY_BELOW: "negative",
    Kind.IN_RANGE: "range",
    Kind.BASELINE: "baseline",
    Kind.MILESTONE: "milestone",
}
# The kind for a type, of a new key result or one that changes its type.
_KINDS = {
    "positive": Kind.INCREASE,
    "postive": Kind.INCREASE,  # the documentation spells it so in one place
    "negative": Kind.DECREASE,
    "range": Kind.IN_RANGE,
    "baseline": Kind.BASELINE,
    "milestone": Kind.MILESTONE,
}
_WITH_MIN = frozenset({Kind.INCREASE, Kind.DECREASE, Kind.IN_RANGE})
_MILESTONE_TARGET = "1.00"
_OLD_SCALE = 10


class KeyResultDto(msgspec.Struct):
    """A key result. The decimals are texts."""

    id: shared.Uuid
    name: str
    created_at: shared.Moment
    modified_at: shared.Moment
    objective_id: shared.Uuid
    confidence: shared.DecimalText
    type: Type
    current_value: shared.DecimalText
    target_value_min: shared.DecimalText | None
    target_value_max: shared.DecimalText | None


class KeyResultPage(msgspec.Struct):
    """A page of key results; the next begins behind `next_page_token`, null on the last."""

    next_page_token: str | None
    keyresults: list[KeyResultDto]


def encode_key_result(one: KeyResult) -> KeyResultDto:
    """A key result."""
    least, most = _targets(one)
    return KeyResultDto(
        ids.as_uuid(one.id),
        one.name,
        shared.moment(one.created_at),
        shared.moment(one.modified_at),
        ids.as_uuid(one.objective_id),
        decimals.encode(_shown_confidence(one)),
        _TYPES[one.kind],
        decimals.encode(one.current),
        least,
        most,
    )


def decode_new(body: Body, objective_id: str) -> KeyResultChange:
    """A new key result beneath an objective. It starts at its current value (a milestone: at 0). A confidence of zero
    is none. `Invalid` names all faults.
    """
    change = _decode(body, objective_id)
    if change.confidence == ConfidenceChange(0.0):
        change = msgspec.structs.replace(change, confidence=UNSET)
    start = 0.0 if change.kind is Kind.MILESTONE else change.current
    return msgspec.structs.replace(change, start=start)


def decode_whole(body: Body, standing: KeyResult) -> KeyResultChange:
    """The change that makes a key result equal to the body. Attributes that were sent as shown keep their finer stored
    values: the kind, and a confidence that is missing or on the old scale. `Invalid` as above.
    """
    change = _decode(body, standing.objective_id, nameless=not standing.name)
    same_type = isinstance(change.kind, Kind) and _TYPES[change.kind] == _TYPES[standing.kind]
    # A target that was shown and is missing now is removed; one that was not shown stays.
    if standing.kind is Kind.IN_RANGE and not same_type:
        change = msgspec.structs.replace(change, target_max=None)
    if change.kind is Kind.BASELINE and not same_type:
        change = msgspec.structs.replace(change, target=0.0)
    confidence: ConfidenceChange | UnsetType = change.confidence
    if isinstance(confidence, ConfidenceChange) and confidence.value == _shown_confidence(standing):
        confidence = UNSET
    return msgspec.structs.replace(change, kind=UNSET if same_type else change.kind, confidence=confidence)


def _decode(body: Body, objective_id: str, *, nameless: bool = False) -> KeyResultChange:
    body.require_name(nameless=nameless)
    body.require("type")
    said = body.text("type")
    kind = _KINDS.get(said)
    if said and kind is None:
        body.refuse("type", "must be one of positive, negative, range, baseline, milestone")
    named = body.reference("objective_id")
    if named and named != objective_id:
        body.refuse("objective_id", "cannot change: a key result stays under its objective")
    confidence = body.decimal("confidence")
    if not 0 <= confidence <= 1:
        body.refuse("confidence", "must lie between 0 and 1")
    least, most = (UNSET, UNSET) if kind is None else _decode_targets(body, said, kind)
    change = KeyResultChange(
        name=body.text("name"),
        kind=UNSET if kind is None else kind,
        current=body.decimal("current_value"),
        confidence=ConfidenceChange(confidence),
        target=least,
        target_max=most,
    )
    body.finish()
    return change


def _decode_targets(body: Body, said: str, kind: Kind) -> tuple[float | UnsetType, float | UnsetType]:
    """Both targets, each `UNSET` where the type has none; faults where one is missing or superfluous."""
    least: float | UnsetType = UNSET
    most: float | UnsetType = UNSET
    if kind in _WITH_MIN:
        body.require("target_value_min")
        least = body.decimal("target_value_min")
    elif kind is Kind.BASELINE and body.has("target_value_min"):
        body.refuse("target_value_min", f"means nothing for the type {said}: leave it out")
    if kind is Kind.IN_RANGE:
        body.require("target_value_max")
        most = body.decimal("target_value_max")
    elif body.has("target_value_max"):
        body.refuse("target_value_max", f"means nothing for the type {said}: leave it out")
    return least, most


def _targets(one: KeyResult) -> tuple[str | None, str | None]:
    match one.kind:
        case Kind.BASELINE:
            return None, None
        case Kind.MILESTONE:
            return _MILESTONE_TARGET, None
        case Kind.IN_RANGE:
            most = one.target if one.target_max is None else one.target_max
            return decimals.encode(one.target), decimals.encode(most)
        case _:
            return decimals.encode(one.target), None


def _shown_confidence(one: KeyResult) -> float:
    """The confidence on this dialect's scale, 0 for none. One on the old scale is divided by ten in decimals, so that
    7.3 becomes the double nearest to 0.73: a shown confidence can be sent back.
    """
    if one.confidence is None:
        return 0.0
    said = one.confidence.value
    return float(Decimal(repr(said)) / _OLD_SCALE) if said > 1 else said
