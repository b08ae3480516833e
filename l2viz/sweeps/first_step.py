"""Does the stacked step compute what every member's own step computes? Looked at, on one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from l2viz.sweeps.member_step import Variables, outputs_and_loss
from l2viz.sweeps.stacked_program import StackedProgram
from l2viz.trajectory import Array

_MOVED = 0.05  # standard deviation: at initial zeros some penalties and their gradients are 0
_ROUNDINGS = 200.0  # of the loss, in units of the last place
_OF_GRADIENTS = 2e4  # the same, of the largest gradient


def problem_of(program: StackedProgram, models: Sequence[Any], batch: tuple[Any, ...]) -> str:
    """Return which member's loss or gradient is another one stacked than alone; "" if none.

    A class of the user's may use the strength otherwise than in a regularizer, which no setting
    shows. So the loss of both ends and of the middle is compared, at weights moved at random.
    """
    path = program.path.value.numpy()
    moved = np.random.default_rng(0).normal(0.0, _MOVED, path.shape[1])
    program.path.assign(path + moved.astype(path.dtype))
    try:
        losses, gradients = program.losses_and_gradient(batch)
        weights = program.weights()
    finally:
        program.path.assign(path)
    for member in sorted({0, len(models) // 2, len(models) - 1}):
        loss, own = _alone(models[member], [each[member] for each in weights], batch)
        if not np.isfinite(loss):  # so large a strength that there is nothing to compare
            continue
        step = _last_place(models[member])
        close = abs(losses[member] - loss) <= _ROUNDINGS * step * max(1.0, abs(loss))
        reach = _OF_GRADIENTS * step * max(float(np.abs(each).max(initial=0.0)) for each in own)
        if not close or any(
            np.abs(each[member] - alone).max(initial=0.0) > reach
            for each, alone in zip(gradients, own, strict=True)
        ):
            return "a layer or loss depends on the strength, beside the regularizers"
    return ""


def _alone(model: Any, weights: Sequence[Array], batch: tuple[Any, ...]) -> tuple[float, list[Any]]:
    """Return loss and gradients of one model as its own training step computes them."""
    values = [tf.constant(each) for each in weights]
    mapping = Variables(model).mapping(values)
    with tf.GradientTape() as tape:
        tape.watch(values)
        with keras.StatelessScope(state_mapping=mapping, collect_losses=True):
            _, loss = outputs_and_loss(model, batch, training=True)
    zero = tf.UnconnectedGradients.ZERO
    found = tape.gradient(loss, values, unconnected_gradients=zero)
    return float(loss), [tf.convert_to_tensor(each).numpy() for each in found]


def _last_place(model: Any) -> float:
    """Return the unit in the last place of 1 in the type in which a model computes."""
    dtypes = {layer.compute_dtype for layer in model._flatten_layers()} - {None}
    dtypes &= {"float64", "float32", "bfloat16", "float16"}
    widths = {"float64": 2.0**-44, "float32": 2.0**-23, "bfloat16": 2.0**-7, "float16": 2.0**-10}
    return max((widths[dtype] for dtype in dtypes), default=2.0**-23)
