"""Geometry of a penalty: contours of the data loss over two weights of a linear model, and the
circle of L2 or the diamond of L1 that touches them at the optimum.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from l2viz.analysis.linear_optimum import LinearProblem, is_linear, linear_problem
from l2viz.charts.core.arrays import ChartArray, epoch_first
from l2viz.charts.core.binding import with_gaps
from l2viz.charts.core.chart import Chart, Drawing
from l2viz.charts.core.theme import axis
from l2viz.charts.core.traces import Bound, Sheet, line
from l2viz.trajectory import Array, Trajectory

_SHAPES = {"l2": "circle", "l1": "diamond"}
_TRAINED = {"l2": ("l2",), "l1": ("l1", "proximal_l1")}
_LEVELS = 6
_AROUND = 49  # points of a closed line
_PATH = 160  # points of the optimum's path
_NEAR, _FAR = 0.6, 1.3  # of the reach at λ = 0, on either side of the origin
_DIGITS = 6  # decimals that travel


def geometry(trajectory: Trajectory) -> tuple[Chart, ...]:
    """Of a linear model with two weights or more."""
    experiment = trajectory.experiment
    if not is_linear(experiment) or len(trajectory.context.sampled_index) < 2:
        return ()
    return tuple(
        Chart(
            name=f"geometry_{penalty}",
            slot="geometry",
            group="Proofs",
            title="Geometry",
            variant=f"{penalty.upper()} {shape}",
            about=f"Two weights of the linear model, all others at their optimum. The {shape} is "
            "what the penalty leaves within reach: the best point of it touches a contour of the "
            "data loss. Both are exact. Dots are what was trained: under a small λ what the data "
            "do not see stays long where it began.",
            draw=partial(_draw, penalty=penalty),
            arrays=partial(_arrays, penalty=penalty),
            whole=True,
        )
        for penalty, shape in _SHAPES.items()
    )


def _trained(trajectory: Trajectory, penalty: str) -> Trajectory | None:
    found = [name for name in _TRAINED[penalty] if name in trajectory.experiment.penalties]
    return trajectory.twin(found[0]) if found else None


def pair(trajectory: Trajectory) -> Array:
    """(2,) which of the followed weights are shown: two that truly matter, or the two largest."""
    context = trajectory.context
    inputs = context.sampled_index
    if context.true_kernel is not None:
        size = np.abs(context.true_kernel[inputs])
    else:
        weights = linear_problem(trajectory.experiment).l2_optimum(np.zeros(1))
        size = np.abs(weights[0, inputs])
    return np.sort(np.argsort(-size, kind="stable")[:2])


def _optimum(problem: LinearProblem, penalty: str, strengths: Array) -> Array:
    return problem.l2_optimum(strengths) if penalty == "l2" else problem.l1_optimum(strengths)


def _path(trajectory: Trajectory, penalty: str) -> Array:
    """(_PATH, 2) the optimum from λ = 0 to beyond the largest strength."""
    strengths = trajectory.strengths
    inputs = trajectory.context.sampled_index[pair(trajectory)]
    rising = np.geomspace(strengths[strengths > 0].min(), strengths[-1], _PATH - 1)
    at = np.concatenate([[0.0], rising])
    return _optimum(linear_problem(trajectory.experiment), penalty, at)[:, inputs]


def _arrays(trajectory: Trajectory, penalty: str) -> Mapping[str, ChartArray]:
    problem = linear_problem(trajectory.experiment)
    followed = pair(trajectory)
    inputs = trajectory.context.sampled_index[followed]
    weights = _optimum(problem, penalty, trajectory.strengths)
    optimum = weights[:, inputs]
    hessian = problem.hessian[np.ix_(inputs, inputs)]
    slope = problem.gradient(weights)[:, inputs]
    centre = optimum - np.linalg.solve(hessian, slope.T).T  # of the contours
    excess = 0.5 * np.einsum("ki,ij,kj->k", optimum - centre, hessian, optimum - centre)
    unit = _ellipse(hessian)
    highest = 0.5 * centre[0] @ hessian @ centre[0]  # of the origin, with the others free
    levels = highest * (np.arange(1, _LEVELS + 1) / (_LEVELS / 2)) ** 2
    rings = np.sqrt(levels)[:, None, None] * unit
    contours = np.stack([with_gaps(rings[..., i] + c[i]) for c in centre for i in (0, 1)]).reshape(
        len(centre), 2, -1
    )
    by_strength = {
        "contours": contours,
        "touching": (centre[:, :, None] + np.sqrt(excess)[:, None, None] * unit.T),
        "reach": _reach(optimum, penalty),
        "optimum": optimum[:, :, None],
    }
    made = {
        f"geometry_{name}_{penalty}": ChartArray(values=values.round(_DIGITS), by_epoch=False)
        for name, values in by_strength.items()
    }
    made[f"geometry_path_{penalty}"] = ChartArray(
        values=_path(trajectory, penalty).T.round(_DIGITS), by_epoch=False, by_strength=False
    )
    twin = _trained(trajectory, penalty)
    if twin is not None:
        made[f"geometry_trained_{penalty}"] = ChartArray(
            values=epoch_first(twin.sampled_weights[..., followed])
        )
    return made


def _ellipse(hessian: Array) -> Array:
    """(_AROUND, 2) where ½ dᵀHd = 1."""
    angle = np.linspace(0.0, 2 * np.pi, _AROUND)
    values, directions = np.linalg.eigh(hessian)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ellipse: Array = circle * np.sqrt(2.0 / values) @ directions.T
    return ellipse


def _reach(optimum: Array, penalty: str) -> Array:
    """(K, 2, points) all weights with the penalty of the optimum."""
    if penalty == "l2":
        angle = np.linspace(0.0, 2 * np.pi, _AROUND)
        shape = np.stack([np.cos(angle), np.sin(angle)])
        size = np.linalg.norm(optimum, axis=1)
    else:
        shape = np.array([[1.0, 0.0, -1.0, 0.0, 1.0], [0.0, 1.0, 0.0, -1.0, 0.0]])
        size = np.abs(optimum).sum(axis=1)
    reach: Array = size[:, None, None] * shape
    return reach


def _draw(trajectory: Trajectory, penalty: str) -> Drawing:
    sheet = Sheet()

    def add(trace: dict[str, object], part: str, strength: str = "chosen") -> None:
        x, y = (Bound(f"geometry_{part}_{penalty}", strength, index=(i,)) for i in (0, 1))
        sheet.add(trace, x=x, y=y)

    shape = _SHAPES[penalty]
    add(line("data loss: contours", "@ghost", width=1, hoverinfo="skip"), "contours")
    filled: dict[str, Any] = {"fill": "toself", "fillcolor": "@train-band", "hoverinfo": "skip"}
    add(line(f"{penalty.upper()} {shape}", "@train", **filled), "reach")
    add(line("contour at the optimum", "@validation", dash="dash"), "touching")
    add(line("optimum as λ grows", "@text", width=1.5, dash="dot"), "path")
    if _trained(trajectory, penalty) is not None:
        add(_dots("trained, every λ", "@layer-0", "circle", 5), "trained", "all")
    add(_dots("optimum at λ", "@text", "x", 10), "optimum")
    names = trajectory.context.sampled_index[pair(trajectory)]
    path = _path(trajectory, penalty)
    reach = float(np.linalg.norm(path, ord=2 if penalty == "l2" else 1, axis=1).max())
    leaning = np.where(path[0] < 0.0, -1.0, 1.0)  # to the quadrant of the best fit
    near, far = -_NEAR * reach * leaning, _FAR * reach * leaning
    low, high = np.minimum(near, far), np.maximum(near, far)
    x, y = (
        axis(f"weight of feature {name}", range=[float(f"{low[i]:.3g}"), float(f"{high[i]:.3g}")])
        for i, name in enumerate(names)
    )
    return Drawing(
        traces=sheet.traces,
        bindings=sheet.bindings,
        layout={
            "xaxis": {**x, "constrain": "domain", "zeroline": True, "zerolinecolor": "@ghost"},
            "yaxis": {
                **y,
                "constrain": "domain",
                "scaleanchor": "x",  # a circle is drawn as one
                "zeroline": True,
                "zerolinecolor": "@ghost",
            },
        },
    )


def _dots(name: str, colour: str, symbol: str, size: int) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "marker": {"color": colour, "size": size, "symbol": symbol},
        "showlegend": True,
        "hovertemplate": f"{name}: %{{x:.3g}}, %{{y:.3g}}<extra></extra>",
    }
