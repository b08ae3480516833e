"""Trajectory: shapes as its docstring says, and the same arrays back from a file."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from l2viz.engine import run_context
from l2viz.engine.training import run
from l2viz.experiment import Experiment
from l2viz.trajectory import MEASURED, SUMMARIES, RunContext, Trajectory
from l2viz.trajectory import trajectory as module
from l2viz.trajectory.links import links_of
from tests import trajectories
from tests.cases import others_slow

pytestmark = pytest.mark.usefixtures("one_thread")

EXPERIMENTS: dict[str, dict[str, Any]] = {
    "digits": {"hidden": (20, 6)},
    "digits, first kernel": {"hidden": (20, 6), "regularized": "first"},
    "digits, no hidden layer": {"hidden": ()},
    "digits, one member": {"hidden": (20, 6), "strengths": (0.0,)},
    "digits, float64": {"hidden": (5,), "dtype": "float64"},
    "curve": {"dataset": "curve", "hidden": (9,)},
    "convolutions": {"model": "conv2d", "filters": (4, 3)},
    "custom, Dropout": {"model": "custom", "hidden": (70,), "dropout": 0.3},
    "twins": {"hidden": (6,), "penalties": ("l2", "none", "decay")},
    "repeats": {"dataset": "curve", "hidden": (6,), "repeats": 3, "optimizer": "sgd"},
    "twins and repeats, few pictures": {
        "hidden": (6,),
        "batch_norm": True,
        "penalties": ("l1", "l2"),
        "repeats": 2,
        "regularized": "first",
        "optimizer": "rmsprop",
    },
}
QUICK = ("digits, first kernel", "curve", "convolutions", "twins and repeats, few pictures")


@pytest.fixture(scope="module", params=others_slow(EXPERIMENTS, quick=QUICK))
def trajectory(request: pytest.FixtureRequest) -> Trajectory:
    settings: dict[str, Any] = {
        "train_size": 40,
        "strengths": (0.0, 1e-3, 1e-2),
        "epochs": 5,
        "record_every": 2,
    }
    experiment = Experiment(**(settings | EXPERIMENTS[request.param]))
    with pytest.MonkeyPatch.context() as patch:
        if "few pictures" in request.param:
            patch.setattr(run_context, "LARGEST_PICTURES", 1)
            patch.setattr(run_context, "FEW_PICTURES", 2)
        return run(experiment)


def test_shapes(trajectory: Trajectory) -> None:
    experiment, known = trajectory.experiment, trajectory.context
    members, recorded = len(experiment.strengths), len(experiment.recorded_epochs)
    layers, thresholds = len(experiment.kernel_shapes), len(known.thresholds)
    followed = len(known.sampled_index)
    several = experiment.leading_axes > 0
    twins = (len(experiment.penalties),)
    summary = ((*twins, experiment.repeats) if several else ()) + (members, recorded)
    first = ((*twins, 1) if several else ()) + (members,)  # repeats alone
    detail = (*first, recorded)
    digits = experiment.dataset == "digits"
    kernel = experiment.kernel_shapes[0]
    side = 3 if experiment.model == "conv2d" else 8
    accuracy = summary if digits else None
    links = links_of(experiment)
    counted = experiment.model == "dense" and len(experiment.hidden) > 0
    units = (*summary, len(experiment.hidden)) if counted else None
    expected = {
        "train_data_loss": summary,
        "val_data_loss": summary,
        "test_data_loss": summary,
        "train_accuracy": accuracy,
        "val_accuracy": accuracy,
        "test_accuracy": accuracy,
        "wrong_labels_learnt": summary if experiment.label_noise else None,
        "true_labels_right": summary if experiment.label_noise else None,
        "dead_units": units if experiment.activation == "relu" else None,
        "faded_units": units,
        "penalty": (*summary, layers),
        "bias_penalty": (*summary, layers) if experiment.bias_regularizer else None,
        "kernel_norm": (*summary, layers),
        "data_gradient_norm": (*summary, layers),
        "gradient_angle": (*summary, layers),
        "grid_predictions": None if digits else (*summary, len(known.grid_inputs)),
        "histogram": (*detail, layers, known.bin_edges.shape[1] - 1),
        "sampled_weights": (*detail, followed),
        "sampled_gradients": (*detail, followed),
        "sampled_velocity": None if experiment.optimizer == "sgd" else (*detail, followed),
        "sparsity": (*detail, layers, thresholds),
        "idle_sparsity": (*detail, layers, thresholds),
        "exact_zeros": (*detail, layers),
        "unit_norm": (*detail, min(64, experiment.layers[0].units)),
        "boundary": None,
        "dummy_probabilities": (*detail, 10) if digits else None,
        "link_weights": None if links is None else (*detail, len(links.index)),
        "link_gradients": None if links is None else (*detail, len(links.index)),
        "unit_answers": None,
        "unit_pictures": (*first, len(known.picture_epochs), min(16, kernel[-1]), side, side)
        if digits
        else None,
    }
    shapes = {name: getattr(trajectory, name) for name in MEASURED}
    assert {n: None if a is None else a.shape for n, a in shapes.items()} == expected
    assert trajectory.strengths.tolist() == list(experiment.strengths)
    assert trajectory.epochs.tolist() == list(experiment.recorded_epochs)
    kernels = [(*first, *shape) for shape in experiment.kernel_shapes]
    assert [kernel.shape for kernel in trajectory.kernels] == kernels
    assert len(trajectory.layer_names) == layers
    assert known.sampled_layer.shape == known.sampled_index.shape
    assert known.kernel_sizes == tuple(math.prod(shape) for shape in experiment.kernel_shapes)


def test_the_last_kernels_are_those_last_measured(trajectory: Trajectory) -> None:
    for penalty in trajectory.experiment.penalties:
        twin = trajectory.twin(penalty)
        for layer, kernel in enumerate(twin.kernels):
            norms = np.linalg.norm(kernel.reshape(len(kernel), -1), axis=1)
            np.testing.assert_allclose(twin.kernel_norm[:, -1, layer], norms, rtol=1e-5)


def test_losses_and_accuracies_are_plausible_numbers(trajectory: Trajectory) -> None:
    for name in MEASURED:
        array = getattr(trajectory, name)
        if array is not None and name != "gradient_angle":  # of penalties in the loss alone
            assert np.isfinite(array).all()
    assert (trajectory.histogram.sum(axis=-1) == trajectory.context.kernel_sizes).all()
    if trajectory.val_accuracy is not None:
        assert ((trajectory.val_accuracy >= 0) & (trajectory.val_accuracy <= 1)).all()
    assert (np.take(trajectory.penalty, 0, axis=trajectory.experiment.leading_axes) == 0.0).all()


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and one.dtype == other.dtype
            and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
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


def test_a_file_of_an_earlier_version_may_say_more_of_its_run(tmp_path: Path) -> None:
    file = tmp_path / "run.npz"
    trajectory = trajectories.curve()
    trajectory.save(file)
    with np.load(file) as saved:
        arrays = dict(saved)
    words = json.loads(str(arrays["context"])) | {"parameter_count": 6}
    np.savez(file, **(arrays | {"context": np.array(json.dumps(words))}))
    same_measured(Trajectory.load(file), trajectory)


def test_more_than_ten_kernels_come_back_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "check_arrays", lambda *_: None)  # no experiment has so many
    kernels = tuple(np.full((2, 3), layer, np.float32) for layer in range(12))
    dataclasses.replace(trajectories.curve(), kernels=kernels).save(tmp_path / "run.npz")
    again = Trajectory.load(tmp_path / "run.npz")
    assert [kernel[0, 0] for kernel in again.kernels] == list(range(12))


def test_a_trajectory_still_in_training_can_be_kept_too(
    trajectory: Trajectory, tmp_path: Path
) -> None:
    partial = Trajectory.of(trajectory.context, trajectory.snapshots()[:2])
    assert partial.epochs.tolist() == trajectory.epochs[:2].tolist()
    axis = trajectory.experiment.leading_axes + 1
    np.testing.assert_array_equal(partial.penalty, trajectory.penalty.take((0, 1), axis=axis))
    partial.save(tmp_path / "partial.npz")
    assert Trajectory.load(tmp_path / "partial.npz").kernels == ()


def same_measured(one: Trajectory, other: Trajectory) -> None:
    for name in (*MEASURED, "epochs", "strengths"):
        assert same(getattr(one, name), getattr(other, name)), name


def test_it_is_the_stack_of_its_snapshots(trajectory: Trajectory) -> None:
    snapshots = trajectory.snapshots()
    assert [snapshot.epoch for snapshot in snapshots] == trajectory.epochs.tolist()
    pictured = [s.epoch for s in snapshots if s.unit_pictures is not None]
    assert pictured == list(trajectory.context.picture_epochs) == trajectory.pictured.tolist()
    same_measured(Trajectory.of(trajectory.context, snapshots, trajectory.kernels), trajectory)
    for count in range(len(snapshots)):
        rest = Trajectory.of(trajectory.context, snapshots[count:], trajectory.kernels)
        same_measured(trajectory.after(count), rest)


def test_a_twin_is_the_first_repeat_of_one_penalty(trajectory: Trajectory) -> None:
    experiment = trajectory.experiment
    same_measured(trajectory.twin(), trajectory.twin(experiment.penalties[0]))
    for position, penalty in enumerate(experiment.penalties):
        twin = trajectory.twin(penalty)
        alone = dataclasses.replace(experiment, penalties=(penalty,), repeats=1)
        assert twin.experiment == alone
        assert twin.experiment.leading_axes == 0
        index = (position, 0) if experiment.leading_axes else ()
        for name in MEASURED:
            array = getattr(trajectory, name)
            assert same(getattr(twin, name), None if array is None else array[index]), name
        for ours, theirs in zip(twin.kernels, trajectory.kernels, strict=True):
            assert same(ours, theirs[index])


def test_a_summary_is_there_of_every_repeat(trajectory: Trajectory) -> None:
    experiment = trajectory.experiment
    for position, penalty in enumerate(experiment.penalties):
        for name in SUMMARIES:
            array = getattr(trajectory, name)
            if array is None:
                continue
            ours = trajectory.repeats(name, penalty)
            assert len(ours) == experiment.repeats
            assert same(ours, array[position] if experiment.leading_axes else array[None])
            assert same(ours[0], getattr(trajectory.twin(penalty), name))


def test_what_was_not_trained_or_measured_is_refused(trajectory: Trajectory) -> None:
    trained = ", ".join(trajectory.experiment.penalties)
    for ask in (trajectory.twin, lambda penalty: trajectory.repeats("penalty", penalty)):
        with pytest.raises(ValueError) as caught:
            ask("l3")
        assert str(caught.value) == f"penalty must be one of {trained}, got 'l3'"
    with pytest.raises(ValueError) as caught:
        trajectory.repeats("histogram")
    assert str(caught.value) == f"name must be one of {', '.join(SUMMARIES)}, got 'histogram'"
    missing = "grid_predictions" if trajectory.grid_predictions is None else "val_accuracy"
    with pytest.raises(ValueError) as caught:
        trajectory.repeats(missing)
    assert str(caught.value) == f"name must be something this run measures, got {missing!r}"
