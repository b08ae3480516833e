"""Experiments drawn by Hypothesis: a short run of each, and one member compared with `fit`."""

from __future__ import annotations

import dataclasses
import gc
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from l2viz.analysis.grid_refinement import finer_grid
from l2viz.analysis.metrics import best_strengths
from l2viz.charts import charts_of
from l2viz.engine.training import PathTraining
from l2viz.experiment import Experiment
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import MEASURED, SUMMARIES, Trajectory
from tests.experiments import short_experiments
from tests.plain_keras import Cell, PlainMember, largest_difference, path_weights

pytestmark = pytest.mark.usefixtures("one_thread")

CLOSE = 1e-9  # absolute, after up to 12 steps in float64


@st.composite
def members(draw: st.DrawFn) -> tuple[Experiment, Cell]:
    """Draw a short experiment and one of its members."""
    experiment = draw(short_experiments())
    axes = (len(experiment.penalties), experiment.repeats, len(experiment.strengths))
    twin, repeat, member = (draw(st.integers(0, axis - 1)) for axis in axes)
    return experiment, (twin, repeat, member)


def check_member(experiment: Experiment, cell: Cell) -> None:
    """Check in float64 that a member is the network that `fit` trains."""
    exact = dataclasses.replace(experiment, dtype="float64")
    with PathTraining(exact) as path:
        path.train_epochs(exact.epochs)
        plain = PlainMember(path, cell)
        for _ in range(exact.epochs):
            plain.fit()
        ours = path_weights(path, plain.row)
    gc.collect()  # traces are in reference cycles
    assert np.isfinite(np.concatenate([array.reshape(-1) for array in ours])).all()
    assert largest_difference(ours, plain.weights) < CLOSE


def check_run(experiment: Experiment) -> None:
    """Check that all arrays are there, finite, and in the shapes of Trajectory."""
    with PathTraining(experiment) as path:
        snapshots = list(path.snapshots())
        trajectory = Trajectory.of(path.context, snapshots, path.kernels())
    members, epochs = len(experiment.strengths), len(experiment.recorded_epochs)
    several = experiment.leading_axes > 0
    twins = (len(experiment.penalties),)
    summary = (*twins, experiment.repeats, members) if several else (members,)
    detail = (*twins, 1, members) if several else (members,)
    for name in MEASURED:
        array = getattr(trajectory, name)
        if array is None:
            continue
        if name == "gradient_angle":  # of the penalties in the loss alone
            in_loss = [PENALTIES[penalty].in_loss for penalty in experiment.penalties]
            shown = array[in_loss] if several else array[None][in_loss]
            assert np.isfinite(shown).all()
        else:
            assert np.isfinite(array).all(), name
        leading = summary if name in SUMMARIES else detail
        recorded = len(trajectory.pictured) if name == "unit_pictures" else epochs
        assert array.shape[: len(leading) + 1] == (*leading, recorded), name
    shapes = [(*detail, *shape) for shape in experiment.kernel_shapes]
    assert [kernel.shape for kernel in trajectory.kernels] == shapes
    assert (trajectory.train_accuracy is None) == (experiment.task == "regression")
    for penalty in experiment.penalties:
        alone = trajectory.twin(penalty)
        assert alone.val_data_loss.shape == (members, epochs)
        assert best_strengths(alone).shape == (epochs,)
    check_charts(trajectory)
    gc.collect()


def check_charts(trajectory: Trajectory) -> None:
    """Check that every chart that is offered can be drawn, at the first and the last position."""
    strengths, epochs = trajectory.strengths, trajectory.epochs
    for chart in charts_of(trajectory):
        for at in (0, -1):
            figure = chart.at(trajectory, strength=float(strengths[at]), epoch=int(epochs[at]))
            assert figure.data, chart.name
    assert set(strengths) <= set(finer_grid(trajectory).strengths)


def searched(examples: int) -> Any:
    """Without shrinking, which would train for hours."""
    return settings(
        max_examples=examples,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )


@searched(4)
@given(drawn=members())
@pytest.mark.usefixtures("floatx64")
def test_a_member_of_any_experiment_is_what_fit_gives(drawn: tuple[Experiment, Cell]) -> None:
    check_member(*drawn)


@pytest.mark.slow
@searched(120)
@given(drawn=members())
@pytest.mark.usefixtures("floatx64")
def test_a_member_of_many_experiments_is_what_fit_gives(drawn: tuple[Experiment, Cell]) -> None:
    check_member(*drawn)


@pytest.mark.slow
@searched(3)
@given(experiment=short_experiments())
@example(experiment=Experiment(dataset="linear", epochs=1, train_size=2, strengths=(0.0,)))
def test_any_experiment_is_measured_whole(experiment: Experiment) -> None:
    check_run(experiment)


@pytest.mark.slow
@searched(120)
@given(experiment=short_experiments())
@example(experiment=Experiment(epochs=1, train_size=2, hidden=(1,), strengths=(0.0,)))
@example(experiment=Experiment(dataset="linear", epochs=1, train_size=2, strengths=(0.0, 0.1)))
@example(experiment=Experiment(dataset="linear", epochs=1, train_size=9, strengths=(0.0,)))
@example(experiment=Experiment(epochs=1, train_size=9, hidden=(), strengths=(0.0, 5e-324)))
@example(experiment=Experiment(dataset="linear", epochs=1, strengths=(0.0, 5e-324, 1e-320)))
def test_many_experiments_are_measured_whole(experiment: Experiment) -> None:
    check_run(experiment)
