"""Binding: which array fills which attribute of a trace, at which strength and epoch.

Python resolves bindings here for figures; `stage/frontend/bindings.js` does the same in the
browser, and a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np

from l2viz.charts.core.arrays import ChartArray, with_gaps
from l2viz.trajectory import Array

SelectorKind = Literal["chosen", "best", "fixed", "pinned", "all", "until", "each"]
PinName = Literal["a", "b"]
Sign = Literal[-1, 0, 1]
EpochKind = Literal["chosen", "until", "each"]


@dataclass(frozen=True)
class Selector:
    """Which strengths a binding reads.

    kind        "chosen", "best" (on validation data, at that epoch), "fixed", "pinned", "all" (one
                line over the strengths), "until" (the same up to the chosen one) or "each" (a line
                for every strength)
    member      the position on the axis; only for "fixed"
    pin         "a" or "b"; only for "pinned"
    otherwise   what to read while nothing is pinned, None for nothing; only for "pinned"
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
        """Return whether it reads all strengths instead of one."""
        return self.kind in ("all", "until", "each")

    def as_json(self) -> dict[str, Any]:
        """Return the fields that are set, for JSON."""
        plain: dict[str, Any] = {"kind": self.kind}
        if self.member is not None:
            plain["member"] = self.member
        if self.pin is not None:
            plain["pin"] = self.pin
        if self.otherwise is not None:
            plain["otherwise"] = self.otherwise.as_json()
        return plain


CHOSEN, BEST = Selector("chosen"), Selector("best")
ALL, UNTIL, EACH = Selector("all"), Selector("until"), Selector("each")


def fixed(member: int) -> Selector:
    """Return the selector of one position on the strength axis."""
    return Selector("fixed", member=member)


def pinned(pin: PinName, otherwise: Selector | None = None) -> Selector:
    """Return the selector of a pinned strength, or of `otherwise` while nothing is pinned."""
    return Selector("pinned", pin=pin, otherwise=otherwise)


@dataclass(frozen=True)
class Ribbons:
    """Draw numbers as ribbons between two points each: the y values of a filled trace.

    A ribbon is `width` · min(max(sign · number, 0), limit) / limit thick, in units of the y axis,
    measured along it. With sign 0 it is as thick as the number's magnitude says. Its four corners
    are followed by NaN, where Plotly begins the next one: `corners` gives the x values.

    ends     name of a constant array (N, 2): y of the left and of the right end of each ribbon
    column   of the array (N, columns) that holds the numbers
    """

    ends: str
    column: int
    sign: Sign
    limit: float
    width: float

    def heights(self, values: Array, ends: Array) -> Array:
        """Return the y values of N ribbons, (5N,)."""
        numbers = values[:, self.column]
        size = np.abs(numbers) if self.sign == 0 else np.maximum(self.sign * numbers, 0.0)
        half = 0.5 * self.width * np.minimum(size, self.limit) / self.limit
        left, right = ends.T
        corners = [left - half, right - half, right + half, left + half, np.full_like(left, np.nan)]
        return np.stack(corners, axis=1).reshape(-1)

    @staticmethod
    def corners(left: Array, right: Array) -> Array:
        """Return the x values of N ribbons from `left` to `right`, (5N,)."""
        gap = np.full_like(left, np.nan)
        return np.stack([left, right, right, left, gap], axis=1).reshape(-1)


@dataclass(frozen=True)
class Bound:
    """The values of one trace attribute: an array at a strength and an epoch, then `index`.

    epoch   "chosen", "until" (a line over the epochs up to the chosen one) or "each" (a line for
            every epoch up to it)
    index   into the remaining axes of the array
    ribbons what to make of the numbers that are left, if not the values themselves

    If the array does not have one of the two axes, that part of the binding is ignored. The result
    is empty for a strength that is not pinned, and for an array without a value yet. A single
    number becomes an array of one. "each" concatenates lines, with NaN between them, which Plotly
    draws as a gap. Only one of the two axes can be a line.
    """

    array: str
    strength: Selector = CHOSEN
    epoch: EpochKind = "chosen"
    index: tuple[int, ...] = ()
    ribbons: Ribbons | None = None

    def __post_init__(self) -> None:
        if self.epoch not in get_args(EpochKind):
            raise ValueError(f"epoch must be one of {_listed(EpochKind)}, got {self.epoch!r}")
        if self.strength.is_line and self.epoch != "chosen":
            raise ValueError(f"epoch must be 'chosen' beside all strengths, got {self.epoch!r}")


@dataclass(frozen=True, kw_only=True)
class Binding(Bound):
    """A Bound for one attribute of the drawing's trace number `trace`."""

    trace: int
    attribute: str

    def mode(self, values: Array) -> str | None:
        """Return "markers" for a line of one epoch, "lines" for more, None for no change."""
        if self.epoch != "until":
            return None
        return "markers" if len(values) == 1 else "lines"

    def as_json(self) -> dict[str, Any]:
        """Return the object that `bindings.js` reads, for JSON."""
        return {
            "trace": self.trace,
            "attribute": self.attribute,
            "array": self.array,
            "strength": self.strength.as_json(),
            "epoch": self.epoch,
            "index": list(self.index),
            **({"ribbons": asdict(self.ribbons)} if self.ribbons else {}),
        }


@dataclass(frozen=True, kw_only=True)
class Position:
    """A viewer's selection: positions on the strength and epoch axes, and pinned strengths."""

    strength: int
    epoch: int
    a: int | None = None
    b: int | None = None


def resolve(bound: Bound, arrays: Mapping[str, ChartArray], position: Position) -> Array:
    """Return the values of one binding at one position."""
    array = arrays[bound.array]
    values = array.values
    lines = 0  # remaining axes in front of those that `index` selects from
    if array.by_epoch:
        epoch = _epoch(bound.epoch, array, position.epoch)
        if epoch is None:
            return np.array([])
        values = values[epoch]
        lines += isinstance(epoch, slice)
    if array.by_strength:
        member: int | slice | None = slice(None)
        if bound.strength.kind == "until":
            member = slice(0, position.strength + 1)
        elif not bound.strength.is_line:
            member = _member(bound.strength, arrays, position)
        if member is None:
            return np.array([])
        values = values[(slice(None),) * lines + (member,)]
        lines += isinstance(member, slice)
    for index in bound.index:
        values = np.take(values, index, axis=lines)
    if (array.by_epoch and bound.epoch == "each") or (array.by_strength and bound.strength == EACH):
        return with_gaps(values.astype(np.float64))
    values = np.atleast_1d(values)
    if bound.ribbons is None:
        return values
    return bound.ribbons.heights(values, arrays[bound.ribbons.ends].values)


def _epoch(epoch: EpochKind, array: ChartArray, position: int) -> int | slice | None:
    """Return the index on the array's epoch axis; None before its first value."""
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
