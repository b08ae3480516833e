"""Curvature of a linear model: along an eigendirection of the Hessian L2 leaves h ÷ (h + 2λ)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from l2viz.analysis.linear_optimum import linear_problem
from l2viz.experiment import Experiment
from l2viz.trajectory import Array, Trajectory

_FAINT = 0.02  # smallest component of the best fit that is kept, as a share of the largest


@dataclass(frozen=True, kw_only=True, eq=False)
class Eigendirections:
    """The directions along which the best fit without penalty lies.

    curvature    (d,) eigenvalues h of the Hessian of the data loss, the largest first
    directions   (d, p) unit vectors
    best_fit     (d,) component of the best fit along each direction
    """

    curvature: Array
    directions: Array
    best_fit: Array


@lru_cache(maxsize=8)
def eigendirections(experiment: Experiment) -> Eigendirections:
    """Return the eigendirections of a linear experiment, without the faint ones."""
    problem = linear_problem(experiment)
    curvature, directions = problem.curvature()
    best_fit = directions @ problem.l2_optimum(np.zeros(1))[0]
    seen = np.abs(best_fit) > _FAINT * np.abs(best_fit).max()
    return Eigendirections(
        curvature=curvature[seen], directions=directions[seen], best_fit=best_fit[seen]
    )


def share_left(curvature: Array, strengths: Array) -> Array:
    """h ÷ (h + 2λ), (K, d): the share of the best fit that L2 leaves."""
    share: Array = curvature / (curvature + 2.0 * strengths[:, None])
    return share


def trained_share(trajectory: Trajectory) -> Array | None:
    """v·w ÷ v·w₀ of the kernel w at the last epoch, (K, d); None while the path trains.

    v is an eigendirection, w₀ the best fit without penalty. The trajectory holds a single path.
    """
    if not trajectory.kernels:
        return None
    along = eigendirections(trajectory.experiment)
    kernel = trajectory.kernels[0].reshape(len(trajectory.strengths), -1).astype(np.float64)
    share: Array = kernel @ along.directions.T / along.best_fit
    return share
