"""Tags on the wire, each with how much bears it."""

from __future__ import annotations

import msgspec

from milepost.domain.views import TagUse


class TagDto(msgspec.Struct, rename="camel", gc=False):
    """A tag as goals and metrics bear it; it has no id but its title."""

    title: str
    account_id: str
    count: int
    goals_count: int
    metrics_count: int


def encode_tag(tag: TagUse) -> TagDto:
    """A tag."""
    return TagDto(tag.title, tag.account_id, tag.count, tag.objective_count, tag.key_result_count)
