"""Weights that no data pulls at: what the penalty alone does to them, epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from l2viz.analysis import decay
from l2viz.charts.core.arrays import ChartArray, epoch_first
from l2viz.charts.core.chart import Chart, Drawing, Readout
from l2viz.charts.core.theme import axis, layer_colour
from l2viz.charts.core.traces import PINS, Bound, Sheet, line
from l2viz.charts.loss_ledger import epoch_axis
from l2viz.trajectory import Trajectory

_LOWEST = -6.0  # decades


def has_idle_weights(trajectory: Trajectory) -> bool:
    """Of one path: some followed weights of the first kernel get no data gradient from the start,
    and some strength could move them.
    """
    several = len(trajectory.strengths) > 1
    return several and bool(decay.idle_weights(trajectory)[0].any())


def _draw(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()

    def add(trace: dict[str, object], array: str, strength: str = "chosen") -> None:
        x = Bound("epochs", epoch="until")
        sheet.add(trace, x=x, y=Bound(array, strength, "until"))

    exact = decay.pure_decay(trajectory) is not None
    add(line("idle weights", layer_colour(0), width=3), "idle_norm")
    for pin, letter, dash in PINS:
        add(line(f"{letter}: idle weights", f"@{pin}", key=False, dash=dash), "idle_norm", pin)
    add(line("all weights of the layer", "@ghost", dash="dashdot", width=1.5), "first_norm")
    numbers: tuple[Readout, ...] = ()
    if exact:
        add(line("pure decay (1-2ηλ)ᵗ", "@text", dash="dot"), "pure_decay")
        numbers = (
            Readout(
                label="half-life, epochs",
                array="half_life",
                form="number",
                about="ln 2 ÷ -ln(1-2ηλ) steps, by the steps of an epoch",
            ),
        )
    return Drawing(
        traces=sheet.traces,
        bindings=sheet.bindings,
        layout={
            "xaxis": epoch_axis(trajectory),
            "yaxis": axis(
                "norm ÷ norm at λ = 0",
                type="log",
                range=[_LOWEST, 0.4],
                dtick=2,
            ),
        },
        numbers=numbers,
    )


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    norm = trajectory.kernel_norm[..., 0]
    made = {
        "idle_norm": decay.idle_norm_ratio(trajectory),
        "first_norm": norm / norm[:1],
    }
    left, half = decay.pure_decay(trajectory), decay.half_life(trajectory)
    if left is not None and half is not None:
        made["pure_decay"] = left
        made["half_life"] = np.broadcast_to(half[:, None], left.shape)
    return {name: ChartArray(values=epoch_first(values)) for name, values in made.items()}


HALF_LIFE = Chart(
    name="half_life",
    slot="half_life",
    group="Proofs",
    title="Half-life of idle weights",
    about="Pixels that are always black give their weights no data gradient: the penalty alone "
    "moves them. Under plain SGD they lose the same share in every step.",
    draw=_draw,
    arrays=_arrays,
)
