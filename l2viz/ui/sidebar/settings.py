"""What the controls at the side hold, kept beside Streamlit's widgets -> Experiment.

The browser sends the values of all widgets with every message. One that was sent before the browser
heard of settings put by the page, a lesson's, would bring the old values back: so settings that are
put give their widgets new keys, and values of the old ones are of widgets that are no more.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import streamlit as st

from l2viz.experiment import KERAS_WEIGHT_DECAY, MOMENTUM_OPTIMIZERS, Experiment
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.strength_grid import strength_grid
from l2viz.experiment.url import as_grid, read_strengths
from l2viz.validation import ExperimentError

LESSON = "lesson"
_FIRST_GRID = (1e-4, 0.1, 24)
_FIRST_FILTERS = "8, 16"


class Settings:
    """The value of each setting by its name: of every field of Experiment, the parts of a grid, and
    the lesson chosen. None of its methods but `read` and `key` touches ``st.session_state``.
    """

    def __init__(self, experiment: Experiment, lesson: str | None = None) -> None:
        self.values: dict[str, Any] = {}
        self._generations: Counter[str] = Counter()
        self.put(experiment, lesson)

    def put(self, experiment: Experiment, lesson: str | None = None, *, chosen: str = "") -> None:
        """Sets all of them; the widget of the setting `chosen` keeps its key, and so the focus."""
        self.values = _values(experiment) | {LESSON: lesson}
        self._generations.update(name for name in self.values if name != chosen)

    def set_one(self, name: str, value: Any) -> None:
        """Sets a setting whose widget is not the one that the viewer just used."""
        self.values[name] = value
        self._generations[name] += 1

    def key(self, name: str) -> str:
        """The key for the widget of a setting, which begins with the setting's value."""
        key = self._key(name)
        st.session_state.setdefault(key, self.values[name])
        return key

    def read(self) -> set[str]:
        """Takes what the widgets hold, those that are drawn; the names of what has changed."""
        held = {
            name: st.session_state.get(self._key(name), old) for name, old in self.values.items()
        }
        changed = {name for name, value in held.items() if value != self.values[name]}
        self.values = held
        return changed

    def experiment(self) -> Experiment:
        """That of the settings; what does not apply is left out.

        Raises ExperimentError for what it cannot be.
        """
        fields = {field.name: self.values[field.name] for field in dataclasses.fields(Experiment)}
        fields |= {name: _units(name, fields[name]) for name in ("filters", "hidden")}
        fields |= {"strengths": self._strengths(), "penalties": tuple(fields["penalties"])}
        facts = DATASETS[fields["dataset"]]
        applies = {
            "label_noise": facts.task == "classification",
            "noise": facts.drawn,
            "momentum": fields["optimizer"] in MOMENTUM_OPTIMIZERS,
            "weight_decay": fields["optimizer"] == "adamw",
            "schedule_epoch": fields["schedule"] != "constant",
            "schedule_from": fields["schedule"] != "constant",
        }
        fields |= {name: 0 for name, holds in applies.items() if not holds}
        if fields["model"] != "conv2d":
            fields["filters"] = ()
        return Experiment(**fields)

    def pace_recording(self) -> None:
        """Record as often as an experiment does that leaves `record_every` out."""
        leading = {name: self.values[name] for name in ("dataset", "model", "epochs")}
        try:
            self.values["record_every"] = Experiment(**leading).record_every
        except ExperimentError:
            return  # the page says why

    def _key(self, name: str) -> str:
        return f"setting.{name}#{self._generations[name]}"

    def _strengths(self) -> tuple[float, ...]:
        values = self.values
        if values["grid"] == "list":
            text = values["strengths"]
            try:
                return read_strengths(text)
            except ValueError as error:
                raise ExperimentError(
                    "strengths", "be numbers with commas, 0 first", text
                ) from error
        smallest, largest = values["grid_smallest"], values["grid_largest"]
        if smallest >= largest:
            raise ExperimentError("strengths", f"reach from {smallest:g} to a larger λ", largest)
        return strength_grid(smallest, largest, values["grid_count"])


def _values(experiment: Experiment) -> dict[str, Any]:
    """As the widgets show them."""
    values = {
        field.name: getattr(experiment, field.name) for field in dataclasses.fields(Experiment)
    }
    values["hidden"] = _text(experiment.hidden)
    values["filters"] = _text(experiment.filters) or _FIRST_FILTERS
    values["penalties"] = list(experiment.penalties)
    values["strengths"] = _text(experiment.strengths)
    if experiment.optimizer != "adamw":
        values["weight_decay"] = KERAS_WEIGHT_DECAY
    if experiment.schedule == "constant":
        values["schedule_epoch"] = max(1, experiment.epochs // 4)
    grid = as_grid(experiment.strengths)
    values["grid"] = "log-spaced" if grid else "list"
    smallest, largest, count = grid or _FIRST_GRID
    return values | {"grid_smallest": smallest, "grid_largest": largest, "grid_count": count}


def _text(numbers: tuple[float, ...]) -> str:
    return ", ".join(repr(number).removesuffix(".0") for number in numbers)


def _units(name: str, text: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in text.replace("-", ",").split(",") if part.strip())
    except ValueError as error:
        raise ExperimentError(name, "be whole numbers with commas, like 64, 32", text) from error
