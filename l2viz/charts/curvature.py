"""Curvature: along each eigendirection of the Hessian L2 leaves the share h ÷ (h + 2λ)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from l2viz.analysis.linear_optimum import is_linear, linear_problem
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray
from l2viz.charts.core.chart import Chart, Drawing
from l2viz.charts.core.theme import axis
from l2viz.charts.core.traces import PINS, Bound, Sheet, line
from l2viz.trajectory import Array, Trajectory

_POINTS = 80
_FAINT = 0.02  # of the longest: directions along which nearly nothing is to be shrunk


def has_curvature(trajectory: Trajectory) -> bool:
    """Of a linear model under L2."""
    return is_linear(trajectory.experiment) and "l2" in trajectory.experiment.penalties


def directions(trajectory: Trajectory) -> tuple[Array, Array, Array]:
    """h (d,), directions (d, p), and how far along each the best fit without penalty lies (d,)."""
    problem = linear_problem(trajectory.experiment)
    curvature, axes = problem.curvature()
    length = axes @ problem.l2_optimum(np.zeros(1))[0]
    told = np.abs(length) > _FAINT * np.abs(length).max()
    return curvature[told], axes[told], length[told]


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    curvature, axes, length = directions(trajectory)
    strengths = trajectory.strengths[:, None]
    grid = _grid(curvature)
    twin = trajectory.twin("l2")
    shares: Array = np.zeros((0, len(strengths), len(curvature)), dtype=np.float32)
    last = np.flatnonzero(trajectory.epochs == trajectory.experiment.epochs)
    if twin.kernels and last.size:
        trained = twin.kernels[0].reshape(len(strengths), -1).astype(np.float64)
        shares = (trained @ axes.T / length)[None].astype(np.float32)
    half = np.where(strengths > 0.0, 2.0 * strengths, np.nan)
    return {
        "curvature": _still(curvature),
        "curvature_grid": _still(grid),
        "curvature_shrink": ChartArray(values=grid / (grid + 2.0 * strengths), by_epoch=False),
        "curvature_half": ChartArray(values=np.repeat(half, 2, axis=1), by_epoch=False),
        "curvature_trained": ChartArray(values=shares, kept=last[: len(shares)]),
    }


def _still(values: Array) -> ChartArray:
    return ChartArray(values=values, by_epoch=False, by_strength=False)


def _grid(curvature: Array) -> Array:
    """(_POINTS,) over the whole axis."""
    low, high = ranges.logarithmic(curvature)
    return np.logspace(low, high, _POINTS)


def _draw(trajectory: Trajectory) -> Drawing:
    curvature, *_ = directions(trajectory)
    sheet = Sheet()
    x = Bound("curvature_grid")
    sheet.add(
        line("h ÷ (h + 2λ)", "@text", dash="dash"), x=x, y=Bound("curvature_shrink", "chosen")
    )
    for pin, letter, dash in PINS:
        shown = line(f"{letter}: h ÷ (h + 2λ)", f"@{pin}", key=False, dash=dash)
        sheet.add(shown, x=x, y=Bound("curvature_shrink", pin))
    half = line("h = 2λ", "@ghost", dash="dot", width=1.5, hoverinfo="skip")
    sheet.add({**half, "y": [0.0, 2.0]}, x=Bound("curvature_half"))
    sheet.add(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "trained, last epoch",
            "marker": {"color": "@layer-0", "size": 7},
            "showlegend": True,
            "hovertemplate": "trained: h %{x:.3g}, share left %{y:.3g}<extra></extra>",
        },
        x=Bound("curvature"),
        y=Bound("curvature_trained"),
    )
    return Drawing(
        traces=sheet.traces,
        bindings=sheet.bindings,
        layout={
            "xaxis": axis(
                "curvature h of the data loss (log)",
                type="log",
                range=ranges.logarithmic(curvature),
                dtick=1,
            ),
            "yaxis": axis("share that is left", range=[0.0, 1.25]),
        },
    )


CURVATURE = Chart(
    name="curvature",
    slot="curvature",
    group="Proofs",
    title="Curvature",
    about="Each dot is a direction in which the data loss curves by h: L2 leaves h ÷ (h + 2λ) of "
    "the best fit there, so it takes what the data hardly care for. Dots beside the line are not "
    "yet trained to the end.",
    draw=_draw,
    arrays=_arrays,
    whole=True,
)
