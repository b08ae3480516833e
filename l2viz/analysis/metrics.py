"""Trajectory -> the numbers a viewer reads. Shapes as in Trajectory: (K, E+1, ...).

K strengths, E+1 recorded epochs, L regularized kernels, S sampled weights, R repeats. Each
docstring opens with the formula.
"""

from __future__ import annotations

import numpy as np

from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Array, Trajectory
from l2viz.trajectory.best import best_members

COLLAPSED_NORM = 0.05  # of the norm at λ = 0
COLLAPSED_LOSS = 0.98  # of the loss of the best constant prediction


def penalty_total(trajectory: Trajectory) -> Array:
    """Σₗ λₗ·Σwₗ² over the regularized kernels, (K, E+1), each with its layer's own λ."""
    total: Array = trajectory.penalty.sum(axis=2)
    return total


def total_loss(trajectory: Trajectory) -> Array:
    """L_train + Σₗ λₗ·Σwₗ², (K, E+1): training data loss + penalty, Keras's ``loss``."""
    return trajectory.train_data_loss + penalty_total(trajectory)


def validation_total_loss(trajectory: Trajectory) -> Array:
    """L_val + Σₗ λₗ·Σwₗ², (K, E+1): validation data loss + penalty, Keras's ``val_loss``."""
    return trajectory.val_data_loss + penalty_total(trajectory)


def penalty_stack(trajectory: Trajectory) -> Array:
    """Σ of λₗ·Σwₗ² over the kernels up to each one, (K, E+1, L): cumulative over layers."""
    return np.cumsum(trajectory.penalty, axis=2)


def loss_stack(trajectory: Trajectory) -> Array:
    """Training data loss + the penalties of the kernels up to each one, (K, E+1, L)."""
    return trajectory.train_data_loss[..., None] + penalty_stack(trajectory)


def penalty_share(trajectory: Trajectory) -> Array:
    """Penalty stack ÷ total loss, (K, E+1, L); 0 where the total loss is 0."""
    total = total_loss(trajectory)[..., None]
    share: Array = np.divide(
        penalty_stack(trajectory),
        total,
        out=np.zeros_like(trajectory.penalty),
        where=total != 0.0,
    )
    return share


def network_norm(trajectory: Trajectory) -> Array:
    """√Σₗ‖wₗ‖² of all regularized kernels together, (K, E+1)."""
    return norm_of_all(trajectory.kernel_norm)


def norm_of_all(kernel_norm: Array) -> Array:
    """√Σₗ‖wₗ‖² over the last axis."""
    norm: Array = np.sqrt(np.square(kernel_norm).sum(axis=-1))
    return norm


def over_repeats(values: Array, axis: int) -> tuple[Array, Array]:
    """Σx/R and √(Σ(x - mean)²/(R - 1)): mean and standard deviation over the repeats' axis.

    With a single repeat the deviation is 0.
    """
    mean: Array = values.mean(axis=axis)
    if values.shape[axis] == 1:
        return mean, np.zeros_like(mean)
    deviation: Array = values.std(axis=axis, ddof=1)
    return mean, deviation


def shrinkage_ratio(trajectory: Trajectory) -> Array:
    """‖w‖ at λ ÷ ‖w‖ at λ = 0, same seed and epoch, all regularized kernels together, (K, E+1)."""
    norm = network_norm(trajectory)
    return norm / norm[:1]


def kernel_shrinkage_ratio(trajectory: Trajectory) -> Array:
    """‖w‖ at λ ÷ ‖w‖ at λ = 0 of each regularized kernel, (K, E+1, L)."""
    return trajectory.kernel_norm / trajectory.kernel_norm[:1]


def generalization_gap(trajectory: Trajectory) -> Array:
    """L_val - L_train, (K, E+1): validation data loss - training data loss."""
    return trajectory.val_data_loss - trajectory.train_data_loss


def accuracy_gap(trajectory: Trajectory) -> Array | None:
    """Training accuracy - validation accuracy, (K, E+1); None for regression."""
    if trajectory.train_accuracy is None or trajectory.val_accuracy is None:
        return None
    return trajectory.train_accuracy - trajectory.val_accuracy


def gap_of_repeats(trajectory: Trajectory, penalty: str | None = None) -> Array:
    """Return the accuracy gap of every repeat, or the data loss gap for regression, (R, K, E+1)."""
    if trajectory.val_accuracy is None:
        train, val = "train_data_loss", "val_data_loss"
        return trajectory.repeats(val, penalty) - trajectory.repeats(train, penalty)
    train, val = "train_accuracy", "val_accuracy"
    return trajectory.repeats(train, penalty) - trajectory.repeats(val, penalty)


def strengths_in_force(trajectory: Trajectory) -> Array:
    """Return λ as used in each recorded epoch, (K, E+1); a schedule changes it over epochs."""
    in_force = trajectory.trained.strength_in_force
    epochs = [max(int(epoch), 1) for epoch in trajectory.epochs]  # before training: as in epoch 1
    return np.stack([in_force(trajectory.strengths, epoch) for epoch in epochs], axis=1)


def own_strengths(trajectory: Trajectory) -> Array:
    """λ · multiplier of each regularized kernel, (K, L), after a schedule."""
    multipliers = np.array(trajectory.trained.kernel_multipliers)
    own: Array = trajectory.strengths[:, None] * multipliers
    return own


def own_strengths_in_force(trajectory: Trajectory) -> Array:
    """λ · multiplier of each regularized kernel as used in each recorded epoch, (K, E+1, L)."""
    multipliers = np.array(trajectory.trained.kernel_multipliers)
    own: Array = strengths_in_force(trajectory)[..., None] * multipliers
    return own


def penalty_gradient(
    trajectory: Trajectory, weights: Array | None = None, kernel: Array | None = None
) -> Array:
    """∂penalty/∂w = 2λw, (K, E+1, n), with λ of the weight's layer; for L1 it is λ·sign(w).

    Of the sampled weights, or of other `weights`, each in the regularized `kernel` of this number,
    (n,). The trajectory holds a single path. 0 for a penalty that is not part of the loss.
    """
    facts = PENALTIES[trajectory.trained.penalties[0]]
    weights = trajectory.sampled_weights if weights is None else weights
    kernel = trajectory.context.sampled_layer if kernel is None else kernel
    gradient: Array = own_strengths_in_force(trajectory)[..., kernel] * (
        2.0 * facts.squares * weights + facts.magnitudes * np.sign(weights)
    )
    return gradient


def penalty_gradient_norm(trajectory: Trajectory) -> Array:
    """‖∂penalty/∂w‖ of each regularized kernel, (K, E+1, L).

    2λ‖w‖ for L2; λ√n for L1, with n the weights that are not zero; λ√(4‖w‖² + 4Σ|w| + n) for both
    together, λ being the kernel's own. 0 for a penalty that is not part of the loss. The trajectory
    holds a single path.
    """
    facts = PENALTIES[trajectory.trained.penalties[0]]
    strengths = own_strengths_in_force(trajectory)
    if not facts.magnitudes:
        norm: Array = 2.0 * facts.squares * strengths * trajectory.kernel_norm
        return norm
    sizes = np.array(trajectory.context.kernel_sizes)
    squares = np.rint(sizes * (1.0 - trajectory.exact_zeros))
    if facts.squares:
        sum_of_squares = np.square(trajectory.kernel_norm.astype(np.float64))
        squares = squares + 4.0 * sum_of_squares + 4.0 * _magnitudes(trajectory, sum_of_squares)
    combined: Array = strengths * np.sqrt(squares)
    return combined


def _magnitudes(trajectory: Trajectory, sum_of_squares: Array) -> Array:
    """Return Σ|w| of each kernel under λ(Σw² + Σ|w|), (K, E+1, L); 0 where its λ is 0."""
    of_biases = 0.0 if trajectory.bias_penalty is None else trajectory.bias_penalty
    penalty = (trajectory.penalty - of_biases).astype(np.float64)
    strengths = own_strengths_in_force(trajectory)
    total = np.divide(penalty, strengths, out=np.zeros_like(penalty), where=strengths > 0.0)
    return np.maximum(total - sum_of_squares, 0.0)


def distance_from_balance(trajectory: Trajectory) -> Array:
    """‖g + p‖ ÷ (‖g‖ + ‖p‖) of the sampled weights of each kernel, (K, E+1, L).

    g is the gradient of the data loss, p the gradient of the penalty. 0 where they cancel, as at
    a minimum of the total loss; 1 where they have the same direction or one is 0, as at λ = 0.
    """
    data, penalty = trajectory.sampled_gradients, penalty_gradient(trajectory)
    distances = []
    for layer in range(len(trajectory.layer_names)):
        followed = trajectory.context.sampled_layer == layer
        ours, theirs = data[..., followed], penalty[..., followed]
        both = np.linalg.norm(ours, axis=-1) + np.linalg.norm(theirs, axis=-1)
        left = np.linalg.norm(ours + theirs, axis=-1)
        distances.append(np.divide(left, both, out=np.zeros_like(left), where=both != 0.0))
    return np.stack(distances, axis=-1)


def collapse(trajectory: Trajectory) -> Array:
    """First member with ‖w‖ < 0.05 ‖w‖₀ and data loss ≥ 0.98 · constant loss, (E+1,).

    All stronger members must have collapsed too, or diverged; K if there is none. ‖w‖₀ is the norm
    at λ = 0, and the constant loss is the data loss of the best constant prediction.
    """
    gone = (shrinkage_ratio(trajectory) < COLLAPSED_NORM) & (
        trajectory.train_data_loss >= COLLAPSED_LOSS * trajectory.context.constant_loss
    )
    unknown = np.isnan(trajectory.train_data_loss)
    to_the_end = np.logical_and.accumulate((gone | unknown)[::-1], axis=0)[::-1]
    found = gone & to_the_end
    first: Array = np.where(found.any(axis=0), found.argmax(axis=0), len(gone))
    return first


def best_strengths(trajectory: Trajectory) -> Array:
    """argmax of validation accuracy over the members, at every epoch, (E+1,).

    Ties are broken by the lowest validation data loss, which is also the criterion for regression.
    Test data is not used, and a member that has diverged is never the best.
    """
    return best_members(trajectory.val_accuracy, trajectory.val_data_loss)


def best_strength(trajectory: Trajectory) -> int:
    """Return the position of the member that is best on validation data at the last epoch."""
    return int(best_strengths(trajectory)[-1])


def scores_of_repeats(trajectory: Trajectory, penalty: str | None = None) -> Array:
    """Return validation accuracy, or data loss for regression, of every repeat, (R, K, E+1)."""
    classes = trajectory.val_accuracy is not None
    return trajectory.repeats("val_accuracy" if classes else "val_data_loss", penalty)


def mean_score(trajectory: Trajectory, penalty: str | None = None) -> tuple[Array, Array]:
    """Σx/R and s/√R: mean of `scores_of_repeats` and its standard error, (K, E+1) each."""
    scores = scores_of_repeats(trajectory, penalty)
    mean, deviation = over_repeats(scores, axis=0)
    return mean, deviation / np.sqrt(len(scores))


def best_on_average(trajectory: Trajectory, penalty: str | None = None) -> tuple[Array, Array]:
    """argmax of the mean score, and the largest λ with mean ≥ best mean - s/√R, (E+1,) each.

    s/√R is the standard error of the best member. The second is glmnet's "lambda.1se", but over
    seeds instead of folds (Friedman, Hastie and Tibshirani, 2010). With one repeat both are the
    member of `best_strengths`; ties are broken as there.
    """
    mean, error = mean_score(trajectory, penalty)
    classes = trajectory.val_accuracy is not None
    data_loss = trajectory.repeats("val_data_loss", penalty).mean(axis=0)
    best = best_members(mean if classes else None, data_loss)
    if trajectory.trained.repeats == 1:
        return best, best
    mean = np.nan_to_num(mean if classes else -mean, nan=-np.inf)  # diverged
    epochs = np.arange(mean.shape[1])
    enough = mean >= mean[best, epochs] - error[best, epochs]
    choice: Array = len(mean) - 1 - np.argmax(enough[::-1], axis=0)
    return best, choice


def test_gain(trajectory: Trajectory, member: int) -> float:
    """Test accuracy at `member` - test accuracy at λ = 0, at the last epoch, as a fraction.

    For regression 1 - test error at `member` ÷ test error at λ = 0: the relative reduction.
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
