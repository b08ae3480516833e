"""Reads the tables in a lesson's files field by field, with the rules of settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from l2viz import validation
from l2viz.validation import InvalidValue

Made = TypeVar("Made")


class LessonError(ValueError):
    """A file of a lesson is not valid: the message names file, field, rule and value."""

    def __init__(self, file: str, field: str, rule: str, value: object) -> None:
        super().__init__(f"{file}: {InvalidValue(field, rule, value)}")
        self.file = file
        self.field = field


class Fields:
    """The fields of one table. `nothing_else` refuses fields that were not read.

    All methods that read a field raise LessonError if it is missing or not valid.
    """

    def __init__(self, file: str, values: Mapping[str, Any], prefix: str = "") -> None:
        self.file = file
        self._values = values
        self._prefix = prefix
        self._read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._values

    @property
    def stem(self) -> str:
        """Return the name of the file, without folder and extension."""
        return self.file.rpartition("/")[2].removesuffix(".toml")

    def text(self, name: str) -> str:
        """Read a text that is not empty; return it without surrounding white space."""
        value = self._value(name)
        if not isinstance(value, str) or not value.strip():
            raise self._refused(name, "be a text", value)
        return value.strip()

    def texts(self, name: str, fewest: int, most: int) -> tuple[str, ...]:
        """Read a list of `fewest` to `most` texts."""
        value = self._value(name)
        fits = isinstance(value, list) and fewest <= len(value) <= most
        if not fits or not all(isinstance(part, str) and part.strip() for part in value):
            raise self._refused(name, f"be a list of {fewest} to {most} texts", value)
        return tuple(value)

    def numbers(self, name: str, count: int) -> tuple[float, ...]:
        """Read a list of `count` different numbers from 0 on."""
        value = self._value(name)
        fits = isinstance(value, list) and len(set(map(str, value))) == count
        if not fits or not all(type(part) in (int, float) and 0 <= part < 1e9 for part in value):
            raise self._refused(name, f"be a list of {count} different numbers >= 0", value)
        return tuple(map(float, value))

    def flag(self, name: str) -> bool:
        """Read true or false."""
        return self._ruled(name, lambda value: validation.flag(name, value))

    def integer(self, name: str, smallest: int, largest: int) -> int:
        """Read an integer within the bounds."""
        return self._ruled(name, lambda value: validation.integer(name, value, smallest, largest))

    def number(self, name: str, smallest: float, largest: float) -> float:
        """Read a number within the bounds."""
        return self._ruled(name, lambda value: validation.number(name, value, smallest, largest))

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """Read one of the choices."""
        return self._ruled(name, lambda value: validation.choice(name, value, choices))

    def table(self, name: str) -> Fields:
        """Read a table."""
        value = self._value(name)
        if not isinstance(value, dict):
            raise self._refused(name, "be a table", value)
        return Fields(self.file, value, f"{self._prefix}{name}.")

    def tables(self, name: str) -> list[Fields]:
        """Read a list of tables."""
        value = self._value(name)
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            raise self._refused(name, "be tables", value)
        return [
            Fields(self.file, part, f"{self._prefix}{name}[{position}].")
            for position, part in enumerate(value)
        ]

    def made(self, name: str, make: Callable[[Mapping[str, Any]], Made]) -> Made:
        """Read a table and convert it with `make`, whose InvalidValue becomes a LessonError."""
        value = self._value(name)
        if not isinstance(value, dict):
            raise self._refused(name, "be a table", value)
        try:
            return make(value)
        except InvalidValue as error:
            raise self._wrapped(f"{name}.", error) from error

    def nothing_else(self) -> None:
        """Raise LessonError for a field that was not read."""
        for name, value in self._values.items():
            if name not in self._read:
                raise self._refused(name, f"be one of {', '.join(sorted(self._read))}", value)

    def _value(self, name: str) -> Any:
        self._read.add(name)
        if name not in self._values:
            raise self._refused(name, "be given", None)
        return self._values[name]

    def _ruled(self, name: str, rule: Callable[[Any], Made]) -> Made:
        try:
            return rule(self._value(name))
        except InvalidValue as error:
            raise self._wrapped("", error) from error

    def _refused(self, name: str, rule: str, value: object) -> LessonError:
        return LessonError(self.file, f"{self._prefix}{name}", rule, value)

    def _wrapped(self, inner: str, error: InvalidValue) -> LessonError:
        return LessonError(
            self.file, f"{self._prefix}{inner}{error.field}", error.rule, error.value
        )
