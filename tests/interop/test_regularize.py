"""L2 on, changed or off in a built model: held to `sum(model.losses)` and to a step of `fit`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, regularizers

import l2viz
from l2viz.interop.variable_kinds import KERNELS
from l2viz.validation import InvalidValue
from tests.cases import others_slow

pytestmark = pytest.mark.usefixtures("one_thread")

STRENGTH = 0.02
L2 = regularizers.L2


def mobile_net() -> keras.Model:
    return keras.applications.MobileNetV2((32, 32, 3), weights=None, classes=3, alpha=0.35)


def recurrent() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            layers.Embedding(10, 4),
            layers.GRU(3, return_sequences=True),
            layers.Bidirectional(layers.LSTM(2, kernel_regularizer=L2(0.5))),
            layers.Dense(2),
        ]
    )


def separable() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.SeparableConv2D(3, 3, depthwise_regularizer="l1"),
            layers.DepthwiseConv2D(2),
            layers.BatchNormalization(gamma_regularizer="l2"),
            layers.Flatten(),
            layers.Dense(2, kernel_regularizer=L2(0.3), bias_regularizer="l2"),
        ]
    )


def nested() -> keras.Model:
    inner = keras.Sequential(
        [keras.Input((4,)), layers.Dense(4, name="deep"), layers.PReLU(name="slope")], name="inner"
    )
    shared = layers.Dense(4, name="shared")
    inputs = keras.Input((4,))
    outputs = layers.Dense(2, name="last")(shared(inner(shared(inputs))))
    return keras.Model(inputs, outputs)


MODELS: dict[str, Callable[[], keras.Model]] = {
    make.__name__: make for make in (mobile_net, recurrent, separable, nested)
}


def losses(model: keras.Model) -> float:
    return float(sum(float(keras.ops.sum(loss)) for loss in model.losses))


def squares(model: keras.Model, *endings: str) -> float:
    """Return Σw² of the trainable variables whose paths end so: written down by name, not found."""
    return sum(
        float(np.square(variable.numpy()).sum())
        for variable in model.trainable_variables
        if variable.path.endswith(endings)
    )


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # of Keras, when it saves
@pytest.mark.parametrize("name", MODELS)
def test_the_penalty_is_that_of_keras(name: str, tmp_path: Path) -> None:
    model = MODELS[name]()
    before, weights = losses(model), model.get_weights()
    regularized = l2viz.regularize(model, STRENGTH).model
    kernels = squares(regularized, "kernel", "embeddings")
    kept = 0.0
    if name == "separable":  # what is no kernel, and is regularized already
        last = regularized.layers[-1].bias.numpy()
        gamma = regularized.layers[2].gamma.numpy()
        kept = 0.01 * float(np.square(last).sum() + np.square(gamma).sum())
    assert losses(regularized) == pytest.approx(STRENGTH * kernels + kept, rel=1e-5)
    assert l2viz.summary(regularized).penalty == pytest.approx(losses(regularized), rel=1e-5)
    assert l2viz.summary(regularized).remarks == ()
    assert losses(model) == before  # the caller's model stays as it is
    for one, other in zip(weights, regularized.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    regularized.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert losses(loaded) == pytest.approx(losses(regularized), rel=1e-5)


@pytest.mark.parametrize("name", others_slow(MODELS, quick=["recurrent", "nested"]))
@pytest.mark.parametrize("in_place", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_step_of_fit_has_it(name: str, in_place: bool) -> None:
    """With targets equal to outputs the data gradient is 0, and the step is the penalty's alone."""
    model = MODELS[name]()
    shape = (2, *model.input_shape[1:])
    generator = np.random.default_rng(0)
    inputs = (
        generator.integers(0, 10, shape) if name == "recurrent" else generator.normal(size=shape)
    )
    for layer in model.layers:  # their statistics would differ in training
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    if in_place:
        model.compile("sgd", "mse")
        model.fit(inputs, np.zeros((2, *model.output_shape[1:])), verbose=0)  # traced before
    changed = l2viz.regularize(model, STRENGTH, in_place=in_place).model
    assert (changed is model) == in_place
    changed.compile(keras.optimizers.SGD(0.1), "mse") if not in_place else None
    rate = float(changed.optimizer.learning_rate)
    targets = changed.predict(inputs, verbose=0)
    kernels = [v for v in changed.trainable_variables if v.path.endswith(("kernel", "embeddings"))]
    before = [v.numpy() for v in kernels]
    changed.fit(inputs, targets, verbose=0)
    share = 1.0 - 2.0 * rate * STRENGTH
    for old, variable in zip(before, kernels, strict=True):
        np.testing.assert_allclose(variable.numpy(), share * old, atol=2e-6)


def test_only_the_kinds_that_are_asked_for() -> None:
    model = separable()
    changed = l2viz.regularize(model, 0.5, kinds=("norms", "biases"))
    assert {change.kind for change in changed.changes} == {"norms", "biases"}
    assert sorted({change.variable for change in changed.changes}) == ["beta", "bias", "gamma"]
    assert "moving_mean" not in str(changed)
    depthwise = l2viz.regularize(model, 0.5, kinds=("depthwise_kernels",)).changes
    assert [change.parameters for change in depthwise] == [18, 12]
    assert [change.before for change in depthwise] == ["L1(l1=0.01)", ""]
    others = l2viz.regularize(nested(), 0.5, kinds=("others",)).changes
    assert [(change.layer, change.variable) for change in others] == [("inner/slope", "alpha")]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (None, {"shared", "inner/deep", "last"}),
        ("last", {"last"}),
        ("inner/deep", {"inner/deep"}),
        ("deep", {"inner/deep"}),
        ("inner", {"inner/deep"}),
        (("shared", "last"), {"shared", "last"}),
        ("*e*", {"shared", "inner/deep"}),
        (lambda layer: layer.name in ("last", "deep"), {"inner/deep", "last"}),
    ],
)
def test_only_the_layers_that_are_asked_for(chosen: Any, expected: set[str]) -> None:
    model = nested()
    result = l2viz.regularize(model, STRENGTH, layers=chosen)
    assert {change.layer for change in result.changes} == expected


def test_off_and_changed_and_the_table() -> None:
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(2, kernel_regularizer="l1", name="a"), layers.Dense(1)]
    )
    model.layers[1].name = "b"
    rule = "─" * 61
    assert str(l2viz.regularize(model, 0.5, layers="a")) == (
        "Layer  Variable  Kind     Parameters  Before       After\n"
        f"{rule}\n"
        "a      kernel    kernels           8  L1(l1=0.01)  L2(l2=0.5)\n"
        f"{rule}\n"
        "1 variable changed, 8 parameters"
    )
    off = l2viz.regularize(model, 0.0)
    assert off.model.losses == []
    assert [(change.before, change.after) for change in off.changes] == [("L1(l1=0.01)", "")]
    assert "L1(l1=0.01)" in off._repr_html_()
    again = l2viz.regularize(l2viz.regularize(model, 0.5).model, 0.5)
    assert again.changes == ()


def test_frozen_layers_stay_frozen_and_have_it_when_they_are_trained() -> None:
    model = nested()
    model.get_layer("shared").trainable = False
    regularized = l2viz.regularize(model, STRENGTH).model
    assert not regularized.get_layer("shared").trainable
    frozen = losses(regularized)
    regularized.get_layer("shared").trainable = True
    kernel = regularized.get_layer("shared").kernel.numpy()
    added = STRENGTH * float(np.square(kernel).sum())
    assert losses(regularized) == pytest.approx(frozen + added, rel=1e-5)


class Own(keras.Model):
    """A model that Keras cannot copy: its argument is in no configuration."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.dense = layers.Dense(units, name="dense")

    def call(self, inputs: object) -> object:
        return self.dense(inputs)


def test_a_model_that_cannot_be_copied_can_be_changed() -> None:
    model = Own(3)
    model(np.zeros((1, 4)))
    with pytest.raises(InvalidValue) as caught:
        l2viz.regularize(model, STRENGTH)
    assert str(caught.value).startswith(
        "model must be one that Keras can copy, or changed with in_place=True ("
    )
    result = l2viz.regularize(model, STRENGTH, in_place=True)
    assert result.model is model
    assert losses(model) == pytest.approx(STRENGTH * squares(model, "kernel"), rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"strength": -1.0}, "strength must be >= 0, got -1.0"),
        ({"layers": "lost"}, "layers must be in the model, like the nearest, 'last', got 'lost'"),
        ({"layers": 3}, "layers must be a tuple of names, got 3"),
        ({"layers": (3,)}, "layers must be names, or a function of a layer, got (3,)"),
        (
            {"kinds": ("weights",)},
            f"kinds must be one of {', '.join(KERNELS)}, biases, norms, others, got 'weights'",
        ),
    ],
)
def test_errors_name_field_rule_and_value(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        l2viz.regularize(nested(), **{"strength": 0.1} | arguments)
    assert str(caught.value) == message


def test_a_model_that_is_not_built_is_refused() -> None:
    with pytest.raises(InvalidValue, match="model must have its weights"):
        l2viz.regularize(keras.Sequential([layers.Dense(2)]), 0.1)
