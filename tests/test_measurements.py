"""Measurements against plain loops over members, epochs and layers."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz import measurements
from l2viz.trajectory import Trajectory
from tests import trajectories

BOTH = pytest.mark.parametrize("trajectory", [trajectories.curve(), trajectories.digits()])


def cells(trajectory: Trajectory) -> list[tuple[int, int]]:
    return [(k, e) for k in range(len(trajectory.strengths)) for e in range(len(trajectory.epochs))]


@BOTH
def test_losses_and_gap_of_every_member_and_epoch(trajectory: Trajectory) -> None:
    for k, e in cells(trajectory):
        penalty = math.fsum(trajectory.penalty[k, e])
        train, val = float(trajectory.train_data_loss[k, e]), float(trajectory.val_data_loss[k, e])
        assert measurements.penalty_total(trajectory)[k, e] == pytest.approx(penalty)
        assert measurements.total_loss(trajectory)[k, e] == pytest.approx(train + penalty)
        assert measurements.validation_total_loss(trajectory)[k, e] == pytest.approx(val + penalty)
        gap = measurements.generalization_gap(trajectory)[k, e]
        assert gap == pytest.approx(val - train, abs=1e-6)


@BOTH
def test_norms_and_shrinkage_are_those_of_all_kernels_joined(trajectory: Trajectory) -> None:
    norms = trajectory.kernel_norm
    for k, e in cells(trajectory):
        joined = math.hypot(*norms[k, e])
        assert measurements.network_norm(trajectory)[k, e] == pytest.approx(joined)
        ratio = measurements.shrinkage_ratio(trajectory)[k, e]
        assert ratio == pytest.approx(joined / math.hypot(*norms[0, e]))
        for layer in range(len(trajectory.layer_names)):
            ratio = measurements.kernel_shrinkage_ratio(trajectory)[k, e, layer]
            assert ratio == pytest.approx(norms[k, e, layer] / norms[0, e, layer])
    assert (measurements.shrinkage_ratio(trajectory)[0] == 1.0).all()


@BOTH
def test_the_penalty_gradient_is_twice_the_strength_times_the_weight(
    trajectory: Trajectory,
) -> None:
    gradient = measurements.penalty_gradient(trajectory)
    for (k, e, s), weight in np.ndenumerate(trajectory.sampled_weights):
        assert gradient[k, e, s] == pytest.approx(2 * trajectory.strengths[k] * float(weight))


@given(seed=st.integers(0, 2**32 - 1))
def test_best_is_the_highest_accuracy_and_of_equals_the_lowest_loss(seed: int) -> None:
    trajectory = trajectories.digits(epochs=3)
    generator = np.random.default_rng(seed)
    shape = trajectory.val_data_loss.shape
    trajectory = dataclasses.replace(  # few values, so that there are equals
        trajectory,
        val_accuracy=generator.integers(0, 3, shape) / 2,
        val_data_loss=generator.integers(0, 3, shape) / 2,
    )
    assert trajectory.val_accuracy is not None
    accuracy, loss = trajectory.val_accuracy, trajectory.val_data_loss
    for e, best in enumerate(measurements.best_strengths(trajectory)):
        ranked = sorted(range(shape[0]), key=lambda k: (-accuracy[k, e], loss[k, e], k))
        assert best == ranked[0]
    assert measurements.best_strength(trajectory) == ranked[0]


def test_best_of_a_regression_is_the_lowest_validation_loss() -> None:
    trajectory = trajectories.curve()
    for e, best in enumerate(measurements.best_strengths(trajectory)):
        assert trajectory.val_data_loss[best, e] == min(trajectory.val_data_loss[:, e])


@BOTH
def test_the_choice_never_looks_at_test_data(trajectory: Trajectory) -> None:
    blind = dataclasses.replace(
        trajectory,
        test_data_loss=np.full_like(trajectory.test_data_loss, np.nan),
        test_accuracy=None,
    )
    chosen = measurements.best_strengths(trajectory)
    assert measurements.best_strengths(blind).tolist() == chosen.tolist()


def test_the_gain_is_accuracy_won_or_the_share_of_the_error_that_is_gone() -> None:
    digits, curve = trajectories.digits(), trajectories.curve()
    assert digits.test_accuracy is not None
    for k in range(len(digits.strengths)):
        won = float(digits.test_accuracy[k, -1]) - float(digits.test_accuracy[0, -1])
        assert measurements.test_gain(digits, k) == pytest.approx(won)
        left = float(curve.test_data_loss[k, -1]) / float(curve.test_data_loss[0, -1])
        assert measurements.test_gain(curve, k) == pytest.approx(1 - left)


def test_the_error_of_a_difference_is_that_of_simulated_tests() -> None:
    generator = np.random.default_rng(0)
    first = generator.binomial(397, 0.8, 40_000) / 397
    second = generator.binomial(397, 0.7, 40_000) / 397
    error = measurements.accuracy_error(0.8, 0.7, 397)
    assert error == pytest.approx(float(np.std(first - second)), rel=0.02)
    assert measurements.accuracy_error(1.0, 0.0, 397) == 0.0
