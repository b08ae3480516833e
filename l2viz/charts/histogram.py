"""Weight histogram of one layer, with a ghost behind it."""

from __future__ import annotations

from typing import Any

import numpy as np

from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, epoch_first
from l2viz.charts.core.binding import Binding
from l2viz.charts.core.chart import Chart, Drawing, chart_name
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.theme import axis, layer_colour
from l2viz.charts.core.traces import PINS, line
from l2viz.trajectory import Trajectory


def histogram(trajectory: Trajectory, layer: int) -> Chart:
    """The histogram chart of one regularized layer."""
    name = trajectory.layer_names[layer]

    def draw(trajectory: Trajectory) -> Drawing:
        return _draw(trajectory, layer)

    return Chart(
        name=chart_name("histogram", name),
        slot="histogram",
        group="Weights",
        title="Weights",
        variant=name,
        about="Bins are the same for all strengths and epochs; the outermost hold all beyond.",
        draw=draw,
    )


def linear_histogram(trajectory: Trajectory, layer: int) -> Chart:
    """The same with a linear axis of counts."""
    name = trajectory.layer_names[layer]
    return Chart(
        name=chart_name("counts", name),
        slot="histogram",
        group="Weights",
        title="Weights",
        variant=f"{name}, linear",
        about="Bins are the same for all strengths and epochs; a linear axis hides the tails.",
        draw=lambda trajectory: _draw(trajectory, layer, linear=True),
        arrays=_counts,
    )


def _counts(trajectory: Trajectory) -> dict[str, ChartArray]:
    return {"counts": ChartArray(values=epoch_first(trajectory.histogram))}


def _draw(trajectory: Trajectory, layer: int, *, linear: bool = False) -> Drawing:
    ghost = ghost_of(trajectory)
    style: dict[str, Any] = {"shape": "hvh", "fill": "tozeroy", "fillcolor": "@ghost-band"}
    colour = layer_colour(layer)
    traces = [(ghost.strength, line(ghost.label, "@ghost", width=1, **style))]
    traces += [
        (pin, line(f"{letter}: weights", f"@{pin}", key=False, dash=dash, shape="hvh"))
        for pin, letter, dash in PINS
    ]
    traces += [("chosen", line("weights at λ", colour, shape="hvh"))]
    bindings: list[Binding] = []
    for trace, (strength, _) in enumerate(traces):
        bindings += [
            Binding(trace=trace, attribute="x", array="bin_centres", index=(layer,)),
            Binding(
                trace=trace,
                attribute="y",
                array="counts" if linear else "histogram",
                strength=strength,
                index=(layer,),
            ),
        ]
    edge = float(trajectory.context.bin_edges[layer, -1])
    size = trajectory.context.kernel_sizes[layer]
    if linear:  # twice what λ = 0 has: a collapsed network has all its weights in one bin
        top = min(2 * int(trajectory.histogram[0, :, layer].max()), size)
        counts = axis("weights in bin", range=ranges.from_zero(np.array([float(top)])))
    else:
        counts = axis(
            "weights in bin (log)",
            type="log",
            range=[np.log10(0.7), np.log10(size * 1.3)],
            dtick=1,
            exponentformat="SI",
        )
    return Drawing(
        traces=tuple(trace for _, trace in traces),
        layout={
            "xaxis": axis("weight w", range=[-edge, edge]),
            "yaxis": counts,
        },
        bindings=tuple(bindings),
    )
