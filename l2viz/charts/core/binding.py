"""Binding: which array fills which attribute of a trace, at which strength and epoch.

Python resolves bindings here for figures; `stage/frontend/bindings.js` follows the same rules in
the browser, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from l2viz.charts.core.arrays import ChartArray, with_gaps
from l2viz.trajectory import Array

SelectorKind = Literal["chosen", "best", "fixed", "pinned", "all", "each"]
PinName = Literal["a", "b"]
EpochKind = Literal["chosen", "until", "each"]


@dataclass(frozen=True)
class Selector:
    """What a binding reads along the strength axis.

    kind        "chosen", "best" (on validation data, at that epoch), "fixed", "pinned", "all" (one
                line over the strengths) or "each" (a line for every strength)
    member      the position on the axis; of "fixed" alone
    pin         "a" or "b"; of "pinned" alone
    otherwise   what is read while nothing is pinned, None for nothing; of "pinned" alone
    """

    kind: SelectorKind
    member: int | None = None
    pin: PinName | None = None
    otherwise: Selector | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(SelectorKind):
            raise ValueError(f"kind must be one of {_listed(SelectorKind)}, got {self.kind!r}")
        if (self.kind == "fixed") != (self.member is not None):
            raise ValueError(f"member must be given for 'fixed' alone, got {self!r}")
        if self.member is not None and self.member < 0:
            raise ValueError(f"member must be 0 or more, got {self.member!r}")
        if (self.kind == "pinned") != (self.pin is not None):
            raise ValueError(f"pin must be given for 'pinned' alone, got {self!r}")
        if self.pin is not None and self.pin not in get_args(PinName):
            raise ValueError(f"pin must be one of {_listed(PinName)}, got {self.pin!r}")
        if self.otherwise is not None and (self.kind != "pinned" or self.otherwise.is_line):
            raise ValueError(f"otherwise must be one strength, of 'pinned' alone, got {self!r}")

    @property
    def is_line(self) -> bool:
        """Return whether it reads all strengths and not one."""
        return self.kind in ("all", "each")

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values, without what it does not have."""
        plain: dict[str, Any] = {"kind": self.kind}
        if self.member is not None:
            plain["member"] = self.member
        if self.pin is not None:
            plain["pin"] = self.pin
        if self.otherwise is not None:
            plain["otherwise"] = self.otherwise.as_json()
        return plain


CHOSEN, BEST, ALL, EACH = (Selector("chosen"), Selector("best"), Selector("all"), Selector("each"))


def fixed(member: int) -> Selector:
    """Return the selector of one position on the strength axis."""
    return Selector("fixed", member=member)


def pinned(pin: PinName, otherwise: Selector | None = None) -> Selector:
    """Return the selector of a pinned strength, or of another one while nothing is pinned."""
    return Selector("pinned", pin=pin, otherwise=otherwise)


@dataclass(frozen=True)
class Bound:
    """What fills one attribute of a trace: an array at a strength and an epoch, then `index`.

    epoch   "chosen", "until" (a line over the epochs up to the chosen one) or "each" (a line for
            every epoch up to it)
    index   points into what is left of the array
    An array without one of the two axes ignores it. A pinned strength that is not there gives
    nothing, and so does an array of which nothing is kept yet. A single number becomes a list of
    one. "each" puts one line after the other with NaN between, which is drawn as a gap. Only one
    axis can be a line.
    """

    array: str
    strength: Selector = CHOSEN
    epoch: EpochKind = "chosen"
    index: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.epoch not in get_args(EpochKind):
            raise ValueError(f"epoch must be one of {_listed(EpochKind)}, got {self.epoch!r}")
        if self.strength.is_line and self.epoch != "chosen":
            raise ValueError(f"epoch must be 'chosen' beside all strengths, got {self.epoch!r}")


@dataclass(frozen=True, kw_only=True)
class Binding(Bound):
    """What fills one attribute of a drawing's trace number `trace`."""

    trace: int
    attribute: str

    def mode(self, values: Array) -> str | None:
        """Return the trace's mode with these values, None for its own: one epoch is a dot."""
        if self.epoch != "until":
            return None
        return "markers" if len(values) == 1 else "lines"

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values, as `bindings.js` reads it."""
        return {
            "trace": self.trace,
            "attribute": self.attribute,
            "array": self.array,
            "strength": self.strength.as_json(),
            "epoch": self.epoch,
            "index": list(self.index),
        }


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a viewer stands: positions on the strength and epoch axes, and the pinned ones."""

    strength: int
    epoch: int
    a: int | None = None
    b: int | None = None


def resolve(bound: Bound, arrays: Mapping[str, ChartArray], position: Position) -> Array:
    """Return the values of one binding at one position."""
    array = arrays[bound.array]
    values = array.values
    lines = 0  # axes that stay in front of what `index` points into
    if array.by_epoch:
        epoch = _epoch(bound.epoch, array, position.epoch)
        if epoch is None:
            return np.array([])
        values = values[epoch]
        lines += isinstance(epoch, slice)
    if array.by_strength:
        member: int | slice | None = slice(None)
        if not bound.strength.is_line:
            member = _member(bound.strength, arrays, position)
        if member is None:
            return np.array([])
        values = values[(slice(None),) * lines + (member,)]
        lines += isinstance(member, slice)
    for index in bound.index:
        values = np.take(values, index, axis=lines)
    if (array.by_epoch and bound.epoch == "each") or (array.by_strength and bound.strength == EACH):
        return with_gaps(values.astype(np.float64))
    return np.atleast_1d(values)


def _epoch(epoch: EpochKind, array: ChartArray, position: int) -> int | slice | None:
    """Return where to read on the array's epoch axis; None before anything is kept."""
    count = position + 1
    if array.kept is not None:
        count = int(np.searchsorted(array.kept, position, side="right"))
        if count == 0:
            return None
    return count - 1 if epoch == "chosen" else slice(0, count)


def _member(selector: Selector, arrays: Mapping[str, ChartArray], position: Position) -> int | None:
    """Return the position on the strength axis; None while nothing is pinned."""
    if selector.kind == "fixed":
        return selector.member
    if selector.kind == "best":
        return int(arrays["best_strength"].values[position.epoch])
    if selector.kind == "chosen":
        return position.strength
    found = position.a if selector.pin == "a" else position.b
    if found is None and selector.otherwise is not None:
        return _member(selector.otherwise, arrays, position)
    return found


def _listed(kinds: Any) -> str:
    return ", ".join(get_args(kinds))
