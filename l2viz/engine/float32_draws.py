"""Keras's initializer and Dropout with the same random numbers in float32 and float64.

From one seed Keras draws different numbers in float64 than in float32. A float64 experiment uses
these classes, which draw in float32 and cast: it is the float32 experiment with more digits.
"""

from __future__ import annotations

from typing import Any

import keras


class Float32Glorot(keras.initializers.GlorotUniform):  # type: ignore[misc]
    """Keras's GlorotUniform, drawn in float32 and cast to the dtype asked for."""

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        return keras.ops.cast(super().__call__(shape, "float32"), dtype)


class Float32Dropout(keras.layers.Dropout):  # type: ignore[misc]
    """Keras's Dropout, with the mask of float32 for every dtype."""

    def call(self, inputs: Any, training: bool = False) -> Any:
        if not training:
            return inputs
        kept = super().call(keras.ops.ones_like(inputs, dtype="float32"), training)
        return keras.ops.where(kept > 0.0, inputs / (1.0 - self.rate), 0.0)
