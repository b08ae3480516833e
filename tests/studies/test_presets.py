"""Presets over many seeds: the results, from the trajectories themselves."""

from __future__ import annotations

import dataclasses
import statistics

import numpy as np
import pytest

from l2viz.engine.training import run
from l2viz.experiment import Experiment
from l2viz.lesson import read_presets
from l2viz.studies.presets import PATHS, gains, preset_studies
from l2viz.studies.statistics import SEEDS

pytestmark = pytest.mark.usefixtures("one_thread")


def test_every_preset_is_a_study_over_all_seeds() -> None:
    studies = preset_studies()
    for preset in read_presets():
        experiment = studies[preset.key].experiments[PATHS]
        assert [repeat.seed for repeat in experiment.each_repeat] == list(range(SEEDS))
        settings = {name: getattr(preset.experiment, name) for name in ("seed", "record_every")}
        assert dataclasses.replace(experiment, repeats=1, **settings) == preset.experiment


def test_results_are_those_of_the_paths_one_after_the_other() -> None:
    experiment = Experiment(
        train_size=60, hidden=(16,), epochs=15, record_every=15, strengths=(0.0, 0.004, 0.03, 0.3)
    )
    paths = [run(dataclasses.replace(experiment, seed=seed)) for seed in (3, 4, 5)]
    gained, default, left = [], [], []
    for path in paths:
        assert path.val_accuracy is not None and path.test_accuracy is not None
        chosen = int(np.argmax(path.val_accuracy[:, -1]))
        accuracy, loss = path.test_accuracy[:, -1].tolist(), path.test_data_loss[:, -1].tolist()
        gained.append(100 * (accuracy[chosen] - accuracy[0]))
        default.append(100 * (accuracy[1] - accuracy[0]))  # 0.004 is nearer to 0.01 than 0.03
        left.append(100 * loss[chosen] / loss[0])
    assert gains({PATHS: paths}).results == {
        "gain": pytest.approx(statistics.fmean(gained), abs=1e-4),
        "gain_sd": pytest.approx(statistics.stdev(gained), abs=1e-4),
        "gain_least": pytest.approx(min(gained), abs=1e-4),
        "gain_most": pytest.approx(max(gained), abs=1e-4),
        "gain_count": sum(gain > 0 for gain in gained),
        "default": pytest.approx(statistics.fmean(default), abs=1e-4),
        "default_sd": pytest.approx(statistics.stdev(default), abs=1e-4),
        "default_least": pytest.approx(min(default), abs=1e-4),
        "default_most": pytest.approx(max(default), abs=1e-4),
        "default_cost": pytest.approx(-statistics.fmean(default), abs=1e-4),
        "loss_left": pytest.approx(statistics.median(left), abs=1e-4),
    }
