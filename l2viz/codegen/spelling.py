"""Expressions as Python source: calls, broken into lines as a formatter does, and literals."""

from __future__ import annotations

import json
from collections.abc import Sequence

LINE = 100  # characters in a line at most
STEP = "    "


def call(name: str, arguments: Sequence[str], *, indent: str = "", after: str = "") -> str:
    """Return ``name(arguments)``, indented by `indent`, on one line if it fits with `after`.

    An argument may itself have several lines, the first of them without indent.
    """
    line = f"{indent}{name}({', '.join(arguments)})"
    if "\n" not in line and len(line) + len(after) <= LINE:
        return line + after
    inner = "".join(f"{indent}{STEP}{argument},\n" for argument in arguments)
    return f"{indent}{name}(\n{inner}{indent}){after}"


def argument(name: str, value: object) -> str:
    """Return ``name=value``, one argument of a call; a long tuple has a line for each part."""
    line = f"{name}={literal(value)}"
    if isinstance(value, tuple) and len(STEP) + len(line) + len(",") > LINE:
        return call(f"{name}=", [literal(part) for part in value], indent=STEP, after=",")[
            len(STEP) : -1
        ]
    return line


def times(factor: float, name: str) -> str:
    """Return ``factor * name``, or ``name`` if the factor is 1."""
    return name if factor == 1.0 else f"{repr(float(factor)).removesuffix('.0')} * {name}"


def literal(value: object) -> str:
    """Return ``repr(value)``, with double quotes around strings."""
    if isinstance(value, tuple):
        parts = ", ".join(literal(part) for part in value)
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
