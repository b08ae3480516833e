"""The network chart: each link is as thick as its weight, each picture is that of its unit."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.charts import charts_of
from l2viz.charts.network import rounded
from l2viz.experiment import Experiment
from l2viz.trajectory import Trajectory
from l2viz.trajectory.links import links_of
from tests.charts.every_chart import KINDS, chart_of, figure, places

THICKEST, THICKNESS = 0.7, 0.26
ROUNDED = 2.0**-16


def weight_of(run: Trajectory, member: int, epoch: int) -> dict[str, float]:
    """Return the drawn weights by the name of their link."""
    links = links_of(run.experiment)
    assert links is not None and run.link_weights is not None
    kernels = zip(links.kernel, links.start, links.end, strict=True)
    names = [f"{run.layer_names[k]} [{start}, {end}]" for k, start, end in kernels]
    return dict(zip(names, run.link_weights[member, epoch].tolist(), strict=True))


def thickness(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the thickness of each ribbon at its left and at its right end."""
    corners = np.asarray(y).reshape(-1, 5)
    assert np.isnan(corners[:, 4]).all()
    return corners[:, 3] - corners[:, 0], corners[:, 2] - corners[:, 1]


@pytest.mark.parametrize("kind", ["digits", "curve", "plane", "deep", "twins", "linear"])
def test_a_link_is_as_thick_as_its_weight(kind: str) -> None:
    whole, chart = chart_of(kind, "network")
    run = whole.twin()
    limit = run.context.bin_edges.max() * THICKEST / THICKNESS
    for place in places(whole):
        traces = {trace.name: trace for trace in figure(whole, chart, place).data}
        names = traces["links"].text
        now = weight_of(run, place.k, place.e)
        before = weight_of(run, 0 if place.a is None else place.a, place.e)
        assert sorted(names) == sorted(now)
        for label, weights, sign in (
            ("w > 0", now, 1),
            ("w < 0", now, -1),
            ("A, or λ = 0", before, 0),
        ):
            values = np.array([weights[name] for name in names])
            size = np.abs(values) if sign == 0 else np.clip(sign * values, 0, None)
            for side in thickness(traces[label].y):
                np.testing.assert_allclose(
                    side, THICKEST * np.minimum(size / limit, 1.0), atol=1.1 * ROUNDED
                )
        told = np.asarray(traces["links"].customdata)
        np.testing.assert_allclose(told[:, 0], [now[name] for name in names], rtol=ROUNDED)


def test_the_hover_tells_both_gradients() -> None:
    whole, chart = chart_of("digits", "network")
    assert whole.link_weights is not None and whole.link_gradients is not None
    for place in places(whole):
        (links,) = (trace for trace in figure(whole, chart, place).data if trace.name == "links")
        told = np.asarray(links.customdata)
        weights = whole.link_weights[place.k, place.e]
        gradients = whole.link_gradients[place.k, place.e]
        np.testing.assert_allclose(told[:, 1], gradients, rtol=ROUNDED)
        penalty = 2 * whole.strengths[place.k] * weights
        np.testing.assert_allclose(told[:, 2], penalty, rtol=ROUNDED + 1e-6)


@given(st.floats(width=32, allow_subnormal=False))
def test_what_the_hover_tells_is_rounded_by_less_than_a_digit_of_it(value: float) -> None:
    told = rounded(np.array([value], np.float32))
    assert told.dtype == np.float32
    np.testing.assert_allclose(told, np.float32(value), rtol=ROUNDED)
    assert np.signbit(told[0]) == np.signbit(np.float32(value))
    assert np.isnan(value) or int(told.view(np.uint32)[0]) & 0xFF == 0  # which compresses well


def test_pictures_are_those_of_the_units() -> None:
    whole, chart = chart_of("plane", "network")
    assert whole.unit_answers is not None
    for place in places(whole):
        faces = [each for each in figure(whole, chart, place).data if each.type == "heatmap"]
        assert len(faces) == whole.unit_answers.shape[2] == 8 + 5 + 2
        for face, answer in zip(faces, whole.unit_answers[place.k, place.e], strict=True):
            np.testing.assert_array_equal(face.z, answer)
    whole, chart = chart_of("digits", "network")
    assert whole.unit_pictures is not None
    for place in places(whole):
        faces = [each for each in figure(whole, chart, place).data if each.type == "heatmap"]
        assert len(faces) == 8
        for face, kernel in zip(faces, whole.unit_pictures[place.k, place.e], strict=False):
            np.testing.assert_array_equal(np.asarray(face.z)[::-1], kernel)


@pytest.mark.parametrize(
    ("fields", "columns"),
    [
        ({"dataset": "digits"}, [("dense_1", 64, 8), ("dense_2", 32, 8), ("dense_3", 10, 10)]),
        (
            {"dataset": "curve", "hidden": (3,)},
            [("inputs", 1, 1), ("dense_1", 3, 3), ("dense_2", 1, 1)],
        ),
        ({"dataset": "linear"}, [("inputs", 200, 8), ("dense_1", 1, 1)]),
        ({"dataset": "digits", "hidden": ()}, None),
        ({"dataset": "digits", "model": "conv2d"}, None),
        ({"dataset": "digits", "model": "custom"}, None),
        ({"dataset": "digits", "regularized": "first"}, None),
    ],
    ids=str,
)
def test_what_is_drawn(fields: dict[str, object], columns: list[object] | None) -> None:
    links = links_of(Experiment(**fields))
    found = None if links is None else [dataclasses.astuple(column) for column in links.columns]
    assert found == columns


def test_there_is_none_where_no_links_are_recorded() -> None:
    run = dataclasses.replace(KINDS["digits"], link_weights=None, link_gradients=None)
    assert "network" not in {chart.name for chart in charts_of(run)}
