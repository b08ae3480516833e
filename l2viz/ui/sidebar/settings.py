"""The values of the sidebar's controls, stored apart from Streamlit's widgets -> Experiment.

The browser sends the values of all widgets with every message. A message sent before the browser
received new settings from the page, such as a lesson's, would restore the old values. So widgets
get new keys when the page sets them, and values under the old keys are ignored.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import streamlit as st

from l2viz.experiment import SETTINGS, Experiment
from l2viz.experiment.kinds import Names, Strengths, Units
from l2viz.experiment.multipliers import Multipliers
from l2viz.experiment.setting import Setting
from l2viz.experiment.strength_grid import as_grid, read_strengths, strength_grid
from l2viz.validation import ExperimentError

LESSON = "lesson"
_FIRST_GRID = (1e-4, 0.1, 24)


class Settings:
    """The value of each control by name: fields of Experiment, parts of the grid, the lesson.

    Only `read` and `key` use ``st.session_state``.
    """

    def __init__(self, experiment: Experiment, lesson: str | None = None) -> None:
        self.values: dict[str, Any] = {}
        self._generations: Counter[str] = Counter()
        self.put(experiment, lesson)

    def put(self, experiment: Experiment, lesson: str | None = None, *, chosen: str = "") -> None:
        """Set all values; the widget of the setting `chosen` keeps its key, and so its focus."""
        self.values = _values(experiment) | {LESSON: lesson}
        self._generations.update(name for name in self.values if name != chosen)

    def set_one(self, name: str, value: Any) -> None:
        """Set one value and give its widget a new key."""
        self.values[name] = value
        self._generations[name] += 1

    def key(self, name: str) -> str:
        """Return the key of a setting's widget, after storing the setting's value under it."""
        key = self._key(name)
        st.session_state.setdefault(key, self.values[name])
        return key

    def read(self) -> set[str]:
        """Read the values of all widgets on the page; return the names of those that changed."""
        held = {
            name: st.session_state.get(self._key(name), old) for name, old in self.values.items()
        }
        changed = {name for name, value in held.items() if value != self.values[name]}
        self.values = held
        return changed

    def experiment(self) -> Experiment:
        """Return the experiment of the controls; settings that do not apply are off.

        Raises ExperimentError if a value is not valid.
        """
        return Experiment(**{name: self._value(setting) for name, setting in SETTINGS.items()})

    def pace_recording(self) -> None:
        """Set `record_every` to its default for the other settings."""
        self.values["record_every"] = SETTINGS["record_every"].default_for(self.values)

    def draw_points(self) -> None:
        """Let the training points be drawn, instead of those that the viewer has moved."""
        self.values["points"] = ()

    def _key(self, name: str) -> str:
        return f"setting.{name}#{self._generations[name]}"

    def _value(self, setting: Setting) -> Any:
        """Convert a control's value to the experiment's."""
        held = self.values[setting.name]
        if setting.applies and not setting.applies.when(self.values):
            return setting.applies.off
        if isinstance(setting.kind, Strengths):
            return self._strengths()
        if isinstance(setting.kind, Units):
            return _units(setting.name, held)
        if isinstance(setting.kind, Multipliers):
            return _multipliers(setting.name, held)
        return tuple(held) if isinstance(setting.kind, Names) else held

    def _strengths(self) -> tuple[float, ...]:
        values = self.values
        if values["grid"] == "list":
            text = values["strengths"]
            try:
                return tuple(sorted(set(read_strengths(text))))
            except ValueError as error:
                raise ExperimentError(
                    "strengths", "be numbers separated by commas, 0 first", text
                ) from error
        smallest, largest = values["grid_smallest"], values["grid_largest"]
        if smallest >= largest:
            raise ExperimentError("strengths", f"reach from {smallest:g} to a larger λ", largest)
        return strength_grid(smallest, largest, values["grid_count"])


def _values(experiment: Experiment) -> dict[str, Any]:
    """Return the values of all controls for an experiment."""
    given = vars(experiment)
    values = {name: _held(setting, setting.first_for(given)) for name, setting in SETTINGS.items()}
    grid = as_grid(experiment.strengths)
    values["grid"] = "log-spaced" if grid else "list"
    smallest, largest, count = grid or _FIRST_GRID
    return values | {"grid_smallest": smallest, "grid_largest": largest, "grid_count": count}


def _held(setting: Setting, value: Any) -> Any:
    """Convert an experiment's value to its control's."""
    if isinstance(setting.kind, Units | Strengths | Multipliers):
        return _text(value)
    return list(value) if isinstance(setting.kind, Names) else value


def _text(numbers: tuple[float, ...]) -> str:
    return ", ".join(repr(number).removesuffix(".0") for number in numbers)


# A comma, or a hyphen between two numbers: 64, 32 or 64-32. A minus sign stays with its number.
_BETWEEN_UNITS = re.compile(r",|(?<=\d)\s*-\s*(?=\d)")


def _units(name: str, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in _BETWEEN_UNITS.split(text) if part.strip())
    except ValueError as error:
        rule = "be whole numbers separated by commas, like 64, 32"
        raise ExperimentError(name, rule, text) from error


def _multipliers(name: str, text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",") if part.strip())
    except ValueError as error:
        rule = "be numbers separated by commas, like 1, 0.5, 0"
        raise ExperimentError(name, rule, text) from error
