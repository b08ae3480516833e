"""A planned layer: its Keras class, arguments and variables; does not import Keras."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class TimesStrength:
    """An argument with the value `factor`·`multiplier`·λ, λ being a member's strength.

    multiplier   that of the layer
    """

    factor: float
    multiplier: float = 1.0

    def at(self, strength: float) -> float:
        """Return the value for a member."""
        return self.factor * self.multiplier * strength


@dataclass(frozen=True, kw_only=True)
class KerasObject:
    """A class and the arguments for its constructor.

    module     where the class is: "keras", "layers", "initializers" or "regularizers" of Keras, or
               empty for a class of this project
    arguments  by position
    keywords   by name; values, here and in `arguments`, may be a KerasObject or a TimesStrength
    """

    class_name: str
    module: str = ""
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class VariablePlan:
    """A variable of a layer; `initial` is "zeros", "ones" or an initializer."""

    name: str
    shape: tuple[int, ...]
    initial: str | KerasObject
    trainable: bool = True


@dataclass(frozen=True, kw_only=True)
class LayerPlan(KerasObject):
    """One layer.

    name         the layer's name in the model
    output_shape of a batch, with None for its size: (None, 8)
    variables    in Keras's order
    regularized  whether its kernels have a penalty, and are measured
    multiplier   of λ in this layer; 0 for a layer that is left out, though it is measured
    """

    name: str
    output_shape: tuple[int | None, ...]
    variables: tuple[VariablePlan, ...] = ()
    regularized: bool = False
    multiplier: float = 1.0

    @property
    def kernels(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Return name and shape of each kernel: two in a gated layer, one or none in others."""
        named = ("kernel", "gate")
        return tuple((each.name, each.shape) for each in self.variables if each.name in named)

    @property
    def units(self) -> int:
        """Return the number of outputs or filters."""
        units = self.output_shape[-1]
        assert units is not None
        return units

    @property
    def bias(self) -> bool:
        """Return whether it has a bias."""
        return any(variable.name == "bias" for variable in self.variables)

    @property
    def parameter_count(self) -> int:
        """Return the number of trainable weights."""
        return sum(math.prod(each.shape) for each in self.variables if each.trainable)

    def regularizer(self, variable: str) -> KerasObject | None:
        """Return the regularizer of a variable, if it has one."""
        regularizer: KerasObject | None = self.keywords.get(f"{variable}_regularizer")
        return regularizer
