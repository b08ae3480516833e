"""Conv2D as one matrix product (im2col), which can be batched over members."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class PathConv2D(keras.layers.Conv2D):  # type: ignore[misc]
    """Keras's Conv2D (stride 1, padding "same"), computed as patches · kernel.

    TensorFlow has no convolution that is batched over kernels, and its grouped convolution copies
    inputs and outputs. Here each patch is a row of a matrix, which is multiplied by the flattened
    kernel: one matrix product, batched over members like a Dense layer.
    """

    def call(self, inputs: Any) -> Any:
        height, width, channels, filters = self.kernel.shape
        rows, columns = inputs.shape[1:3]
        above, left = (height - 1) // 2, (width - 1) // 2
        around = [[0, 0], [above, height - 1 - above], [left, width - 1 - left], [0, 0]]
        padded = tf.pad(inputs, around)
        # First along a row, then along a column: fewer and longer slices than patch by patch.
        # The gradient of `tf.slice` is a padding, ten times faster than the gradient of `[]`.
        across = tf.concat(
            [
                tf.slice(padded, (0, 0, x, 0), (-1, rows + height - 1, columns, channels))
                for x in range(width)
            ],
            axis=3,
        )
        windows = [
            tf.slice(across, (0, y, 0, 0), (-1, rows, columns, width * channels))
            for y in range(height)
        ]
        patches = tf.reshape(tf.concat(windows, axis=3), (-1, height * width * channels))
        kernel = tf.reshape(self.kernel, (height * width * channels, filters))
        outputs = tf.reshape(tf.matmul(patches, kernel), (-1, rows, columns, filters))
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(outputs)
