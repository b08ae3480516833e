"""Drawing: traces with their bindings, and a layout; a Sheet collects the traces one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from l2viz.charts.core.binding import ALL, CHOSEN, Binding, Bound, Selector


@dataclass(frozen=True, kw_only=True)
class Readout:
    """A number beside charts: an array at the epoch and the chosen or a pinned strength.

    form   "number" (three significant digits), "percent" or "points" (of a share)
    """

    label: str
    array: str
    form: Literal["number", "percent", "points"]
    about: str


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Plotly traces and layout without the data that changes, and the bindings to it.

    The chart's key lists the traces with ``showlegend``, and the `numbers` with their values at
    the chosen strength and epoch.
    """

    traces: tuple[dict[str, Any], ...]
    layout: dict[str, Any]
    bindings: tuple[Binding, ...]
    numbers: tuple[Readout, ...] = ()

    @property
    def array_names(self) -> set[str]:
        """Return the names of the arrays that its traces and numbers read."""
        ends = {b.ribbons.ends for b in self.bindings if b.ribbons}
        return {b.array for b in self.bindings} | {n.array for n in self.numbers} | ends

    @property
    def ranges(self) -> dict[str, list[float]]:
        """Return the range of each axis of the layout that has one."""
        return {
            name: list(axis["range"])
            for name, axis in self.layout.items()
            if isinstance(axis, dict) and "range" in axis
        }


class Sheet:
    """Collects the traces of a drawing one by one, with their bindings."""

    def __init__(self) -> None:
        self._traces: list[dict[str, Any]] = []
        self._bindings: list[Binding] = []

    def add(self, trace: dict[str, Any], **bound: Bound) -> None:
        """Add a trace, and the binding of each bound attribute."""
        for attribute, source in bound.items():
            self._bindings.append(
                Binding(
                    trace=len(self._traces),
                    attribute=attribute,
                    array=source.array,
                    strength=source.strength,
                    epoch=source.epoch,
                    index=source.index,
                    ribbons=source.ribbons,
                )
            )
        self._traces.append(trace)

    def drawing(self, layout: dict[str, Any], *numbers: Readout) -> Drawing:
        """Return the drawing of all traces so far."""
        return Drawing(
            traces=tuple(self._traces),
            bindings=tuple(self._bindings),
            layout=layout,
            numbers=numbers,
        )


def over_epochs(array: str, *index: int, strength: Selector = CHOSEN) -> dict[str, Bound]:
    """Return x and y of a line over the epochs up to the chosen one."""
    return {
        "x": Bound("epochs", epoch="until"),
        "y": Bound(array, strength, "until", index),
    }


def over_strengths(array: str, *index: int) -> dict[str, Bound]:
    """Return x and y of a line over all strengths."""
    return {
        "x": Bound("strength_position", ALL),
        "y": Bound(array, ALL, index=index),
    }
