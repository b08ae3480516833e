"""Geometry of a penalty: contours of the data loss over two weights of a linear model, and the
circle of L2 or the diamond of L1 that touches them at the optimum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from l2viz.analysis.geometry import (
    has_section,
    optimum_path,
    pulls,
    section,
    shown_pair,
    unit_pull,
)
from l2viz.analysis.linear_optimum import is_linear
from l2viz.charts.core.arrays import ChartArray, constant, of_path, of_strengths, with_gaps
from l2viz.charts.core.arrows import arrows
from l2viz.charts.core.axes import EQUAL_SCALES, axis
from l2viz.charts.core.binding import ALL, CHOSEN, Bound, Selector
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Readout, Sheet
from l2viz.charts.core.own_strength import own_lambda
from l2viz.charts.core.theme import twin_colour
from l2viz.charts.core.traces import dots, line
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Array, Trajectory

_PULLS = {"l2": "-2{own}w", "l1": "-{own}·sign w"}
_SHAPES = {"l2": "circle", "l1": "diamond"}
_TRAINED = {"l2": ("l2",), "l1": ("l1", "proximal_l1")}
_NEAR, _FAR = 1.05, 1.3  # shown on either side of the origin, as a share of the reach at λ = 0
_ARROW = 0.6  # length of the data's pull at the origin, as a share of the reach at λ = 0
_DIGITS = 6  # decimals that are sent to the browser
_PLACE = ": %{x:.3g}, %{y:.3g}"  # in hover texts


def geometry(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Return the charts of a linear model whose data curves its loss along two shown weights."""
    experiment = trajectory.experiment
    if not is_linear(experiment) or len(experiment.strengths) < 2 or not has_section(trajectory):
        return ()
    return tuple(
        Chart(
            name=f"geometry_{penalty}",
            slot="geometry",
            group="Proofs",
            title="Geometry",
            variant=f"{penalty.upper()} {shape}",
            caption="The best point in the penalty's reach touches a contour of the loss",
            about="Two weights of the linear model, with all others at their optimum. The penalty "
            f"keeps them inside the {shape}, whose best point touches a contour of the data loss. "
            "Both are exact. Arrows show how the data and the penalty pull the trained weights in "
            "this epoch, their lengths by the cube root: at the optimum they cancel. Dots are "
            "trained weights: at a small λ, one that the data hardly moves stays near its start.",
            draw=partial(_draw, penalty=penalty),
            arrays=partial(_arrays, penalty=penalty),
            whole=True,
        )
        for penalty, shape in _SHAPES.items()
    )


def _trained(trajectory: Trajectory, penalty: str) -> Trajectory | None:
    found = [name for name in _TRAINED[penalty] if name in trajectory.experiment.penalties]
    return trajectory.twin(found[0]) if found else None


def _arrays(trajectory: Trajectory, penalty: str) -> Mapping[str, ChartArray]:
    plane = section(trajectory, penalty)
    by_strength = {
        "contours": with_gaps(np.moveaxis(plane.contours, -1, 1)),
        "touching": np.moveaxis(plane.touching, -1, 1),
        "reach": np.moveaxis(plane.reach, -1, 1),
        "optimum": plane.optimum[:, :, None],
    }
    made = {
        f"geometry_{name}_{penalty}": of_strengths(values.round(_DIGITS))
        for name, values in by_strength.items()
    }
    path = optimum_path(trajectory, penalty)
    made[f"geometry_path_{penalty}"] = constant(path.T.round(_DIGITS))
    twin = _trained(trajectory, penalty)
    if twin is not None:
        trained = twin.sampled_weights[..., shown_pair(trajectory)]
        made[f"geometry_trained_{penalty}"] = of_path(trained)
        made |= _pulls(twin, trained, penalty)
    return made


def _pulls(twin: Trajectory, trained: Array, penalty: str) -> dict[str, ChartArray]:
    """Return the arrows at the trained weights, and the sizes of the pulls."""
    made = {}
    length = _ARROW * _reach(twin, penalty)
    for of, pull in zip(("data", "penalty"), pulls(twin), strict=True):
        drawn = arrows(trained, pull, unit=unit_pull(twin), length=length)
        made[f"geometry_{of}_pull_{penalty}"] = of_path(np.moveaxis(drawn, -1, -2))
        made[f"geometry_{of}_size_{penalty}"] = of_path(np.linalg.norm(pull, axis=-1))
    return made


def _reach(trajectory: Trajectory, penalty: str) -> float:
    """Return the size of the circle or diamond at λ = 0."""
    path = optimum_path(trajectory, penalty)
    return float(np.linalg.norm(path, ord=2 if penalty == "l2" else 1, axis=1).max())


def _draw(trajectory: Trajectory, penalty: str) -> Drawing:
    sheet = Sheet()

    def add(trace: dict[str, Any], part: str, strength: Selector = CHOSEN) -> None:
        x, y = (Bound(f"geometry_{part}_{penalty}", strength, index=(i,)) for i in (0, 1))
        sheet.add(trace, x=x, y=y)

    shape = _SHAPES[penalty]
    add(line("data loss: contours", "@ghost", width=1, hoverinfo="skip"), "contours")
    colour = twin_colour(penalty)
    filled: dict[str, Any] = {"fill": "toself", "fillcolor": f"{colour}-band", "hoverinfo": "skip"}
    add(line(f"{penalty.upper()} {shape}", colour, **filled), "reach")
    add(line("contour at the optimum", "@validation", dash="dash"), "touching")
    add(line("optimum as λ grows", "@text", width=1.5, dash="dot"), "path")
    if _trained(trajectory, penalty) is not None:
        trained = "trained, every λ"
        add(dots(trained, "@layer-0", 5, trained + _PLACE, symbol="circle"), "trained", ALL)
    add(dots("optimum at λ", "@text", 10, "optimum at λ" + _PLACE, symbol="x"), "optimum")
    twin = _trained(trajectory, penalty)
    numbers = () if twin is None else _add_pulls(add, twin, penalty)
    names = trajectory.context.sampled_index[shown_pair(trajectory)]
    path, reach = optimum_path(trajectory, penalty), _reach(trajectory, penalty)
    leaning = np.where(path[0] < 0.0, -1.0, 1.0)  # towards the quadrant of the best fit
    near, far = -_NEAR * reach * leaning, _FAR * reach * leaning
    low, high = np.minimum(near, far), np.maximum(near, far)
    x, y = (
        axis(f"weight of feature {name}", range=[float(f"{low[i]:.3g}"), float(f"{high[i]:.3g}")])
        for i, name in enumerate(names)
    )
    return sheet.drawing(
        {
            "xaxis": {**x, "constrain": "domain", "zeroline": True, "zerolinecolor": "@ghost"},
            "yaxis": {
                **y,
                **EQUAL_SCALES,
                "zeroline": True,
                "zerolinecolor": "@ghost",
            },
        },
        *numbers,
    )


def _add_pulls(add: Callable[..., None], twin: Trajectory, penalty: str) -> tuple[Readout, ...]:
    """Add the trained weights at λ and the arrows of both pulls; return the sizes of these."""
    pulled = {"data": ("pull of the data", "@validation")}
    pull = _PULLS[penalty].format(own=own_lambda(twin, 0))
    if PENALTIES[twin.experiment.penalties[0]].in_loss:
        pulled["penalty"] = (f"pull of {penalty.upper()}, {pull}", twin_colour(penalty))
    for of, (name, colour) in pulled.items():
        add(line(name, colour, width=3.5, hoverinfo="skip"), f"{of}_pull")
    add(dots("trained at λ", "@text", 9, "trained at λ" + _PLACE, symbol="circle"), "trained")
    return tuple(
        Readout(
            label=name.partition(",")[0],
            array=f"geometry_{of}_size_{penalty}",
            form="number",
            about="length of this gradient in the plane of both weights",
        )
        for of, (name, _) in pulled.items()
    )
