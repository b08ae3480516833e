"""What Keras's training step computes for one model, as a function of its variables."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from l2viz.engine.stacked_conv import convolve
from l2viz.interop.model_layers import parts_of
from l2viz.sweeps.stackable import REGULARIZERS

Tensors = list[tf.Tensor]

LARGEST_PATCHES = 150_000  # numbers in those of one batch; measured: both ways are equal there
_UNMAPPED = tuple(
    getattr(keras.layers, name)
    for name in (
        *("RNN", "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D"),
        *("SeparableConv1D", "SeparableConv2D"),
        *("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
    )
)


class Variables:
    """A model's variables by their part in a step: trained, changed by a call, of its metrics."""

    def __init__(self, model: Any) -> None:
        self.trainable = list(model.trainable_variables)
        self.state = list(model.non_trainable_variables)
        self.metrics = list(model.metrics_variables)
        self.regularized = [
            at for at, variable in enumerate(self.trainable) if variable.regularizer is not None
        ]

    def mapping(self, *values: Sequence[tf.Tensor]) -> list[tuple[Any, tf.Tensor]]:
        """Return pairs of a variable and a value, for a StatelessScope."""
        groups = (self.trainable, self.state, self.metrics)
        return [
            pair
            for group, own in zip(groups, values, strict=False)
            for pair in zip(group, own, strict=True)
        ]


def outputs_and_loss(model: Any, batch: tuple[Any, ...], *, training: bool) -> tuple[Any, Any]:
    """Return what a model answers to a batch, and the loss with the regularizers that it has."""
    inputs, targets, weights = keras.utils.unpack_x_y_sample_weight(batch)
    called = {"training": training} if model._call_has_training_arg else {}
    outputs = model(inputs, **called)
    loss = model._compute_loss(
        x=inputs, y=targets, y_pred=outputs, sample_weight=weights, training=training
    )
    return outputs, loss


def loss_of(
    model: Any,
    variables: Variables,
    values: Sequence[Tensors],
    batch: tuple[Any, ...],
    penalty: Any,
    *,
    training: bool,
) -> tuple[tf.Tensor, Tensors, Tensors]:
    """Return the loss with a penalty, and the state and metrics after the step.

    As keras/src/backend/tensorflow/trainer.py computes it, of a model whose own regularizers are
    taken off: see `without_regularizers`.

    values   of the trainable weights, the state and the metrics
    """
    inputs, targets, weights = keras.utils.unpack_x_y_sample_weight(batch)
    mapping = variables.mapping(*values)
    with keras.StatelessScope(state_mapping=mapping, collect_losses=True) as scope:
        outputs, loss = outputs_and_loss(model, batch, training=training)
        loss = loss + tf.cast(penalty, loss.dtype)
        count = tf.shape(tf.nest.flatten(inputs)[0])[0]
        model._loss_tracker.update_state(loss, sample_weight=count)
        model.compute_metrics(inputs, targets, outputs, sample_weight=weights)
        state = [_now(scope, *pair) for pair in zip(variables.state, values[1], strict=True)]
        metrics = [_now(scope, *pair) for pair in zip(variables.metrics, values[2], strict=True)]
    return loss, state, metrics


def _now(scope: Any, variable: Any, before: tf.Tensor) -> tf.Tensor:
    after = scope.get_current_value(variable)
    return before if after is None else tf.cast(after, before.dtype)


def scores(model: Any, variables: Variables, metrics: Tensors) -> dict[str, tf.Tensor]:
    """Return the results of the metrics, those that are one number, as Keras's logs have them."""
    mapping = list(zip(variables.metrics, metrics, strict=True))
    with keras.StatelessScope(state_mapping=mapping):
        found = model.get_metrics_result()
    results = {name: tf.convert_to_tensor(value) for name, value in found.items()}
    return {name: value for name, value in results.items() if value.shape.rank == 0}


def strengths_of(regularizer: Any) -> tuple[float, float]:
    """Return the strengths of Σw² and Σ|w| of one of Keras's regularizers, or of None."""
    if regularizer is None:
        return 0.0, 0.0
    assert type(regularizer) in REGULARIZERS
    # Keras casts them in the step, and a Python float becomes a float32 on the way.
    squares, magnitudes = (
        float(keras.ops.cast(getattr(regularizer, name, 0.0), "float64")) for name in ("l2", "l1")
    )
    return squares, magnitudes


@contextlib.contextmanager
def without_regularizers(model: Any) -> Iterator[None]:
    """Take all regularizers off while a step is traced, and put them back."""
    kept = [(variable, variable.regularizer) for variable in model.trainable_variables]
    for variable, _ in kept:
        variable.regularizer = None
    try:
        yield
    finally:
        for variable, regularizer in kept:
            variable.regularizer = regularizer


@contextlib.contextmanager
def stacked_convolutions(model: Any) -> Iterator[bool]:
    """Let convolutions be matrix products while a step is traced; yield whether there are any."""
    found = [part.layer for part in parts_of(model) if _is_plain_convolution(part.layer)]
    for layer in found:
        layer.convolution_op = functools.partial(_convolve, layer)
    try:
        yield bool(found)
    finally:
        for layer in found:
            del layer.convolution_op


def patches_of(model: Any) -> int:
    """Return the numbers in all patches of one example, which a convolution holds at once."""
    total = 0
    for part in parts_of(model):
        if _is_plain_convolution(part.layer):
            kernel = part.layer.kernel.shape
            shape = part.layer.output.shape if part.layer._inbound_nodes else (None, 1, 1)
            places = math.prod(size for size in shape[1:3] if size is not None)
            total += math.prod(kernel[:3]) * places
    return total


def is_fastest_alone(model: Any, batch_size: int) -> bool:
    """Return whether members are best trained in turn, within one compiled step.

    Of large convolutions a member's patches leave the cache, and TensorFlow's own ones are faster;
    other convolutions and recurrent layers cannot be mapped, but looped over, operation by
    operation.
    """
    layers = [part.layer for part in parts_of(model)]
    if any(isinstance(layer, _UNMAPPED) and not _is_plain_convolution(layer) for layer in layers):
        return True
    return patches_of(model) * batch_size > LARGEST_PATCHES


def _is_plain_convolution(layer: Any) -> bool:
    return (
        isinstance(layer, keras.layers.Conv2D)
        and type(layer).convolution_op is keras.layers.Conv2D.convolution_op
        and layer.data_format == "channels_last"
        and layer.padding in ("same", "valid")
        and layer.groups == 1
        and set(layer.dilation_rate) == {1}
    )


def _convolve(layer: Any, inputs: Any, kernel: Any) -> Any:
    if None in inputs.shape[1:]:  # patches are cut by their number
        return type(layer).convolution_op(layer, inputs, kernel)
    return convolve(inputs, tf.convert_to_tensor(kernel), layer.strides, layer.padding)
