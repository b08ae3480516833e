"""Two weights of a linear model: contours of the data loss, and the set a penalty allows.

All other weights are at their optimum. At the optimum w(λ) of data loss + penalty the curve of
equal penalty touches the contour of the data loss

    ½ (w - c)ᵀ H (w - c) = constant,   H = ∂²(data loss)/∂w²,   c = w(λ) - H⁻¹ ∂(data loss)/∂w
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from l2viz.analysis.linear_optimum import linear_problem
from l2viz.analysis.metrics import own_strengths, penalty_gradient
from l2viz.experiment import Experiment
from l2viz.trajectory import Array, Trajectory

LEVELS = 6  # contours
AROUND = 49  # points of a closed line
PATH = 160  # points of the optimum's path
_FLAT = 1e-9  # of the larger curvature; a smaller one counts as 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Section:
    """The plane of two weights at K strengths; x and y are the last axis.

    optimum    (K, 2) where data loss + penalty is least
    contours   (K, LEVELS, AROUND, 2) lines of equal data loss
    touching   (K, AROUND, 2) the contour through the optimum
    reach      (K, points, 2) all weights with the optimum's penalty: a circle or a diamond
    """

    optimum: Array
    contours: Array
    touching: Array
    reach: Array


def shown_pair(trajectory: Trajectory) -> Array:
    """Return the positions of the two sampled weights of largest true or fitted value, (2,)."""
    context = trajectory.context
    inputs = context.sampled_index
    if context.true_kernel is not None:
        size = np.abs(context.true_kernel[inputs])
    else:
        weights = linear_problem(trajectory.experiment).l2_optimum(np.zeros(1))
        size = np.abs(weights[0, inputs])
    return np.sort(np.argsort(-size, kind="stable")[:2])


def has_section(trajectory: Trajectory) -> bool:
    """Return whether the data loss has one minimum in the plane of the shown pair.

    With two examples, or with one input a multiple of the other, its contours are open.
    """
    if len(trajectory.context.sampled_index) < 2:
        return False
    smallest, largest = np.linalg.eigvalsh(_hessian(trajectory))
    return bool(smallest > _FLAT * largest)


def optimum_path(trajectory: Trajectory, penalty: str) -> Array:
    """Return the optimum of the shown pair from λ = 0 to the layer's largest λ, (PATH, 2)."""
    strengths = own_strengths(trajectory)[:, 0]
    positive = strengths[strengths > 0.0]  # none if a multiplier takes the smallest floats to 0
    rising = np.geomspace(positive[0], positive[-1], PATH - 1) if positive.size else [0.0]
    at = np.concatenate([[0.0], rising])
    return _optimum(trajectory.experiment, penalty, at)[:, _inputs(trajectory)]


def section(trajectory: Trajectory, penalty: str) -> Section:
    """Return the plane of the shown pair under "l2" or "l1"."""
    problem = linear_problem(trajectory.experiment)
    inputs = _inputs(trajectory)
    weights = _optimum(trajectory.experiment, penalty, own_strengths(trajectory)[:, 0])
    optimum = weights[:, inputs]
    hessian = _hessian(trajectory)
    slope = problem.gradient(weights)[:, inputs]
    centre = optimum - np.linalg.solve(hessian, slope.T).T  # centre of the contours
    excess = 0.5 * np.einsum("ki,ij,kj->k", optimum - centre, hessian, optimum - centre)
    ellipse = _ellipse(hessian)
    highest = 0.5 * centre[0] @ hessian @ centre[0]  # at the origin, with the others free
    levels = highest * (np.arange(1, LEVELS + 1) / (LEVELS / 2)) ** 2
    rings = np.sqrt(levels)[:, None, None] * ellipse
    return Section(
        optimum=optimum,
        contours=rings + centre[:, None, None],
        touching=centre[:, None] + np.sqrt(excess)[:, None, None] * ellipse,
        reach=_reach(optimum, penalty),
    )


def pulls(trajectory: Trajectory) -> tuple[Array, Array]:
    """Return -∂(data loss)/∂w and -∂penalty/∂w of the shown pair, (K, E+1, 2) each.

    The trajectory holds a single path; the second is 0 for a penalty that is not in the loss.
    """
    pair = shown_pair(trajectory)
    kernel = trajectory.context.sampled_layer[pair]
    of_penalty = penalty_gradient(trajectory, trajectory.sampled_weights[..., pair], kernel)
    return -trajectory.sampled_gradients[..., pair], -of_penalty


def unit_pull(trajectory: Trajectory) -> float:
    """Return ‖∂(data loss)/∂w‖ of the shown pair where all weights are 0."""
    problem = linear_problem(trajectory.experiment)
    slope = problem.gradient(np.zeros((1, problem.inputs.shape[1])))[0, _inputs(trajectory)]
    return float(np.linalg.norm(slope))


def _inputs(trajectory: Trajectory) -> Array:
    return trajectory.context.sampled_index[shown_pair(trajectory)]


def _hessian(trajectory: Trajectory) -> Array:
    """Return ∂²(data loss)/∂w² of the shown pair, (2, 2)."""
    inputs = _inputs(trajectory)
    hessian: Array = linear_problem(trajectory.experiment).hessian[np.ix_(inputs, inputs)]
    return hessian


def _optimum(experiment: Experiment, penalty: str, strengths: Array) -> Array:
    problem = linear_problem(experiment)
    return problem.l2_optimum(strengths) if penalty == "l2" else problem.l1_optimum(strengths)


def _ellipse(hessian: Array) -> Array:
    """Return the points d with ½ dᵀHd = 1, (AROUND, 2)."""
    values, directions = np.linalg.eigh(hessian)
    ellipse: Array = _circle() * np.sqrt(2.0 / values) @ directions.T
    return ellipse


def _circle() -> Array:
    angle = np.linspace(0.0, 2 * np.pi, AROUND)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _reach(optimum: Array, penalty: str) -> Array:
    """Return all weights with the same penalty as the optimum, (K, points, 2)."""
    if penalty == "l2":
        shape = _circle()
        size = np.linalg.norm(optimum, axis=1)
    else:
        shape = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [1.0, 0.0]])
        size = np.abs(optimum).sum(axis=1)
    reach: Array = size[:, None, None] * shape
    return reach
