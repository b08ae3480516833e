"""The time a penalty costs: the same steps of `fit` with and without it, in pairs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from l2viz import data
from l2viz.engine.model import compiled_model
from l2viz.engine.threads import set_threads
from l2viz.experiment import Experiment
from l2viz.validation import ExperimentError

_WARMING_PAIRS = 2


@dataclass(frozen=True, kw_only=True)
class PenaltyCost:
    """The extra time of a penalty.

    Attributes
    ----------
    percentages : tuple of float
        100 · (seconds with the penalty / seconds without - 1) of each pair, in the order timed.
    """

    percentages: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the median percentage."""
        return float(np.median(self.percentages))

    @property
    def quartiles(self) -> tuple[float, float]:
        """Return the lower and the upper quartile of the percentages."""
        lower, upper = np.percentile(self.percentages, (25, 75))
        return float(lower), float(upper)

    def sentence(self) -> str:
        """Return the median and the quartiles in words; no median unless the cost stands out.

        A penalty is work added, so that a median below 0 is noise, as is one that a quarter of the
        pairs contradicts.
        """
        lower, upper = self.quartiles
        cost = f"{self.median:+.1f} % time" if lower > 0.0 else "no measurable cost"
        return (
            f"{cost} (half of {len(self.percentages)} pairs between {lower:+.1f} % and "
            f"{upper:+.1f} %)"
        )


def penalty_cost(
    experiment: Experiment,
    *,
    pairs: int = 21,
    epochs: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> PenaltyCost:
    """Time Keras's `fit` with the experiment's first penalty at its largest strength, and without.

    Both models have the same initial weights and data. They take turns, and the one that goes first
    alternates, so that a slow minute of the machine slows down both.

    Parameters
    ----------
    experiment : Experiment
        Model, data and penalty.
    pairs : int
        How many pairs are timed, after two that are not.
    epochs : int
        Length of one call of `fit`.
    clock : callable
        Returns seconds.

    Returns
    -------
    PenaltyCost

    Raises
    ------
    ExperimentError
        When the first penalty is "none".
    """
    penalty = experiment.penalties[0]
    if penalty == "none":
        raise ExperimentError("penalties", "name first the penalty that is timed", penalty)
    set_threads(1)
    dataset = data.load(experiment)
    models = [
        compiled_model(experiment, strength=experiment.strengths[-1], penalty=kind)
        for kind in (penalty, "none")
    ]

    def seconds(model: keras.Model) -> float:
        started = clock()
        model.fit(
            dataset.train_inputs,
            dataset.train_targets,
            batch_size=experiment.batch_size,
            epochs=epochs,
            verbose=0,
        )
        return clock() - started

    percentages = []
    for pair in range(-_WARMING_PAIRS, pairs):
        order = (0, 1) if pair % 2 else (1, 0)
        taken = {which: seconds(models[which]) for which in order}
        if pair >= 0:
            percentages.append(100.0 * (taken[0] / taken[1] - 1.0))
    return PenaltyCost(percentages=tuple(percentages))
