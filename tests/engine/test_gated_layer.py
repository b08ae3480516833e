"""The custom layer: its formula, its weights and what Keras does with their regularizers."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from scipy.special import expit

from l2viz.engine.gated_layer import Gated
from l2viz.engine.soft_threshold import SoftThreshold

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("bias", [True, False])
def test_it_computes_its_formula(bias: bool) -> None:
    """activation(x·kernel + bias) · sigmoid(x·gate)."""
    generator = np.random.default_rng(7)
    layer = Gated(5, activation="tanh", use_bias=bias, dtype="float64")
    inputs = generator.normal(size=(4, 3))
    outputs = layer(inputs)
    kernel, gate = generator.normal(size=(2, 3, 5))
    added = generator.normal(size=5)
    layer.set_weights([kernel, gate] + [added] * bias)
    expected = np.tanh(inputs @ kernel + added * bias) * expit(inputs @ gate)
    np.testing.assert_allclose(layer(inputs), expected, rtol=1e-12)
    assert tuple(outputs.shape) == layer.compute_output_shape(inputs.shape) == (4, 5)


def test_its_weights_in_keras_order() -> None:
    layer = Gated(5)
    layer.build((None, 3))
    shapes = [(variable.name, tuple(variable.shape)) for variable in layer.trainable_variables]
    assert shapes == [("kernel", (3, 5)), ("gate", (3, 5)), ("bias", (5,))]
    assert np.abs(layer.kernel.numpy()).max() > 0.0
    assert np.abs(layer.gate.numpy()).max() > 0.0
    assert (layer.bias.numpy() == 0.0).all()


def test_each_weight_has_a_regularizer_of_its_own() -> None:
    layer = Gated(
        5,
        kernel_regularizer=keras.regularizers.L2(0.5),
        gate_regularizer=keras.regularizers.L1(0.25),
        bias_regularizer=keras.regularizers.L2(2.0),
    )
    layer.build((None, 3))
    layer.bias.assign(np.arange(5.0))
    kernel, gate = layer.kernel.numpy(), layer.gate.numpy()
    expected = [0.5 * np.square(kernel).sum(), 0.25 * np.abs(gate).sum(), 2.0 * 30.0]
    np.testing.assert_allclose([float(loss) for loss in layer.losses], expected, rtol=1e-6)


def test_its_constraints_act_after_a_step() -> None:
    layer = Gated(5, kernel_constraint=SoftThreshold(10.0), gate_constraint=None)
    model = keras.Sequential([keras.Input((3,)), layer])
    model.compile(keras.optimizers.SGD(0.01), "mse")
    model.train_on_batch(np.ones((2, 3)), np.ones((2, 5)))
    assert (layer.kernel.numpy() == 0.0).all()
    assert (layer.gate.numpy() != 0.0).all()
