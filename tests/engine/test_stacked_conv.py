"""PathConv2D: outputs and gradients of Keras's own Conv2D, whatever the sizes."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from l2viz.engine.stacked_conv import PathConv2D

pytestmark = pytest.mark.usefixtures("one_thread")

SIZES = st.integers(1, 7)


@settings(max_examples=40)
@given(
    kernel=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    image=st.tuples(SIZES, SIZES),
    strides=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.sampled_from(["same", "valid"]),
    channels=st.integers(1, 4),
    filters=st.integers(1, 4),
    examples=st.integers(1, 3),
    bias=st.booleans(),
    activation=st.sampled_from(["linear", "tanh", "relu"]),
)
def test_outputs_and_gradients_are_those_of_keras(
    kernel: tuple[int, int],
    image: tuple[int, int],
    strides: tuple[int, int],
    padding: str,
    channels: int,
    filters: int,
    examples: int,
    bias: bool,
    activation: str,
) -> None:
    assume(padding == "same" or (kernel[0] <= image[0] and kernel[1] <= image[1]))
    generator = np.random.default_rng(6)
    inputs = tf.constant(generator.normal(size=(examples, *image, channels)))
    weights = [generator.normal(size=(*kernel, channels, filters))]
    weights += [generator.normal(size=filters)] * bias
    results = []
    for kind in (PathConv2D, keras.layers.Conv2D):
        layer = kind(
            filters,
            kernel,
            strides=strides,
            padding=padding,
            use_bias=bias,
            activation=activation,
            dtype="float64",
        )
        layer.build(inputs.shape)
        layer.set_weights(weights)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs)
            loss = tf.reduce_sum(tf.sin(outputs))
        watched = [inputs, *(variable.value for variable in layer.trainable_variables)]
        results.append([outputs, *tape.gradient(loss, watched)])
    for ours, theirs in zip(*results, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=1e-12)


def test_members_are_mapped_without_a_loop() -> None:
    """One matrix product for all members: what the layer is for."""
    layer = PathConv2D(4, 3, padding="same")
    layer.build((None, 8, 8, 2))
    inputs = tf.random.stateless_normal((5, 8, 8, 2), seed=(1, 2))
    kernels = tf.random.stateless_normal((6, 3, 3, 2, 4), seed=(3, 4))
    biases = tf.random.stateless_normal((6, 4), seed=(5, 6))

    @tf.function(autograph=False)
    def mapped() -> tf.Tensor:
        return tf.vectorized_map(
            lambda member: layer.stateless_call(list(member), [], inputs)[0], (kernels, biases)
        )

    kinds = {operation.type for operation in mapped.get_concrete_function().graph.get_operations()}
    assert kinds & {"MatMul", "BatchMatMulV2"}
    assert not {kind for kind in kinds if "While" in kind or kind.startswith("Conv2D")}
    for member in range(6):
        expected = tf.nn.conv2d(inputs, kernels[member], 1, "SAME") + biases[member]
        np.testing.assert_allclose(mapped()[member], expected, rtol=1e-5, atol=1e-5)
