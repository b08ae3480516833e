"""One experiment over many seeds: what the strength chosen on validation gains on test data."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from l2viz.experiment import Experiment
from l2viz.measurements import best_strength, test_gain
from l2viz.training import run
from l2viz.verdict import customary_member


@dataclass(frozen=True, kw_only=True)
class SeedStudy:
    """Per seed, in the order given.

    gains       of the strength chosen on validation data over λ = 0, see `test_gain`
    customary   the same of the member nearest to the customary λ = 0.01
    """

    seeds: tuple[int, ...]
    gains: tuple[float, ...]
    customary: tuple[float, ...]

    def as_json(self) -> dict[str, float | int]:
        """Seeds, means, sample standard deviations, worst, and how often there was a gain."""
        return {
            "seeds": len(self.seeds),
            "gain_mean": _digits(np.mean(self.gains)),
            "gain_deviation": _digits(np.std(self.gains, ddof=1)),
            "gain_worst": _digits(np.min(self.gains)),
            "gain_count": int(np.sum(np.array(self.gains) > 0.0)),
            "customary_mean": _digits(np.mean(self.customary)),
            "customary_deviation": _digits(np.std(self.customary, ddof=1)),
        }


def study(experiment: Experiment, seeds: Iterable[int]) -> SeedStudy:
    """Trains the experiment once for each seed: another draw of data, weights and batches."""
    chosen = tuple(seeds)
    paths = [run(dataclasses.replace(experiment, seed=seed)) for seed in chosen]
    return SeedStudy(
        seeds=chosen,
        gains=tuple(test_gain(path, best_strength(path)) for path in paths),
        customary=tuple(test_gain(path, customary_member(path)) for path in paths),
    )


def _digits(value: np.floating) -> float:
    return round(float(value), 4)
