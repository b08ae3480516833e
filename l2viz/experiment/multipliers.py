"""Multipliers: the kind of a setting that holds a number for each regularized layer."""

from __future__ import annotations

from dataclasses import dataclass

from l2viz.experiment.kinds import Given
from l2viz.validation import InvalidValue, as_tuple, number

_NONE = "none"  # in an address


@dataclass(frozen=True, kw_only=True)
class Multipliers:
    """A multiplier of λ for each of a few layers: "1,0.5,0" in an address, "none" for 1 everywhere.

    most      layers that a network can have
    largest   multiplier; the smallest is 0, which leaves a layer out
    """

    most: int
    largest: float

    @property
    def words(self) -> str:
        """Return type and bounds."""
        return f"tuple of float, one for each regularized layer, each 0 to {self.largest:g}"

    def check(self, name: str, value: object, given: Given) -> tuple[float, ...]:
        """Return a tuple of floats within the bounds, not all of them 0."""
        multipliers = as_tuple(name, value, "numbers")
        if len(multipliers) > self.most:
            raise InvalidValue(
                name, f"have at most {self.most} numbers", f"{len(multipliers)} of them"
            )
        checked = tuple(number(name, each, 0.0, self.largest) for each in multipliers)
        if checked and not any(checked):
            raise InvalidValue(name, "not all be 0: the penalty 'none' leaves all out", checked)
        return checked

    def read(self, text: str) -> tuple[float, ...]:
        """Return the multipliers."""
        return () if text == _NONE else tuple(float(part) for part in text.split(","))

    def write(self, value: tuple[float, ...]) -> str:
        """Return the multipliers."""
        return ",".join(repr(each).removesuffix(".0") for each in value) or _NONE
