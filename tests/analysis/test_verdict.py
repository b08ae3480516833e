"""Verdicts: every whole sentence, from numbers set by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from l2viz.analysis.verdict import default_member, verdict
from l2viz.trajectory import Trajectory
from tests import trajectories


def classified(
    test: list[float], *, best: int, strengths: tuple[float, ...] = trajectories.STRENGTHS
) -> Trajectory:
    """Return a run with these test accuracies at the last epoch and this best validation member."""
    trajectory = trajectories.digits(strengths=strengths)
    shape = trajectory.val_data_loss.shape
    validation, tested = np.zeros(shape), np.full(shape, 0.5)
    validation[best, -1] = 1.0
    tested[:, -1] = test
    return dataclasses.replace(trajectory, val_accuracy=validation, test_accuracy=tested)


def regressed(test: list[float], *, best: int) -> Trajectory:
    trajectory = trajectories.curve()
    shape = trajectory.val_data_loss.shape
    validation, tested = np.ones(shape), np.ones(shape)
    validation[best, -1] = 0.5
    tested[:, -1] = test
    return dataclasses.replace(trajectory, val_data_loss=validation, test_data_loss=tested)


def test_a_gain_in_accuracy_is_told_in_points() -> None:
    assert verdict(classified([0.7, 0.7, 0.7, 0.85, 0.1], best=3)) == (
        "Validation data chooses λ = 0.009: test accuracy 85.0 %, against 70.0 % at λ = 0: "
        "+15.0 points, with 30 % of the training labels re-drawn."
    )
    clean = trajectories.digits(label_noise=0.0)
    gained = classified([0.7, 0.7, 0.7, 0.85, 0.1], best=3)
    assert verdict(dataclasses.replace(gained, context=clean.context)).endswith(": +15.0 points.")


def test_a_gain_within_the_error_is_none() -> None:
    assert verdict(classified([0.80, 0.80, 0.82, 0.81, 0.1], best=2)) == (
        "Validation data chooses λ = 0.001: it changes test accuracy by +2.0 points, which is "
        "within chance (±5.6 points with 397 test examples)."
    )


def test_a_loss_of_one_point_at_the_default_strength_is_told_in_the_singular() -> None:
    assert verdict(classified([0.80, 0.80, 0.80, 0.79, 0.1], best=0)) == (
        "Validation data chooses λ = 0: no gain from the penalty. λ = 0.009, nearest to "
        "Keras's default 0.01, costs 1.0 point."
    )


def test_keras_s_default_is_not_named_where_layers_have_another_strength() -> None:
    one = classified([0.80, 0.80, 0.80, 0.79, 0.1], best=0)
    multiplied = dataclasses.replace(one.experiment, strength_multipliers=(2, 1, 0))
    context = dataclasses.replace(one.context, trained=multiplied)
    assert verdict(dataclasses.replace(one, context=context)) == (
        "Validation data chooses λ = 0: no gain from the penalty."
    )


def test_the_default_strength_is_named_only_where_the_grid_comes_near_it() -> None:
    far = (0.0, 1e-4, 1e-3, 3e-3, 0.1)
    assert verdict(classified([0.8, 0.7, 0.7, 0.7, 0.1], best=0, strengths=far)) == (
        "Validation data chooses λ = 0: no gain from the penalty."
    )


def test_a_chosen_strength_that_loses_on_test_data_is_no_gain() -> None:
    assert verdict(classified([0.80, 0.75, 0.80, 0.80, 0.1], best=1)) == (
        "Validation data chooses λ = 10⁻⁴: it changes test accuracy by −5.0 points, which "
        "is within chance (±5.9 points with 397 test examples)."
    )


def test_a_difference_of_nothing_has_no_sign() -> None:
    assert verdict(classified([0.80, 0.80 - 1e-6, 0.80, 0.80, 0.1], best=1)) == (
        "Validation data chooses λ = 10⁻⁴: it changes test accuracy by 0.0 points, which "
        "is within chance (±5.7 points with 397 test examples)."
    )


def test_a_loss_beyond_the_error_is_told_as_a_cost() -> None:
    assert verdict(classified([0.80, 0.70, 0.80, 0.80, 0.1], best=1)) == (
        "Validation data chooses λ = 10⁻⁴, but it costs 10.0 points of test accuracy."
    )


def test_a_smaller_error_against_the_true_curve() -> None:
    assert verdict(regressed([0.12, 0.1, 0.0231, 0.2, 0.3], best=2)) == (
        "Validation data chooses λ = 0.001: its error against the true curve is 0.0231, "
        "against 0.120 at λ = 0."
    )


def test_a_smaller_error_where_there_is_no_curve() -> None:
    path = trajectories.linear()
    errors = np.ones_like(path.val_data_loss)
    errors[2] = 0.5
    found = dataclasses.replace(path, val_data_loss=errors, test_data_loss=errors)
    assert verdict(found) == (
        "Validation data chooses λ = 0.001: its error against the truth is 0.500, "
        "against 1.00 at λ = 0."
    )


def test_a_larger_error_against_the_true_curve_is_no_gain() -> None:
    assert verdict(regressed([0.12, 0.1, 0.2, 0.2, 0.3], best=2)) == (
        "Validation data chooses λ = 0.001, but its test error is 0.200 against 0.120 at λ = 0: "
        "no gain."
    )


def test_a_regression_that_needs_no_penalty() -> None:
    assert verdict(regressed([0.1, 0.2, 0.2, 0.2, 0.3], best=0)) == (
        "Validation data chooses λ = 0: here the penalty gains nothing."
    )


@pytest.mark.parametrize("make", [trajectories.curve, trajectories.digits])
def test_a_path_of_one_has_nothing_to_compare(make: object) -> None:
    assert callable(make)
    assert verdict(make(strengths=(0.0,))) == (
        "Only λ = 0 was trained: there is nothing to compare it with."
    )


def test_nearest_to_the_default_is_meant_on_the_log_scale() -> None:
    # 0.004 is nearer to 0.01 by difference (0.006 against 0.012), 0.022 by ratio
    trajectory = trajectories.digits(strengths=(0.0, 0.004, 0.022))
    assert default_member(trajectory) == 2


def repeated(
    test: dict[str, list[list[float]]], *, best: dict[str, int], dataset: str = "digits"
) -> Trajectory:
    """Return a run with these test scores per penalty, (R, K), and best validation members."""
    repeats = {len(scores) for scores in test.values()}.pop()
    make = trajectories.digits if dataset == "digits" else trajectories.curve
    trajectory = make(penalties=tuple(test), repeats=repeats)
    scores = np.zeros(trajectory.val_data_loss.shape)
    scores[..., -1] = list(test.values())
    validation = np.ones_like(scores)
    for twin, penalty in enumerate(test):
        validation[twin, :, best[penalty], -1] = 2.0 if dataset == "digits" else 0.0
    if dataset == "digits":
        return dataclasses.replace(trajectory, val_accuracy=validation, test_accuracy=scores)
    return dataclasses.replace(trajectory, val_data_loss=validation, test_data_loss=scores)


def test_repeats_are_summarized_by_their_mean_and_the_deviation_of_the_gain() -> None:
    test = {"l2": [[0.7, 0.7, 0.8, 0.7, 0.1], [0.6, 0.7, 0.9, 0.7, 0.1]]}
    assert verdict(repeated(test, best={"l2": 2})) == (
        "Over 2 seeds validation data chooses λ = 0.001: mean test accuracy 85.0 %, against 65.0 % "
        "at λ = 0: +20.0 points (standard deviation 14.1 points)."
    )
    assert verdict(repeated(test, best={"l2": 0})) == (
        "Over 2 seeds validation data chooses λ = 0: the penalty gains nothing."
    )
    errors = {"l2": [[0.4, 0.3, 0.2, 0.3, 0.5], [0.4, 0.3, 0.2, 0.3, 0.5]]}
    assert verdict(repeated(errors, best={"l2": 2}, dataset="curve")) == (
        "Over 2 seeds validation data chooses λ = 0.001: mean test error 0.200, against 0.400 "
        "at λ = 0: −0.200 (standard deviation 0)."
    )


def test_twins_are_told_each_at_its_own_best() -> None:
    test = {"l2": [[0.7, 0.7, 0.8, 0.7, 0.1]], "none": [[0.7] * 5]}
    best = {"l2": 2, "none": 0}
    assert verdict(repeated(test, best=best)) == (
        "Test accuracy, each at its best on validation data: L2 80.0 % (λ = 0.001), "
        "no penalty 70.0 %."
    )
    twice = {penalty: scores * 2 for penalty, scores in test.items()}
    assert verdict(repeated(twice, best=best)) == (
        "Test accuracy, mean over 2 seeds, each at its best on validation data: "
        "L2 80.0 % (λ = 0.001), no penalty 70.0 %."
    )
