"""The fitted curve with its points."""

from __future__ import annotations

from l2viz.charts.core import ranges
from l2viz.charts.core.binding import Binding
from l2viz.charts.core.chart import Chart, Drawing
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.theme import axis
from l2viz.charts.core.traces import PINS, line
from l2viz.trajectory import Trajectory


def _draw(trajectory: Trajectory) -> Drawing:
    context = trajectory.context
    assert context.train_points is not None
    ghost = ghost_of(trajectory)
    curves = [(ghost.strength, line(ghost.label, "@ghost", width=2))]
    curves += [(p, line(f"{letter}: fit", f"@{p}", key=False, dash=d)) for p, letter, d in PINS]
    curves += [("chosen", line("fit at λ", "@validation", width=3))]
    truth = line("true curve", "@best", dash="dashdot", width=1.5)
    points = {
        "type": "scatter",
        "mode": "markers",
        "name": "training points",
        "marker": {"color": "@text", "size": 7},
        "showlegend": True,
        "hovertemplate": "input %{x:.3g}, target %{y:.3g}<extra></extra>",
    }
    bindings = [
        Binding(trace=0, attribute="x", array="grid_inputs"),
        Binding(trace=0, attribute="y", array="grid_truth"),
    ]
    for trace, (strength, _) in enumerate(curves, start=1):
        bindings += [
            Binding(trace=trace, attribute="x", array="grid_inputs"),
            Binding(trace=trace, attribute="y", array="grid_predictions", strength=strength),
        ]
    bindings += [
        Binding(trace=len(curves) + 1, attribute="x", array="train_inputs"),
        Binding(trace=len(curves) + 1, attribute="y", array="train_targets"),
    ]
    return Drawing(
        traces=(truth, *(trace for _, trace in curves), points),
        layout={
            "xaxis": axis("input x", range=[-1.05, 1.05]),
            "yaxis": axis("prediction", range=ranges.around(context.train_points[:, 1] * 1.35)),
        },
        bindings=tuple(bindings),
    )


FITTED_CURVE = Chart(
    name="fitted_curve",
    slot="curve",
    group="Fit",
    title="Fitted curve",
    about="A network free of penalty bends through every noisy point; the right one is smooth.",
    draw=_draw,
)
