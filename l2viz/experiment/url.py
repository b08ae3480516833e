"""Experiment and view <-> the query of a page address, so that a copied address is the run."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.experiment import Experiment
from l2viz.experiment.strength_grid import strength_grid
from l2viz.validation import ExperimentError

LARGEST_STAGE = 6  # charts on the stage at once
_CHART_NAME = re.compile(r"[\w.-]{1,80}", re.ASCII)
_LARGEST_VALUE = 2_000  # characters of one parameter; a longer one is ignored, not cut


@dataclass(frozen=True, kw_only=True)
class View:
    """Where a viewer stands on a run: strengths by value; None is the last epoch, or no pin.

    charts: names of those on the stage, in order; None is the first ones of the run.
    presenter: large type, two charts, no settings.
    """

    strength: float = 0.0
    epoch: int | None = None
    a: float | None = None
    b: float | None = None
    charts: tuple[str, ...] | None = None
    presenter: bool = False

    def as_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclass(frozen=True, kw_only=True)
class Address:
    """What an address says, and the names of the parameters that were ignored."""

    experiment: Experiment
    view: View
    ignored: tuple[str, ...] = ()


def to_query(experiment: Experiment, view: View) -> dict[str, str]:
    """The dataset, what differs from its lesson, and what differs from the opening view."""
    query = {"dataset": experiment.dataset}
    # What other defaults follow from is compared first: the model, the optimizer, the epochs.
    leading: dict[str, Any] = {"dataset": experiment.dataset}
    lesson = Experiment(**leading)
    for field in ("model", "optimizer", "epochs"):
        value = getattr(experiment, field)
        if value != getattr(lesson, field):
            leading[field] = value
            query[field] = str(value)
            lesson = Experiment(**leading)
    for field, write in _WRITERS.items():
        value = getattr(experiment, field)
        if value != getattr(lesson, field):
            query[field] = write(value)
    for stand in dataclasses.fields(View):
        value = getattr(view, stand.name)
        if value != stand.default:
            query[_VIEW_FIELDS[stand.name]] = _VIEW_WRITERS[stand.name](value)
    return query


def from_query(query: Mapping[str, str], *, opening: Experiment) -> Address:
    """What can be made of a query; whatever cannot is left out and named in `ignored`.

    A query without any setting gives the `opening` experiment; one without a dataset means the
    opening's.
    """
    fields: dict[str, Any] = {}
    view: dict[str, Any] = {}
    ignored: list[str] = []
    for name, text in query.items():
        readers = _VIEW_READERS if name in _VIEW_READERS else _READERS
        try:
            value = readers[name](_not_too_long(text))
        except (KeyError, ValueError):
            ignored.append(name)
            continue
        (view if readers is _VIEW_READERS else fields)[name] = value
    while True:
        try:
            experiment = Experiment(**{"dataset": opening.dataset} | fields) if fields else opening
        except ExperimentError as error:
            if error.field in fields:
                del fields[error.field]
                ignored.append(error.field)
            else:  # a rule between fields that blames one left at its default: drop them all
                ignored += [name for name in fields if name != "dataset"]
                fields = {name: fields[name] for name in ("dataset",) if name in fields}
            continue
        named = {name: view[shown] for name, shown in _VIEW_FIELDS.items() if shown in view}
        return Address(experiment=experiment, view=View(**named), ignored=tuple(ignored))


def _not_too_long(text: str) -> str:
    if len(text) > _LARGEST_VALUE:
        raise ValueError(f"longer than {_LARGEST_VALUE} characters")
    return text


def write_strengths(strengths: tuple[float, ...]) -> str:
    """ "smallest:largest:count" for a grid of `strength_grid`, else the members with commas."""
    grid = as_grid(strengths)
    if grid is not None:
        return f"{grid[0]!r}:{grid[1]!r}:{grid[2]}"
    return ",".join(f"{strength!r}" for strength in strengths)


def as_grid(strengths: tuple[float, ...]) -> tuple[float, float, int] | None:
    """(smallest, largest, count) if `strength_grid` of them gives these strengths."""
    if len(strengths) < 3:
        return None
    grid = (strengths[1], strengths[-1], len(strengths) - 1)
    return grid if strength_grid(*grid) == strengths else None


def read_strengths(text: str) -> tuple[float, ...]:
    """The other way. Raises ValueError for what is neither a grid nor numbers."""
    if ":" in text:
        smallest, largest, count = text.split(":")
        members = int(count)
        low, high = float(smallest), float(largest)
        if not 0.0 < low < high < math.inf or not 2 <= members <= 1_000:
            raise ValueError(f"not a grid: {text!r}")
        return strength_grid(low, high, members)
    return tuple(float(part) for part in text.split(","))


def _read_units(text: str) -> tuple[int, ...]:
    return () if text == "none" else tuple(int(part) for part in text.split("-"))


def _write_units(units: tuple[int, ...]) -> str:
    return "-".join(str(count) for count in units) or "none"


def _read_flag(text: str) -> bool:
    return {"yes": True, "no": False}[text]


def _write_flag(flag: bool) -> str:
    return "yes" if flag else "no"


def _read_dataset(text: str) -> str:
    if text not in DATASETS:
        raise ValueError(f"no dataset: {text!r}")
    return text


_READERS: dict[str, Callable[[str], Any]] = {
    "dataset": _read_dataset,
    "train_size": int,
    "label_noise": float,
    "noise": float,
    "model": str,
    "filters": _read_units,
    "hidden": _read_units,
    "activation": str,
    "batch_norm": _read_flag,
    "dropout": float,
    "regularized": str,
    "bias_regularizer": _read_flag,
    "penalties": lambda text: tuple(text.split(",")),
    "schedule": str,
    "schedule_epoch": int,
    "schedule_from": float,
    "repeats": int,
    "optimizer": str,
    "momentum": float,
    "weight_decay": float,
    "learning_rate": float,
    "batch_size": int,
    "epochs": int,
    "record_every": int,
    "strengths": read_strengths,
    "seed": int,
    "dtype": str,
}
_PARTICULAR_WRITERS: dict[str, Callable[[Any], str]] = {
    "filters": _write_units,
    "hidden": _write_units,
    "penalties": ",".join,
    "batch_norm": _write_flag,
    "bias_regularizer": _write_flag,
    "strengths": write_strengths,
}
_WRITERS: dict[str, Callable[[Any], str]] = {
    name: _PARTICULAR_WRITERS.get(name, str) for name in _READERS if name != "dataset"
}


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"not finite: {text!r}")
    return value


def _read_charts(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if len(names) > LARGEST_STAGE or not all(map(_CHART_NAME.fullmatch, names)):
        raise ValueError(f"no names of at most {LARGEST_STAGE} charts: {text!r}")
    return names


def _write_number(value: float) -> str:
    return f"{float(value)!r}"  # a browser tells a whole number without its fraction


_VIEW_NAMES = {"epoch": "at_epoch"}  # "epochs" is a setting: the two must not be confused
_VIEW_FIELDS = {f.name: _VIEW_NAMES.get(f.name, f.name) for f in dataclasses.fields(View)}
_VIEW_READERS: dict[str, Callable[[str], Any]] = {
    "strength": _finite,
    "at_epoch": int,
    "a": _finite,
    "b": _finite,
    "charts": _read_charts,
    "presenter": _read_flag,
}
_VIEW_WRITERS: dict[str, Callable[[Any], str]] = {
    "strength": _write_number,
    "epoch": str,
    "a": _write_number,
    "b": _write_number,
    "charts": ",".join,
    "presenter": _write_flag,
}
