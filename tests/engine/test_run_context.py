"""Context: what is known before training, against the Keras model and scikit-learn's dummies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import log_loss, mean_squared_error

from l2viz import data
from l2viz.engine.model import build_model
from l2viz.engine.run_context import (
    BINS,
    FEW_PICTURES,
    GRADIENT_EXAMPLES,
    LARGEST_PICTURES,
    SAMPLED_WEIGHTS,
    picture_shape,
    run_context,
)
from l2viz.experiment import Experiment

pytestmark = pytest.mark.usefixtures("one_thread")

EXPERIMENTS: dict[str, dict[str, Any]] = {
    "digits": {},
    "curve": {"dataset": "curve"},
    "convolutions": {"model": "conv2d", "filters": (20, 4), "hidden": (5,)},
    "custom": {"model": "custom", "hidden": (9, 3), "bias_regularizer": True},
    "BatchNorm": {"hidden": (9, 3), "batch_norm": True, "dropout": 0.5},
    "twins and repeats": {"hidden": (9,), "penalties": ("none", "decay", "l2"), "repeats": 2},
}


@pytest.mark.parametrize("regularized", ["all", "first", "last"])
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_what_is_known_before_training(name: str, regularized: str) -> None:
    experiment = Experiment(**EXPERIMENTS[name], regularized=regularized)
    loaded = data.load(experiment)
    context = run_context(experiment, loaded)
    model = build_model(experiment, strength=0.01, penalty="l2")
    kernels = [
        (layer, variable)
        for layer in model.layers
        for variable in layer.trainable_variables
        if variable.regularizer is not None and variable.name != "bias"
    ]
    names = [
        layer.name + (f" {variable.name}" if hasattr(layer, "gate") else "")
        for layer, variable in kernels
    ]
    assert context.layer_names == tuple(names)
    assert context.kernel_shapes == tuple(tuple(variable.shape) for _, variable in kernels)
    assert context.kernel_sizes == tuple(int(np.prod(v.shape)) for _, v in kernels)
    assert context.bin_edges.shape == (len(kernels), BINS + 1)
    np.testing.assert_allclose(context.bin_edges, -context.bin_edges[:, ::-1])
    for (_, kernel), edges in zip(kernels, context.bin_edges, strict=True):
        largest = np.abs(kernel.numpy()).max()
        assert edges[-1] / 6 < largest < edges[-1] / 4 + 1e-6  # Glorot's limit is a quarter of it
        middle = edges[BINS // 2 : BINS // 2 + 2]
        assert middle[0] < 0.0 < middle[1]
    for layer, size in enumerate(context.kernel_sizes):
        index = context.sampled_index[context.sampled_layer == layer]
        assert len(set(index.tolist())) == len(index) == min(SAMPLED_WEIGHTS, size)
        assert 0 <= index.min() <= index.max() < size
    assert context.test_examples == len(loaded.test_targets)
    fewer = experiment.model == "conv2d"  # where an example costs as much more
    most = min(GRADIENT_EXAMPLES, experiment.train_size)
    assert 0 < context.gradient_examples <= most
    assert fewer or context.gradient_examples == most
    assert context.threads == tf.config.threading.get_intra_op_parallelism_threads()
    if experiment.dataset == "curve":
        assert context.train_points is not None
        np.testing.assert_array_equal(context.train_points[:, :1], loaded.train_inputs)
        np.testing.assert_array_equal(context.train_points[:, 1:], loaded.train_targets)
        assert loaded.grid_inputs is not None
        np.testing.assert_array_equal(context.grid_inputs, loaded.grid_inputs[:, 0])
        np.testing.assert_array_equal(context.grid_truth, loaded.grid_truth)
    else:
        assert context.train_points is context.grid_inputs is context.grid_truth is None


@pytest.mark.parametrize(
    ("fields", "shape"),
    [
        ({}, (16, 8, 8)),
        ({"hidden": (5,)}, (5, 8, 8)),
        ({"hidden": ()}, (10, 8, 8)),
        ({"model": "custom", "hidden": (17,)}, (16, 8, 8)),
        ({"model": "conv2d", "filters": (20,)}, (16, 3, 3)),
        ({"regularized": "first"}, (16, 8, 8)),
        ({"regularized": "last"}, None),
        ({"hidden": (), "regularized": "last"}, (10, 8, 8)),
        ({"dataset": "digits28"}, (16, 28, 28)),
        ({"dataset": "curve"}, None),
    ],
)
def test_pictures_are_of_the_first_layer_where_inputs_are_images(
    fields: dict[str, Any], shape: tuple[int, int, int] | None
) -> None:
    experiment = Experiment(**fields)
    assert picture_shape(experiment) == shape
    context = run_context(experiment, data.load(experiment))
    if shape is None:
        assert context.picture_epochs == ()
        return
    assert context.picture_epochs[0] == 0
    assert context.picture_epochs[-1] == experiment.epochs
    assert set(context.picture_epochs) <= set(experiment.recorded_epochs)
    kernel = build_model(experiment, strength=0.0).trainable_variables[0].numpy()
    assert context.picture_limit / 4 < np.abs(kernel).max() < context.picture_limit


def test_pictures_of_a_long_run_are_few_and_closer_at_its_start() -> None:
    strengths = tuple(float(k) for k in range(16))
    bytes_of_an_epoch = 16 * 16 * 8 * 8
    longest = LARGEST_PICTURES // bytes_of_an_epoch - 1  # besides epoch 0
    context_of = {}
    for epochs in (longest, longest + 1):
        experiment = Experiment(
            epochs=epochs, record_every=1, strengths=strengths, train_size=40, batch_size=40
        )
        context_of[epochs] = run_context(experiment, data.load(experiment))
    assert context_of[longest].picture_epochs == tuple(range(longest + 1))
    few = context_of[longest + 1].picture_epochs
    assert len(few) == FEW_PICTURES
    assert few[0] == 0
    assert few[-1] == longest + 1
    assert (np.diff(few, n=2) > 0).all()


def test_the_coefficients_that_matter_are_among_the_weights_that_are_followed() -> None:
    for seed in range(5):
        experiment = Experiment(dataset="linear", seed=seed)
        loaded = data.load(experiment)
        context = run_context(experiment, loaded)
        assert loaded.true_kernel is not None
        np.testing.assert_array_equal(context.true_kernel, loaded.true_kernel)
        assert set(np.flatnonzero(loaded.true_kernel)) <= set(context.sampled_index.tolist())
        assert len(set(context.sampled_index.tolist())) == SAMPLED_WEIGHTS
    deeper = Experiment(dataset="linear", hidden=(3,))
    assert run_context(deeper, data.load(deeper)).true_kernel is None


@given(seed=st.integers(0, 1_000), size=st.integers(2, 400))
def test_the_constant_loss_is_that_of_scikit_learns_dummy(seed: int, size: int) -> None:
    experiment = Experiment(train_size=size, seed=seed)
    loaded = data.load(experiment)
    inputs, targets = loaded.train_inputs, loaded.train_targets
    dummy = DummyClassifier(strategy="prior").fit(inputs, targets)
    if len(dummy.classes_) > 1:
        expected = log_loss(targets, dummy.predict_proba(inputs))
        assert run_context(experiment, loaded).constant_loss == pytest.approx(expected, rel=1e-6)
    curve = Experiment(dataset="curve", seed=seed, train_size=size)
    loaded = data.load(curve)
    mean = DummyRegressor().fit(loaded.train_inputs, loaded.train_targets)
    expected = mean_squared_error(loaded.train_targets[:, 0], mean.predict(loaded.train_inputs))
    assert run_context(curve, loaded).constant_loss == pytest.approx(expected, rel=1e-4)
