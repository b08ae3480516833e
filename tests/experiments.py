"""Experiments drawn by Hypothesis from the whole table of settings."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from l2viz.experiment import KERAS_WEIGHT_DECAY, LARGEST_REPEATS, Experiment, ExperimentError
from l2viz.experiment.architecture import POOL_SIDE, regularized_layers
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.fields import LARGEST_SEED, LEADING_FIRST
from l2viz.experiment.kinds import Choice, Flag, Given, Names, Real, Strengths, Units, Whole
from l2viz.experiment.penalties import PENALTIES
from l2viz.experiment.points import Points
from l2viz.experiment.setting import Setting

Values = st.SearchStrategy[Any]
Rules = Mapping[str, Callable[[Given], Values]]


@functools.singledispatch
def values(kind: object, given: Given) -> Values:
    """Draw any value of a kind that the settings in `given` allow."""
    raise TypeError(f"say here how to draw a {type(kind).__name__}")


@values.register
def _(kind: Choice, given: Given) -> Values:
    return st.sampled_from(kind.offered(given) if kind.offered else kind.names)


@values.register
def _(kind: Flag, given: Given) -> Values:
    return st.booleans()


@values.register
def _(kind: Names, given: Given) -> Values:
    return _tuples(st.sampled_from(tuple(kind.titles)), 1, len(kind.titles), unique=True)


@values.register
def _(kind: Real, given: Given) -> Values:
    # "The smallest" means "not in use" for most settings, and one is the scale of most.
    return (
        st.just(kind.smallest)
        | st.floats(kind.smallest, min(kind.largest, 1.0))
        | st.floats(kind.smallest, kind.largest)
    )


@values.register
def _(kind: Strengths, given: Given) -> Values:
    return _strengths(1e-12, 1e6, most=6)


@values.register
def _(kind: Units, given: Given) -> Values:
    return _tuples(st.integers(1, min(kind.largest, 64)), 0, kind.most)


@values.register
def _(kind: Points, given: Given) -> Values:
    numbers = [st.floats(-kind.reach, kind.reach)] * 2
    if DATASETS[given["dataset"]].plane:
        numbers.append(st.sampled_from([0, 1]))
    drawn = _tuples(st.tuples(*numbers), kind.least, min(kind.most, 20))
    return st.just(()) | drawn


@values.register
def _(kind: Whole, given: Given) -> Values:
    return st.integers(*kind.bounds(given))


def _tuples(elements: Values, least: int, most: int, *, unique: bool = False) -> Values:
    return st.lists(elements, min_size=least, max_size=most, unique=unique).map(tuple)


def _strengths(smallest: float, largest: float, most: int) -> Values:
    positive = st.sets(st.floats(smallest, largest), max_size=most)
    return positive.map(lambda strengths: (0.0, *sorted(strengths)))


def _filters(given: Given, largest: int = 64) -> Values:
    smallest_side = min(DATASETS[given["dataset"]].input_shape)
    deepest = 3 if smallest_side >= POOL_SIDE**3 else 2
    return _tuples(st.integers(1, largest), 1, deepest)


def _hidden(given: Given, largest: int = 64) -> Values:
    return _tuples(st.integers(1, largest), 1 if given["model"] == "custom" else 0, 4)


def _behind_hidden(otherwise: Any, drawn: Values) -> Callable[[Given], Values]:
    """Draw a value where there are hidden layers for it to stand behind."""
    return lambda given: drawn if given["filters"] or given["hidden"] else st.just(otherwise)


def _multipliers(given: Given) -> Values:
    """Draw no multipliers, or one for each regularized layer, as far as the penalties allow."""
    count = len(regularized_layers(SimpleNamespace(**given)))  # type: ignore[arg-type]
    allowed = [PENALTIES[penalty].multipliers for penalty in given["penalties"]]
    numbers: Values = st.sampled_from((0.0, 0.5, 1.0, 3.0)) | st.floats(0.0, 10.0)
    for each in allowed:
        numbers = numbers if each is None else st.sampled_from(sorted(each))
        if each == {1.0}:
            break
    drawn = _tuples(numbers, count, count).filter(any).map(lambda m: () if set(m) == {1.0} else m)
    return st.just(()) | drawn


def _train_size(given: Given, largest: int = 10**6) -> Values:
    if given["points"]:
        return st.just(len(given["points"]))
    return st.integers(2, min(largest, DATASETS[given["dataset"]].largest_train_size))


def _near_points(given: Given) -> Values:
    return values(Points(least=2, most=20, reach=1.0), given)


# The rules of `Experiment` that need more than one setting; and few epochs, as each is one step.
ANY: Rules = {
    "train_size": _train_size,
    "label_noise": lambda given: st.just(0.0) if given["points"] else st.floats(0.0, 1.0),
    "epochs": lambda given: st.integers(1, 300),
    "record_every": lambda given: st.integers(1, given["epochs"]),
    "schedule_epoch": lambda given: st.integers(1, given["epochs"]),
    "repeats": lambda given: st.integers(1, min(LARGEST_REPEATS, LARGEST_SEED + 1 - given["seed"])),
    "filters": _filters,
    "hidden": _hidden,
    "batch_norm": _behind_hidden(False, st.booleans()),
    "dropout": _behind_hidden(0.0, st.floats(0.0, 0.9)),
    "strength_multipliers": _multipliers,
}

# Trained within a second, without diverging: 12 steps at most.
SHORT: Rules = {
    **ANY,
    "epochs": lambda given: st.integers(1, 3),
    "points": _near_points,
    "train_size": functools.partial(_train_size, largest=40),
    "batch_size": lambda given: st.integers(-(-given["train_size"] // 4), given["train_size"] + 3),
    "noise": lambda given: st.floats(0.0, 1.0),
    "seed": lambda given: st.integers(0, LARGEST_SEED - 2),
    "repeats": lambda given: st.integers(1, 3),
    "filters": functools.partial(_filters, largest=6),
    "hidden": functools.partial(_hidden, largest=6),
    "penalties": lambda given: _tuples(st.sampled_from(tuple(PENALTIES)), 1, 3, unique=True),
    "strengths": lambda given: _strengths(1e-9, 0.3, most=3),
    "schedule_from": lambda given: st.floats(0.0, 1.0),
    "learning_rate": lambda given: st.floats(1e-5, 0.02),
    "weight_decay": lambda given: st.sampled_from((0.0, KERAS_WEIGHT_DECAY, 0.1)),
}


def _value(setting: Setting, rules: Rules, given: Given) -> Values:
    """Draw a setting's value; settings that it depends on stand before it in the table."""
    if setting.applies and not setting.applies.when(given):
        return st.just(setting.applies.off)
    rule = rules.get(setting.name)
    return rule(given) if rule else values(setting.kind, given)


def _settings(draw: st.DrawFn, rules: Rules) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for setting in LEADING_FIRST:
        given[setting.name] = draw(_value(setting, rules, given), label=setting.name)
    return given


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Draw any experiment, most of them long to train: for tests of settings alone."""
    try:
        return Experiment(**_settings(draw, ANY))
    except ExperimentError as error:
        too_large = (" weights in all members together ", " steps ", " for the windows of ")
        if any(words in str(error) for words in too_large):
            reject()  # larger than one run may be
        raise


@st.composite
def short_experiments(draw: st.DrawFn) -> Experiment:
    """Draw any experiment that trains within a second and does not diverge."""
    return Experiment(**_settings(draw, SHORT))
