"""Experiment and view <-> the query of a page address, so that a copied address opens the run."""

from __future__ import annotations

import dataclasses
import math
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from l2viz import validation
from l2viz.experiment.experiment import Experiment
from l2viz.experiment.fields import LEADING_FIRST, SETTINGS
from l2viz.experiment.kinds import Flag
from l2viz.experiment.strength_grid import LARGEST_STRENGTH
from l2viz.validation import ExperimentError, InvalidValue

LARGEST_STAGE = 6  # charts on the stage at once
_CHART_NAME = re.compile(r"[\w.-]{1,80}", re.ASCII)
_LARGEST_VALUE = 2_000  # characters of one parameter; a longer one is ignored, not cut


@dataclass(frozen=True, kw_only=True)
class View:
    """A viewer's selection on a run.

    strength    λ
    epoch       None for the last one
    a, b        pinned strengths, None for no pin
    charts      names of those on the stage, in order; None for the first ones of the run
    large       name of the one that has the stage for itself, None for no such chart
    presenter   large type, two charts, no settings
    """

    strength: float = 0.0
    epoch: int | None = None
    a: float | None = None
    b: float | None = None
    charts: tuple[str, ...] | None = None
    large: str | None = None
    presenter: bool = False

    def presented(self, presenter: bool) -> View:
        """Return the view in presenter mode, or out of it."""
        return dataclasses.replace(self, presenter=presenter)

    def as_json(self) -> dict[str, Any]:
        """Return the fields for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, sent: object) -> View:
        """Return the view that a browser sent. Raises ValueError if it is not one."""
        if not isinstance(sent, Mapping) or not set(sent) <= set(_VIEW_CHECKS):
            raise ValueError(f"not a view: {str(sent)[:80]!r}")
        fields = {
            name: _VIEW_CHECKS[name](name, value)
            for name, value in sent.items()
            if value is not None or getattr(cls, name) is not None
        }
        return cls(**fields)


@dataclass(frozen=True, kw_only=True)
class Address:
    """The experiment and view of an address, and the names of parameters that were ignored."""

    experiment: Experiment
    view: View
    ignored: tuple[str, ...] = ()


def to_query(experiment: Experiment, view: View) -> dict[str, str]:
    """Return the dataset, and every value that differs from its lesson or the opening view."""
    given = vars(experiment)
    query = {"dataset": experiment.dataset}
    for setting in LEADING_FIRST:
        value = given[setting.name]
        if value != setting.default_for(given):
            query[setting.name] = setting.kind.write(value)
    for field in dataclasses.fields(View):
        value = getattr(view, field.name)
        if value != field.default:
            query[_VIEW_FIELDS[field.name]] = _VIEW_WRITERS[field.name](value)
    return query


def from_query(query: Mapping[str, str], *, opening: Experiment) -> Address:
    """Parse a query; parameters that are not valid are listed in `ignored`.

    A query without any setting gives the experiment `opening`; without a dataset, the dataset of
    `opening`.
    """
    fields: dict[str, Any] = {}
    view: dict[str, Any] = {}
    ignored: list[str] = []
    for name, text in query.items():
        try:
            if name in SETTINGS:
                fields[name] = SETTINGS[name].kind.read(_not_too_long(text))
            else:
                view[name] = _VIEW_READERS[name](_not_too_long(text))
        except (KeyError, ValueError):
            ignored.append(name)
    while True:
        try:
            experiment = Experiment(**{"dataset": opening.dataset} | fields) if fields else opening
        except ExperimentError as error:
            if error.field in fields:
                del fields[error.field]
                ignored.append(error.field)
            else:  # a rule for several fields names one that is not in the query: drop all
                ignored += [name for name in fields if name != "dataset"]
                fields = {name: fields[name] for name in ("dataset",) if name in fields}
            continue
        named = {name: view[shown] for name, shown in _VIEW_FIELDS.items() if shown in view}
        return Address(experiment=experiment, view=View(**named), ignored=tuple(ignored))


def _not_too_long(text: str) -> str:
    if len(text) > _LARGEST_VALUE:
        raise ValueError(f"longer than {_LARGEST_VALUE} characters")
    return text


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"not finite: {text!r}")
    return value


def _read_charts(text: str) -> tuple[str, ...]:
    return _checked_charts("charts", text.split(","))


def _checked_charts(field: str, names: object) -> tuple[str, ...]:
    """Return the names of charts as a tuple. Raises InvalidValue."""
    if (
        not isinstance(names, list)
        or len(names) > LARGEST_STAGE
        or not all(isinstance(name, str) and _CHART_NAME.fullmatch(name) for name in names)
    ):
        raise InvalidValue(field, f"be names of at most {LARGEST_STAGE} charts", names)
    return tuple(names)


def _checked_chart(field: str, name: object) -> str:
    """Return the name of a chart. Raises InvalidValue."""
    if not isinstance(name, str) or not _CHART_NAME.fullmatch(name):
        raise InvalidValue(field, "be the name of a chart", name)
    return name


def _write_number(value: float) -> str:
    return f"{float(value)!r}"  # a browser sends whole numbers without a fraction


def _checked_strength(field: str, value: object) -> float:
    return validation.number(field, value, 0.0, LARGEST_STRENGTH)


# Of the fields that a browser sends; None is allowed where it is the default.
_VIEW_CHECKS: dict[str, Callable[[str, object], Any]] = {
    "strength": _checked_strength,
    "epoch": lambda field, value: validation.integer(field, value, 0, sys.maxsize),
    "a": _checked_strength,
    "b": _checked_strength,
    "charts": lambda field, value: _checked_charts(field, value) or None,
    "large": _checked_chart,
    "presenter": validation.flag,
}
_FLAG = Flag()
_VIEW_NAMES = {"epoch": "at_epoch"}  # as "epochs" is a setting
_VIEW_FIELDS = {f.name: _VIEW_NAMES.get(f.name, f.name) for f in dataclasses.fields(View)}
_VIEW_READERS: dict[str, Callable[[str], Any]] = {
    "strength": _finite,
    "at_epoch": int,
    "a": _finite,
    "b": _finite,
    "charts": _read_charts,
    "large": lambda text: _checked_chart("large", text),
    "presenter": _FLAG.read,
}
_VIEW_WRITERS: dict[str, Callable[[Any], str]] = {
    "strength": _write_number,
    "epoch": str,
    "a": _write_number,
    "b": _write_number,
    "charts": ",".join,
    "large": str,
    "presenter": _FLAG.write,
}
