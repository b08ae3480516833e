"""One experiment over many seeds: what the strength chosen on validation gains on test data."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from l2viz.analysis.metrics import best_strength, test_gain
from l2viz.analysis.verdict import customary_member
from l2viz.engine.training import run
from l2viz.experiment import Experiment
from l2viz.trajectory import Trajectory


@dataclass(frozen=True, kw_only=True)
class SeedStudy:
    """Per seed, in the order given.

    gains       of the strength chosen on validation data over λ = 0, see `test_gain`
    customary   the same of the member nearest to the customary λ = 0.01
    loss_left   test data loss of the chosen strength ÷ that of λ = 0
    """

    seeds: tuple[int, ...]
    gains: tuple[float, ...]
    customary: tuple[float, ...]
    loss_left: tuple[float, ...]

    def as_json(self) -> dict[str, float | int]:
        """Means, sample standard deviations, worst, how often there was a gain; a median."""
        return {
            "seeds": len(self.seeds),
            "gain_mean": _digits(np.mean(self.gains)),
            "gain_deviation": _digits(np.std(self.gains, ddof=1)),
            "gain_worst": _digits(np.min(self.gains)),
            "gain_count": int(np.sum(np.array(self.gains) > 0.0)),
            "customary_mean": _digits(np.mean(self.customary)),
            "customary_deviation": _digits(np.std(self.customary, ddof=1)),
            "loss_left": _digits(np.median(self.loss_left)),
        }


def study(experiment: Experiment, seeds: Iterable[int]) -> SeedStudy:
    """Trains the experiment once for each seed: another draw of data, weights and batches."""
    chosen = tuple(seeds)
    paths = [run(dataclasses.replace(experiment, seed=seed)) for seed in chosen]
    return SeedStudy(
        seeds=chosen,
        gains=tuple(test_gain(path, best_strength(path)) for path in paths),
        customary=tuple(test_gain(path, customary_member(path)) for path in paths),
        loss_left=tuple(_loss_left(path) for path in paths),
    )


def _loss_left(path: Trajectory) -> float:
    loss = path.test_data_loss[:, -1]
    return float(loss[best_strength(path)] / loss[0])


def _digits(value: np.floating) -> float:
    return round(float(value), 4)
