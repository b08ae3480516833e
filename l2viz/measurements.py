"""Trajectory -> the figures a viewer reads. Shapes as in Trajectory: (K, E+1, ...)."""

from __future__ import annotations

import numpy as np

from l2viz.trajectory import Array, Trajectory


def penalty_total(trajectory: Trajectory) -> Array:
    """Σₗ λ·Σwₗ² over the regularized kernels, (K, E+1)."""
    total: Array = trajectory.penalty.sum(axis=2)
    return total


def total_loss(trajectory: Trajectory) -> Array:
    """Training data loss + penalty, (K, E+1): what Keras's ``evaluate`` calls ``loss``."""
    return trajectory.train_data_loss + penalty_total(trajectory)


def validation_total_loss(trajectory: Trajectory) -> Array:
    """Validation data loss + penalty, (K, E+1): what Keras reports as ``val_loss``."""
    return trajectory.val_data_loss + penalty_total(trajectory)


def network_norm(trajectory: Trajectory) -> Array:
    """√Σₗ‖wₗ‖² of all regularized kernels together, (K, E+1)."""
    norm: Array = np.sqrt(np.square(trajectory.kernel_norm).sum(axis=2))
    return norm


def shrinkage_ratio(trajectory: Trajectory) -> Array:
    """‖w‖ at λ ÷ ‖w‖ at λ = 0, same seed and epoch, all regularized kernels together, (K, E+1)."""
    norm = network_norm(trajectory)
    return norm / norm[:1]


def kernel_shrinkage_ratio(trajectory: Trajectory) -> Array:
    """‖w‖ at λ ÷ ‖w‖ at λ = 0 of each regularized kernel, (K, E+1, L)."""
    return trajectory.kernel_norm / trajectory.kernel_norm[:1]


def generalization_gap(trajectory: Trajectory) -> Array:
    """Validation data loss - training data loss, (K, E+1)."""
    return trajectory.val_data_loss - trajectory.train_data_loss


def penalty_gradient(trajectory: Trajectory) -> Array:
    """2λw of the weights that are followed singly, (K, E+1, S)."""
    return 2.0 * trajectory.strengths[:, None, None] * trajectory.sampled_weights


def best_strengths(trajectory: Trajectory) -> Array:
    """Position of the best member at every epoch, chosen on validation data, (E+1,).

    Highest validation accuracy, and of equals the lowest validation data loss; for regression
    the lowest validation data loss. Never looks at test data.
    """
    data_loss = trajectory.val_data_loss
    if trajectory.val_accuracy is not None:
        equals = trajectory.val_accuracy >= trajectory.val_accuracy.max(axis=0)
        data_loss = np.where(equals, data_loss, np.inf)
    best: Array = np.argmin(data_loss, axis=0)
    return best


def best_strength(trajectory: Trajectory) -> int:
    """Position of the best member at the last epoch, chosen on validation data."""
    return int(best_strengths(trajectory)[-1])


def test_gain(trajectory: Trajectory, member: int) -> float:
    """What `member` has over λ = 0 on test data at the last epoch.

    Accuracy gained (share), or for regression the share of the test error that is gone.
    """
    if trajectory.test_accuracy is not None:
        accuracy = trajectory.test_accuracy[:, -1]
        return float(accuracy[member] - accuracy[0])
    error = trajectory.test_data_loss[:, -1]
    return float(1.0 - error[member] / error[0])


def accuracy_error(accuracy: float, other: float, examples: int) -> float:
    """√((p(1-p) + q(1-q)) / n): standard error of the difference of two accuracies.

    An upper bound here, as both networks are tested on the same examples.
    """
    return float(np.sqrt((accuracy * (1 - accuracy) + other * (1 - other)) / examples))
