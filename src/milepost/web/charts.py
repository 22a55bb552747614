"""Charts of histories and weeks, as SVG that follows the reader's light or dark colours. Tables beside them hold the
numbers.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from markupsafe import escape

from milepost.domain import instants
from milepost.domain.health import Health
from milepost.domain.instants import Instant
from milepost.domain.views import KeyResultView
from milepost.domain.weeks import Week
from milepost.web import showing

SVG = b"image/svg+xml"
# The states differ in their signs too, for readers who cannot tell colours apart.
_LINES = (
    ("checked in", {"width": 3}, True),
    ("expected (dashed)", {"width": 2, "dasharray": "7 5"}, False),
    ("projected (dotted)", {"width": 2.5, "dasharray": "2 4"}, False),
)
_COLOURS = ("#2563a8", "#757575", "#b35c00")
_COLOURS_IN_THE_DARK = ("#7cb7f0", "#b0b0b0", "#f0a860")
# The colours of the style sheet for each state: of the text, and of its background.
_STATES = {
    Health.ON_TRACK: ("#1d6b3a", "#cfe9d8"),
    Health.AT_RISK: ("#8a4b00", "#fae0b8"),
    Health.OFF_TRACK: ("#a3262a", "#f7cfcf"),
    Health.STALE: ("#4f4a7a", "#dad6f0"),
    Health.NONE: ("#5b626b", "#eceae6"),
}
_STATES_IN_THE_DARK = {
    Health.ON_TRACK: ("#8fd6a8", "#234a34"),
    Health.AT_RISK: ("#f0bf7c", "#55401d"),
    Health.OFF_TRACK: ("#f2a0a2", "#5f2d30"),
    Health.STALE: ("#c4befa", "#3d3965"),
    Health.NONE: ("#a5abb3", "#373b42"),
}


def projection(view: KeyResultView, now: Instant) -> float | None:
    """The value at the end of the cycle if it went on at its pace since the start; `None` without two dates, a history,
    or a full day.
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
    """The values of all check-ins, the line from start to target, and the projection. `narrow`: for a phone."""
    one, cycle = view.key_result, view.cycle
    said = [(_when(entry.effective_at), _drawn(entry.value)) for entry in view.check_ins]
    lines: list[list[tuple[datetime, float]]] = [said, [], []]
    if cycle.starts_at is not None and cycle.ends_at is not None:
        lines[1] = [(_when(cycle.starts_at), _drawn(one.start)), (_when(cycle.ends_at), _drawn(one.target))]
        if (far := projection(view, now)) is not None:
            lines[2] = [said[-1], (_when(cycle.ends_at), _drawn(far))]
    chart = _module().DateTimeLine(
        style=_style(),
        width=360 if narrow else 1_000,
        height=300 if narrow else 340,
        explicit_size=True,
        js=(),
        show_legend=True,
        legend_at_bottom=True,
        x_value_formatter=showing.monday,
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
    words = f"{one.name}: {len(said)} check-ins, against the line from start to target"
    return _finished(chart.render(), "History", words, _OWN)


def states(counts: Mapping[Health, Sequence[int]], weeks: Sequence[Week], *, narrow: bool = False) -> bytes:
    """The number of key results in each state at the end of each week, as one bar a week. States always have the same
    order and bear their signs, so that nobody has to tell colours apart. `narrow`: for a phone.
    """
    most = max(map(sum, zip(*counts.values(), strict=True)), default=0)
    mondays = [showing.monday(one.monday) for one in weeks]
    chart = _module().StackedBar(
        style=_style(tuple(paper for _, paper in _STATES.values())),
        width=360 if narrow else 1_000,
        height=340 if narrow else 320,
        explicit_size=True,
        js=(),
        legend_at_bottom=True,
        legend_at_bottom_columns=2 if narrow else len(_STATES),
        legend_box_size=10,
        margin=8,
        margin_bottom=28 if narrow else 8,
        spacing=8,
        truncate_label=-1,
        truncate_legend=-1,
        print_values=True,
        # With many weeks, not every one gets a label.
        x_labels=mondays,
        x_labels_major=mondays[:: max(1, -(-len(mondays) // (6 if narrow else 14)))],
        show_minor_x_labels=False,
        y_labels=_steps(most),
        range=(0, max(most, 1)),
        value_formatter=lambda count: f"{count:g}",
    )
    for health, by_week in counts.items():
        words, sign = showing.health_words(health), showing.health_sign(health)
        # An empty part has no bar; one that is too thin for text is in the table.
        heights = [count or None for count in by_week]
        chart.add(f"{sign} {words}", heights, formatter=_written(sign, most, len(weeks), narrow=narrow))
    words = f"{len(weeks)} weeks from {mondays[0]} to {mondays[-1]}; the table beneath has the numbers" if weeks else ""
    return _finished(chart.render(), "Key results in each state, week by week", words, _OWN_OF_STATES)


def _written(sign: str, most: int, weeks: int, *, narrow: bool) -> Callable[[float | None], str]:
    """The text on a part of a bar: its sign, and its number where the bar is wide enough for both."""
    both = not narrow and weeks <= _WIDE_ENOUGH
    none = narrow and weeks > _WIDE_ENOUGH

    def text(count: float | None) -> str:
        if none or not count or count < most * _TALL_ENOUGH:
            return ""
        return f"{sign} {count:g}" if both else sign

    return text


def _steps(most: int) -> list[int]:
    """A few round whole numbers for an axis from 0 to `most`."""
    step = next(one * ten for ten in (1, 10, 100, 1_000, 10_000) for one in (1, 2, 5) if most <= 5 * one * ten)
    return list(range(0, max(most, 1) + 1, step))


def _finished(rendered: bytes, title: str, words: str, own: str) -> bytes:
    """A chart with a description for screen readers, and without scripts."""
    named = str(escape(words)).encode()
    still = _SCRIPT.sub(b"", rendered).replace(b'style="opacity: 0"', b'opacity="0"')
    whole = still.replace(b"</style>", own.encode() + b"</style>", 1)
    return whole.replace(b"<title>Pygal</title>", b"<title>%s</title><desc>%s</desc>" % (title.encode(), named), 1)


def _in_the_dark(number: int, colour: str) -> str:
    lines, areas = f".color-{number}, .color-{number} *", f"circle.color-{number}, .color-{number} :is(circle, rect)"
    return f"{lines} {{ stroke: {colour} !important }} {areas} {{ fill: {colour} !important }}"


def _of_state(number: int, ink: str, paper: str) -> str:
    return (
        f".color-{number}, .color-{number} * {{ fill: {paper} !important; stroke: {ink} !important }} "
        f".text-overlay .color-{number} text "
        f"{{ fill: {ink} !important; stroke: none !important }}"
    )


# pygal's own line widths are for hovering, and it has no dark mode.
_OWN = (
    ".series path { stroke-width: inherit !important; stroke-opacity: 1 !important } "
    "@media screen and (prefers-color-scheme: dark) { text { fill: #ddd !important } "
    f"{' '.join(_in_the_dark(number, colour) for number, colour in enumerate(_COLOURS_IN_THE_DARK))} }}"
)


_OWN_OF_STATES = (
    ".bar rect, .legends rect { stroke-width: 1px !important; fill-opacity: 1 !important } "
    "rect { stroke-opacity: 1 !important; transition: none !important } .text-overlay text { font-weight: 600 } "
    "svg { print-color-adjust: exact } "
    f"{' '.join(_of_state(number, *pair) for number, pair in enumerate(_STATES.values()))} "
    "@media screen and (prefers-color-scheme: dark) { text { fill: #ddd !important } "
    f"{' '.join(_of_state(number, *pair) for number, pair in enumerate(_STATES_IN_THE_DARK.values()))} }}"
)
_FARTHEST = 1e15
_SCRIPT = re.compile(rb"<script\b.*?</script>", re.DOTALL)
# In a chart of at most this many weeks, a part of a bar has room for a number if it is at least this share of the bar.
_WIDE_ENOUGH = 16
_TALL_ENOUGH = 0.055


@cache
def _module() -> Any:
    import pygal  # loaded with the first chart: it takes longer than a page

    # For its maps, which are not used here, pygal would watch all further imports, in a deprecated way.
    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != pygal.__name__]
    return pygal


@cache
def _style(colours: tuple[str, ...] = _COLOURS) -> Any:
    from pygal.style import Style

    return Style(
        background="transparent",
        plot_background="transparent",
        foreground="#555",
        foreground_strong="#333",
        foreground_subtle="#88888844",
        colors=colours,
        value_font_size=12,
        value_font_family="system-ui, sans-serif",
        font_family="system-ui, sans-serif",
        label_font_size=12,
        legend_font_size=13,
        major_label_font_size=12,
        guide_stroke_color="#88888855",
        major_guide_stroke_color="#88888855",
        guide_stroke_dasharray="1,0",
        major_guide_stroke_dasharray="1,0",
    )


def _drawn(value: float) -> float:
    """A value within the range that an axis can show."""
    return max(-_FARTHEST, min(_FARTHEST, value))


def _when(instant: Instant) -> datetime:
    return instants.as_datetime(instant).replace(tzinfo=None)
