"""The norm of all kernels over the epochs."""

from __future__ import annotations

from collections.abc import Mapping

from l2viz.analysis.metrics import network_norm
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, of_path
from l2viz.charts.core.axes import axis, epoch_axis
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet, over_epochs
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.traces import PINS, line
from l2viz.trajectory import Trajectory

_ARRAY = "network_norm"


def _draw(trajectory: Trajectory) -> Drawing:
    sheet = Sheet()
    ghost = ghost_of(trajectory)
    without = line(ghost.label, "@ghost", width=1.5)
    sheet.add(without, **over_epochs(_ARRAY, strength=ghost.strength))
    sheet.add(line("at λ", "@text", dash="solid"), **over_epochs(_ARRAY))
    for pin in PINS:
        sheet.add(pin.line("norm"), **over_epochs(_ARRAY, strength=pin.selector))
    shown = axis("‖w‖₂", range=ranges.from_zero(network_norm(trajectory)))
    return sheet.drawing({"xaxis": epoch_axis(trajectory), "yaxis": shown})


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    return {_ARRAY: of_path(network_norm(trajectory))}


NORM = Chart(
    name="norm",
    slot="norm",
    group="Weights",
    title="Norm of all kernels",
    caption="How long the vector of all weights is, epoch by epoch",
    about="Without penalty the weights grow while the network learns; with it, the norm ends where "
    "both gradients balance.",
    draw=_draw,
    arrays=_arrays,
)
