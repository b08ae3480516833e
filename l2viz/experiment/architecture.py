"""Experiment's network, layer by layer, known without Keras: names, shapes, what is regularized."""

from __future__ import annotations

import math
from dataclasses import dataclass

MODELS = ("dense", "conv2d", "custom")
REGULARIZED = ("all", "first", "last")
KERNEL_SIDE = 3  # pixels of a convolution's window, each way
POOL_SIDE = 2  # pixels that max pooling makes one, each way
# Keras's 0.99 needs hundreds of steps before validation sees more than the initial averages.
BATCH_NORM_MOMENTUM = 0.9


@dataclass(frozen=True, kw_only=True)
class LayerPlan:
    """One layer with weights.

    kind       "dense", "conv2d" or "gated"
    kernels    name and shape of each kernel: one, or two of a gated layer
    units      outputs, or filters
    hidden     it has an activation, and BatchNorm and Dropout where there are any
    bias       it has one: not before BatchNorm, where a bias has no effect and its gradient is
               round-off that Adam amplifies
    batch_norm it is followed by BatchNorm
    regularized   its kernels carry the regularizer
    """

    name: str
    kind: str
    kernels: tuple[tuple[str, tuple[int, ...]], ...]
    units: int
    hidden: bool
    bias: bool
    batch_norm: bool
    regularized: bool

    @property
    def parameter_count(self) -> int:
        """Trainable weights, those of its BatchNorm (γ, β) included."""
        kernels = sum(math.prod(shape) for _, shape in self.kernels)
        return kernels + self.units * (int(self.bias) + 2 * int(self.batch_norm))


def plan_layers(
    *,
    model: str,
    input_shape: tuple[int, ...],
    outputs: int,
    filters: tuple[int, ...],
    hidden: tuple[int, ...],
    batch_norm: bool,
    regularized: str,
) -> tuple[LayerPlan, ...]:
    """The layers with weights, from the input to the output.

    "dense": Dense layers. "conv2d": for each of `filters` a convolution and a max pooling, then
    Dense layers. "custom": gated layers, then a Dense one.
    """
    count = len(filters) + len(hidden) + 1
    chosen = {"all": range(count), "first": range(1), "last": range(count - 1, count)}[regularized]
    layers: list[LayerPlan] = []

    def add(kind: str, shape: tuple[int, ...], *, last: bool = False) -> None:
        position = len(layers)
        name = f"{kind}_{position + 1}"
        names = ("kernel", "gate") if kind == "gated" else ("kernel",)
        layers.append(
            LayerPlan(
                name=name,
                kind=kind,
                kernels=tuple((part, shape) for part in names),
                units=shape[-1],
                hidden=not last,
                bias=last or not batch_norm,
                batch_norm=batch_norm and not last,
                regularized=position in chosen,
            )
        )

    size = math.prod(input_shape)
    if model == "conv2d":
        height, width = input_shape
        channels = 1
        for count in filters:
            add("conv2d", (KERNEL_SIDE, KERNEL_SIDE, channels, count))
            height, width, channels = height // POOL_SIDE, width // POOL_SIDE, count
        size = height * width * channels
    for units in hidden:
        add("gated" if model == "custom" else "dense", (size, units))
        size = units
    add("dense", (size, outputs), last=True)
    return tuple(layers)
