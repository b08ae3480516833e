"""Weight histogram of one layer, with the ghost's behind it, or with those of several penalties."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, beyond, of_path
from l2viz.charts.core.axes import axis, weight_axis
from l2viz.charts.core.binding import CHOSEN, Bound, Selector
from l2viz.charts.core.chart import Chart, chart_name
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.theme import layer_colour, twin_colour, twin_dash
from l2viz.charts.core.traces import PINS, dots, line
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Trajectory

_BEYOND = "Triangles at the edges count the weights beyond the axis."


def histogram(trajectory: Trajectory, layer: int) -> Chart:
    """Return the histogram chart of one regularized layer."""
    name = trajectory.layer_names[layer]
    return Chart(
        name=chart_name("histogram", name),
        slot="histogram",
        group="Weights",
        title="Weights",
        variant=name,
        caption="How many weights are small, and how many large",
        about=f"Bins are the same for all strengths and epochs. {_BEYOND}",
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
        caption="How many weights are small, and how many large",
        about="Bins are the same for all strengths and epochs; a linear axis hides the tails. "
        + _BEYOND,
        draw=partial(_draw, layer=layer, linear=True),
        arrays=_counts,
    )


def twin_histograms(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return the charts that show all penalties in one histogram; none for a single penalty."""
    if len(trajectory.trained.penalties) == 1:
        return ()
    return tuple(
        Chart(
            name=chart_name("twin_histogram", name),
            slot="twin_histogram",
            group="Compare",
            title="Weights side by side",
            variant=name,
            caption="The weights of one layer under each penalty, at the same λ",
            about="The same kernel under each penalty at the same λ. L1 pulls every weight equally "
            "hard and piles weights up at zero, L2 pulls large weights hardest and keeps many "
            f"small ones. {_BEYOND}",
            draw=partial(_draw_twins, layer=layer),
            arrays=partial(_twin_counts, layer=layer),
            whole=True,
        )
        for layer, name in enumerate(trajectory.layer_names)
    )


def _counts(trajectory: Trajectory) -> dict[str, ChartArray]:
    return {"counts": of_path(trajectory.histogram[..., 1:-1])}


def _twin_counts(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    arrays = {}
    for penalty in trajectory.trained.penalties:
        counts = trajectory.twin(penalty).histogram[..., layer, :]
        key = f"{layer}_{penalty}"
        arrays[f"twin_histogram_{key}"] = of_path(counts[..., 1:-1])
        arrays[f"twin_beyond_{key}"] = of_path(beyond(counts))
    return arrays


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

    def add_beyond(name: str, colour: str, strength: Selector, *, key: bool) -> None:
        sheet.add(
            _triangles(name, colour, key=key, hollow=not key),
            x=Bound("bins_beyond", index=(layer,)),
            y=Bound("histogram_beyond", strength, index=(layer,)),
        )

    add_beyond(f"beyond the axis, {ghost.label}", "@ghost", ghost.strength, key=False)
    add_beyond("beyond the axis", layer_colour(layer), CHOSEN, key=True)
    return sheet.drawing(
        {
            "xaxis": weight_axis(trajectory, layer),
            "yaxis": _count_axis(trajectory, layer, linear=linear),
        }
    )


def _draw_twins(trajectory: Trajectory, layer: int) -> Drawing:
    sheet = Sheet()
    for penalty in trajectory.trained.penalties:
        title, colour = PENALTIES[penalty].title, twin_colour(penalty)
        key = f"{layer}_{penalty}"
        sheet.add(
            line(title, colour, dash=twin_dash(penalty), shape="hvh"),
            x=Bound("bin_centres", index=(layer,)),
            y=Bound(f"twin_histogram_{key}"),
        )
        sheet.add(
            _triangles(f"{title}: beyond the axis", colour, key=False),
            x=Bound("bins_beyond", index=(layer,)),
            y=Bound(f"twin_beyond_{key}"),
        )
    return sheet.drawing(
        {
            "xaxis": weight_axis(trajectory, layer),
            "yaxis": _count_axis(trajectory, layer, linear=False),
        }
    )


def _triangles(name: str, colour: str, *, key: bool, hollow: bool = False) -> dict[str, Any]:
    """Return two points at the edges of the axis, which point outwards."""
    symbols = [f"triangle-{side}{'-open' if hollow else ''}" for side in ("left", "right")]
    return dots(name, colour, 9, f"{name}: %{{y:.3r}} weights", key=key, symbol=symbols)


def _count_axis(trajectory: Trajectory, layer: int, *, linear: bool) -> dict[str, Any]:
    size = trajectory.context.kernel_sizes[layer]
    if linear:  # up to twice the counts of λ = 0: a collapsed network has all weights in one bin
        top = min(2 * int(trajectory.histogram[0, :, layer].max()), size)
        return axis("weights in bin", range=ranges.from_zero(np.array([float(top)])))
    return axis(
        "weights in bin (log)",
        type="log",
        range=[np.log10(0.7), np.log10(size * 1.3)],
        dtick=1,
        exponentformat="SI",
    )
