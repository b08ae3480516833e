"""The kinds of traces that charts are made of, and the pinned pair that joins most of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from l2viz.charts.core.binding import Binding

PINS = (("a", "A", "dash"), ("b", "B", "dot"))


@dataclass(frozen=True)
class Bound:
    """What fills one attribute of a trace: a Binding without its place."""

    array: str
    strength: str = "chosen"
    epoch: str = "chosen"
    index: tuple[int, ...] = ()


class Sheet:
    """Traces of a drawing, collected one by one with what fills them."""

    def __init__(self) -> None:
        self._traces: list[dict[str, Any]] = []
        self._bindings: list[Binding] = []

    def add(self, trace: dict[str, Any], **bound: Bound) -> None:
        for attribute, source in bound.items():
            self._bindings.append(
                Binding(
                    trace=len(self._traces),
                    attribute=attribute,
                    array=source.array,
                    strength=source.strength,
                    epoch=source.epoch,
                    index=source.index,
                )
            )
        self._traces.append(trace)

    @property
    def traces(self) -> tuple[dict[str, Any], ...]:
        return tuple(self._traces)

    @property
    def bindings(self) -> tuple[Binding, ...]:
        return tuple(self._bindings)


def line(name: str, colour: str, *, key: bool = True, **settings: Any) -> dict[str, Any]:
    """A line; `key` puts it into the chart's key. `dash` and `width` go to the line."""
    style = {"color": colour, "width": settings.pop("width", 2)}
    if "dash" in settings:
        style["dash"] = settings.pop("dash")
    if "shape" in settings:
        style["shape"] = settings.pop("shape")
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "line": style,
        "marker": {"color": colour, "size": 8},  # where the line is but one point
        "showlegend": key,
        **settings,
    }


def band(name: str, colour: str, *, first: bool, **settings: Any) -> dict[str, Any]:
    """An area down to the band below it, or to zero for the first."""
    settings |= {"fill": "tozeroy" if first else "tonexty", "fillcolor": f"{colour}-band"}
    return line(name, colour, width=1, **settings)


def over_epochs(trace: int, array: str, *, strength: str = "chosen", **more: Any) -> list[Binding]:
    """x and y of a line over the epochs up to the chosen one."""
    return [
        Binding(trace=trace, attribute="x", array="epochs", epoch="until"),
        Binding(
            trace=trace,
            attribute="y",
            array=array,
            strength=strength,
            epoch="until",
            **more,
        ),
    ]


def pinned_over_epochs(
    first: int, array: str, label: str, **more: Any
) -> tuple[list[dict[str, Any]], list[Binding]]:
    """The same line for the pinned strengths A and B, from trace number `first` on."""
    traces, bindings = [], []
    for number, (pin, letter, dash) in enumerate(PINS):
        traces.append(line(f"{letter}: {label}", f"@{pin}", key=False, dash=dash))
        bindings += over_epochs(first + number, array, strength=pin, **more)
    return traces, bindings
