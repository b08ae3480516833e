"""A whole kernel as a heatmap, at the end of training, on one colour scale for all strengths."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from l2viz.charts.core.arrays import ChartArray
from l2viz.charts.core.chart import Chart, chart_name
from l2viz.charts.core.drawing import Drawing
from l2viz.charts.core.pictures import draw_rows, rows_of
from l2viz.trajectory import Array, Trajectory
from l2viz.trajectory.pictures import picture_levels

LARGEST = (48, 160)  # units and inputs that are shown at most


def weight_matrices(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return the charts of every regularized kernel that is a matrix."""
    return tuple(
        Chart(
            name=chart_name("matrix", name),
            slot="matrix",
            group="Weights",
            title="Kernel at the last epoch",
            variant=name,
            caption="Each cell is a weight: its colour fades as the weight shrinks",
            about="Each row is a unit, each column an input. Colours fade as weights shrink. Of "
            f"large kernels, the first {LARGEST[0]} units and {LARGEST[1]} inputs are shown. Whole "
            "kernels are kept for the last epoch only.",
            draw=partial(_draw, layer=layer),
            arrays=partial(_arrays, layer=layer),
        )
        for layer, name in enumerate(trajectory.layer_names)
        if len(trajectory.context.kernel_shapes[layer]) == 2
    )


def _draw(trajectory: Trajectory, layer: int) -> Drawing:
    return draw_rows(f"matrix_{layer}", _limit(trajectory, layer), rows_of(trajectory)[:2])


def _limit(trajectory: Trajectory, layer: int) -> float:
    """Return the weight with the full colour: half the range of the layer's histogram."""
    return float(trajectory.context.bin_edges[layer, -1]) / 2


def _arrays(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    inputs, units = trajectory.context.kernel_shapes[layer]
    shown = (min(units, LARGEST[0]), min(inputs, LARGEST[1]))
    pictures: Array = np.zeros((0, len(trajectory.strengths), *shown), dtype=np.int8)
    last = np.flatnonzero(trajectory.epochs == trajectory.experiment.epochs)
    if trajectory.kernels and last.size:
        kernel = trajectory.kernels[layer][:, : shown[1], : shown[0]]
        levels = picture_levels(kernel, _limit(trajectory, layer))
        pictures = levels.transpose(0, 2, 1)[None]
    return {f"matrix_{layer}": ChartArray(values=pictures, kept=last[: len(pictures)])}
