"""The penalty of each layer against strength, and its share of the total loss."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from l2viz.analysis import metrics
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, epoch_first
from l2viz.charts.core.chart import Chart, Drawing, Readout
from l2viz.charts.core.strength_axis import MARKS, across, mark_strengths, strength_axis
from l2viz.charts.core.theme import axis, layer_colour
from l2viz.charts.core.traces import Sheet, band
from l2viz.trajectory import Trajectory


def _draw_path(trajectory: Trajectory) -> Drawing:
    settled = max(1, len(trajectory.epochs) // 8)
    top = ranges.from_zero(
        metrics.penalty_total(trajectory)[:, settled:],
        at_least=0.3 * trajectory.context.constant_loss,
        share=0.99,
    )
    return _draw(trajectory, "penalty_stack", axis("penalty λΣw²", range=top), ())


def _draw_share(trajectory: Trajectory) -> Drawing:
    number = Readout(
        label="share of the penalty",
        array="penalty_share_total",
        form="percent",
        about="penalty ÷ (data loss + penalty), on the training data",
    )
    shown = axis("share of total loss", range=[0.0, 1.02], tickformat=".0%")
    return _draw(trajectory, "penalty_share", shown, (number,))


def _draw(
    trajectory: Trajectory, array: str, yaxis: dict[str, object], numbers: tuple[Readout, ...]
) -> Drawing:
    sheet = Sheet()
    for layer, name in enumerate(trajectory.layer_names):
        sheet.add(band(name, layer_colour(layer), first=layer == 0), **across(array, layer))
    mark_strengths(sheet, "y2")
    return Drawing(
        traces=sheet.traces,
        bindings=sheet.bindings,
        layout={"xaxis": strength_axis(trajectory), "yaxis": yaxis, "yaxis2": MARKS},
        numbers=numbers,
    )


def _shares(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    total = metrics.total_loss(trajectory)
    share = np.divide(
        np.cumsum(trajectory.penalty, axis=2),
        total[..., None],
        out=np.zeros_like(trajectory.penalty),
        where=total[..., None] > 0.0,
    )
    return {
        "penalty_share": ChartArray(values=epoch_first(share)),
        "penalty_share_total": ChartArray(values=epoch_first(share[..., -1])),
    }


PENALTY_PATH = Chart(
    name="penalty_path",
    slot="penalty",
    group="Losses",
    title="Penalty by layer",
    variant="over strengths",
    about="A stronger penalty does not cost more and more: past a point the weights shrink "
    "faster than λ grows.",
    draw=_draw_path,
)

PENALTY_SHARE = Chart(
    name="penalty_share",
    slot="penalty",
    group="Losses",
    title="Penalty by layer",
    variant="share of the total",
    about="How much of the loss that Keras reports is penalty, layer upon layer.",
    draw=_draw_share,
    arrays=_shares,
)
