"""Conv2D as one matrix product (im2col), which can be batched over members."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf


class PathConv2D(keras.layers.Conv2D):  # type: ignore[misc]
    """Keras's Conv2D (channels last, neither groups nor dilation), computed by `convolve`."""

    def call(self, inputs: Any) -> Any:
        outputs = convolve(inputs, self.kernel, self.strides, self.padding)
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(outputs)


def convolve(inputs: Any, kernel: Any, strides: tuple[int, int], padding: str) -> Any:
    """Return a convolution as patches · kernel, for padding "same" and "valid".

    TensorFlow has no convolution that is batched over kernels, and its grouped convolution copies
    inputs and outputs. Here each patch is a row of a matrix, which is multiplied by the flattened
    kernel: one matrix product, batched over members like a Dense layer.
    """
    height, width, channels, filters = kernel.shape
    if padding == "same":
        sizes = zip(inputs.shape[1:3], (height, width), strides, strict=True)
        around = [_around(*each) for each in sizes]
        inputs = tf.pad(inputs, [[0, 0], *around, [0, 0]])
    above, beside = inputs.shape[1:3]
    rows = (above - height) // strides[0] + 1
    columns = (beside - width) // strides[1] + 1
    # First along a row, then along a column: fewer and longer slices than patch by patch.
    across = tf.concat([_slice(inputs, 2, x, columns, strides[1]) for x in range(width)], axis=3)
    windows = [_slice(across, 1, y, rows, strides[0]) for y in range(height)]
    patches = tf.reshape(tf.concat(windows, axis=3), (-1, height * width * channels))
    kernel = tf.reshape(kernel, (height * width * channels, filters))
    return tf.reshape(tf.matmul(patches, kernel), (-1, rows, columns, filters))


def _around(size: int, kernel: int, stride: int) -> list[int]:
    """Return the zeros before and after an axis of which TensorFlow's "same" keeps 1 / stride."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return [total // 2, total - total // 2]


def _slice(tensor: Any, axis: int, start: int, count: int, stride: int) -> Any:
    """Return `count` places along an axis.

    The gradient of `tf.slice` is a padding, ten times faster than the gradient of `[]`.
    """
    begin, shape = [0, 0, 0, 0], list(tensor.shape)
    begin[axis] = start
    if stride == 1:
        size = [-1, *shape[1:]]
        size[axis] = count
        return tf.slice(tensor, begin, size)
    places: list[Any] = [slice(None)] * 4
    places[axis] = slice(start, start + (count - 1) * stride + 1, stride)
    return tensor[tuple(places)]
