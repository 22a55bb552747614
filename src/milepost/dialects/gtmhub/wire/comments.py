"""Comments on the wire, and the values of a metric by date: check-ins, each seen from one side."""

from __future__ import annotations

import msgspec

from milepost.dialects.gtmhub.tables import TARGETS
from milepost.dialects.gtmhub.wire.shared import Date, date, number
from milepost.domain.check_in import CheckIn
from milepost.domain.views import CommentView

_TARGET_OF = dict(TARGETS)


class CommentDto(msgspec.Struct, rename="camel", gc=False):
    """What somebody said when he checked in. `createdAt` is the time of recording; `id` is the check-in's."""

    id: str
    account_id: str
    created_at: Date
    created_by: str
    target_id: str
    target_title: str
    target_type: str
    text: str


class ValueDto(msgspec.Struct, rename="camel", gc=False):
    """A value that a metric had. `date` is the effective date."""

    id: str
    date: Date
    value: float
    comment: str
    confidence: float | None
    user_id: str


def encode_comment(view: CommentView) -> CommentDto:
    """A check-in's comment."""
    entry = view.check_in
    return CommentDto(
        entry.id,
        entry.account_id,
        date(entry.recorded_at),
        entry.author_id,
        view.key_result.id,
        view.key_result.name,
        _TARGET_OF[view.about],
        entry.comment,
    )


def encode_value(entry: CheckIn) -> ValueDto:
    """A check-in's value."""
    return ValueDto(
        entry.id, date(entry.effective_at), number(entry.value), entry.comment, entry.confidence, entry.author_id
    )
