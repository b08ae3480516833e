"""Keras's random parts with draws that do not depend on the dtype: made in float32, then cast.

With one seed Keras draws other numbers in float64 than in float32. A float64 experiment uses
these classes, so that it is the float32 one with more digits.
"""

from __future__ import annotations

from typing import Any

import keras


class Float32Glorot(keras.initializers.GlorotUniform):  # type: ignore[misc]
    """GlorotUniform, drawn in float32."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        return keras.ops.cast(super().__call__(shape, "float32"), dtype)


class Float32Dropout(keras.layers.Dropout):  # type: ignore[misc]
    """Dropout that drops the outputs it would drop in float32."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        kept = super().call(keras.ops.ones_like(inputs, dtype="float32"), training)
        return keras.ops.where(kept > 0.0, inputs / (1.0 - self.rate), 0.0)
