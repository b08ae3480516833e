"""Decay of idle weights, which have no data gradient, over epochs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from l2viz.analysis import decay, metrics
from l2viz.charts.core.arrays import ChartArray, floored, of_path
from l2viz.charts.core.axes import epoch_axis, floored_axis
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Readout, Sheet, over_epochs
from l2viz.charts.core.own_strength import own_lambda
from l2viz.charts.core.theme import layer_colour
from l2viz.charts.core.traces import PINS, line
from l2viz.trajectory import Trajectory

_LOWEST = 1e-6  # ratio; a smaller one is drawn as this


def has_idle_weights(trajectory: Trajectory) -> bool:
    """Return whether some sampled weights of the first kernel never have a data gradient.

    The trajectory holds a single path. False if it has only λ = 0, which cannot move them.
    """
    several = len(trajectory.strengths) > 1
    return several and bool(decay.idle_weights(trajectory)[0].any())


def _draw(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()
    sheet.add(line("idle weights", layer_colour(0), width=3), **over_epochs("idle_norm"))
    for pin in PINS:
        sheet.add(pin.line("idle weights"), **over_epochs("idle_norm", strength=pin.selector))
    whole = line("all weights of the layer", "@ghost", dash="dashdot", width=1.5)
    sheet.add(whole, **over_epochs("first_norm"))
    numbers: tuple[Readout, ...] = ()
    if decay.pure_decay(trajectory) is not None:
        kept = f"|1-2η{own_lambda(trajectory, 0)}|"
        exact = line(f"pure decay {kept}ᵗ", "@text", dash="dot")
        sheet.add(exact, **over_epochs("pure_decay"))
        numbers = (
            Readout(
                label="half-life, epochs",
                array="half_life",
                form="number",
                about=f"ln 2 ÷ -ln{kept} steps, divided by the steps per epoch",
            ),
        )
    return sheet.drawing(
        {
            "xaxis": epoch_axis(trajectory),
            "yaxis": floored_axis("norm ÷ norm at λ = 0", _LOWEST, 0.4),
        },
        *numbers,
    )


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    made = {
        "idle_norm": decay.idle_norm_ratio(trajectory),
        "first_norm": metrics.kernel_shrinkage_ratio(trajectory)[..., 0],
    }
    left, half = decay.pure_decay(trajectory), decay.half_life(trajectory)
    if left is not None and half is not None:
        made["pure_decay"] = left
    arrays = {name: of_path(floored(values, _LOWEST)) for name, values in made.items()}
    if left is not None and half is not None:
        arrays["half_life"] = of_path(np.broadcast_to(half[:, None], left.shape))
    return arrays


HALF_LIFE = Chart(
    name="half_life",
    slot="half_life",
    group="Proofs",
    title="Half-life of idle weights",
    caption="Weights without data halve again and again: how soon?",
    about="Weights of pixels that are always blank get no gradient from the data: only the "
    "penalty moves them. Under plain SGD they lose the same share in every step.",
    draw=_draw,
    arrays=_arrays,
)
