"""What a layer is: a Keras class, its arguments, and the variables it will have. No Keras."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class TimesStrength:
    """An argument that is `factor` times a member's strength λ."""

    factor: float


@dataclass(frozen=True, kw_only=True)
class KerasObject:
    """A class and the arguments that an object is made with.

    module     where the class is: "keras", "layers", "initializers" or "regularizers" of Keras,
               or empty for a class of this project
    arguments  by position
    keywords   by name; a value may be a KerasObject or a TimesStrength, here as above
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
    output_shape of a batch, None for the number of examples: (None, 8)
    variables    in Keras's order
    regularized  its kernels are those that a penalty acts on
    """

    name: str
    output_shape: tuple[int | None, ...]
    variables: tuple[VariablePlan, ...] = ()
    regularized: bool = False

    @property
    def kernels(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Name and shape of each kernel: one, two of a gated layer, none of some layers."""
        named = ("kernel", "gate")
        return tuple((each.name, each.shape) for each in self.variables if each.name in named)

    @property
    def units(self) -> int:
        """Outputs, or filters."""
        units = self.output_shape[-1]
        assert units is not None
        return units

    @property
    def bias(self) -> bool:
        """Whether it has a bias."""
        return any(variable.name == "bias" for variable in self.variables)

    @property
    def parameter_count(self) -> int:
        """Trainable weights."""
        return sum(math.prod(each.shape) for each in self.variables if each.trainable)

    def regularizer(self, variable: str) -> KerasObject | None:
        """Return the regularizer of a variable, if it has one."""
        regularizer: KerasObject | None = self.keywords.get(f"{variable}_regularizer")
        return regularizer
