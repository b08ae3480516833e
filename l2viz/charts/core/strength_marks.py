"""Vertical lines at single strengths, for charts with λ on the x axis."""

from __future__ import annotations

from typing import Any

from l2viz.charts.core.binding import BEST, CHOSEN, Bound
from l2viz.charts.core.drawing import Sheet
from l2viz.charts.core.traces import PINS, line

MARKS = {"domain": [0.0, 1.0], "range": [0, 1], "visible": False, "fixedrange": True}


def mark_strengths(sheet: Sheet, yaxis: str, *, best: bool = True) -> None:
    """Add lines at the chosen, the pinned and the best strength, on the y axis `yaxis` (MARKS).

    Dashed lines are drawn over the solid one, so that both are visible at the same strength.
    """
    marks = [(CHOSEN, upright("chosen λ", "@text", "solid", yaxis))]
    marks += [
        (pin.selector, upright(pin.letter, pin.colour, pin.dash, yaxis, key=False)) for pin in PINS
    ]
    if best:
        marks.append((BEST, upright("best on validation", "@best", "dashdot", yaxis)))
    for strength, trace in marks:
        sheet.add(trace, x=Bound("strength_line", strength))


def upright(name: str, colour: str, dash: str, yaxis: str, *, key: bool = True) -> dict[str, Any]:
    """Return a vertical line over the whole height; the caller binds its x."""
    return line(name, colour, key=key, dash=dash, yaxis=yaxis, y=[0, 1], hoverinfo="skip")
