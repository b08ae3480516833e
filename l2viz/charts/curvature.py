"""Curvature: along each eigendirection of the Hessian L2 leaves the share h ÷ (h + 2λ)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from l2viz.analysis.curvature import eigendirections, share_left, trained_share
from l2viz.analysis.linear_optimum import is_linear
from l2viz.analysis.metrics import own_strengths
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, constant, of_strengths
from l2viz.charts.core.axes import axis
from l2viz.charts.core.binding import Bound
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.own_strength import own_lambda
from l2viz.charts.core.traces import PINS, dots, line
from l2viz.trajectory import Array, Trajectory

_POINTS = 80


def has_curvature(trajectory: Trajectory) -> bool:
    """Return whether the experiment is a linear model with the penalty L2."""
    return is_linear(trajectory.experiment) and "l2" in trajectory.experiment.penalties


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    curvature = eigendirections(trajectory.experiment).curvature
    low, high = ranges.logarithmic(curvature)
    grid = np.logspace(low, high, _POINTS)
    own = own_strengths(trajectory)[:, 0]
    half = np.where(own > 0.0, 2.0 * own, np.nan)
    last = np.flatnonzero(trajectory.epochs == trajectory.experiment.epochs)
    trained = trained_share(trajectory.twin("l2"))
    shares: Array = np.zeros((0, len(trajectory.strengths), len(curvature)), dtype=np.float32)
    if trained is not None and last.size:
        shares = trained[None].astype(np.float32)
    return {
        "curvature": constant(curvature),
        "curvature_grid": constant(grid),
        "curvature_shrink": of_strengths(share_left(grid, own)),
        "curvature_half": of_strengths(np.stack([half, half], axis=1)),
        "curvature_trained": ChartArray(values=shares, kept=last[: len(shares)]),
    }


def _draw(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()
    x = Bound("curvature_grid")
    twice = f"2{own_lambda(trajectory, 0)}"
    left = f"h ÷ (h + {twice})"
    sheet.add(line(left, "@text", dash="dash"), x=x, y=Bound("curvature_shrink"))
    for pin in PINS:
        sheet.add(pin.line(left), x=x, y=Bound("curvature_shrink", pin.selector))
    half = line(f"h = {twice}", "@ghost", dash="dot", width=1.5, hoverinfo="skip")
    sheet.add({**half, "y": [0.0, 2.0]}, x=Bound("curvature_half"))
    sheet.add(
        dots("trained, last epoch", "@layer-0", 7, "trained: h %{x:.3g}, share left %{y:.3g}"),
        x=Bound("curvature"),
        y=Bound("curvature_trained"),
    )
    return sheet.drawing(
        {
            "xaxis": axis(
                "curvature h of the data loss (log)",
                type="log",
                range=ranges.logarithmic(eigendirections(trajectory.experiment).curvature),
                dtick=1,
            ),
            "yaxis": axis("share that is left", range=[0.0, 1.25]),
        }
    )


CURVATURE = Chart(
    name="curvature",
    slot="curvature",
    group="Proofs",
    title="Curvature",
    caption="L2 shrinks most in directions that matter little to the data",
    about="Each dot is a direction in which the data loss has curvature h. L2 leaves h ÷ (h + 2λ) "
    "of the best fit there, so it shrinks most where the data matters least. Dots off the line are "
    "not fully trained yet.",
    draw=_draw,
    arrays=_arrays,
    whole=True,
)
