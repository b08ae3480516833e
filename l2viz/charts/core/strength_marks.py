"""Upright lines at single strengths, over the axis of λ."""

from __future__ import annotations

from typing import Any

from l2viz.charts.core.binding import BEST, CHOSEN, Bound
from l2viz.charts.core.drawing import Sheet
from l2viz.charts.core.traces import PINS, line

MARKS = {"domain": [0.0, 1.0], "range": [0, 1], "visible": False, "fixedrange": True}


def mark_strengths(sheet: Sheet, yaxis: str, *, best: bool = True) -> None:
    """Add lines at the chosen, the pinned and the best strength, on an axis like MARKS.

    Dashes stand over the solid line, so that both are seen where they meet.
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
    """Return an upright line over the whole height, whose x is still to be bound."""
    return line(name, colour, key=key, dash=dash, yaxis=yaxis, y=[0, 1], hoverinfo="skip")
