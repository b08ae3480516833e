"""Errors about values -> words of the page: a field's label, and not its name in the code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from l2viz.experiment import SETTINGS
from l2viz.validation import InvalidValue

_LABELS: Mapping[str, str] = MappingProxyType(
    {name: setting.label or setting.words.capitalize() for name, setting in SETTINGS.items()}
)


def in_words(error: InvalidValue, labels: Mapping[str, str] = _LABELS) -> str:
    """Return the error with the label that its field has on the page, as a part of a sentence."""
    name, bracket, place = error.field.partition("[")
    label = labels.get(name, error.field)
    said = f"{label}{bracket}{place}" if name in labels else label
    return f"*{said}*{str(error).removeprefix(error.field)}"
