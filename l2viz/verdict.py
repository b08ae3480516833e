"""Trajectory -> the sentences that say what came out, with the figures in them."""

from __future__ import annotations

import numpy as np

from l2viz.measurements import accuracy_error, best_strength, test_gain
from l2viz.trajectory import Trajectory

CUSTOMARY_STRENGTH = 0.01  # Keras's default, and the one in most examples


def strength_text(strength: float) -> str:
    """λ to three significant digits, as everywhere on the page."""
    return "0" if strength == 0.0 else f"{strength:.3g}"


def verdict(trajectory: Trajectory) -> str:
    """What the strength chosen on validation data is worth on test data, at the last epoch."""
    if len(trajectory.strengths) == 1:
        return "Only λ = 0 was trained: there is nothing to compare it with."
    if trajectory.test_accuracy is None:
        return _regression(trajectory)
    return _classification(trajectory)


def _regression(trajectory: Trajectory) -> str:
    best = best_strength(trajectory)
    if best == 0:
        return "Validation data chooses λ = 0: here the penalty gains nothing."
    error = trajectory.test_data_loss[:, -1]
    chosen = strength_text(trajectory.strengths[best])
    if error[best] >= error[0]:
        return (
            f"Validation data chooses λ = {chosen}, but its test error is {error[best]:.3f} "
            f"against {error[0]:.3f} at λ = 0: no gain."
        )
    return (
        f"Validation data chooses λ = {chosen}: its error against the true curve is "
        f"{error[best]:.3f}, against {error[0]:.3f} at λ = 0."
    )


def _classification(trajectory: Trajectory) -> str:
    assert trajectory.test_accuracy is not None
    best = best_strength(trajectory)
    accuracy = trajectory.test_accuracy[:, -1]
    examples = trajectory.context.test_examples
    gain = test_gain(trajectory, best)
    doubt = 2.0 * accuracy_error(accuracy[best], accuracy[0], examples)
    chosen = strength_text(trajectory.strengths[best])
    if best == 0:
        first = "Validation data chooses λ = 0: no gain from the penalty."
    elif gain > doubt:
        first = (
            f"Validation data chooses λ = {chosen}: test accuracy {accuracy[best]:.1%}, "
            f"against {accuracy[0]:.1%} at λ = 0: {_points(gain)}."
        )
    else:
        first = (
            f"Validation data chooses λ = {chosen}, but there is no gain: {_points(gain)} of test "
            f"accuracy, and {examples} test examples cannot tell less than "
            f"{100 * doubt:.1f} points from none."
        )
    return f"{first} {_customary(trajectory)}".strip()


def _customary(trajectory: Trajectory) -> str:
    """What the member nearest Keras's default 0.01 costs, where it costs something."""
    nearest = customary_member(trajectory)
    gain = test_gain(trajectory, nearest)
    ratio = trajectory.strengths[nearest] / CUSTOMARY_STRENGTH
    if not 0.5 < ratio < 2.0 or gain > -0.0005:  # it would say 0.0 points
        return ""
    return (
        f"λ = {strength_text(trajectory.strengths[nearest])}, nearest to the customary "
        f"{CUSTOMARY_STRENGTH:g}, costs {_points(-gain).removeprefix('+')}."
    )


def customary_member(trajectory: Trajectory) -> int:
    """The position of the positive strength nearest to the customary one, on the log scale."""
    return 1 + int(np.argmin(np.abs(np.log(trajectory.strengths[1:] / CUSTOMARY_STRENGTH))))


def _points(share: float) -> str:
    points = f"{100 * share:+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0")
    return f"{points} point{'' if points in ('+1.0', '-1.0') else 's'}"
