"""`clip_value` is Keras's `clipvalue`, in the path and in the script."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from l2viz.codegen import keras_script
from l2viz.engine.training import PathTraining
from l2viz.experiment import OPTIMIZERS, Experiment
from tests.cases import others_slow
from tests.plain_keras import PlainMember, largest_difference, path_weights

pytestmark = pytest.mark.usefixtures("one_thread")

CLIPPED = Experiment(
    hidden=(7, 5),
    train_size=30,
    batch_size=8,
    epochs=3,
    strengths=(0.0, 0.01, 0.3),
    penalties=("l2", "l1", "decay"),
    clip_value=0.003,
    dtype="float64",
)


@pytest.mark.parametrize("optimizer", others_slow(OPTIMIZERS, quick=["adam"]))
@pytest.mark.usefixtures("floatx64")
def test_a_member_is_what_fit_gives_with_clipvalue(optimizer: str) -> None:
    experiment = dataclasses.replace(CLIPPED, optimizer=optimizer)
    with PathTraining(experiment) as path:
        path.train_epochs(experiment.epochs)
        for cell in ((0, 0, 2), (1, 0, 1), (2, 0, 2)):
            plain = PlainMember(path, cell)
            assert plain.model.optimizer.clipvalue == 0.003
            for _ in range(experiment.epochs):
                plain.fit()
            assert largest_difference(path_weights(path, plain.row), plain.weights) < 1e-9
        clipped = path_weights(path, 0)
    with PathTraining(dataclasses.replace(experiment, clip_value=0.0)) as free:
        free.train_epochs(experiment.epochs)
        moved = largest_difference(clipped, path_weights(free, 0))
    assert moved > 1e-4  # it acts
    assert np.isfinite(moved)


def test_the_script_gives_it_to_the_optimizer() -> None:
    assert "Adam(LEARNING_RATE, clipvalue=0.003)" in keras_script(CLIPPED, strength=0.01)
    unclipped = dataclasses.replace(CLIPPED, clip_value=0.0)
    assert "clipvalue" not in keras_script(unclipped, strength=0.01)
