"""Lessons over many seeds: the figures, from the trajectories themselves."""

from __future__ import annotations

import dataclasses
import statistics

import numpy as np
import pytest

from l2viz.engine.training import run
from l2viz.experiment import Experiment
from l2viz.studies.seeds import study

pytestmark = pytest.mark.usefixtures("one_thread")


def test_figures_are_those_of_the_paths_one_after_the_other() -> None:
    experiment = Experiment(
        train_size=60, hidden=(16,), epochs=15, record_every=15, strengths=(0.0, 0.004, 0.03, 0.3)
    )
    gains, customary, left = [], [], []
    for seed in (3, 4, 5):
        path = run(dataclasses.replace(experiment, seed=seed))
        assert path.val_accuracy is not None and path.test_accuracy is not None
        chosen = int(np.argmax(path.val_accuracy[:, -1]))
        accuracy, loss = path.test_accuracy[:, -1].tolist(), path.test_data_loss[:, -1].tolist()
        gains.append(accuracy[chosen] - accuracy[0])
        customary.append(accuracy[1] - accuracy[0])  # 0.004 is nearer to 0.01 than 0.03
        left.append(loss[chosen] / loss[0])
    found = study(experiment, (3, 4, 5)).as_json()
    assert found == {
        "seeds": 3,
        "gain_mean": pytest.approx(statistics.fmean(gains), abs=1e-4),
        "gain_deviation": pytest.approx(statistics.stdev(gains), abs=1e-4),
        "gain_worst": pytest.approx(min(gains), abs=1e-4),
        "gain_count": sum(gain > 0 for gain in gains),
        "customary_mean": pytest.approx(statistics.fmean(customary), abs=1e-4),
        "customary_deviation": pytest.approx(statistics.stdev(customary), abs=1e-4),
        "loss_left": pytest.approx(statistics.median(left), abs=1e-4),
    }
