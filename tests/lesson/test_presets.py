"""The lessons' findings hold on test data, over ten seeds of data, weights and batches."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from l2viz.analysis.metrics import best_strength
from l2viz.analysis.verdict import verdict
from l2viz.engine.training import run
from l2viz.experiment import Experiment
from l2viz.studies.presets import loss_left
from l2viz.trajectory import Trajectory

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("one_thread")]

SEEDS = range(10)


def paths(experiment: Experiment) -> list[Trajectory]:
    return [run(dataclasses.replace(experiment, seed=seed)) for seed in SEEDS]


def accuracy_gain(path: Trajectory, member: int) -> float:
    """Return the gain in test accuracy over λ = 0 at the last epoch, in percentage points."""
    assert path.test_accuracy is not None
    return float(100 * (path.test_accuracy[member, -1] - path.test_accuracy[0, -1]))


def test_with_wrong_labels_the_chosen_strength_gains_eight_points() -> None:
    gains = [accuracy_gain(p, best_strength(p)) for p in paths(Experiment(label_noise=0.3))]
    print(f"gain {np.mean(gains):.1f} points, s.d. {np.std(gains, ddof=1):.1f}, {min(gains):.1f}")
    assert np.mean(gains) >= 8.0


def test_with_clean_labels_there_is_no_gain_and_a_hundredth_costs() -> None:
    trained = paths(Experiment(label_noise=0.0))
    gains = [accuracy_gain(path, best_strength(path)) for path in trained]
    nearest = int(np.argmin(np.abs(trained[0].strengths - 0.01)))
    costs = [-accuracy_gain(path, nearest) for path in trained]
    print(f"gain {np.mean(gains):.2f} points; 0.01 costs {np.mean(costs):.2f}")
    assert np.mean(gains) < 1.0
    assert np.mean(costs) > 0.0
    words = ("no gain", "within chance", "but it costs")
    assert all(any(word in verdict(path) for word in words) for path in trained)


def test_on_the_curve_the_chosen_strength_comes_nearer_to_the_truth() -> None:
    trained = paths(Experiment(dataset="curve"))
    errors = [
        (path.test_data_loss[best_strength(path), -1], path.test_data_loss[0, -1])
        for path in trained
    ]
    print(f"errors {np.mean(errors, axis=0)}")
    assert sum(chosen < zero for chosen, zero in errors) >= 8


@pytest.mark.parametrize(
    "dataset", ["moons", "circles", "spirals", "xor", "linear", "breast_cancer", "wine"]
)
def test_on_each_smaller_set_the_chosen_strength_leaves_less_of_the_loss(dataset: str) -> None:
    experiments = [Experiment(dataset=dataset, seed=seed) for seed in range(5)]
    left = [loss_left(run(experiment)) / 100 for experiment in experiments]
    print(f"{dataset}: {np.round(left, 2)} of the test data loss is left")
    assert np.median(left) < 0.8
