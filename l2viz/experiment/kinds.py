"""The kinds of settings: valid values, their text in an address, and the control for them.

Every kind has `check(name, value, given)`, which returns the value in its canonical Python type or
raises InvalidValue; `read(text)`, which raises ValueError for any other text; and `write(value)`.
`given` are the settings that a bound may depend on.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from l2viz.experiment.strength_grid import (
    LARGEST_GRID,
    LARGEST_STRENGTH,
    read_strengths,
    write_strengths,
)
from l2viz.validation import InvalidValue, as_tuple, choice, flag, integer, number

Given = Mapping[str, Any]


class Kind(Protocol):
    """The interface of all kinds."""

    @property
    def words(self) -> str:
        """Return type and bounds, for the documentation."""

    def check(self, name: str, value: object, given: Given) -> Any:
        """Return the canonical value, or raise InvalidValue."""

    def read(self, text: str) -> Any:
        """Parse the text of an address, or raise ValueError."""

    def write(self, value: Any) -> str:
        """Return the text for a value in an address."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One of a few names.

    titles    the text of its control for each name
    offered   the names that can be chosen, if that depends on the other settings
    refused   names that are not supported, and why
    """

    titles: Mapping[str, str]
    offered: Callable[[Given], tuple[str, ...]] | None = None
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Return all names."""
        return tuple(self.titles)

    @property
    def words(self) -> str:
        """Return the names."""
        return f"{{{', '.join(map(repr, self.titles))}}}"

    def check(self, name: str, value: object, given: Given) -> str:
        """Return one of the names."""
        if isinstance(value, str) and value in self.refused:
            rule = f"be one of {', '.join(self.titles)}: {self.refused[value]}"
            raise InvalidValue(name, rule, value)
        return choice(name, value, self.names)

    def read(self, text: str) -> str:
        """Return the name."""
        if text not in self.titles:
            raise ValueError(f"not one of {', '.join(self.titles)}: {text!r}")
        return text

    def write(self, value: str) -> str:
        """Return the name."""
        return value


@dataclass(frozen=True, kw_only=True)
class Flag:
    """True or False, "yes" or "no" in an address."""

    words: str = "bool"

    def check(self, name: str, value: object, given: Given) -> bool:
        """Return a bool; 1 and 0 are refused."""
        return flag(name, value)

    def read(self, text: str) -> bool:
        """Return True for "yes", False for "no"."""
        if text not in ("yes", "no"):
            raise ValueError(f"neither yes nor no: {text!r}")
        return text == "yes"

    def write(self, value: bool) -> str:
        """Return "yes" or "no"."""
        return "yes" if value else "no"


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A whole number.

    largest      a number, or a function of the other settings
    least_shown  lower bound of its control, if above `smallest`
    """

    smallest: int
    largest: int | Callable[[Given], int]
    least_shown: int | None = None

    def bounds(self, given: Given) -> tuple[int, int]:
        """Return the smallest and the largest value."""
        largest = self.largest(given) if callable(self.largest) else self.largest
        return self.smallest, largest

    @property
    def words(self) -> str:
        """Return type and bounds."""
        if callable(self.largest):
            return f"int, {self.smallest} and more"
        return f"int, {self.smallest} to {self.largest}"

    def check(self, name: str, value: object, given: Given) -> int:
        """Return an int within the bounds."""
        return integer(name, value, *self.bounds(given))

    def read(self, text: str) -> int:
        """Return the number."""
        return int(text)

    def write(self, value: int) -> str:
        """Return the number."""
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Real:
    """A finite number.

    step      of its control
    digits    format of its control, as in C's printf; two decimals by default
    offered   values that its control offers, together with the current one
    """

    smallest: float
    largest: float
    step: float | None = None
    digits: str | None = None
    offered: tuple[float, ...] = ()

    @property
    def words(self) -> str:
        """Return type and bounds."""
        return f"float, {self.smallest:g} to {self.largest:g}"

    def check(self, name: str, value: object, given: Given) -> float:
        """Return a float within the bounds."""
        return number(name, value, self.smallest, self.largest)

    def read(self, text: str) -> float:
        """Return the number."""
        return float(text)

    def write(self, value: float) -> str:
        """Return the number."""
        return str(value)


@dataclass(frozen=True, kw_only=True)
class Units:
    """Units of each of a few layers: "64-32" in an address, "none" for no layer."""

    most: int
    largest: int

    @property
    def words(self) -> str:
        """Return type and bounds."""
        return f"tuple of int, at most {self.most}, each 1 to {self.largest}"

    def check(self, name: str, value: object, given: Given) -> tuple[int, ...]:
        """Return a tuple of ints within the bounds."""
        units = as_tuple(name, value, "integers")
        if len(units) > self.most:
            raise InvalidValue(name, f"have at most {self.most} layers", units)
        return tuple(integer(name, unit, 1, self.largest) for unit in units)

    def read(self, text: str) -> tuple[int, ...]:
        """Return the units."""
        return () if text == "none" else tuple(int(part) for part in text.split("-"))

    def write(self, value: tuple[int, ...]) -> str:
        """Return the units."""
        return "-".join(map(str, value)) or "none"


@dataclass(frozen=True, kw_only=True)
class Names:
    """One or more names, each once, in the given order: separated by commas in an address."""

    titles: Mapping[str, str]

    @property
    def words(self) -> str:
        """Return type and names."""
        return f"tuple of {', '.join(map(repr, self.titles))}"

    def check(self, name: str, value: object, given: Given) -> tuple[str, ...]:
        """Return a tuple of distinct names."""
        chosen = as_tuple(name, value, "names")
        if not chosen:
            raise InvalidValue(name, "not be empty", chosen)
        names = tuple(choice(name, each, tuple(self.titles)) for each in chosen)
        if len(set(names)) < len(names):
            raise InvalidValue(name, "name each penalty once", names)
        return names

    def read(self, text: str) -> tuple[str, ...]:
        """Return the names."""
        return tuple(text.split(","))

    def write(self, value: tuple[str, ...]) -> str:
        """Return the names."""
        return ",".join(value)


@dataclass(frozen=True, kw_only=True)
class Strengths:
    """λ of every member: "smallest:largest:count" in an address, or separated by commas."""

    words: str = f"tuple of float, 0 and then rising, at most {LARGEST_GRID}"

    def check(self, name: str, value: object, given: Given) -> tuple[float, ...]:
        """Return a tuple of floats that starts at 0 and rises."""
        members = as_tuple(name, value, "numbers")
        if not members:
            raise InvalidValue(name, "not be empty", members)
        if len(members) > LARGEST_GRID:
            raise InvalidValue(
                name, f"have at most {LARGEST_GRID} members", f"{len(members)} of them"
            )
        strengths = tuple(number(name, member, 0.0, LARGEST_STRENGTH) for member in members)
        if strengths[0] != 0.0:
            raise InvalidValue(name, "start at 0", strengths[0])
        for before, after in itertools.pairwise(strengths):
            if after <= before:
                raise InvalidValue(name, f"rise (each above the one before, {before!r})", after)
        return strengths

    def read(self, text: str) -> tuple[float, ...]:
        """Return the strengths."""
        return read_strengths(text)

    def write(self, value: tuple[float, ...]) -> str:
        """Return the strengths."""
        return write_strengths(value)
