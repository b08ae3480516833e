"""Shrinkage against √v: Adam divides L2's gradient by √v, but not decoupled decay."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from l2viz.analysis import decay
from l2viz.charts.core import ranges
from l2viz.charts.core.arrays import ChartArray, floored, of_path
from l2viz.charts.core.axes import axis, floored_axis
from l2viz.charts.core.binding import Bound
from l2viz.charts.core.chart import Chart, chart_name
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.theme import twin_colour, twin_dash
from l2viz.charts.core.traces import dots, line
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Array, Trajectory

_LOWEST, _HIGHEST = 1e-3, 4.0  # of the ratio; the latter as a power of ten
_SYMBOLS = ("circle", "diamond-open", "square-open", "triangle-up-open", "x", "cross", "star")


def velocity_charts(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return the charts of every regularized kernel; none for an optimizer without √v."""
    if trajectory.sampled_velocity is None:
        return ()
    return tuple(
        Chart(
            name=chart_name("velocity", name),
            slot="velocity",
            group="Gradients",
            title="Shrinkage against √v",
            variant=name,
            caption="How much weights shrink: Adam shrinks those with large gradients less",
            about="The optimizer divides L2's gradient by √v, so weights with large gradients "
            "shrink less. Decoupled weight decay shrinks all weights by the same share. Train "
            "both side by side to see it.",
            draw=partial(_draw, layer=layer),
            arrays=partial(_arrays, layer=layer),
            whole=True,
        )
        for layer, name in enumerate(trajectory.layer_names)
    )


def _arrays(trajectory: Trajectory, layer: int) -> Mapping[str, ChartArray]:
    made: dict[str, Array] = {}
    for penalty in trajectory.trained.penalties:
        twin = trajectory.twin(penalty)
        root, ratio = decay.velocity_and_shrinkage(twin, layer)
        middle_root, middle_ratio = decay.medians(root, ratio)
        key = f"{layer}_{penalty}"
        made |= {
            f"velocity_{key}": root,
            f"shrinkage_{key}": floored(ratio, _LOWEST),
            f"median_velocity_{key}": middle_root,
            f"median_shrinkage_{key}": floored(middle_ratio, _LOWEST),
        }
    return {name: of_path(values.astype(np.float32)) for name, values in made.items()}


def _draw(trajectory: Trajectory, layer: int) -> Drawing:
    penalties = trajectory.trained.penalties
    sheet = Sheet()
    for number, penalty in enumerate(penalties):
        key, title = f"{layer}_{penalty}", PENALTIES[penalty].title
        name = f"{title}: weights"
        hover = f"{name}: √v %{{x:.3g}}, ratio %{{y:.3g}}"
        style = {"symbol": _SYMBOLS[number], "opacity": 0.6}
        sheet.add(
            dots(name, twin_colour(penalty), 4, hover, key=False, **style),
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
    return sheet.drawing(
        {
            "xaxis": axis(
                "√v, root mean square gradient (log scale)",
                type="log",
                range=ranges.logarithmic(roots, decades=8.0),
                dtick=1,
            ),
            "yaxis": floored_axis("|w| ÷ |w| at λ = 0", _LOWEST, _HIGHEST, step=1),
        }
    )
