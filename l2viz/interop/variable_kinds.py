"""What a variable of a layer is: a kernel, an embedding, a bias, of a normalization."""

from __future__ import annotations

from typing import Any

KERNELS = ("kernels", "depthwise_kernels", "recurrent_kernels", "embeddings")
KINDS = (*KERNELS, "biases", "norms", "others")
_DEPTHWISE = "DepthwiseConv"  # its variable is "kernel", its setting "depthwise_regularizer"


def kind_of(layer: Any, variable: Any) -> str:
    """Return one of KINDS, from the layer's class, the variable's name and its axes."""
    name = variable.name
    classes = [each.__name__ for each in type(layer).__mro__]
    if any("Normalization" in each for each in classes) and len(variable.shape) < 2:
        return "norms"
    if name == "bias" or name.endswith("_bias"):
        return "biases"
    if name == "depthwise_kernel" or (name == "kernel" and _is_depthwise(classes)):
        return "depthwise_kernels"
    if name == "recurrent_kernel":
        return "recurrent_kernels"
    if "embeddings" in name:
        return "embeddings"
    return "kernels" if len(variable.shape) > 1 else "others"


def setting_of(layer: Any, variable: Any) -> str | None:
    """Return the layer's attribute for a variable's regularizer; None if it has none."""
    attributes = vars(layer)
    if variable.regularizer is not None:
        for name, value in attributes.items():
            if value is variable.regularizer:
                return name
    stem = variable.name.removesuffix("_kernel")
    if _is_depthwise([each.__name__ for each in type(layer).__mro__]) and stem == "kernel":
        stem = "depthwise"
    for name in (f"{variable.name}_regularizer", f"{stem}_regularizer"):
        if name in attributes:
            return name
    return None


def _is_depthwise(classes: list[str]) -> bool:
    return any(_DEPTHWISE in each for each in classes)
