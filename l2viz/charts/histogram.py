"""Weight histogram of one layer, with λ = 0 as a ghost behind it."""

from __future__ import annotations

import numpy as np

from l2viz.charts.binding import Binding
from l2viz.charts.chart import Chart, Drawing
from l2viz.charts.theme import axis, layer_colour
from l2viz.charts.traces import PINS, line
from l2viz.trajectory import Trajectory


def histogram(trajectory: Trajectory, layer: int) -> Chart:
    """The histogram chart of one regularized layer."""
    name = trajectory.layer_names[layer]

    def draw(trajectory: Trajectory) -> Drawing:
        return _draw(trajectory, layer)

    return Chart(
        name=f"histogram_{name}",
        slot="histogram",
        title="Weights",
        variant=name,
        about="Bins are the same for all strengths and epochs; the outermost hold all beyond.",
        draw=draw,
    )


def _draw(trajectory: Trajectory, layer: int) -> Drawing:
    ghost = line("λ = 0", "@ghost", width=1, shape="hvh", fill="tozeroy", fillcolor="@ghost-band")
    colour = layer_colour(layer)
    traces = [("zero", ghost)]
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
                array="histogram",
                strength=strength,
                index=(layer,),
            ),
        ]
    edge = float(trajectory.context.bin_edges[layer, -1])
    size = trajectory.context.kernel_sizes[layer]
    return Drawing(
        traces=tuple(trace for _, trace in traces),
        layout={
            "xaxis": axis("weight w", range=[-edge, edge]),
            "yaxis": axis(
                "weights in bin (log)",
                type="log",
                range=[np.log10(0.7), np.log10(size * 1.3)],
                dtick=1,
                exponentformat="SI",
            ),
        },
        bindings=tuple(bindings),
    )
