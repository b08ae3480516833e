"""Data loss, and the gradients of data loss and penalty, on a sample that the user gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from l2viz.recorder.penalty_terms import as_array, as_float
from l2viz.trajectory import Array
from l2viz.validation import InvalidValue


@dataclass(frozen=True, kw_only=True, eq=False)
class OnSample:
    """What was measured on a sample: the data loss, and both gradients of each variable."""

    data_loss: float
    data_gradients: list[Array]
    penalty_gradients: list[Array]


class Sample:
    """Inputs, targets and perhaps weights of examples, on which a model is measured.

    The model is called with ``training=False`` in a stateless scope: nothing of it changes.
    """

    def __init__(self, given: object) -> None:
        if not isinstance(given, tuple) or len(given) not in (2, 3):
            raise InvalidValue("sample", "be a tuple: inputs, targets, or with weights", given)
        self.inputs, self.targets = given[0], given[1]
        self.weights = given[2] if len(given) == 3 else None
        self.examples = len(keras.tree.flatten(self.inputs)[0])

    def measure(self, model: Any, variables: list[Any]) -> OnSample:
        """Measure a model: its data loss is its loss without what its regularizers add."""
        values = [variable.value for variable in variables]
        loss, of_data = _value_and_gradients(
            lambda values: self._data_loss(model, variables, values), values
        )
        of_penalty = [np.zeros(gradient.shape) for gradient in of_data]
        if any(variable.regularizer is not None for variable in variables):
            of_penalty = _value_and_gradients(lambda values: _penalty(variables, values), values)[1]
        return OnSample(data_loss=loss, data_gradients=of_data, penalty_gradients=of_penalty)

    def _data_loss(self, model: Any, variables: list[Any], values: list[Any]) -> Any:
        """Return `compute_loss` of a copy without regularizers, whatever that function does."""
        regularizers = [variable.regularizer for variable in variables]
        mapping = list(zip(variables, values, strict=True))
        try:
            for variable in variables:
                variable.regularizer = None
            with keras.StatelessScope(state_mapping=mapping, collect_losses=True):
                outputs = model(self.inputs, training=False)
                targets = keras.tree.map_structure(keras.ops.convert_to_tensor, self.targets)
                total = model.compute_loss(
                    x=self.inputs, y=targets, y_pred=outputs, sample_weight=self.weights
                )
        finally:
            for variable, regularizer in zip(variables, regularizers, strict=True):
                variable.regularizer = regularizer
        return as_float(total)


def _penalty(variables: list[Any], values: list[Any]) -> Any:
    first, *others = [
        as_float(keras.ops.sum(variable.regularizer(value)))
        for variable, value in zip(variables, values, strict=True)
        if variable.regularizer is not None
    ]
    return sum(others, first)


def _value_and_gradients(
    function: Callable[[list[Any]], Any], values: list[Any]
) -> tuple[float, list[Array]]:
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        values = [tf.convert_to_tensor(value) for value in values]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            result = function(values)
        gradients = tape.gradient(
            result, values, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
    elif backend == "jax":
        import jax

        result, gradients = jax.value_and_grad(function)(values)
    else:
        import torch

        values = [value.detach().clone().requires_grad_(True) for value in values]
        with torch.enable_grad():
            result = function(values)
        gradients = torch.autograd.grad(result, values, allow_unused=True)
        gradients = [
            torch.zeros_like(v) if g is None else g for g, v in zip(gradients, values, strict=True)
        ]
    dense = [keras.ops.convert_to_tensor(_dense(each)) for each in gradients]
    return float(as_array(result)), [as_array(each) for each in dense]


def _dense(gradient: Any) -> Any:
    """Return TensorFlow's gradient of an embedding as a tensor."""
    if hasattr(gradient, "indices") and hasattr(gradient, "dense_shape"):
        import tensorflow as tf

        return tf.convert_to_tensor(gradient)
    return gradient
