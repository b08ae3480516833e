"""Study, Verdict, and the statistics of paths that the checks use."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from l2viz.analysis import metrics
from l2viz.analysis.metrics import best_strength, test_gain
from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import nearest_strength
from l2viz.trajectory import Array, Trajectory

SEEDS = 10
SMALL = 1e-3  # τ below which a weight counts as near zero

Paths = Sequence[Trajectory]  # of one experiment, a path for each seed


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The outcome of a study.

    results   means, sample standard deviations and extremes over seeds; shares in percent
    holds     False if the results contradict the claim as the lesson words it
    """

    results: Mapping[str, float]
    holds: bool


@dataclass(frozen=True, kw_only=True)
class Study:
    """Experiments by name, each with SEEDS repeats, and the function that checks their paths."""

    experiments: Mapping[str, Experiment]
    verdict: Callable[[Mapping[str, Paths]], Verdict]


def over_seeds(name: str, values: Sequence[float] | Array) -> dict[str, float]:
    """Return mean (`name`), sample standard deviation (`name`_sd), `name`_least and `name`_most."""
    return {
        name: float(np.mean(values)),
        f"{name}_sd": float(np.std(values, ddof=1)),
        f"{name}_least": float(np.min(values)),
        f"{name}_most": float(np.max(values)),
    }


def at(path: Trajectory, strength: float) -> int:
    """Return the index on the strength axis of the member nearest to a strength."""
    return nearest_strength(path.strengths, strength)


def norm_left(path: Trajectory, strength: float) -> float:
    """Return the norm of all regularized kernels, in percent of that at λ = 0."""
    return float(100 * metrics.shrinkage_ratio(path)[at(path, strength), -1])


def test_points(path: Trajectory, strength: float) -> float:
    """Return the test accuracy in percent."""
    assert path.test_accuracy is not None
    return float(100 * path.test_accuracy[at(path, strength), -1])


def accuracy_gap(path: Trajectory, strength: float) -> float:
    """Return training minus validation accuracy, in percentage points."""
    assert path.train_accuracy is not None and path.val_accuracy is not None
    member = at(path, strength)
    return float(100 * (path.train_accuracy[member, -1] - path.val_accuracy[member, -1]))


def weight_share(path: Trajectory, shares: Array, strength: float) -> float:
    """Return the share of all regularized weights in percent, from shares of (K, E+1, L)."""
    sizes = np.array(path.context.kernel_sizes)
    return float(100 * (shares[at(path, strength), -1] * sizes).sum() / sizes.sum())


def near_zero(path: Trajectory, shares: Array) -> Array:
    """Return the shares at the threshold SMALL, (K, E+1, L), of shares (K, E+1, L, T)."""
    return shares[..., int(np.argmin(np.abs(path.context.thresholds - SMALL)))]


def silent_units(path: Trajectory, strength: float) -> float:
    """Return the percentage of hidden units whose incoming weights are all near zero."""
    member = at(path, strength)
    hidden = [kernel[member] for kernel in path.kernels[:-1]]
    silent = [
        np.abs(kernel).reshape(-1, kernel.shape[-1]).max(axis=0) <= SMALL for kernel in hidden
    ]
    return float(100 * np.concatenate(silent).mean())


def gains_of(paths: Paths) -> list[float]:
    """Return the test gain over λ = 0 of the strength chosen on validation data, in points."""
    return [100 * test_gain(path, best_strength(path)) for path in paths]
