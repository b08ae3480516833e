"""Trajectory: shapes as its docstring says, and the same arrays back from a file."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from l2viz.experiment import Experiment
from l2viz.training import run
from l2viz.trajectory import MEASURED, RunContext, Snapshot, Trajectory

pytestmark = pytest.mark.usefixtures("one_thread")

EXPERIMENTS: dict[str, dict[str, Any]] = {
    "digits": {"hidden": (20, 6)},
    "digits, first kernel": {"hidden": (20, 6), "regularized": "first"},
    "digits, no hidden layer": {"hidden": ()},
    "digits, one member": {"hidden": (20, 6), "strengths": (0.0,)},
    "digits, float64": {"hidden": (5,), "dtype": "float64"},
    "curve": {"dataset": "curve", "hidden": (9,)},
}


@pytest.fixture(scope="module", params=EXPERIMENTS)
def trajectory(request: pytest.FixtureRequest) -> Trajectory:
    settings: dict[str, Any] = {
        "train_size": 40,
        "strengths": (0.0, 1e-3, 1e-2),
        "epochs": 5,
        "record_every": 2,
    }
    return run(Experiment(**(settings | EXPERIMENTS[request.param])))


def test_shapes(trajectory: Trajectory) -> None:
    experiment, context = trajectory.experiment, trajectory.context
    members, recorded = len(experiment.strengths), len(experiment.recorded_epochs)
    layers = len(experiment.kernel_shapes)
    followed = len(context.sampled_index)
    path = (members, recorded)
    digits = experiment.dataset == "digits"
    thresholds = len(context.thresholds)
    units = min(16, experiment.kernel_shapes[0][1])
    expected = {
        "train_data_loss": path,
        "val_data_loss": path,
        "test_data_loss": path,
        "train_accuracy": path if digits else None,
        "val_accuracy": path if digits else None,
        "test_accuracy": path if digits else None,
        "penalty": (*path, layers),
        "kernel_norm": (*path, layers),
        "histogram": (*path, layers, context.bin_edges.shape[1] - 1),
        "sampled_weights": (*path, followed),
        "sampled_gradients": (*path, followed),
        "data_gradient_norm": (*path, layers),
        "gradient_angle": (*path, layers),
        "sparsity": (*path, layers, thresholds),
        "idle_sparsity": (*path, layers, thresholds),
        "exact_zeros": (*path, layers),
        "unit_norm": (*path, experiment.layers[0].units),
        "sampled_velocity": (*path, followed),
        "boundary": None,
        "dummy_probabilities": (*path, 10) if digits else None,
        "grid_predictions": None if digits else (*path, len(context.grid_inputs)),
        "unit_pictures": (*path, units, 8, 8) if digits else None,
    }
    shapes = {name: getattr(trajectory, name) for name in MEASURED}
    assert {n: None if a is None else a.shape for n, a in shapes.items()} == expected
    assert trajectory.strengths.tolist() == list(experiment.strengths)
    assert trajectory.epochs.tolist() == list(experiment.recorded_epochs)
    kernel_shapes = experiment.kernel_shapes
    assert [kernel.shape for kernel in trajectory.kernels] == [(members, *s) for s in kernel_shapes]
    assert len(trajectory.layer_names) == layers
    assert context.sampled_layer.shape == context.sampled_index.shape
    assert context.kernel_sizes == tuple(inputs * units for inputs, units in kernel_shapes)


def test_the_last_kernels_are_those_last_measured(trajectory: Trajectory) -> None:
    for layer, kernel in enumerate(trajectory.kernels):
        norms = np.linalg.norm(kernel.reshape(len(kernel), -1), axis=1)
        np.testing.assert_allclose(trajectory.kernel_norm[:, -1, layer], norms, rtol=1e-5)


def test_losses_and_accuracies_are_plausible_numbers(trajectory: Trajectory) -> None:
    for name in MEASURED:
        array = getattr(trajectory, name)
        if array is not None:
            assert np.isfinite(array).all()
    assert (trajectory.histogram.sum(axis=-1) == trajectory.context.kernel_sizes).all()
    if trajectory.val_accuracy is not None:
        assert ((trajectory.val_accuracy >= 0) & (trajectory.val_accuracy <= 1)).all()
    assert (trajectory.penalty[0] == 0.0).all()


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and one.dtype == other.dtype
            and np.array_equal(one, other)
        )
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("name", ["run.npz", "run", "a run.of λ"])
def test_a_file_gives_the_same_trajectory_back(
    trajectory: Trajectory, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    trajectory.save(file)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    again = Trajectory.load(file)
    for field in dataclasses.fields(RunContext):
        assert same(getattr(again.context, field.name), getattr(trajectory.context, field.name))
    for field in dataclasses.fields(Trajectory):
        if field.name not in ("context", "kernels"):
            assert same(getattr(again, field.name), getattr(trajectory, field.name)), field.name
    assert len(again.kernels) == len(trajectory.kernels)
    for ours, theirs in zip(again.kernels, trajectory.kernels, strict=True):
        assert same(ours, theirs)


def test_a_trajectory_still_in_training_can_be_kept_too(
    trajectory: Trajectory, tmp_path: Path
) -> None:
    snapshots = [
        Snapshot(
            epoch=int(trajectory.epochs[e]),
            **{
                name: getattr(trajectory, name)[:, e]
                for name in MEASURED
                if getattr(trajectory, name) is not None
            },
        )
        for e in range(2)
    ]
    partial = Trajectory.of(trajectory.context, snapshots)
    assert partial.epochs.tolist() == trajectory.epochs[:2].tolist()
    np.testing.assert_array_equal(partial.penalty, trajectory.penalty[:, :2])
    partial.save(tmp_path / "partial.npz")
    assert Trajectory.load(tmp_path / "partial.npz").kernels == ()
