"""What the penalty alone does to a weight: idle weights, pure decay, and the optimizer's √v.

Shapes as in Trajectory, of one path: (K, E+1, ...).
"""

from __future__ import annotations

import numpy as np

from l2viz.analysis.metrics import own_strengths
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Array, Trajectory

MEDIANS = 8  # points of a line of medians


def idle_weights(trajectory: Trajectory) -> Array:
    """Return which sampled weights of the first kernel have no data gradient, (E+1, S) bool.

    A weight is idle if no sampled weight of the same input has a data gradient at any strength, as
    for pixels that are always black.
    """
    context = trajectory.context
    first = context.sampled_layer == 0
    units = context.kernel_shapes[0][-1]
    gradients = np.nan_to_num(trajectory.sampled_gradients, nan=0.0)  # diverged: it says nothing
    still: Array = np.all(gradients == 0.0, axis=0)
    idle: Array = np.zeros_like(still)
    inputs = context.sampled_index // units
    for number in np.unique(inputs[first]):
        of_input = first & (inputs == number)
        idle[:, of_input] = np.all(still[:, of_input], axis=1)[:, None]
    return idle


def idle_norm_ratio(trajectory: Trajectory) -> Array:
    """Norm of the idle weights ÷ their norm at λ = 0, (K, E+1); NaN where there are none.

    At λ = 0 they keep their initial values, so that norm is the initial one.
    """
    squares = np.square(trajectory.sampled_weights.astype(np.float64))
    norm = np.sqrt((squares * idle_weights(trajectory)).sum(axis=-1))
    ratio: Array = np.divide(norm, norm[:1], out=np.full_like(norm, np.nan), where=norm[:1] > 0.0)
    return ratio


def decay_of_a_step(trajectory: Trajectory) -> Array | None:
    """2ηλ, (K,): the share of an idle weight of the first kernel that each step removes.

    λ is that kernel's own. Exact for L2 under plain SGD, and for weight decay under any optimizer,
    because the gradient step of an idle weight is 0. None for other penalties and optimizers, for a
    schedule, and where nothing decays.
    """
    experiment = trajectory.experiment
    facts = PENALTIES[experiment.penalties[0]]
    plain_sgd = experiment.optimizer == "sgd" and not experiment.optimizer_arguments
    beside = facts.decay + facts.kernel_decay
    if experiment.schedule != "constant" or experiment.weight_decay or facts.proximal:
        return None
    if facts.in_loss and not (plain_sgd and facts.magnitudes == 0.0):
        return None
    strengths = own_strengths(trajectory)[:, 0]
    share: Array = (2.0 * facts.squares + beside) * experiment.learning_rate * strengths
    return share if share.any() else None


def pure_decay(trajectory: Trajectory) -> Array | None:
    """|1 - 2ηλ|ᵗ after t steps, (K, E+1); None where the optimizer does not do that.

    Beyond ηλ = ½ each step changes the weight's sign; beyond ηλ = 1 the weight grows.
    """
    share = decay_of_a_step(trajectory)
    if share is None:
        return None
    steps = trajectory.experiment.steps_per_epoch * trajectory.epochs
    left: Array = np.abs(1.0 - share[:, None]) ** steps
    return left


def half_life(trajectory: Trajectory) -> Array | None:
    """ln 2 ÷ -ln|1 - 2ηλ| steps, in epochs, (K,). None as `pure_decay`.

    0 at ηλ = ½, where one step leaves nothing; infinite at λ = 0 and from ηλ = 1 on.
    """
    share = decay_of_a_step(trajectory)
    if share is None:
        return None
    with np.errstate(divide="ignore"):  # at ηλ = ½
        lost = np.where(share < 0.5, -np.log1p(-np.minimum(share, 0.5)), -np.log(np.abs(1 - share)))
    steps: Array = np.divide(np.log(2.0), lost, out=np.full_like(lost, np.inf), where=lost > 0.0)
    return steps / trajectory.experiment.steps_per_epoch


def velocity_and_shrinkage(trajectory: Trajectory, layer: int) -> tuple[Array, Array]:
    """√v of the sampled weights of a kernel, and their |w| ÷ |w| at λ = 0, (K, E+1, S) each.

    NaN where either cannot be drawn on a logarithmic scale.
    """
    assert trajectory.sampled_velocity is not None
    followed = trajectory.context.sampled_layer == layer
    root = trajectory.sampled_velocity[..., followed].astype(np.float64)
    size = np.abs(trajectory.sampled_weights[..., followed]).astype(np.float64)
    drawable = (root > 0.0) & (size > 0.0) & (size[:1] > 0.0)
    ratio = np.divide(size, size[:1], out=np.full_like(size, np.nan), where=drawable)
    return np.where(drawable, root, np.nan), ratio


def medians(x: Array, y: Array) -> tuple[Array, Array]:
    """Return medians of x and y in MEDIANS equal groups of points sorted by x, (..., MEDIANS)."""
    order = np.argsort(x, axis=-1)  # NaN comes last
    x, y = (np.take_along_axis(values, order, axis=-1) for values in (x, y))
    parts = np.array_split(np.arange(x.shape[-1]), min(MEDIANS, x.shape[-1]))
    with np.errstate(invalid="ignore"):
        found = [
            np.stack([np.median(values[..., part], axis=-1) for part in parts], axis=-1)
            for values in (x, y)
        ]
    return found[0], found[1]
