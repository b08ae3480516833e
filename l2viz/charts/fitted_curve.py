"""The fitted curve with its points."""

from __future__ import annotations

from l2viz.charts.core import ranges
from l2viz.charts.core.axes import axis
from l2viz.charts.core.binding import CHOSEN, Bound
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.traces import PINS, dots, line, movable
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    points = trajectory.context.train_points
    assert points is not None
    sheet = Sheet()
    x = Bound("grid_inputs")
    sheet.add(line("true curve", "@truth", dash="dashdot", width=1.5), x=x, y=Bound("grid_truth"))
    ghost = ghost_of(trajectory)
    curves = [
        (line(ghost.label, "@ghost", width=2), ghost.strength),
        *((pin.line("fit"), pin.selector) for pin in PINS),
        (line("fit at λ", "@validation", width=3), CHOSEN),
    ]
    for trace, strength in curves:
        sheet.add(trace, x=x, y=Bound("grid_predictions", strength))
    sheet.add(
        movable(dots("training points", "@text", 7, "input %{x:.3g}, target %{y:.3g}"), points),
        x=Bound("train_inputs"),
        y=Bound("train_targets"),
    )
    return sheet.drawing(
        {
            "xaxis": axis("input x", range=[-1.05, 1.05]),
            "yaxis": axis("prediction", range=ranges.around(points[:, 1] * 1.35)),
        }
    )


FITTED_CURVE = Chart(
    name="fitted_curve",
    slot="curve",
    group="Fit",
    title="Fitted curve",
    caption="What the network answers, also between its training points",
    about="Without penalty, the network bends through every noisy point. At the right strength, "
    "the curve is smooth.",
    editing="Drag a point, or double-click to add or remove one: all strengths are trained anew.",
    draw=_draw,
)
