"""Metrics with more beside them than a metric alone shows."""

from __future__ import annotations

from msgspec import UnsetType

from milepost.dialects.gtmhub.wire.check_ins import SnapshotDto
from milepost.dialects.gtmhub.wire.metrics import MetricDto
from milepost.dialects.gtmhub.wire.tasks import TaskDto


class ExpandedMetricDto(MetricDto, rename="camel", gc=False):
    """A key result, with its tasks where `expand` asks for them."""

    tasks: list[TaskDto] | UnsetType


class CheckedInMetricDto(MetricDto, rename="camel", gc=False):
    """The key result of a check-in, its history reduced to that one."""

    snapshot: SnapshotDto
