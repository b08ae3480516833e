"""Gated: a custom Keras layer of two kernels, each with its own regularizer."""

from __future__ import annotations

from typing import Any

import keras


class Gated(keras.layers.Layer):  # type: ignore[misc]
    """activation(x·kernel + bias) · sigmoid(x·gate): a gated linear unit (arXiv 1612.08083).

    Input (batch, features), output (batch, units). Both kernels are made with
    ``add_weight(regularizer=...)``, which is all that Keras needs to add their penalty to the loss.
    """

    def __init__(
        self,
        units: int,
        *,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        gate_initializer: Any = "glorot_uniform",
        kernel_regularizer: Any = None,
        gate_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        gate_constraint: Any = None,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self.units = units
        self.use_bias = use_bias
        self.activation = keras.activations.get(activation)
        self._makers = {
            "kernel": (kernel_initializer, kernel_regularizer, kernel_constraint),
            "gate": (gate_initializer, gate_regularizer, gate_constraint),
            "bias": ("zeros", bias_regularizer, None),
        }

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        shape = (input_shape[-1], self.units)
        self.kernel = self._add("kernel", shape)
        self.gate = self._add("gate", shape)
        self.bias = self._add("bias", (self.units,)) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        outputs = keras.ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            outputs = outputs + self.bias
        return self.activation(outputs) * keras.ops.sigmoid(keras.ops.matmul(inputs, self.gate))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.units)

    def _add(self, name: str, shape: tuple[int | None, ...]) -> Any:
        initializer, regularizer, constraint = self._makers[name]
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=initializer,
            regularizer=regularizer,
            constraint=constraint,
        )
