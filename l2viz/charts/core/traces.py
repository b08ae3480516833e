"""The kinds of traces in charts, and the two pins that most charts show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from l2viz.charts.core.binding import PinName, Selector, pinned
from l2viz.experiment.fields import LARGEST_POINTS
from l2viz.trajectory import Array


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A pinned strength as every chart shows it: its letter, its colour's role and its dash."""

    name: PinName
    letter: str
    colour: str
    dash: str

    @property
    def selector(self) -> Selector:
        """Return the selector of the pinned strength."""
        return pinned(self.name)

    def line(self, label: str, **settings: Any) -> dict[str, Any]:
        """Return a line for the pinned strength, which the chart's key does not list."""
        return line(f"{self.letter}: {label}", self.colour, key=False, dash=self.dash, **settings)


PINS = (
    Pin(name="a", letter="A", colour="@a", dash="dash"),
    Pin(name="b", letter="B", colour="@b", dash="dot"),
)


def line(name: str, colour: str, *, key: bool = True, **settings: Any) -> dict[str, Any]:
    """Return a line trace; `key` lists it in the chart's key, `dash` and `width` style the line."""
    style = {"color": colour, "width": settings.pop("width", 2)}
    for setting in ("dash", "shape"):
        if setting in settings:
            style[setting] = settings.pop(setting)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "line": style,
        "marker": {"color": colour, "size": 8},  # for a line of one point
        "showlegend": key,
        **settings,
    }


def band(name: str, colour: str, *, first: bool, **settings: Any) -> dict[str, Any]:
    """Return a line filled down to the band below it, or to zero for the first."""
    settings |= {"fill": "tozeroy" if first else "tonexty", "fillcolor": f"{colour}-band"}
    return line(name, colour, width=1, **settings)


def movable(trace: dict[str, Any], points: Array, label: int | None = None) -> dict[str, Any]:
    """Return a trace of training points, which the viewer can move unless they are too many.

    label   the class of its points, if the points have classes
    """
    if len(points) > LARGEST_POINTS:
        return trace
    return {**trace, "meta": {"edits": "points", "label": label}}


def dots(
    name: str, colour: str, size: float, hover: str, *, key: bool = True, **marker: Any
) -> dict[str, Any]:
    """Return a trace of points; `hover` is its hover text or "", `marker` is Plotly's marker."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "marker": {"color": colour, "size": size, **marker},
        "showlegend": key,
        **({"hovertemplate": f"{hover}<extra></extra>"} if hover else {"hoverinfo": "skip"}),
    }


def bars(name: str, colour: str, width: float, hover: str, **settings: Any) -> dict[str, Any]:
    """Return a trace of bars from zero, `width` wide on the x axis; `hover` is their hover text."""
    return {
        "type": "bar",
        "name": name,
        "marker": {"color": colour, "line": {"width": 0}},
        "width": width,
        "showlegend": True,
        "hovertemplate": f"{hover}<extra></extra>",
        **settings,
    }
