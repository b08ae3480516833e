"""Trajectory -> sentences that state the result, with its numbers."""

from __future__ import annotations

import numpy as np

from l2viz.analysis.metrics import accuracy_error, best_on_average, best_strength, test_gain
from l2viz.experiment.number_text import number_text, points_text, share_text, signed
from l2viz.experiment.penalties import PENALTIES
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Array, RecordedModel, Trajectory

DEFAULT_STRENGTH = 0.01  # Keras's default, and the one in most examples


def verdict(trajectory: Trajectory) -> str:
    """State what the strength chosen on validation data gains on test data, at the last epoch.

    With several penalties, each at its own best strength; with repeats, the means. "" for anyone's
    own model, of which no test data is known.
    """
    if isinstance(trajectory.trained, RecordedModel):
        return ""
    if len(trajectory.strengths) == 1:
        return "Only λ = 0 was trained: there is nothing to compare it with."
    if np.isnan(trajectory.repeats("train_data_loss")[:, 0, -1]).any():
        return ""  # λ = 0 has diverged, and there is nothing to compare with
    if len(trajectory.experiment.penalties) > 1:
        return _side_by_side(trajectory)
    if trajectory.experiment.repeats > 1:
        return _over_repeats(trajectory)
    if trajectory.test_accuracy is None:
        return _regression(trajectory)
    return _classification(trajectory)


def _side_by_side(trajectory: Trajectory) -> str:
    """State each twin's score at the strength that validation data chooses for it."""
    repeats = trajectory.experiment.repeats
    score = _score_name(trajectory)
    parts = []
    for penalty in trajectory.experiment.penalties:
        best, scores = _chosen(trajectory, penalty)
        strength = strength_text(trajectory.strengths[best])
        acts = "" if penalty == "none" else f" (λ = {strength})"
        parts.append(f"{PENALTIES[penalty].title} {_score(scores[:, best].mean(), score)}{acts}")
    over = f"mean over {repeats} seeds, " if repeats > 1 else ""
    return f"{score.capitalize()}, {over}each at its best on validation data: {', '.join(parts)}."


def _over_repeats(trajectory: Trajectory) -> str:
    repeats = trajectory.experiment.repeats
    score = _score_name(trajectory)
    best, scores = _chosen(trajectory, trajectory.experiment.penalties[0])
    if best == 0:
        return f"Over {repeats} seeds validation data chooses λ = 0: the penalty gains nothing."
    mean, at_zero = scores[:, best].mean(), scores[:, 0].mean()
    change = scores[:, best] - scores[:, 0]
    deviation = change.std(ddof=1)
    classes = trajectory.test_accuracy is not None
    changed = _points(mean - at_zero) if classes else signed(number_text(mean - at_zero))
    spread = points_text(deviation) if classes else number_text(deviation)
    return (
        f"Over {repeats} seeds validation data chooses λ = "
        f"{strength_text(trajectory.strengths[best])}: mean {score} {_score(mean, score)}, against "
        f"{_score(at_zero, score)} at λ = 0: {changed} (standard deviation {spread})."
    )


def _chosen(trajectory: Trajectory, penalty: str) -> tuple[int, Array]:
    """Return the member chosen on validation data, and the test scores of all members, (R, K)."""
    best = int(best_on_average(trajectory, penalty)[0][-1])
    name = "test_data_loss" if trajectory.test_accuracy is None else "test_accuracy"
    return best, trajectory.repeats(name, penalty)[..., -1].astype(float)


def _score_name(trajectory: Trajectory) -> str:
    return "test error" if trajectory.test_accuracy is None else "test accuracy"


def _score(value: float, name: str) -> str:
    return number_text(value) if name == "test error" else share_text(value)


def _regression(trajectory: Trajectory) -> str:
    best = best_strength(trajectory)
    if best == 0:
        return "Validation data chooses λ = 0: here the penalty gains nothing."
    error = trajectory.test_data_loss[:, -1]
    chosen = strength_text(trajectory.strengths[best])
    if error[best] >= error[0]:
        return (
            f"Validation data chooses λ = {chosen}, but its test error is "
            f"{number_text(error[best])} against {number_text(error[0])} at λ = 0: no gain."
        )
    truth = "truth" if trajectory.grid_predictions is None else "true curve"
    return (
        f"Validation data chooses λ = {chosen}: its error against the {truth} is "
        f"{number_text(error[best])}, against {number_text(error[0])} at λ = 0."
    )


def _classification(trajectory: Trajectory) -> str:
    assert trajectory.test_accuracy is not None
    best = best_strength(trajectory)
    accuracy = trajectory.test_accuracy[:, -1]
    examples = trajectory.context.test_examples
    gain = test_gain(trajectory, best)
    noise = 2.0 * accuracy_error(accuracy[best], accuracy[0], examples)
    chosen = strength_text(trajectory.strengths[best])
    if best == 0:
        first = "Validation data chooses λ = 0: no gain from the penalty."
    elif gain > noise:
        first = (
            f"Validation data chooses λ = {chosen}: test accuracy {share_text(accuracy[best])}, "
            f"against {share_text(accuracy[0])} at λ = 0: {_points(gain)}{_redrawn(trajectory)}."
        )
    elif gain < -noise:
        first = (
            f"Validation data chooses λ = {chosen}, but it costs {points_text(-gain)} of test "
            "accuracy."
        )
    else:
        first = (
            f"Validation data chooses λ = {chosen}: it changes test accuracy by {_points(gain)}, "
            f"which is within chance (±{points_text(noise)} with {examples} test examples)."
        )
    return f"{first} {_default_cost(trajectory)}".strip()


def _redrawn(trajectory: Trajectory) -> str:
    """Name the re-drawn labels, without which there is less to gain."""
    share = trajectory.experiment.label_noise
    return f", with {100 * share:.3g} % of the training labels re-drawn" if share else ""


def _default_cost(trajectory: Trajectory) -> str:
    """State the cost of the member nearest to Keras's default 0.01, or "" if it costs nothing.

    Also "" where layers have another λ than that.
    """
    if trajectory.experiment.strength_multipliers:
        return ""
    nearest = default_member(trajectory)
    gain = test_gain(trajectory, nearest)
    ratio = trajectory.strengths[nearest] / DEFAULT_STRENGTH
    if not (0.5 < ratio < 2.0 and gain <= -0.0005):  # diverged, or rounded to 0.0 points
        return ""
    return (
        f"λ = {strength_text(trajectory.strengths[nearest])}, nearest to Keras's default "
        f"{strength_text(DEFAULT_STRENGTH)}, costs {points_text(-gain)}."
    )


def default_member(trajectory: Trajectory) -> int:
    """Return the position of the positive strength nearest to Keras's default one, in log λ."""
    return 1 + int(np.argmin(np.abs(np.log(trajectory.strengths[1:] / DEFAULT_STRENGTH))))


def _points(share: float) -> str:
    return signed(points_text(share))
