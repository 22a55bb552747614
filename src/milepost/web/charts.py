"""Pictures of histories, as SVG that follows the reader's light or dark colours. The numbers stand in tables beside."""

from __future__ import annotations

import sys
from datetime import datetime
from functools import cache
from typing import Any

from milepost.domain import instants
from milepost.domain.instants import Instant
from milepost.domain.views import KeyResultView

# Told apart without colour, too: the line said, the line expected (dashed), the line projected (dotted).
_LINES = (
    ("said", {"width": 3}, True),
    ("expected", {"width": 2, "dasharray": "7 5"}, False),
    ("projected", {"width": 2.5, "dasharray": "2 4"}, False),
)
_COLOURS = ("#2563a8", "#757575", "#b35c00")
_COLOURS_IN_THE_DARK = ("#7cb7f0", "#b0b0b0", "#f0a860")


def projection(view: KeyResultView, now: Instant) -> float | None:
    """Where the value would be at the end of the cycle if it went on as it has since its start; `None` where nothing
    can be said: without two dates, a history, or a day gone by.
    """
    one, cycle = view.key_result, view.cycle
    if cycle.starts_at is None or cycle.ends_at is None or not view.check_ins:
        return None
    last = view.check_ins[-1].effective_at
    gone = min(last, cycle.ends_at) - cycle.starts_at
    if gone <= 0 or now > cycle.ends_at:
        return None
    return one.start + (one.current - one.start) * ((cycle.ends_at - cycle.starts_at) / gone)


def history(view: KeyResultView, now: Instant, *, narrow: bool = False) -> bytes:
    """The values that were said, the line from start to target, and where it goes on to. `narrow`: for a phone."""
    one, cycle = view.key_result, view.cycle
    said = [(_when(entry.effective_at), entry.value) for entry in view.check_ins]
    lines: list[list[tuple[datetime, float]]] = [said, [], []]
    if cycle.starts_at is not None and cycle.ends_at is not None:
        lines[1] = [(_when(cycle.starts_at), one.start), (_when(cycle.ends_at), one.target)]
        if (far := projection(view, now)) is not None:
            lines[2] = [said[-1], (_when(cycle.ends_at), far)]
    chart = _module().DateTimeLine(
        style=_style(),
        width=360 if narrow else 1_000,
        height=300 if narrow else 340,
        explicit_size=True,
        js=(),
        show_legend=True,
        legend_at_bottom=True,
        x_value_formatter=lambda at: f"{at:%d %b}",
        x_label_rotation=0,
        max_scale=7,
        legend_at_bottom_columns=3,
        legend_box_size=10,
        margin=8,
        truncate_label=-1,
        truncate_legend=-1,
        dots_size=3,
        no_data_text="no check-in yet",
        disable_xml_declaration=False,
    )
    for (title, stroke, dots), points in zip(_LINES, lines, strict=True):
        chart.add(title, points, stroke_style=stroke, show_dots=dots)
    rendered: bytes = chart.render()
    return rendered.replace(b"</style>", _OWN.encode() + b"</style>", 1)


def _in_the_dark(number: int, colour: str) -> str:
    lines, areas = f".color-{number}, .color-{number} *", f"circle.color-{number}, .color-{number} :is(circle, rect)"
    return f"{lines} {{ stroke: {colour} !important }} {areas} {{ fill: {colour} !important }}"


# pygal's own widths are for lines that a pointer hovers over, and it knows of no dark.
_OWN = (
    ".series path { stroke-width: inherit !important; stroke-opacity: 1 !important } "
    "@media (prefers-color-scheme: dark) { text { fill: #ddd !important } "
    f"{' '.join(_in_the_dark(number, colour) for number, colour in enumerate(_COLOURS_IN_THE_DARK))} }}"
)


@cache
def _module() -> Any:
    import pygal  # loaded when the first picture is made: it takes longer than a page

    # For maps, of which we have none, it looks at every import from now on, in a way that Python warns of.
    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != pygal.__name__]
    return pygal


@cache
def _style() -> Any:
    from pygal.style import Style

    return Style(
        background="transparent",
        plot_background="transparent",
        foreground="#555",
        foreground_strong="#333",
        foreground_subtle="#88888844",
        colors=_COLOURS,
        font_family="system-ui, sans-serif",
        label_font_size=12,
        legend_font_size=13,
        major_label_font_size=12,
        guide_stroke_color="#88888855",
        major_guide_stroke_color="#88888855",
        guide_stroke_dasharray="1,0",
        major_guide_stroke_dasharray="1,0",
    )


def _when(instant: Instant) -> datetime:
    return instants.as_datetime(instant).replace(tzinfo=None)
