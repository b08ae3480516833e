"""`strength_multipliers`: a strength for each layer, in the path as in Keras's own `fit`."""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from l2viz import data
from l2viz.analysis import metrics
from l2viz.engine.training import PathTraining, run
from l2viz.experiment import Experiment
from l2viz.experiment.penalties import PENALTIES
from tests.cases import others_slow
from tests.plain_keras import Batches, PlainMember, batch_orders, largest_difference, path_weights

pytestmark = pytest.mark.usefixtures("one_thread")

SMALL: dict[str, Any] = {
    "hidden": (7, 5),
    "train_size": 30,
    "batch_size": 8,
    "epochs": 3,
    "strengths": (0.0, 0.01, 0.3),
    "dtype": "float64",
    "seed": 5,
}
MULTIPLIERS = (0.3, 0.0, 2.0)
CLOSE = 1e-12

CASES: dict[str, dict[str, Any]] = {
    "L2, Adam": {},
    "L1, L1L2 and none, biases too": {
        "penalties": ("l1", "l1l2", "none"),
        "bias_regularizer": True,
        "optimizer": "rmsprop",
    },
    "proximal L1, SGD": {"penalties": ("proximal_l1", "l2"), "optimizer": "sgd"},
    "kernel decay, AdamW": {
        "penalties": ("kernel_decay", "l2"),
        "optimizer": "adamw",
        "strength_multipliers": (1.0, 0.0, 1.0),
    },
    "gates, repeats": {"model": "custom", "repeats": 2},
    "convolutions": {"model": "conv2d", "filters": (3,), "hidden": (5,), "train_size": 20},
    "last layer": {"regularized": "last", "strength_multipliers": (0.25,)},
    "BatchNorm, warm-up": {
        "batch_norm": True,
        "schedule": "warmup",
        "schedule_epoch": 2,
        "schedule_from": 0.1,
    },
}


@pytest.mark.parametrize(
    "case", others_slow(CASES, quick=["L1, L1L2 and none, biases too", "kernel decay, AdamW"])
)
@pytest.mark.usefixtures("floatx64")
def test_a_member_is_what_fit_gives(case: str) -> None:
    experiment = Experiment(**{**SMALL, "strength_multipliers": MULTIPLIERS} | CASES[case])
    with PathTraining(experiment) as path:
        path.train_epochs(experiment.epochs)
        twins, repeats, _ = path.table.cells.shape
        for cell in {(twin, repeats - 1, 2) for twin in range(twins)}:
            plain = PlainMember(path, cell)
            for _ in range(experiment.epochs):
                plain.fit()
            assert largest_difference(path_weights(path, plain.row), plain.weights) < CLOSE


def written_by_hand(experiment: Experiment, strength: float) -> keras.Sequential:
    """Return the model as a user of Keras writes it, with the path's initial weights."""
    first, _, last = (keras.regularizers.L2(strength * each) for each in (0.3, 0.0, 2.0))
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((64,)),
            layers.Dense(7, "relu", kernel_regularizer=first, bias_regularizer=first),
            layers.Dense(5, "relu", kernel_regularizer=None),
            layers.Dense(10, "softmax", kernel_regularizer=last, bias_regularizer=last),
        ]
    )
    with PathTraining(dataclasses.replace(experiment, strength_multipliers=())) as untrained:
        model.set_weights(untrained.member_weights(0))
    loss = keras.losses.SparseCategoricalCrossentropy(dtype=experiment.dtype)
    model.compile(keras.optimizers.Adam(experiment.learning_rate), loss)
    return model


@pytest.mark.slow
@pytest.mark.usefixtures("floatx64")
def test_a_model_written_by_hand_has_the_weights_and_the_penalty_of_the_member() -> None:
    """None where the multiplier is 0; the penalties together are `sum(model.losses)`."""
    settings = SMALL | {"bias_regularizer": True, "strength_multipliers": MULTIPLIERS}
    experiment = Experiment(**settings, record_every=3)
    trajectory = run(experiment)
    dataset = data.load(experiment)
    for member, strength in enumerate(experiment.strengths):
        with keras.device("cpu:0"):
            keras.config.set_dtype_policy("float64")
            try:
                model = written_by_hand(experiment, strength)
            finally:
                keras.config.set_dtype_policy("float32")
        Batches(experiment, dataset).fit(model, *batch_orders(experiment))
        kernels = [layer.kernel.numpy() for layer in model.layers]
        ours = [kernel[member] for kernel in trajectory.kernels]
        assert largest_difference(ours, kernels) < CLOSE
        of_layers = trajectory.penalty[member, -1]
        assert of_layers.sum() == pytest.approx(float(sum(model.losses)), rel=1e-6)
        assert of_layers[1] == 0.0
        total = model.evaluate(dataset.train_inputs, dataset.train_targets, verbose=0)
        assert metrics.total_loss(trajectory)[member, -1] == pytest.approx(total, rel=1e-5)


@pytest.mark.slow
def test_a_layer_left_out_has_no_pull_and_others_have_their_own() -> None:
    """The gradient of the penalty by GradientTape, of the sampled weights and as a norm."""
    settings = SMALL | {"dtype": "float32", "strength_multipliers": MULTIPLIERS}
    for penalty in ("l2", "l1", "l1l2"):
        trajectory = run(Experiment(**settings, penalties=(penalty,)))
        facts, context = PENALTIES[penalty], trajectory.context
        pulls = metrics.penalty_gradient(trajectory)[2, -1]
        norms = metrics.penalty_gradient_norm(trajectory)[2, -1]
        for layer, multiplier in enumerate(MULTIPLIERS):
            own = 0.3 * multiplier
            regularizer = keras.regularizers.L1L2(own * facts.magnitudes, own * facts.squares)
            kernel = tf.Variable(trajectory.kernels[layer][2])
            with tf.GradientTape() as tape:
                loss = regularizer(kernel)
            found = tape.gradient(loss, kernel)
            assert (found is None) == (multiplier == 0.0)
            expected = np.zeros(kernel.shape) if found is None else found.numpy()
            sampled = context.sampled_layer == layer
            at = context.sampled_index[sampled]
            np.testing.assert_allclose(pulls[sampled], expected.reshape(-1)[at], rtol=1e-4)
            assert norms[layer] == pytest.approx(float(np.linalg.norm(expected)), rel=1e-4)
