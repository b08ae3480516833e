"""The penalty of each layer against strength, and its share of the total loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from l2viz.analysis import metrics
from l2viz.charts.core.arrays import ChartArray, of_path
from l2viz.charts.core.axes import axis, penalty_axis, strength_axis
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Readout, Sheet, over_strengths
from l2viz.charts.core.own_strength import penalized_names
from l2viz.charts.core.strength_marks import MARKS, mark_strengths
from l2viz.charts.core.theme import layer_colour
from l2viz.charts.core.traces import band
from l2viz.trajectory import Trajectory


def _draw_path(trajectory: Trajectory) -> Drawing:
    return _draw(trajectory, "penalty_stack", penalty_axis(trajectory))


def _draw_share(trajectory: Trajectory) -> Drawing:
    number = Readout(
        label="share of the penalty",
        array="penalty_share_total",
        form="percent",
        about="penalty ÷ (data loss + penalty), on the training data",
    )
    shown = axis("share of total loss", range=[0.0, 1.02], tickformat=".0%")
    return _draw(trajectory, "penalty_share", shown, number)


def _draw(trajectory: Trajectory, array: str, yaxis: dict[str, Any], *numbers: Readout) -> Drawing:
    sheet = Sheet()
    for layer, name in enumerate(penalized_names(trajectory)):
        sheet.add(band(name, layer_colour(layer), first=layer == 0), **over_strengths(array, layer))
    mark_strengths(sheet, "y2")
    layout = {"xaxis": strength_axis(trajectory), "yaxis": yaxis, "yaxis2": MARKS}
    return sheet.drawing(layout, *numbers)


def _shares(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    share = metrics.penalty_share(trajectory)
    return {"penalty_share": of_path(share), "penalty_share_total": of_path(share[..., -1])}


PENALTY_PATH = Chart(
    name="penalty_path",
    slot="penalty",
    group="Losses",
    title="Penalty by layer",
    variant="over strengths",
    caption="The penalty grows with λ, until the weights shrink faster",
    about="The penalty does not grow without limit: beyond some λ, the weights shrink faster than "
    "λ grows.",
    draw=_draw_path,
)

PENALTY_SHARE = Chart(
    name="penalty_share",
    slot="penalty",
    group="Losses",
    title="Penalty by layer",
    variant="share of the total",
    caption="How much of the loss that Keras reports is penalty",
    about="How much of the loss that Keras reports is penalty, stacked by layer.",
    draw=_draw_share,
    arrays=_shares,
)
