"""The penalized optimum of a linear model, in closed form.

data loss(w) = 1/n ‖Xw + b - y‖², b free: the same as 1/n ‖Xw - y‖² of centred X and y
L2:  w(λ) = V diag(s/n ÷ (s²/n + λ)) Uᵀy with X = U diag(s) Vᵀ; at λ = 0 the limit, which is
     the least-squares solution of smallest norm
L1:  piecewise linear in λ (Efron and others, Least angle regression, 2004)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from l2viz import data
from l2viz.experiment import Experiment
from l2viz.trajectory import Array

_NOTHING = 1e-9  # of the largest singular value; smaller ones count as 0


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearProblem:
    """inputs (n, p) and targets (n,), both centred."""

    inputs: Array
    targets: Array

    @property
    def hessian(self) -> Array:
        """∂²(data loss)/∂w², (p, p) = 2/n XᵀX."""
        matrix: Array = 2.0 * self.inputs.T @ self.inputs / len(self.inputs)
        return matrix

    def gradient(self, weights: Array) -> Array:
        """Return ∂(data loss)/∂w at weights (K, p), of the same shape."""
        left = weights @ self.inputs.T - self.targets
        slope: Array = 2.0 * left @ self.inputs / len(self.inputs)
        return slope

    def curvature(self) -> tuple[Array, Array]:
        """Return the Hessian's positive eigenvalues, (d,), falling, and eigenvectors, (d, p)."""
        _, singular, directions = np.linalg.svd(self.inputs, full_matrices=False)
        seen = singular > _NOTHING * singular[0]
        return 2.0 * singular[seen] ** 2 / len(self.inputs), directions[seen]

    def l2_optimum(self, strengths: Array) -> Array:
        """argmin of data loss + λΣw², (K, p), at each strength (K,)."""
        left, singular, directions = np.linalg.svd(self.inputs, full_matrices=False)
        seen = singular > _NOTHING * singular[0]
        left, singular, directions = left[:, seen], singular[seen], directions[seen]
        examples = len(self.inputs)
        share = (singular / examples) / (singular**2 / examples + strengths[:, None])
        optimum: Array = (share * (self.targets @ left)) @ directions
        return optimum

    def l1_optimum(self, strengths: Array) -> Array:
        """argmin of data loss + λΣ|w|, (K, p), at each strength (K,)."""
        from sklearn.linear_model import lars_path

        # scikit-learn minimizes half of this data loss, so its strength is half of λ
        knots, _, weights = lars_path(self.inputs, self.targets, method="lasso")
        ascending = 2.0 * knots[::-1]
        return np.stack([np.interp(strengths, ascending, row[::-1]) for row in weights], axis=1)


def is_linear(experiment: Experiment) -> bool:
    """Return whether the model is y = xw + b, fitted by least squares, with only w penalized."""
    (layer, *hidden) = experiment.layers
    return (
        experiment.task == "regression"
        and not hidden
        and layer.class_name == "Dense"
        and layer.units == 1
        and not experiment.bias_regularizer
        and experiment.weight_decay == 0.0
    )


@lru_cache(maxsize=8)
def linear_problem(experiment: Experiment) -> LinearProblem:
    """Load the training data of a linear experiment and centre it."""
    dataset = data.load(experiment)
    inputs = dataset.train_inputs.astype(np.float64)
    targets = dataset.train_targets.astype(np.float64)[:, 0]
    return LinearProblem(inputs=inputs - inputs.mean(axis=0), targets=targets - targets.mean())
