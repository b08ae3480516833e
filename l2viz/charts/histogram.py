"""Weight histogram of one layer, with the ghost's behind it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, of_path
from l2viz.charts.core.axes import axis, weight_axis
from l2viz.charts.core.binding import CHOSEN, Bound
from l2viz.charts.core.chart import Chart, chart_name
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.theme import layer_colour
from l2viz.charts.core.traces import PINS, line
from l2viz.trajectory import Trajectory


def histogram(trajectory: Trajectory, layer: int) -> Chart:
    """Return the histogram chart of one regularized layer."""
    name = trajectory.layer_names[layer]
    return Chart(
        name=chart_name("histogram", name),
        slot="histogram",
        group="Weights",
        title="Weights",
        variant=name,
        about="Bins are the same for all strengths and epochs; the outermost bins also count all "
        "weights beyond them.",
        draw=partial(_draw, layer=layer),
    )


def linear_histogram(trajectory: Trajectory, layer: int) -> Chart:
    """Return the same chart with a linear axis of counts."""
    name = trajectory.layer_names[layer]
    return Chart(
        name=chart_name("counts", name),
        slot="histogram",
        group="Weights",
        title="Weights",
        variant=f"{name}, linear",
        about="Bins are the same for all strengths and epochs; a linear axis hides the tails.",
        draw=partial(_draw, layer=layer, linear=True),
        arrays=_counts,
    )


def _counts(trajectory: Trajectory) -> dict[str, ChartArray]:
    return {"counts": of_path(trajectory.histogram)}


def _draw(trajectory: Trajectory, layer: int, *, linear: bool = False) -> Drawing:
    ghost = ghost_of(trajectory)
    filled: dict[str, Any] = {"shape": "hvh", "fill": "tozeroy", "fillcolor": "@ghost-band"}
    lines = [
        (line(ghost.label, "@ghost", width=1, **filled), ghost.strength),
        *((pin.line("weights", shape="hvh"), pin.selector) for pin in PINS),
        (line("weights at λ", layer_colour(layer), shape="hvh"), CHOSEN),
    ]
    sheet = Sheet()
    for trace, strength in lines:
        sheet.add(
            trace,
            x=Bound("bin_centres", index=(layer,)),
            y=Bound("counts" if linear else "histogram", strength, index=(layer,)),
        )
    size = trajectory.context.kernel_sizes[layer]
    if linear:  # up to twice the counts of λ = 0: a collapsed network has all weights in one bin
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
    return sheet.drawing({"xaxis": weight_axis(trajectory, layer), "yaxis": counts})
