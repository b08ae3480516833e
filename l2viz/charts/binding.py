"""Binding: which array fills which attribute of a trace, at which strength and epoch.

Python resolves bindings here for figures; `stage/bindings.js` follows the same rules in the
browser, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from l2viz.charts.arrays import ChartArray
from l2viz.trajectory import Array


@dataclass(frozen=True, kw_only=True)
class Binding:
    """trace[attribute] = array at a strength and an epoch, then `index` into what is left.

    strength   "chosen", "zero", "best" (on validation data, at that epoch), "a" or "b" (pinned),
               "all"; two joined by "|" mean the second while the first is not pinned
    epoch      "chosen", "until" (a line over the epochs up to the chosen one)
    An array without one of the two axes ignores it. Pinned strengths that are not there give
    nothing. A single number becomes a list of one.
    """

    trace: int
    attribute: str
    array: str
    strength: str = "chosen"
    epoch: str = "chosen"
    index: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a viewer stands: positions on the strength and epoch axes, and the pinned ones."""

    strength: int
    epoch: int
    a: int | None = None
    b: int | None = None


def resolve(binding: Binding, arrays: Mapping[str, ChartArray], position: Position) -> Array:
    """The values of one binding at one position."""
    array = arrays[binding.array]
    values = array.values
    member: int | slice = slice(None)
    if array.by_strength and binding.strength != "all":
        found = _member(binding.strength, arrays, position)
        if found is None:
            return np.array([])
        member = found
    if array.by_epoch:
        until = binding.epoch == "until"
        epoch = slice(0, position.epoch + 1) if until else position.epoch
        values = values[epoch, member] if array.by_strength else values[epoch]
        vectors = int(until) + int(array.by_strength and binding.strength == "all")
    else:
        values = values[member] if array.by_strength else values
        vectors = int(array.by_strength and binding.strength == "all")
    for index in binding.index:
        values = np.take(values, index, axis=vectors)
    return np.atleast_1d(values)


def _member(strength: str, arrays: Mapping[str, ChartArray], position: Position) -> int | None:
    found: int | None = None
    for choice in strength.split("|"):
        if choice == "zero":
            found = 0
        elif choice == "best":
            found = int(arrays["best_strength"].values[position.epoch])
        else:
            named = {"chosen": position.strength, "a": position.a, "b": position.b}
            found = named[choice]
        if found is not None:
            return found
    return found
