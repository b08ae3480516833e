"""Binding: which array fills which attribute of a trace, at which strength and epoch.

Python resolves bindings here for figures; `stage/frontend/bindings.js` follows the same rules in
the browser, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from l2viz.charts.core.arrays import ChartArray
from l2viz.trajectory import Array


@dataclass(frozen=True, kw_only=True)
class Binding:
    """trace[attribute] = array at a strength and an epoch, then `index` into what is left.

    strength   "chosen", "best" (on validation data, at that epoch), "a" or "b" (pinned), "zero",
               "#3" (the member there), "all" (a line over the strengths), "each" (a line of
               every strength); two joined by "|" mean the second while the first is not pinned
    epoch      "chosen", "until" (a line over the epochs up to the chosen one), "each" (a line of
               every epoch up to it)
    An array without one of the two axes ignores it. Pinned strengths that are not there give
    nothing, and so does an array of which nothing is kept yet. A single number becomes a list of
    one. "each" puts one line after the other with NaN between, which is drawn as a gap; it is not
    for both axes, nor beside a line over the other.
    """

    trace: int
    attribute: str
    array: str
    strength: str = "chosen"
    epoch: str = "chosen"
    index: tuple[int, ...] = ()

    def mode(self, values: Array) -> str | None:
        """That of the trace with these values: a line of one epoch is a dot; None: its own."""
        if self.epoch != "until":
            return None
        return "markers" if len(values) == 1 else "lines"


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
    lines = 0  # axes that stay in front of what `index` points into
    if array.by_epoch:
        epoch = _epoch(binding.epoch, array, position.epoch)
        if epoch is None:
            return np.array([])
        values = values[epoch]
        lines += isinstance(epoch, slice)
    if array.by_strength:
        member: int | slice | None = slice(None)
        if binding.strength not in ("all", "each"):
            member = _member(binding.strength, arrays, position)
        if member is None:
            return np.array([])
        values = values[(slice(None),) * lines + (member,)]
        lines += isinstance(member, slice)
    for index in binding.index:
        values = np.take(values, index, axis=lines)
    if (array.by_epoch and binding.epoch == "each") or (
        array.by_strength and binding.strength == "each"
    ):
        return with_gaps(values)
    return np.atleast_1d(values)


def with_gaps(lines: Array) -> Array:
    """(lines, points) -> one after the other, NaN between."""
    padded = np.pad(lines.astype(np.float64), ((0, 0), (0, 1)), constant_values=np.nan)
    return padded.ravel()[:-1]


def _epoch(epoch: str, array: ChartArray, position: int) -> int | slice | None:
    """Where on the array's epoch axis; None before anything is kept."""
    count = position + 1
    if array.kept is not None:
        count = int(np.searchsorted(array.kept, position, side="right"))
        if count == 0:
            return None
    return count - 1 if epoch == "chosen" else slice(0, count)


def _member(strength: str, arrays: Mapping[str, ChartArray], position: Position) -> int | None:
    found: int | None = None
    for choice in strength.split("|"):
        if choice == "zero":
            found = 0
        elif choice.startswith("#"):
            found = int(choice[1:])
        elif choice == "best":
            found = int(arrays["best_strength"].values[position.epoch])
        else:
            named = {"chosen": position.strength, "a": position.a, "b": position.b}
            found = named[choice]
        if found is not None:
            return found
    return found
