"""`l2viz.stackable` names why a model cannot be stacked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import pytest
from keras import layers, ops

import l2viz
from l2viz.sweeps.building import built
from l2viz.sweeps.examples import Examples
from l2viz.sweeps.stackable import difference
from tests.sweeps import models
from tests.sweeps.models import KINDS

pytestmark = pytest.mark.usefixtures("one_thread")


class OwnStep(keras.Sequential):  # type: ignore[misc]
    """A model with a training step of its own."""

    def train_step(self, data: Any) -> Any:
        return super().train_step(data)


def one_layer(
    of: type[keras.Sequential] = keras.Sequential,
    optimizer: Any = "adam",
    eager: bool = False,
    **settings: Any,
) -> keras.Model:
    model = of([keras.Input((4,)), layers.Dense(1, name="last", **settings)])
    model.compile(optimizer, "mse", run_eagerly=eager)
    return model


def trained() -> keras.Model:
    model = one_layer()
    model.fit(*models.numbers(), verbose=0)
    return model


def frozen() -> keras.Model:
    model = one_layer()
    model.trainable = False
    model.compile("adam", "mse")
    return model


def mixed() -> keras.Model:
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(2, dtype="float64"), layers.Dense(1, dtype="float32")]
    )
    model.compile("adam", "mse")
    return model


def not_compiled() -> keras.Model:
    return keras.Sequential([keras.Input((4,)), layers.Dense(1)])


CANNOT: dict[str, Callable[[], keras.Model]] = {
    "the model is not compiled": not_compiled,
    "OwnStep has a train_step of its own": lambda: one_layer(OwnStep),
    "the model runs eagerly": lambda: one_layer(eager=True),
    "the optimizer Lamb is none of SGD, RMSprop": lambda: one_layer(
        optimizer=keras.optimizers.Lamb()
    ),
    "the optimizer's clipnorm is not of each weight alone": lambda: one_layer(
        optimizer=keras.optimizers.SGD(clipnorm=1.0)
    ),
    "the optimizer has trained before": trained,
    "the model has no trainable weights": frozen,
    "its weights have several types: float32, float64": mixed,
    "kernel of last has a regularizer that is none of L1, L2 and L1L2": lambda: one_layer(
        kernel_regularizer=keras.regularizers.OrthogonalRegularizer()
    ),
    "kernel of last has a constraint": lambda: one_layer(kernel_constraint="max_norm"),
}


@pytest.mark.parametrize("reason", CANNOT)
def test_the_reason_is_named(reason: str) -> None:
    assert l2viz.stackable(CANNOT[reason]()).startswith(reason)


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_stacked(kind: str) -> None:
    build, data = KINDS[kind]
    model = build(0.1)
    if not model.built:
        model(data()[0])
    assert l2viz.stackable(model) == ""


def test_what_is_no_model_is_refused() -> None:
    with pytest.raises(l2viz.InvalidValue) as caught:
        l2viz.stackable(3)
    assert caught.value.field == "model"


def of_units(units: int) -> keras.Model:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(units), layers.Dense(1)])
    model.compile("adam", "mse")
    return model


def of_dropout(rate: float) -> keras.Model:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, layers.Dense(1)(layers.Dropout(rate, seed=1)(inputs)))
    model.compile("adam", "mse")
    return model


def of_factor(factor: float) -> keras.Model:
    inputs = keras.Input((4,), name="x")
    model = keras.Model(inputs, layers.Dense(1, name="y")(ops.multiply(inputs, factor)), name="m")
    model.compile("adam", "mse")
    return model


def of_rate(rate: float) -> keras.Model:
    return one_layer(optimizer=keras.optimizers.SGD(rate))


@pytest.mark.parametrize(
    ("build", "values", "what"),
    [
        (of_units, (2, 3), "weights"),
        (of_dropout, (0.1, 0.2), "settings of layers"),
        (of_factor, (1.0, 2.0), "settings of layers"),
        (of_rate, (0.1, 0.2), "settings of optimizer, loss and metrics"),
    ],
)
def test_models_that_differ_in_more_than_strengths(
    build: Callable[[Any], Any], values: tuple[Any, Any], what: str
) -> None:
    assert _difference(build, values) == f"the {what} of the models differ with the strength"
    assert _difference(build, (values[0], values[0])) == ""


def _difference(build: Callable[[Any], Any], values: tuple[Any, Any]) -> str:
    batch = Examples.of("data", models.numbers())
    return difference([built(build, value, 0, batch) for value in values])
