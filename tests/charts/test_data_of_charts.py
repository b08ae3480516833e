"""The data of every trace, against plain indexing of the trajectory."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
import pytest

from l2viz.trajectory import Array, Trajectory
from tests import trajectories
from tests.charts.every_chart import EVERY, KINDS, Place, chart_of, figure, named, places
from tests.charts.expected_comparison import expected_comparison, expected_gap
from tests.charts.expected_marks import Data, best_of, log_positions, marks
from tests.charts.expected_others import (
    beyond,
    expected_collapse,
    expected_counts,
    expected_dummy,
    expected_half_life,
    expected_penalty_path,
    expected_ridge_epochs,
    expected_ridge_strengths,
    expected_score_path,
    expected_twin_histogram,
    expected_velocity,
)
from tests.charts.expected_units import (
    expected_bars,
    expected_largest,
    expected_units,
    expected_wrong_labels,
)
from tests.charts.expected_weights import (
    expected_coefficients,
    expected_gradient_norms,
    expected_sparsity,
    expected_tug_of_war,
    with_multiplier,
)

# ---- expected data of each trace: (x, y) or z, from the trajectory

MEASURED = ("fitted_curve", "histogram", "accuracy", "error")  # shown as measured, to the bit


def over_epochs(t: Trajectory, place: Place, values: Array, member: int | None) -> tuple[Any, Any]:
    if member is None:
        return [], values[0, : place.e + 1][:0]
    return t.epochs[: place.e + 1], values[member, : place.e + 1]


def expected_curve(t: Trajectory, p: Place) -> Data:
    c, fits = t.context, t.grid_predictions
    assert c.train_points is not None and fits is not None
    return {
        "true curve": (c.grid_inputs, c.grid_truth),
        "λ = 0": (c.grid_inputs, fits[0, p.e]),
        "A: fit": (c.grid_inputs, [] if p.a is None else fits[p.a, p.e]),
        "B: fit": (c.grid_inputs, [] if p.b is None else fits[p.b, p.e]),
        "fit at λ": (c.grid_inputs, fits[p.k, p.e]),
        "training points": (c.train_points[:, 0], c.train_points[:, 1]),
    }


def expected_histogram(t: Trajectory, p: Place, layer: int) -> Data:
    edges = t.context.bin_edges[layer]
    centres = [(low + high) / 2 for low, high in itertools.pairwise(edges)][1:-1]

    def counts(member: int | None) -> list[float]:
        if member is None:
            return []
        return [max(float(count), 0.4) for count in t.histogram[member, p.e, layer, 1:-1]]

    return {
        "λ = 0": (centres, counts(0)),
        "A: weights": (centres, counts(p.a)),
        "B: weights": (centres, counts(p.b)),
        "weights at λ": (centres, counts(p.k)),
        "beyond the axis, λ = 0": beyond(t, 0, p, layer),
        "beyond the axis": beyond(t, p.k, p, layer),
    }


def expected_norms(t: Trajectory, p: Place) -> Data:
    where = log_positions(t)
    data: Data = {
        name: (where, t.kernel_norm[:, p.e, layer]) for layer, name in enumerate(t.layer_names)
    }
    if t.val_accuracy is None:
        data["validation error"] = (where, t.val_data_loss[:, p.e])
    else:
        data["validation accuracy"] = (where, t.val_accuracy[:, p.e])
    return data | marks(t, p, best=best_of(t, p.e))


def expected_norm(t: Trajectory, p: Place) -> Data:
    norms = np.array(
        [[np.linalg.norm(each) for each in member] for member in t.kernel_norm.astype(np.float64)]
    )
    return {
        "λ = 0": over_epochs(t, p, norms, 0),
        "at λ": over_epochs(t, p, norms, p.k),
        "A: norm": over_epochs(t, p, norms, p.a),
        "B: norm": over_epochs(t, p, norms, p.b),
    }


def expected_ledger(t: Trajectory, p: Place) -> Data:
    data = {"data loss": over_epochs(t, p, t.train_data_loss, p.k)}
    stack = t.train_data_loss.copy()
    for layer in range(len(t.layer_names)):
        stack = stack + t.penalty[:, :, layer]
        data[with_multiplier(t, layer)] = over_epochs(t, p, stack, p.k)
    penalty = sum(t.penalty[:, :, layer] for layer in range(len(t.layer_names)))
    data["loss (Keras)"] = over_epochs(t, p, t.train_data_loss + penalty, p.k)
    data["validation data loss"] = over_epochs(t, p, t.val_data_loss, p.k)
    data["val_loss (Keras)"] = over_epochs(t, p, t.val_data_loss + penalty, p.k)
    data["A: validation data loss"] = over_epochs(t, p, t.val_data_loss, p.a)
    data["B: validation data loss"] = over_epochs(t, p, t.val_data_loss, p.b)
    return data


def expected_penalty(t: Trajectory, p: Place) -> Data:
    data, stack = {}, np.zeros_like(t.penalty[:, :, 0])
    for layer in range(len(t.layer_names)):
        stack = stack + t.penalty[:, :, layer]
        data[with_multiplier(t, layer)] = over_epochs(t, p, stack, p.k)
    data["A: penalty"] = over_epochs(t, p, stack, p.a)
    data["B: penalty"] = over_epochs(t, p, stack, p.b)
    return data


def expected_score(t: Trajectory, p: Place, train: Array, val: Array) -> Data:
    return {
        "training": over_epochs(t, p, train, p.k),
        "validation": over_epochs(t, p, val, p.k),
        "validation, λ = 0": over_epochs(t, p, val, 0),
        "A: validation": over_epochs(t, p, val, p.a),
        "B: validation": over_epochs(t, p, val, p.b),
    }


BY_KIND = {  # of the whole trajectory
    "compare_": expected_comparison,
    "sparsity_": expected_sparsity,
    "coefficients_": expected_coefficients,
    "velocity_": expected_velocity,
    "twin_histogram_": expected_twin_histogram,
}
OF_THE_FIRST = {
    "gradient_norms_": expected_gradient_norms,
    "counts_": expected_counts,
    "penalty_path": expected_penalty_path,
    "penalty_share": expected_penalty_path,
    "collapse": expected_collapse,
    "ridge_strengths_": expected_ridge_strengths,
    "ridge_epochs_": expected_ridge_epochs,
    "dummy_answer": expected_dummy,
    "half_life": expected_half_life,
    "score_path": expected_score_path,
    "bars_": expected_bars,
    "largest_": expected_largest,
    "units": expected_units,
    "units_epochs": expected_units,
    "wrong_labels": expected_wrong_labels,
    "wrong_labels_epochs": expected_wrong_labels,
}
PICTURES = ("unit_pictures", "units_at_strength", "matrix_", "boundary")  # compared below
EXACT = (
    "geometry_",
    "curvature",
    "network",
    "multiples",
    "strip",
)  # compared in tests of their own


def is_of(kind: str, name: str) -> bool:
    """Return whether a chart is of a kind: of this name, or of one that begins with it and "_"."""
    return name.startswith(kind) if kind.endswith("_") else name == kind


def expected(whole: Trajectory, name: str, p: Place) -> Data:
    t = whole.twin()  # shown by all charts except those that compare twins or repeats
    for kind, make in BY_KIND.items():
        if is_of(kind, name):
            return make(whole, p, name)
    if name.startswith("tug_of_war_"):
        reach = named(t, name).draw(t).layout["xaxis"]["range"][1]
        return expected_tug_of_war(t, p, name, reach)
    for kind, make in OF_THE_FIRST.items():
        if is_of(kind, name):
            return make(t, p, name)
    if name.startswith("histogram_"):
        return expected_histogram(t, p, t.layer_names.index(name.removeprefix("histogram_")))
    if name == "error":
        return expected_score(t, p, t.train_data_loss, t.val_data_loss)
    if name == "accuracy":
        assert t.train_accuracy is not None and t.val_accuracy is not None
        return expected_score(t, p, t.train_accuracy, t.val_accuracy)
    makers = {
        "fitted_curve": expected_curve,
        "norms": expected_norms,
        "norm": expected_norm,
        "loss_ledger": expected_ledger,
        "penalty": expected_penalty,
        "gap": expected_gap,
    }
    return makers[name](t, p)


def shown(values: Any) -> list[float]:
    return [] if values is None else np.asarray(values, dtype=np.float64).tolist()


@pytest.mark.parametrize(
    ("kind", "name"), [pair for pair in EVERY if not pair[1].startswith(PICTURES + EXACT)]
)
def test_every_trace_shows_exactly_the_data_of_its_place(kind: str, name: str) -> None:
    trajectory, chart = chart_of(kind, name)
    for place in places(trajectory):
        wanted = expected(trajectory, name, place)
        drawn = figure(trajectory, chart, place)
        assert [trace.name for trace in drawn.data] == list(wanted)
        for trace in drawn.data:
            x, y = wanted[trace.name]
            if not shown(y) or not shown(x):  # nothing is pinned
                assert not shown(trace.y) or not shown(trace.x)
                continue
            np.testing.assert_allclose(shown(trace.x), shown(x), rtol=1e-6)
            np.testing.assert_allclose(shown(trace.y), shown(y), rtol=1e-6, atol=2e-6)
            if name.startswith(MEASURED):
                np.testing.assert_array_equal(shown(trace.y), shown(y))


@pytest.mark.parametrize("kind", ["digits", "deep", "two"])
def test_unit_pictures_are_the_kernels_side_by_side(kind: str) -> None:
    trajectory, chart = chart_of(kind, "unit_pictures")
    pictures = trajectory.unit_pictures
    assert pictures is not None and trajectory.val_accuracy is not None
    for place in places(trajectory):
        drawn = figure(trajectory, chart, place)
        ranked = sorted(
            range(len(trajectory.strengths)),
            key=lambda k: (
                -trajectory.val_accuracy[k, place.e],
                trajectory.val_data_loss[k, place.e],
            ),
        )
        members = (
            place.k,
            0 if place.a is None else place.a,
            ranked[0] if place.b is None else place.b,
        )
        for trace, member in zip(drawn.data, members, strict=True):
            picture = np.array(trace.z)
            assert picture.shape == (2 * 9 - 1, 8 * 9 - 1)
            seen = np.zeros(picture.shape, dtype=bool)
            for unit in range(trajectories.UNITS):
                top, left = 9 * (unit // 8), 9 * (unit % 8)
                tile = picture[top : top + 8, left : left + 8]
                np.testing.assert_array_equal(tile, pictures[member, place.e, unit])
                seen[top : top + 8, left : left + 8] = True
            assert (picture[~seen] == 0).all()
    assert f"{trajectory.context.picture_limit:.2g}" in drawn.data[0].colorbar.ticktext[2]


@pytest.mark.parametrize("kind", ["digits", "deep", "sgd"])
def test_matrices_are_the_kernels_of_the_last_epoch(kind: str) -> None:
    trajectory = KINDS[kind]
    last = len(trajectory.epochs) - 1
    for layer, name in enumerate(trajectory.layer_names):
        chart = named(trajectory, f"matrix_{name}")
        full = float(trajectory.context.bin_edges[layer, -1]) / 2
        for place in places(trajectory):
            (trace, *_) = figure(trajectory, chart, dataclasses.replace(place, e=last)).data
            kernel = trajectory.kernels[layer][place.k].T[:48, :160]
            wanted = np.clip(kernel * (127 / full), -127, 127)
            np.testing.assert_allclose(np.array(trace.z, float), wanted, atol=0.5 + 1e-9)
            before = figure(trajectory, chart, dataclasses.replace(place, e=last - 1)).data[0]
            assert before.z is None or np.size(before.z) == 0
        training = dataclasses.replace(trajectory, kernels=())
        none = figure(training, chart, dataclasses.replace(place, e=last)).data[0]
        assert none.z is None or np.size(none.z) == 0


def test_the_boundary_is_the_probability_over_the_plane_and_points_stand_where_they_are() -> None:
    trajectory, chart = chart_of("plane", "boundary")
    points = trajectory.context.train_points
    assert points is not None and trajectory.boundary is not None
    for place in places(trajectory):
        shading, *classes = figure(trajectory, chart, place).data
        np.testing.assert_array_equal(shading.z, trajectory.boundary[place.k, place.e])
        x = shading.x0 + shading.dx * np.arange(5)
        y = shading.y0 + shading.dy * np.arange(7)
        assert (x[0], x[-1], y[0], y[-1]) == pytest.approx(trajectory.context.grid_extent)
        for number, trace in enumerate(classes):
            shown_points = set(zip(trace.x, trace.y, strict=True))
            assert shown_points == {(x, y) for x, y, label in points if label == number}
