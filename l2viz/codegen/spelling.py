"""Python source, spelled: calls that break into lines as a formatter would break them."""

from __future__ import annotations

import json
from collections.abc import Sequence

LINE = 100  # characters of a line
STEP = "    "


def call(name: str, arguments: Sequence[str], *, indent: str = "", after: str = "") -> str:
    """``name(arguments)`` behind `indent`: on one line where it fits with `after`, or on several.

    An argument may itself stand on several lines, the first of them without indent.
    """
    line = f"{indent}{name}({', '.join(arguments)})"
    if "\n" not in line and len(line) + len(after) <= LINE:
        return line + after
    inner = "".join(f"{indent}{STEP}{argument},\n" for argument in arguments)
    return f"{indent}{name}(\n{inner}{indent}){after}"


def times(factor: float, name: str) -> str:
    """``name``, or ``2 * name``."""
    return name if factor == 1.0 else f"{factor:g} * {name}"


def literal(value: object) -> str:
    """``repr``, with the double quotes that formatters prefer."""
    if isinstance(value, tuple):
        parts = ", ".join(literal(part) for part in value)
        return f"({parts},)" if len(value) == 1 else f"({parts})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
