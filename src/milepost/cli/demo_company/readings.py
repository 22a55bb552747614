"""What was measured week by week: numbers that move as such numbers do, the same ones on every run."""

from __future__ import annotations

import random

from milepost.cli.demo_company.plan import Measure
from milepost.domain.key_result import Kind

WEEKS = 13

_CLIMBS = frozenset({Kind.INCREASE, Kind.DECREASE, Kind.MILESTONE})


def readings(measure: Measure, chance: random.Random) -> list[float]:
    """The value at the end of each week of a quarter, the last one being where the measure ends."""
    line = _climb(measure, chance) if measure.kind in _CLIMBS else _level(measure, chance)
    digits = 2 if measure.kind is Kind.MILESTONE else measure.format.fraction_size
    return [round(value, digits) for value in line]


def _climb(measure: Measure, chance: random.Random) -> list[float]:
    """From the start to the end in steps of different size, never back."""
    steps = [chance.uniform(0.4, 1.6) for _ in range(WEEKS)]
    whole, covered, line = sum(steps), 0.0, []
    for step in steps:
        covered += step
        line.append(measure.start + (measure.ends - measure.start) * covered / whole)
    return line


def _level(measure: Measure, chance: random.Random) -> list[float]:
    """About where the measure ends, off by its sway, from a start that may lie elsewhere."""
    begin = measure.start or measure.ends
    line = [
        begin + (measure.ends - begin) * (week + 1) / WEEKS + chance.uniform(-measure.sway, measure.sway)
        for week in range(WEEKS - 1)
    ]
    return [*line, measure.ends]
