"""Model: who is regularized, where training starts, and what Keras really does."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from l2viz import data
from l2viz.engine.model import (
    build_loss,
    build_model,
    build_optimizer,
    compiled_model,
    initial_state,
    initial_weights,
)
from l2viz.experiment import ACTIVATIONS, Experiment
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.penalties import PENALTIES

pytestmark = pytest.mark.usefixtures("one_thread")


MODELS: dict[str, dict[str, Any]] = {
    "no hidden layer": {"hidden": ()},
    "dense": {"hidden": (5, 4, 3, 2)},
    "dense, BatchNorm": {"hidden": (8, 4), "batch_norm": True, "dropout": 0.5},
    "convolutions": {"model": "conv2d", "filters": (4, 3)},
    "convolutions and dense, BatchNorm": {
        "model": "conv2d",
        "filters": (4,),
        "hidden": (6,),
        "batch_norm": True,
        "dropout": 0.25,
    },
    "custom": {"model": "custom", "hidden": (7, 5)},
    "custom, BatchNorm": {"model": "custom", "hidden": (7,), "batch_norm": True},
}
KERNELS = ("kernel", "gate")


def weighted(model: keras.Model) -> list[keras.Layer]:
    """Return the layers with a kernel, from the input to the output."""
    return [layer for layer in model.layers if hasattr(layer, "kernel")]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("regularized", ["all", "first", "last"])
@pytest.mark.parametrize("biases", [False, True])
def test_kernels_and_the_biases_asked_for_carry_the_regularizer(
    name: str, regularized: str, biases: bool
) -> None:
    experiment = Experiment(**MODELS[name], regularized=regularized, bias_regularizer=biases)
    model = build_model(experiment, strength=0.25)
    layers = weighted(model)
    chosen = {"all": layers, "first": layers[:1], "last": layers[-1:]}[regularized]
    expected = {
        variable.path
        for layer in chosen
        for variable in layer.trainable_variables
        if variable.name in (KERNELS + ("bias",) * biases)
    }
    carrying = {v.path: v.regularizer for v in model.variables if v.regularizer is not None}
    assert set(carrying) == expected
    assert len(expected) >= len(chosen)
    for regularizer in carrying.values():
        assert type(regularizer) is keras.regularizers.L2
        assert float(regularizer.l2) == 0.25


@pytest.mark.parametrize("name", MODELS)
def test_the_layers_are_those_planned(name: str) -> None:
    experiment = Experiment(**MODELS[name])
    model = build_model(experiment, strength=0.0)
    layers = weighted(model)
    assert [layer.name for layer in layers] == [plan.name for plan in experiment.layers]
    for layer, plan in zip(layers, experiment.layers, strict=True):
        shapes = tuple((v.name, tuple(v.shape)) for v in layer.variables if v.name in KERNELS)
        assert shapes == plan.kernels
        assert layer.use_bias is plan.bias
    counted = sum(int(np.prod(variable.shape)) for variable in model.trainable_variables)
    assert counted == experiment.parameter_count
    kinds = [type(layer).__name__ for layer in model.layers]
    hidden = len(experiment.layers) - 1
    assert kinds.count("BatchNormalization") == (hidden if experiment.batch_norm else 0)
    assert kinds.count("Dropout") == (hidden if experiment.dropout else 0)
    assert kinds.count("MaxPooling2D") == len(experiment.filters)
    assert model.output_shape == (None, 10)


def test_no_bias_stands_before_batch_norm() -> None:
    for name in ("dense, BatchNorm", "convolutions and dense, BatchNorm", "custom, BatchNorm"):
        layers = weighted(build_model(Experiment(**MODELS[name]), strength=0.0))
        assert [layer.use_bias for layer in layers] == [False] * (len(layers) - 1) + [True]


def test_the_activation_stands_after_batch_norm() -> None:
    experiment = Experiment(**MODELS["dense, BatchNorm"], activation="tanh")
    names = [layer.name for layer in build_model(experiment, strength=0.0).layers]
    first = ["dense_1", "batch_norm_1", "activation_1", "dropout_1"]
    assert names == [*first, *(part.replace("1", "2") for part in first), "dense_3"]


@pytest.mark.parametrize("penalty", PENALTIES)
def test_each_penalty_attaches_what_its_facts_say(penalty: str) -> None:
    experiment = Experiment(hidden=(4,), optimizer="sgd", learning_rate=0.5)
    model = compiled_model(experiment, strength=0.25, penalty=penalty)
    kernel, bias = model.layers[0].kernel, model.layers[0].bias
    expected = {
        "l2": (keras.regularizers.L2, {"l2": 0.25}),
        "l1": (keras.regularizers.L1, {"l1": 0.25}),
        "l1l2": (keras.regularizers.L1L2, {"l1": 0.25, "l2": 0.25}),
    }
    if penalty in expected:
        kind, config = expected[penalty]
        assert type(kernel.regularizer) is kind
        assert kernel.regularizer.get_config() == config
    else:
        assert kernel.regularizer is None
    assert bias.regularizer is bias.constraint is None
    if penalty == "proximal_l1":
        assert kernel.constraint.get_config() == {"threshold": 0.125}
    else:
        assert kernel.constraint is None
    decays = penalty in ("decay", "kernel_decay")
    assert model.optimizer.weight_decay == (0.5 if decays else None)
    assert model.optimizer._use_weight_decay(kernel) is True
    assert model.optimizer._use_weight_decay(bias) is (penalty != "kernel_decay")


@pytest.mark.parametrize("regularized", ["first", "last"])
def test_decay_of_kernels_is_of_the_regularized_ones(regularized: str) -> None:
    experiment = Experiment(
        **MODELS["custom, BatchNorm"], regularized=regularized, penalties=("kernel_decay",)
    )
    model = compiled_model(experiment, strength=0.25)
    decayed = [v.path for v in model.trainable_variables if model.optimizer._use_weight_decay(v)]
    layers = weighted(model)
    expected = layers[:1] if regularized == "first" else layers[-1:]
    assert decayed == [
        v.path for layer in expected for v in layer.trainable_variables if v.name in KERNELS
    ]


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_model_is_the_experiments(dataset: str, dtype: str) -> None:
    experiment = Experiment(dataset=dataset, hidden=(7, 5), activation="gelu", dtype=dtype)
    model = build_model(experiment, strength=0.0)
    assert [type(layer) for layer in model.layers] == [keras.layers.Dense] * 3
    assert [layer.kernel.shape for layer in model.layers] == list(experiment.kernel_shapes)
    assert [layer.activation.__name__ for layer in model.layers[:-1]] == ["gelu", "gelu"]
    last = "softmax" if experiment.task == "classification" else "linear"
    assert model.layers[-1].activation.__name__ == last
    assert {v.dtype for v in model.variables} == {dtype}
    assert model.compute_dtype == dtype or model.layers[0].compute_dtype == dtype


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", MODELS)
def test_initial_weights_and_state_are_those_of_the_model(dtype: str, name: str) -> None:
    experiment = Experiment(**MODELS[name], dtype=dtype, seed=11)
    model = build_model(experiment, strength=0.01)
    weights, state = initial_weights(experiment), initial_state(experiment)
    for arrays, variables in (
        (weights, model.trainable_variables),
        (state, model.non_trainable_variables),
    ):
        assert len(arrays) == len(variables)
        for ours, theirs in zip(arrays, variables, strict=True):
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs.numpy())
    other = initial_weights(Experiment(**MODELS[name], dtype=dtype, seed=12))
    assert not np.array_equal(weights[0], other[0])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", MODELS)
def test_in_float64_it_starts_as_the_same_network(name: str, activation: str) -> None:
    single, double = (
        Experiment(**MODELS[name], activation=activation, dtype=dtype, seed=11)
        for dtype in ("float32", "float64")
    )
    models = [build_model(experiment, strength=0.01) for experiment in (single, double)]
    for expected, weight in zip(*(model.weights for model in models), strict=True):
        assert (expected.dtype, weight.dtype) == ("float32", "float64")
        np.testing.assert_array_equal(weight, expected.numpy().astype("float64"))
    for expected, weight in zip(*map(initial_weights, (single, double)), strict=True):
        np.testing.assert_array_equal(weight, expected.astype("float64"))


@pytest.mark.parametrize("name", ["dense, BatchNorm", "convolutions and dense, BatchNorm"])
def test_in_float64_the_same_outputs_are_dropped(name: str) -> None:
    """Twice, as each call draws its own; what is left is scaled by 1 / (1 - rate)."""
    rate = Experiment(**MODELS[name]).dropout
    dropouts = [
        [
            layer
            for layer in build_model(Experiment(**MODELS[name], dtype=dtype), strength=0.0).layers
            if isinstance(layer, keras.layers.Dropout)
        ]
        for dtype in ("float32", "float64")
    ]
    for single, double in zip(*dropouts, strict=True):
        for _ in range(2):
            kept = single(np.ones((3, 40), "float32"), training=True).numpy() > 0.0
            assert 0 < kept.sum() < kept.size
            inputs = np.random.default_rng(1).normal(size=(3, 40))
            dropped = double(inputs, training=True).numpy()
            assert dropped.dtype == "float64"
            np.testing.assert_array_equal(dropped, np.where(kept, inputs / (1.0 - rate), 0.0))
        np.testing.assert_array_equal(double(inputs), inputs)


def test_no_global_seed_is_touched() -> None:
    keras.utils.set_random_seed(5)
    expected = (np.random.random(), float(keras.random.uniform(())))  # noqa: NPY002 - the global one
    keras.utils.set_random_seed(5)
    build_model(Experiment(), strength=0.01)
    initial_weights(Experiment())
    assert (np.random.random(), float(keras.random.uniform(()))) == expected  # noqa: NPY002


@pytest.mark.parametrize(
    ("name", "momentum", "kind"),
    [
        ("adam", 0.0, keras.optimizers.Adam),
        ("adamw", 0.0, keras.optimizers.AdamW),
        ("sgd", 0.0, keras.optimizers.SGD),
        ("sgd", 0.9, keras.optimizers.SGD),
        ("rmsprop", 0.0, keras.optimizers.RMSprop),
        ("rmsprop", 0.5, keras.optimizers.RMSprop),
    ],
)
def test_the_optimizer_is_keras_own(name: str, momentum: float, kind: type) -> None:
    experiment = Experiment(optimizer=name, momentum=momentum, learning_rate=0.125)
    optimizer = build_optimizer(experiment)
    assert type(optimizer) is kind
    settings = {"learning_rate": 0.125} | ({"momentum": momentum} if momentum else {})
    theirs = kind(**settings).get_config()
    assert {**optimizer.get_config(), "name": ""} == {**theirs, "name": ""}


def test_the_loss_is_keras_own_in_the_experiments_dtype() -> None:
    for dtype in ("float32", "float64"):
        classes = build_loss(Experiment(dtype=dtype))
        values = build_loss(Experiment(dataset="curve", dtype=dtype))
        assert type(classes) is keras.losses.SparseCategoricalCrossentropy
        assert type(values) is keras.losses.MeanSquaredError
        assert classes.dtype == values.dtype == dtype


class TestWhatKerasDoes:
    """The facts about Keras that the page states, tested on Keras itself."""

    experiment = Experiment(train_size=64, hidden=(8,))

    def trained(self, strength: float) -> keras.Model:
        model = compiled_model(self.experiment, strength=strength)
        dataset = data.load(self.experiment)
        model.fit(dataset.train_inputs, dataset.train_targets, epochs=3, verbose=0)
        return model

    def test_the_penalty_is_lambda_times_the_sum_of_squares(self) -> None:
        model = self.trained(0.02)
        squares = sum(float(np.square(layer.kernel.numpy()).sum()) for layer in model.layers)
        assert float(sum(model.losses)) == pytest.approx(0.02 * squares, rel=1e-6)

    def test_its_gradient_is_twice_lambda_times_the_weight(self) -> None:
        import tensorflow as tf

        model = self.trained(0.02)
        kernel = model.layers[0].kernel
        with tf.GradientTape() as tape:
            penalty = tf.add_n(model.losses)
        gradient = tape.gradient(penalty, kernel.value)
        np.testing.assert_allclose(gradient, 2 * 0.02 * kernel.numpy(), rtol=1e-6)

    def test_loss_and_val_loss_both_hold_it(self) -> None:
        model = self.trained(0.02)
        dataset = data.load(self.experiment)
        penalty = float(sum(model.losses))
        assert penalty > 0.1
        validation = (dataset.val_inputs, dataset.val_targets)
        total, _ = model.evaluate(*validation, verbose=0)
        plain = compiled_model(self.experiment, strength=0.0)
        plain.set_weights(model.get_weights())
        data_loss, _ = plain.evaluate(*validation, verbose=0)
        assert total - data_loss == pytest.approx(penalty, abs=1e-5)
        frozen = compiled_model(self.experiment, strength=0.02)
        frozen.set_weights(model.get_weights())
        frozen.optimizer.learning_rate = 0.0
        history = frozen.fit(
            dataset.train_inputs,
            dataset.train_targets,
            validation_data=validation,
            verbose=0,
        )
        assert history.history["val_loss"][0] == pytest.approx(total, abs=1e-5)
        train_data_loss, _ = plain.evaluate(dataset.train_inputs, dataset.train_targets, verbose=0)
        assert history.history["loss"][0] == pytest.approx(train_data_loss + penalty, abs=1e-5)

    def test_it_is_not_divided_by_the_samples(self) -> None:
        model = self.trained(0.02)
        dataset = data.load(self.experiment)
        for size in (8, 64):
            inputs, targets = dataset.train_inputs[:size], dataset.train_targets[:size]
            total, _ = model.evaluate(inputs, targets, batch_size=size, verbose=0)
            data_loss = float(build_loss(self.experiment)(targets, model(inputs)))
            assert total - data_loss == pytest.approx(float(sum(model.losses)), abs=1e-5)

    def test_a_regularizer_set_later_changes_nothing(self) -> None:
        model = self.trained(0.02)
        before = float(sum(model.losses))
        model.layers[0].kernel_regularizer = keras.regularizers.L2(100.0)
        assert float(sum(model.losses)) == before

    def test_a_frozen_layer_does_not_count(self) -> None:
        model = self.trained(0.02)
        model.layers[0].trainable = False
        kernel = model.layers[1].kernel.numpy()
        expected = 0.02 * float(np.square(kernel).sum())
        assert float(sum(model.losses)) == pytest.approx(expected, rel=1e-6)

    def test_the_summary_does_not_show_it(self) -> None:
        lines: list[str] = []
        build_model(self.experiment, strength=0.02).summary(print_fn=lines.append)
        text = "\n".join(lines)
        assert "dense_1" in text
        assert "L2" not in text
        assert "regular" not in text.lower()

    def test_the_default_strength_is_a_hundredth(self) -> None:
        assert keras.regularizers.L2().get_config() == {"l2": 0.01}

    def test_a_negative_strength_is_refused(self) -> None:
        with pytest.raises(ValueError, match="l2"):
            keras.regularizers.L2(-0.1)

    def test_the_weight_decay_of_plain_sgd_is_l2_with_half_the_number(self) -> None:
        strength, rate = 0.03, 0.1
        dataset = data.load(self.experiment)
        inputs, targets = dataset.train_inputs, dataset.train_targets
        with_l2 = build_model(self.experiment, strength=strength)
        with_l2.compile(keras.optimizers.SGD(rate), build_loss(self.experiment))
        decayed = build_model(self.experiment, strength=0.0)
        optimizer = keras.optimizers.SGD(rate, weight_decay=2 * strength)
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        decayed.compile(optimizer, build_loss(self.experiment))
        for model in (with_l2, decayed):
            model.fit(inputs, targets, batch_size=16, epochs=3, shuffle=False, verbose=0)
        for one, other in zip(with_l2.get_weights(), decayed.get_weights(), strict=True):
            np.testing.assert_allclose(one, other, atol=2e-6)

    def test_plain_sgd_diverges_when_rate_times_strength_exceeds_one(self) -> None:
        dataset = data.load(self.experiment)
        norms = {}
        for strength in (9.0, 11.0):
            model = build_model(self.experiment, strength=strength)
            model.compile(keras.optimizers.SGD(0.1), build_loss(self.experiment))
            before = np.linalg.norm(model.get_weights()[0])
            model.fit(dataset.train_inputs, dataset.train_targets, epochs=5, verbose=0)
            norms[strength] = np.linalg.norm(model.get_weights()[0]) / before
        assert norms[9.0] < 1.0 < norms[11.0]

    def test_too_large_a_strength_leaves_the_constant_predictor(self) -> None:
        experiment = Experiment(label_noise=0.0)
        dataset = data.load(experiment)
        model = compiled_model(experiment, strength=1.0)
        model.fit(dataset.train_inputs, dataset.train_targets, epochs=30, verbose=0)
        assert max(np.linalg.norm(layer.kernel.numpy()) for layer in model.layers) < 1e-2
        outputs = model.predict(dataset.val_inputs, verbose=0)
        assert np.ptp(outputs, axis=0).max() < 1e-3
        loss = float(build_loss(experiment)(dataset.val_targets, outputs))
        assert loss == pytest.approx(np.log(10.0), abs=0.05)
