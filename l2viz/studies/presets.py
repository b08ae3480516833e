"""Each preset as a study: the test gain of the strength chosen on validation data."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from l2viz.analysis.metrics import best_strength, test_gain
from l2viz.analysis.verdict import default_member
from l2viz.experiment import Experiment
from l2viz.lesson import read_presets
from l2viz.studies.statistics import SEEDS, Paths, Study, Verdict, gains_of, over_seeds
from l2viz.trajectory import Trajectory

PATHS = "preset"


def preset_studies() -> Mapping[str, Study]:
    """Return a study for each preset, by its key; the published results are not read."""
    return {
        preset.key: Study(experiments={PATHS: _over_seeds(preset.experiment)}, verdict=gains)
        for preset in read_presets(results_file=None)
    }


def _over_seeds(experiment: Experiment) -> Experiment:
    """Return the experiment over all seeds, recorded at its first and last epoch alone."""
    return dataclasses.replace(experiment, seed=0, repeats=SEEDS, record_every=experiment.epochs)


def gains(paths: Mapping[str, Paths]) -> Verdict:
    """Return the gains over λ = 0 on test data. A preset makes no claim, so `holds` is always True.

    gain         in points of accuracy, or percent of the loss, of the strength chosen on validation
    gain_count   number of seeds whose gain is above 0
    default    gain of the member nearest to λ = 0.01; default_cost is its negative
    loss_left    median of `loss_left`
    """
    each = paths[PATHS]
    gained = gains_of(each)
    default = [100 * test_gain(path, default_member(path)) for path in each]
    results = over_seeds("gain", gained) | over_seeds("default", default)
    results |= {
        "gain_count": float(sum(gain > 0.0 for gain in gained)),
        "default_cost": -float(np.mean(default)),
        "loss_left": float(np.median([loss_left(path) for path in each])),
    }
    return Verdict(results=results, holds=True)


def loss_left(path: Trajectory) -> float:
    """Return the test data loss of the chosen strength in percent of that at λ = 0."""
    loss = path.test_data_loss[:, -1]
    return float(100 * loss[best_strength(path)] / loss[0])
