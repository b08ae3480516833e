"""Model: who is regularized, where training starts, and what Keras really does."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from l2viz import data
from l2viz.datasets import DATASETS
from l2viz.experiment import Experiment
from l2viz.model import (
    build_loss,
    build_model,
    build_optimizer,
    compiled_model,
    initial_weights,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def regularizers(model: keras.Model) -> dict[str, object]:
    return {f"{v.path}": v.regularizer for v in model.trainable_variables}


@pytest.mark.parametrize("hidden", [(), (8,), (8, 4), (5, 4, 3, 2)])
@pytest.mark.parametrize("regularized", ["all", "first"])
def test_kernels_alone_carry_the_regularizer(hidden: tuple[int, ...], regularized: str) -> None:
    experiment = Experiment(hidden=hidden, regularized=regularized)
    model = build_model(experiment, strength=0.25)
    for position, layer in enumerate(model.layers):
        assert layer.bias.regularizer is None
        if position in experiment.regularized_layers:
            assert isinstance(layer.kernel.regularizer, keras.regularizers.L2)
            assert float(layer.kernel.regularizer.l2) == 0.25
        else:
            assert layer.kernel.regularizer is None
    expected = 1 if regularized == "first" else len(hidden) + 1
    assert sum(v is not None for v in regularizers(model).values()) == expected


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
@pytest.mark.parametrize("hidden", [(), (64, 32)])
def test_initial_weights_are_those_of_the_model(dtype: str, hidden: tuple[int, ...]) -> None:
    experiment = Experiment(hidden=hidden, dtype=dtype, seed=11)
    model = build_model(experiment, strength=0.01)
    weights = initial_weights(experiment)
    assert len(weights) == len(model.get_weights())
    for ours, theirs in zip(weights, model.get_weights(), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours, theirs)
    other = initial_weights(Experiment(hidden=hidden, dtype=dtype, seed=12))
    assert not np.array_equal(weights[0], other[0])


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
    """The facts the page tells. Each is held against Keras, not against this project."""

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
