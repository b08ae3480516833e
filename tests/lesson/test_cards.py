"""Every code line on a card runs in the situation it is for, and does what the card says."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, regularizers

import l2viz
from l2viz.lesson import read_lesson

CARDS = {card.key: card for card in read_lesson().cards}
X = np.random.default_rng(0).normal(size=(20, 4)).astype("float32")
Y = X[:, :1] - X[:, 1:2]


def run(card: str, **names: Any) -> dict[str, Any]:
    """Run a card's line with these names, and return all names."""
    known = {"keras": keras, "layers": layers, "regularizers": regularizers, "l2viz": l2viz}
    scope = known | {"x": X, "y": Y} | names
    exec(CARDS[card].code, scope)
    return scope


def value(card: str, **names: Any) -> Any:
    """Return what a card's line, an expression, evaluates to."""
    known = {"keras": keras, "layers": layers, "regularizers": regularizers, "l2viz": l2viz}
    return eval(CARDS[card].code, known | {"x": X, "y": Y} | names)


def network(**settings: Any) -> keras.Sequential:
    """Return a compiled model of two layers, the first with the settings."""
    keras.utils.set_random_seed(0)
    first = layers.Dense(3, **({"kernel_regularizer": "l2"} | settings))
    model = keras.Sequential([keras.Input((4,)), first, layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def evaluated(model: keras.Model) -> float:
    return float(model.evaluate(X, Y, verbose=0))


def penalty(model: keras.Model) -> float:
    return float(sum(model.losses))


CHECKS: dict[str, Callable[[], None]] = {}


def check(card: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def keep(function: Callable[[], None]) -> Callable[[], None]:
        CHECKS[card] = function
        return function

    return keep


@check("half")
def _() -> None:
    w = keras.ops.convert_to_tensor([1.0, -2.0])
    assert float(value("half", w=w)) == pytest.approx(0.05)


@check("averaged")
def _() -> None:
    model = network()
    found = []
    for size in (1, 20):
        model(X[:size])
        found.append(float(value("averaged", model=model)))
    assert found[0] == found[1] > 0
    active = network(kernel_regularizer=None, activity_regularizer="l2")
    active(X[:1])
    one = penalty(active)
    active(np.repeat(X[:1], 8, axis=0))
    assert penalty(active) == pytest.approx(one, rel=1e-5), "divided by the batch size"


@check("val-loss")
def _() -> None:
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, activation="softmax", kernel_regularizer="l2")]
    )
    metrics = run("val-loss")["metrics"]
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=metrics)
    found = model.evaluate(X, np.arange(20) % 3, verbose=0, return_dict=True)
    assert found["loss"] - found["data_loss"] == pytest.approx(penalty(model), rel=1e-4)


@check("running-mean")
def _() -> None:
    model = network(activity_regularizer="l1")
    model.fit(X, Y, verbose=0)
    with pytest.raises(TypeError):
        float(sum(model.losses))
    scope = run("running-mean", model=model)
    expected = 0.01 * float(np.sum(np.square(model.layers[0].kernel)))
    expected += 0.01 * float(np.abs(model.layers[0](X)).sum()) / len(X)
    assert float(scope["penalty"]) == pytest.approx(expected, rel=1e-4)


@check("before-step")
def _() -> None:
    model = network()
    before = evaluated(model)
    printed = model.fit(X, Y, batch_size=20, verbose=0).history["loss"][0]
    assert printed == pytest.approx(before, rel=1e-5)
    assert value("before-step", model=model) != pytest.approx(before, rel=1e-5)


@check("biases")
def _() -> None:
    layer = value("biases")
    layer.build((None, 4))
    assert len(layer.losses) == 2
    alone = layers.Dense(64, kernel_regularizer="l2")
    alone.build((None, 4))
    assert len(alone.losses) == 1


@check("weight-decay-is-lambda")
def _() -> None:
    optimizer = value("weight-decay-is-lambda")
    assert optimizer.weight_decay == 0.02
    decayed, penalized = network(kernel_regularizer=None), network()
    decayed.compile(optimizer, "mse")
    penalized.compile(keras.optimizers.SGD(0.1), "mse")
    optimizer.exclude_from_weight_decay(
        var_list=[v for v in decayed.trainable_variables if v is not decayed.layers[0].kernel]
    )
    for model in (decayed, penalized):
        model.fit(X, Y, batch_size=20, epochs=5, verbose=0)
    one, other = (model.layers[0].get_weights()[0] for model in (decayed, penalized))
    np.testing.assert_allclose(one, other, rtol=1e-4)


@check("adamw")
def _() -> None:
    default = inspect.signature(keras.optimizers.AdamW).parameters["weight_decay"].default
    assert value("adamw").weight_decay == default == 0.004


@check("frozen")
def _() -> None:
    model = network()
    before, price = evaluated(model), penalty(model)
    model.layers[0].trainable = False
    assert evaluated(model) == pytest.approx(before), "not before it is compiled again"
    run("frozen", model=model, layer=model.layers[0])
    assert evaluated(model) == pytest.approx(before - price, rel=1e-4)


@check("set-later")
def _() -> None:
    late = layers.Dense(64)
    late.build((None, 4))
    late.kernel_regularizer = regularizers.L2(0.01)
    assert late.losses == []
    early = value("set-later")
    early.build((None, 4))
    assert len(early.losses) == 1


@check("l1-zeros")
def _() -> None:
    model = network(kernel_regularizer=value("l1-zeros"))
    model.compile(keras.optimizers.SGD(0.1), "mse")
    steps = 400
    model.fit(np.tile(X, (steps, 1)), np.zeros((20 * steps, 1)), batch_size=20, verbose=0)
    kernel = model.layers[0].get_weights()[0]
    assert (np.abs(kernel) < 1e-3).sum() >= 8 and (kernel != 0).all()


@check("larger-is-safe")
def _() -> None:
    model = network(kernel_regularizer=regularizers.L2(11.0))
    model.compile(value("larger-is-safe"), "mse")
    model.fit(np.tile(X, (500, 1)), np.tile(Y, (500, 1)), batch_size=20, verbose=0)
    assert not np.isfinite(evaluated(model))


@check("batch-norm")
def _() -> None:
    model = keras.Sequential([keras.Input((4,)), *value("batch-norm")])
    inputs = 100 * np.random.default_rng(1).normal(size=(64, 4)).astype("float32")
    before = np.asarray(model(inputs, training=True))
    model.layers[0].kernel.assign(model.layers[0].kernel * 10.0)
    np.testing.assert_allclose(np.asarray(model(inputs, training=True)), before, atol=0.05)


@check("summary")
def _() -> None:
    tables = []
    for regularizer in ("l2", None):
        written = io.StringIO()
        model = network(kernel_regularizer=regularizer, name="first")
        model.name = "same"
        model.summary(print_fn=lambda text, **_: written.write(text))  # noqa: B023
        tables.append(written.getvalue().replace("dense_", "dense"))
    strip = str.maketrans("", "", "0123456789 ")
    assert tables[0].translate(strip) == tables[1].translate(strip)
    printed = io.StringIO()
    with redirect_stdout(printed):
        run("summary", model=network())
    assert "L2" in printed.getvalue()


@check("val-loss-better")
def _() -> None:
    model = network()
    found = []

    class Watching(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            scope = run("val-loss-better", logs=logs, model=self.model)
            outputs = np.asarray(self.model(X))
            found.append((float(scope["val_data_loss"]), float(np.mean((outputs - Y) ** 2))))

    model.fit(X, Y, validation_data=(X, Y), epochs=2, verbose=0, callbacks=[Watching()])
    for ours, expected in found:
        assert ours == pytest.approx(expected, rel=1e-4)


@check("string")
def _() -> None:
    layer = value("string")
    assert float(layer.kernel_regularizer.l2) == pytest.approx(0.01)


@check("changed-later")
def _() -> None:
    regularizer = regularizers.L2(0.1)
    model = network(kernel_regularizer=regularizer)
    before = evaluated(model)
    regularizer.l2 = 1.0
    assert evaluated(model) == pytest.approx(before)
    run("changed-later", model=model, regularizer=regularizer)
    squares = float(np.sum(np.square(model.layers[0].kernel)))
    assert evaluated(model) - before == pytest.approx(0.9 * squares, rel=1e-3)


@check("custom-loop")
def _() -> None:
    model = network()
    loss_function = keras.losses.MeanSquaredError()
    with tf.GradientTape() as tape:
        without = loss_function(Y, model(X))
    scope = run("custom-loop", model=model, loss_function=loss_function)
    assert float(scope["loss"]) == pytest.approx(evaluated(model), rel=1e-4)
    assert float(without) == pytest.approx(evaluated(model) - penalty(model), rel=1e-4)
    assert tape.gradient(without, model.layers[0].kernel) is not None


@check("add-loss-later")
def _() -> None:
    finished = network(kernel_regularizer=None)
    before = evaluated(finished)
    finished.add_loss(keras.ops.convert_to_tensor(6.0))
    assert penalty(finished) == 6.0, "it seems to be there"
    finished.compile("sgd", "mse")
    assert evaluated(finished) == pytest.approx(before)

    class Priced(layers.Dense):
        def call(self, inputs: Any) -> Any:
            run("add-loss-later", self=self)
            return super().call(inputs)

    model = keras.Sequential([keras.Input((4,)), Priced(1)])
    model.compile("sgd", "mse")
    data = float(np.mean((np.asarray(model(X)) - Y) ** 2))
    price = 0.5 * float(np.sum(np.square(model.layers[0].kernel)))
    assert evaluated(model) == pytest.approx(data + price, rel=1e-4)


@check("embeddings")
def _() -> None:
    table = value("embeddings")
    model = keras.Sequential([keras.Input((2,), dtype="int32"), table, layers.Flatten()])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    before = table.get_weights()[0]
    words = np.array([[1, 2]])
    model.fit(words, np.zeros((1, 32)), verbose=0)
    np.testing.assert_allclose(table.get_weights()[0][500], 0.98 * before[500], rtol=1e-4)


@check("decayed-variables")
def _() -> None:
    def biases(excluded: bool) -> np.ndarray:
        model = network(kernel_regularizer=None, bias_initializer="ones")
        optimizer = keras.optimizers.SGD(0.1, weight_decay=0.5)
        if excluded:
            run("decayed-variables", optimizer=optimizer)
        model.compile(optimizer, "mse")
        model.layers[1].set_weights([np.zeros((3, 1)), np.zeros(1)])
        model.fit(X, np.zeros_like(Y), batch_size=20, verbose=0)
        return model.layers[0].get_weights()[1]

    np.testing.assert_allclose(biases(False), 0.95, rtol=1e-5)
    np.testing.assert_allclose(biases(True), 1.0, rtol=1e-5)


def test_every_card_is_checked() -> None:
    assert set(CHECKS) == set(CARDS)


@pytest.mark.parametrize("card", sorted(CARDS))
def test_the_line_of_a_card_does_what_it_says(card: str) -> None:
    CHECKS[card]()
