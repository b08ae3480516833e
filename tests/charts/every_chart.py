"""Every chart, for trajectories of many shapes, and positions on them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from l2viz.charts import Chart, charts_of, get_chart
from l2viz.trajectory import Trajectory
from tests import trajectories

KINDS = {
    "curve": trajectories.curve(),
    "digits": trajectories.digits(),
    "linear": trajectories.linear(regularized="first"),
    "deep": trajectories.digits(hidden=(11, 4, 3, 2)),
    "two": trajectories.digits(strengths=(0.0, 0.01)),
    "alone": trajectories.curve(strengths=(0.0,)),
    "float64": trajectories.curve(dtype="float64"),
    "plane": trajectories.plane(),
    "sgd": trajectories.digits(optimizer="sgd", learning_rate=0.1),
    "multiplied": trajectories.digits(
        optimizer="sgd", learning_rate=0.1, strength_multipliers=(2.0, 0.0, 0.25)
    ),
    "twins": trajectories.digits(penalties=("l2", "l1", "decay")),
    "repeats": trajectories.curve(repeats=3),
    "both": trajectories.digits(penalties=("l1", "proximal_l1"), repeats=2),
}


def _chosen(kind: str) -> list[str]:
    """Return all charts of the digits; for other trajectories, one chart of each kind."""
    names = [chart.name for chart in charts_of(KINDS[kind])]
    if kind == "digits":
        return names
    sorts = {name.partition("_dense")[0]: name for name in reversed(names)}
    return [name for name in names if name in sorts.values()]


EVERY = [(kind, name) for kind in KINDS for name in _chosen(kind)]
_KINDS_OF_ALL_SORTS = ("curve", "digits", "plane", "both")  # together they have every chart
EVERY_CHART = pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, name)
        for kind, name in EVERY
        if kind in _KINDS_OF_ALL_SORTS
        or (kind == "linear" and name.startswith(("geometry_", "curvature")))
    ],
)


def chart_of(kind: str, name: str) -> tuple[Trajectory, Chart]:
    return KINDS[kind], named(KINDS[kind], name)


@functools.cache
def named(trajectory: Trajectory, name: str) -> Chart:
    return get_chart(trajectory, name)


@dataclasses.dataclass(frozen=True)
class Place:
    k: int
    e: int
    a: int | None
    b: int | None


def places(trajectory: Trajectory, count: int = 2) -> Iterator[Place]:
    generator = np.random.default_rng(1)
    members, epochs = len(trajectory.strengths), len(trajectory.epochs)
    yield Place(0, 0, None, None)
    yield Place(members - 1, epochs - 1, 0, members - 1)
    for _ in range(count):
        k, a, b = (int(member) for member in generator.integers(0, members, 3))
        pinned = generator.integers(0, 2, 2)
        yield Place(
            k,
            int(generator.integers(0, epochs)),
            a if pinned[0] else None,
            b if pinned[1] else None,
        )


@functools.cache
def figure(trajectory: Trajectory, chart: Chart, place: Place) -> go.Figure:
    """Return the figure, cached, as drawing takes most of the tests' time."""
    return draw_figure(trajectory, chart, place)


def draw_figure(trajectory: Trajectory, chart: Chart, place: Place, **more: Any) -> go.Figure:
    def strength(member: int | None) -> float | None:
        return None if member is None else float(trajectory.strengths[member])

    return chart.at(
        trajectory,
        float(trajectory.strengths[place.k]),
        int(trajectory.epochs[place.e]),
        a=strength(place.a),
        b=strength(place.b),
        **more,
    )
