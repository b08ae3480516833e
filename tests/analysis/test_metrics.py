"""Measurements against plain loops over members, epochs and layers."""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.analysis import metrics
from l2viz.engine.training import run
from l2viz.experiment import Experiment
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
        assert metrics.penalty_total(trajectory)[k, e] == pytest.approx(penalty)
        assert metrics.total_loss(trajectory)[k, e] == pytest.approx(train + penalty)
        assert metrics.validation_total_loss(trajectory)[k, e] == pytest.approx(val + penalty)
        gap = metrics.generalization_gap(trajectory)[k, e]
        assert gap == pytest.approx(val - train, abs=1e-6)


@BOTH
def test_norms_and_shrinkage_are_those_of_all_kernels_joined(trajectory: Trajectory) -> None:
    norms = trajectory.kernel_norm
    for k, e in cells(trajectory):
        joined = math.hypot(*norms[k, e])
        assert metrics.network_norm(trajectory)[k, e] == pytest.approx(joined)
        ratio = metrics.shrinkage_ratio(trajectory)[k, e]
        assert ratio == pytest.approx(joined / math.hypot(*norms[0, e]))
        for layer in range(len(trajectory.layer_names)):
            ratio = metrics.kernel_shrinkage_ratio(trajectory)[k, e, layer]
            assert ratio == pytest.approx(norms[k, e, layer] / norms[0, e, layer])
    assert (metrics.shrinkage_ratio(trajectory)[0] == 1.0).all()


@BOTH
def test_the_penalty_gradient_is_twice_the_strength_times_the_weight(
    trajectory: Trajectory,
) -> None:
    gradient = metrics.penalty_gradient(trajectory)
    for (k, e, s), weight in np.ndenumerate(trajectory.sampled_weights):
        assert gradient[k, e, s] == pytest.approx(2 * trajectory.strengths[k] * float(weight))


@given(seed=st.integers(0, 2**32 - 1))
def test_best_is_the_highest_accuracy_and_of_equals_the_lowest_loss(seed: int) -> None:
    trajectory = trajectories.digits(epochs=3)
    generator = np.random.default_rng(seed)
    shape = trajectory.val_data_loss.shape
    trajectory = dataclasses.replace(  # few distinct values, so that there are ties
        trajectory,
        val_accuracy=generator.integers(0, 3, shape) / 2,
        val_data_loss=generator.integers(0, 3, shape) / 2,
    )
    assert trajectory.val_accuracy is not None
    accuracy, loss = trajectory.val_accuracy, trajectory.val_data_loss
    for e, best in enumerate(metrics.best_strengths(trajectory)):
        ranked = sorted(range(shape[0]), key=lambda k: (-accuracy[k, e], loss[k, e], k))
        assert best == ranked[0]
    assert metrics.best_strength(trajectory) == ranked[0]


def test_best_of_a_regression_is_the_lowest_validation_loss() -> None:
    trajectory = trajectories.curve()
    for e, best in enumerate(metrics.best_strengths(trajectory)):
        assert trajectory.val_data_loss[best, e] == min(trajectory.val_data_loss[:, e])


@BOTH
def test_the_choice_never_looks_at_test_data(trajectory: Trajectory) -> None:
    blind = dataclasses.replace(
        trajectory,
        test_data_loss=np.full_like(trajectory.test_data_loss, np.nan),
        test_accuracy=None,
    )
    chosen = metrics.best_strengths(trajectory)
    assert metrics.best_strengths(blind).tolist() == chosen.tolist()


def test_the_gain_is_accuracy_won_or_the_share_of_the_error_that_is_gone() -> None:
    digits, curve = trajectories.digits(), trajectories.curve()
    assert digits.test_accuracy is not None
    for k in range(len(digits.strengths)):
        won = float(digits.test_accuracy[k, -1]) - float(digits.test_accuracy[0, -1])
        assert metrics.test_gain(digits, k) == pytest.approx(won)
        left = float(curve.test_data_loss[k, -1]) / float(curve.test_data_loss[0, -1])
        assert metrics.test_gain(curve, k) == pytest.approx(1 - left)


def test_the_error_of_a_difference_is_that_of_simulated_tests() -> None:
    generator = np.random.default_rng(0)
    first = generator.binomial(397, 0.8, 40_000) / 397
    second = generator.binomial(397, 0.7, 40_000) / 397
    error = metrics.accuracy_error(0.8, 0.7, 397)
    assert error == pytest.approx(float(np.std(first - second)), rel=0.02)
    assert metrics.accuracy_error(1.0, 0.0, 397) == 0.0


# ---- gradients of both, and their balance


def test_a_minimum_is_in_balance_and_without_penalty_nothing_opposes() -> None:
    trajectory = trajectories.digits()
    penalty = metrics.penalty_gradient(trajectory)
    balanced = dataclasses.replace(trajectory, sampled_gradients=-penalty)
    distance = metrics.distance_from_balance(balanced)
    assert (distance == 0.0).all()
    same_way = dataclasses.replace(trajectory, sampled_gradients=3.0 * penalty)
    distance = metrics.distance_from_balance(same_way)[1:]
    np.testing.assert_allclose(distance, 1.0)
    np.testing.assert_allclose(metrics.distance_from_balance(trajectory)[0], 1.0)


@given(angle=st.floats(0.0, 180.0), ratio=st.floats(1e-3, 1e3))
def test_distance_from_balance_by_the_law_of_cosines(angle: float, ratio: float) -> None:
    """√(1 + r² + 2r·cos) ÷ (1 + r) for two gradients at an angle, with norms in the ratio r."""
    trajectory = trajectories.digits(hidden=())
    weights = np.zeros_like(trajectory.sampled_weights, dtype=np.float64)
    gradients = np.zeros_like(weights)
    weights[..., 0] = 1.0
    pull = 2.0 * trajectory.strengths[:, None]
    gradients[..., 0] = pull * ratio * math.cos(math.radians(angle))
    gradients[..., 1] = pull * ratio * math.sin(math.radians(angle))
    made = dataclasses.replace(trajectory, sampled_weights=weights, sampled_gradients=gradients)
    wanted = math.sqrt(max(1 + ratio**2 + 2 * ratio * math.cos(math.radians(angle)), 0.0))
    distance = metrics.distance_from_balance(made)[1:]
    np.testing.assert_allclose(distance, wanted / (1 + ratio), atol=1e-7)


@pytest.mark.parametrize(
    ("penalty", "derivative"),
    [
        ("l2", lambda w: 2 * w),
        ("l1", lambda w: math.copysign(1.0, w)),
        ("l1l2", lambda w: 2 * w + math.copysign(1.0, w)),
        ("decay", lambda w: 0.0),
        ("proximal_l1", lambda w: 0.0),
        ("none", lambda w: 0.0),
    ],
)
def test_the_gradient_of_each_penalty(penalty: str, derivative: Callable[[float], float]) -> None:
    trajectory = trajectories.digits(penalties=(penalty,))
    gradient = metrics.penalty_gradient(trajectory)
    for (k, e, s), weight in np.ndenumerate(trajectory.sampled_weights):
        wanted = float(trajectory.strengths[k]) * derivative(float(weight))
        assert gradient[k, e, s] == pytest.approx(wanted)


def test_a_schedule_moves_the_strength_in_force() -> None:
    warm = trajectories.digits(schedule="warmup", schedule_epoch=4)
    strengths = metrics.strengths_in_force(warm)
    for (k, e), strength in np.ndenumerate(strengths):
        share = min(max(int(warm.epochs[e]), 1) / 4, 1.0)
        assert strength == pytest.approx(share * warm.strengths[k])
    stepped = trajectories.digits(schedule="step", schedule_epoch=3, schedule_from=0.5)
    strengths = metrics.strengths_in_force(stepped)
    for (k, e), strength in np.ndenumerate(strengths):
        assert strength == (0.5 if stepped.epochs[e] <= 3 else stepped.strengths[k])
    norm = metrics.penalty_gradient_norm(stepped)
    for (k, e, layer), value in np.ndenumerate(stepped.kernel_norm):
        assert norm[k, e, layer] == pytest.approx(2 * strengths[k, e] * value)


@pytest.mark.parametrize(
    ("penalty", "squares", "magnitudes"),
    [("l2", 1, 0), ("l1", 0, 1), ("l1l2", 1, 1), ("decay", 0, 0), ("proximal_l1", 0, 0)],
)
@pytest.mark.usefixtures("one_thread")
def test_the_norm_of_the_penalty_gradient_is_that_of_the_penalty_trained(
    penalty: str, squares: int, magnitudes: int
) -> None:
    trajectory = run(
        Experiment(
            dataset="curve",
            hidden=(5,),
            epochs=20,
            record_every=10,
            optimizer="sgd",
            strengths=(0.0, 0.01, 0.3),
            penalties=(penalty,),
            bias_regularizer=True,
            dtype="float64",
        )
    )
    norms = metrics.penalty_gradient_norm(trajectory)[:, -1]
    for layer, kernels in enumerate(trajectory.kernels):
        for k, strength in enumerate(trajectory.strengths):
            pull = 2.0 * squares * kernels[k] + magnitudes * np.sign(kernels[k])
            assert norms[k, layer] == pytest.approx(strength * np.linalg.norm(pull), rel=1e-6)


# ---- repeats


@given(seed=st.integers(0, 2**32 - 1), repeats=st.integers(2, 6))
def test_mean_and_deviation_over_repeats_are_those_of_the_standard_library(
    seed: int, repeats: int
) -> None:
    values = np.random.default_rng(seed).normal(size=(repeats, 3))
    mean, deviation = metrics.over_repeats(values, axis=0)
    for column in range(3):
        assert mean[column] == pytest.approx(statistics.fmean(values[:, column]))
        assert deviation[column] == pytest.approx(statistics.stdev(values[:, column]))


def test_a_single_repeat_has_no_deviation() -> None:
    mean, deviation = metrics.over_repeats(np.array([[3.0, 4.0]]), axis=0)
    assert mean.tolist() == [3.0, 4.0]
    assert deviation.tolist() == [0.0, 0.0]


def test_the_one_standard_error_choice_is_the_strongest_within_reach() -> None:
    """Means 5, 3, 2, 2.1, 2.4, 9 with standard error 0.3 at the best: up to 2.3, so the fourth."""
    path = trajectories.curve(strengths=(0.0, 1e-4, 1e-3, 1e-2, 0.1, 1.0), repeats=3)
    means = np.array([5.0, 3.0, 2.0, 2.1, 2.4, 9.0])
    spread = 0.3 * math.sqrt(3) * np.array([-1.0, 0.0, 1.0])  # its sample deviation is 0.3·√3
    scores = np.broadcast_to((means + spread[:, None])[None, :, :, None], path.val_data_loss.shape)
    made = dataclasses.replace(path, val_data_loss=scores)
    best, choice = metrics.best_on_average(made)
    assert set(best.tolist()) == {2}
    assert set(choice.tolist()) == {3}
    wider = means + 1.7 * spread[:, None]  # a standard error of 0.51 reaches 2.4 too
    made = dataclasses.replace(
        path, val_data_loss=np.broadcast_to(wider[None, :, :, None], scores.shape)
    )
    assert set(metrics.best_on_average(made)[1].tolist()) == {4}


@BOTH
def test_of_a_single_repeat_best_and_choice_are_the_same(trajectory: Trajectory) -> None:
    best, choice = metrics.best_on_average(trajectory)
    scores = (
        trajectory.val_data_loss if trajectory.val_accuracy is None else (-trajectory.val_accuracy)
    )
    for e in range(len(trajectory.epochs)):
        assert scores[best[e], e] == scores[:, e].min()
        assert scores[choice[e], e] == scores[:, e].min()


def test_there_is_one_best_strength_whoever_asks() -> None:
    """Equal accuracies are told apart by the data loss, in every chart and sentence."""
    tied = trajectories.digits()
    assert tied.val_accuracy is not None
    accuracy = np.full_like(tied.val_accuracy, 0.5)
    accuracy[1:4] = 0.8
    tied = dataclasses.replace(tied, val_accuracy=accuracy)
    best, choice = metrics.best_on_average(tied)
    expected = 1 + np.argmin(tied.val_data_loss[1:4], axis=0)
    for found in (best, choice, metrics.best_strengths(tied)):
        np.testing.assert_array_equal(found, expected)


# ---- collapse


def test_collapse_begins_where_nothing_is_left_at_any_stronger_member() -> None:
    trajectory = trajectories.digits()
    norm = np.ones_like(trajectory.kernel_norm)
    loss = np.full_like(trajectory.train_data_loss, 0.5)
    constant = trajectory.context.constant_loss
    norm[1], loss[1] = 0.01, constant  # collapsed, but not the next one: does not count
    norm[3:], loss[3:] = 0.04, 0.99 * constant
    norm[3, 2] = 0.06  # too large at this epoch
    loss[4, 4] = 0.9 * constant  # too good
    made = dataclasses.replace(trajectory, kernel_norm=norm, train_data_loss=loss)
    first = metrics.collapse(made)
    members = len(trajectory.strengths)
    assert first.tolist() == [3, 3, 4, 3, members, 3, 3]
