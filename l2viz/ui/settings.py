"""What the controls of the sidebar hold, kept beside Streamlit's widgets -> Experiment.

The browser sends the values of all widgets with every message. One that was sent before the browser
heard of settings put by the page, a lesson's, would bring the old values back: so settings that are
put give their widgets new keys, and values of the old ones are of widgets that are no more.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any

import streamlit as st

from l2viz.address import as_grid, read_strengths
from l2viz.datasets import DATASETS
from l2viz.experiment import (
    KERAS_WEIGHT_DECAY,
    LARGEST_GRID,
    MOMENTUM_OPTIMIZERS,
    Experiment,
)
from l2viz.grid import strength_grid
from l2viz.rules import ExperimentError

LESSON = "lesson"
_VALUES = "settings"
_GENERATIONS = "generations of settings"
_FIRST_GRID = (1e-4, 0.1, 24)
_FIRST_FILTERS = "8, 16"
_MOST_SNAPSHOTS = 100  # of epochs that are not the lesson's


def put(experiment: Experiment, lesson: str | None = None, *, chosen: str = "") -> None:
    """Sets all of them; the widget of the setting `chosen` keeps its key, and so the focus."""
    values = st.session_state[_VALUES] = _values(experiment) | {LESSON: lesson}
    generations = st.session_state.setdefault(_GENERATIONS, Counter())
    generations.update(name for name in values if name != chosen)


def set_one(name: str, value: Any) -> None:
    """Sets a setting whose widget is not the one that the viewer just used."""
    st.session_state[_VALUES][name] = value
    st.session_state[_GENERATIONS][name] += 1


def key(name: str) -> str:
    """The key of the widget of a setting, which holds its value when the widget is drawn."""
    widget = _key(name)
    st.session_state.setdefault(widget, st.session_state[_VALUES][name])
    return widget


def value(name: str) -> Any:
    """What the viewer sees: of the widget, or what was kept while it is not drawn."""
    return st.session_state.get(_key(name), st.session_state[_VALUES][name])


def keep() -> None:
    """Keeps what Streamlit would drop: the values of widgets that are not drawn this time."""
    values = st.session_state[_VALUES]
    values.update({name: value(name) for name in values})


def experiment() -> Experiment:
    """That of the settings; what does not apply is left out.

    Raises ExperimentError for what it cannot be.
    """
    fields = {field.name: value(field.name) for field in dataclasses.fields(Experiment)}
    fields |= {name: _units(name) for name in ("filters", "hidden")}
    fields |= {"strengths": _strengths(), "penalties": tuple(fields["penalties"])}
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


def pace_recording() -> None:
    """As many snapshots as the lesson would take of that many epochs."""
    epochs = value("epochs")
    try:
        lesson = Experiment(dataset=value("dataset"), model=value("model"))
    except ExperimentError:
        return  # the page says why
    paced = max(1, -(-epochs // _MOST_SNAPSHOTS))
    set_one("record_every", lesson.record_every if epochs == lesson.epochs else paced)


def _key(name: str) -> str:
    return f"setting.{name}#{st.session_state[_GENERATIONS][name]}"


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


def _units(name: str) -> tuple[int, ...]:
    text = value(name)
    try:
        return tuple(int(part) for part in text.replace("-", ",").split(",") if part.strip())
    except ValueError as error:
        raise ExperimentError(name, "be whole numbers with commas, like 64, 32", text) from error


def _strengths() -> tuple[float, ...]:
    if value("grid") == "list":
        text = value("strengths")
        try:
            return read_strengths(text)
        except ValueError as error:
            raise ExperimentError("strengths", "be numbers with commas, 0 first", text) from error
    smallest, largest, count = (value(f"grid_{part}") for part in ("smallest", "largest", "count"))
    if smallest >= largest:
        raise ExperimentError("strengths", f"reach from {smallest:g} to a larger λ", largest)
    return strength_grid(smallest, largest, min(count, LARGEST_GRID - 1))
