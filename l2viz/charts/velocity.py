"""What √v does to the penalty: Adam divides L2's pull by it, and decoupled decay does not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from l2viz.analysis import decay
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, epoch_first
from l2viz.charts.core.chart import Chart, Drawing, chart_name
from l2viz.charts.core.theme import axis, twin_colour, twin_dash
from l2viz.charts.core.traces import Bound, Sheet, line
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Array, Trajectory

_RANGE = [-3.0, 1.0]  # decades of the ratio
_SYMBOLS = ("circle", "diamond-open", "square-open", "triangle-up-open", "x", "cross", "star")


def velocity_charts(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Of every regularized kernel; none of an optimizer without √v."""
    if trajectory.sampled_velocity is None:
        return ()
    return tuple(
        Chart(
            name=chart_name("velocity", name),
            slot="velocity",
            group="Gradients",
            title="Shrinkage against √v",
            variant=name,
            about="L2 inside the loss is divided by √v: weights with large gradients are spared. "
            "Decoupled decay shrinks all alike. Train both as twins to see it.",
            draw=partial(_draw, layer=layer),
            arrays=partial(_arrays, layer=layer),
            whole=True,
        )
        for layer, name in enumerate(trajectory.layer_names)
    )


def _arrays(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    made: dict[str, Array] = {}
    for penalty in trajectory.experiment.penalties:
        twin = trajectory.twin(penalty)
        root, ratio = decay.velocity_and_shrinkage(twin, layer)
        middle_root, middle_ratio = decay.medians(root, ratio)
        key = f"{layer}_{penalty}"
        made |= {
            f"velocity_{key}": root,
            f"shrinkage_{key}": ratio,
            f"median_velocity_{key}": middle_root,
            f"median_shrinkage_{key}": middle_ratio,
        }
    return {
        name: ChartArray(values=epoch_first(values).astype(np.float32))
        for name, values in made.items()
    }


def _draw(trajectory: Trajectory, layer: int) -> Drawing:
    penalties = trajectory.experiment.penalties
    sheet = Sheet()
    for number, penalty in enumerate(penalties):
        key, title = f"{layer}_{penalty}", PENALTIES[penalty].title
        sheet.add(
            _dots(f"{title}: weights", twin_colour(penalty), _SYMBOLS[number]),
            x=Bound(f"velocity_{key}"),
            y=Bound(f"shrinkage_{key}"),
        )
    for penalty in penalties:
        key, title = f"{layer}_{penalty}", PENALTIES[penalty].title
        sheet.add(
            line(f"{title}: median", twin_colour(penalty), dash=twin_dash(penalty), width=2.5),
            x=Bound(f"median_velocity_{key}"),
            y=Bound(f"median_shrinkage_{key}"),
        )
    roots = np.concatenate(
        [
            decay.velocity_and_shrinkage(trajectory.twin(penalty), layer)[0].ravel()
            for penalty in penalties
        ]
    )
    return Drawing(
        traces=sheet.traces,
        bindings=sheet.bindings,
        layout={
            "xaxis": axis(
                "√v, root mean square gradient (log scale)",
                type="log",
                range=ranges.logarithmic(roots, decades=4.0),
                dtick=1,
            ),
            "yaxis": axis("|w| ÷ |w| at λ = 0", type="log", range=_RANGE, dtick=1),
        },
    )


def _dots(name: str, colour: str, symbol: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "marker": {"color": colour, "size": 4, "symbol": symbol, "opacity": 0.6},
        "showlegend": False,
        "hovertemplate": f"{name}: √v %{{x:.3g}}, ratio %{{y:.3g}}<extra></extra>",
    }
