"""Addresses: every setting survives a round trip, and no address is an error."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from l2viz.experiment import LARGEST_GRID, Experiment
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.strength_grid import (
    LARGEST_STRENGTH,
    as_grid,
    read_strengths,
    strength_grid,
    write_strengths,
)
from l2viz.experiment.url import (
    Address,
    View,
    from_query,
    to_query,
)
from l2viz.validation import ExperimentError
from tests.experiments import experiments as any_experiment

OPENING = Experiment(dataset="curve", seed=7)

SETTINGS = tuple(field.name for field in dataclasses.fields(Experiment))
VIEWS = ("strength", "at_epoch", "a", "b", "charts", "large", "presenter")

positive = st.floats(5e-324, 1e6)
grids = st.builds(
    lambda ends, count: strength_grid(min(ends), max(ends), count),
    st.tuples(st.floats(1e-9, 1e6), st.floats(1e-9, 1e6)).filter(lambda e: e[0] * 1.5 < e[1]),
    st.integers(2, 16),
)
lists = st.sets(positive, max_size=LARGEST_GRID - 1).map(lambda s: (0.0, *sorted(s)))


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Draw any experiment, also with a log-spaced grid."""
    experiment = draw(any_experiment())
    if draw(st.booleans()):
        return experiment
    try:
        return dataclasses.replace(experiment, strengths=draw(grids | lists))
    except ExperimentError:  # too many weights in all
        return experiment


ASCII = st.characters(codec="ascii")
finite = st.floats(allow_nan=False, allow_infinity=False)
names = st.from_regex(r"[\w.-]{1,80}", fullmatch=True, alphabet=ASCII)
views = st.builds(
    View,
    strength=finite,
    epoch=st.none() | st.integers(0, 10_000),
    a=st.none() | finite,
    b=st.none() | finite,
    charts=st.none() | st.lists(names, min_size=1, max_size=6).map(tuple),
    large=st.none() | names,
    presenter=st.booleans(),
)


@given(experiment=experiments(), view=views)
def test_an_address_is_the_experiment_and_the_view(experiment: Experiment, view: View) -> None:
    query = to_query(experiment, view)
    assert from_query(query, opening=OPENING) == Address(experiment=experiment, view=view)


@given(value=st.integers(-(10**6), 10**6) | st.floats(-1e30, 1e30))
@example(value=0)
@example(value=10**21)
def test_a_number_of_the_view_has_one_spelling(value: float) -> None:
    """The browser writes a whole number without a fraction; it is the same number."""
    view = View(strength=value, a=value, b=value)
    same = View(strength=float(value), a=float(value), b=float(value))
    query = to_query(OPENING, view)
    assert query == to_query(OPENING, same)
    assert from_query(query, opening=OPENING).view == same


@given(experiment=experiments(), view=views)
def test_an_address_is_made_of_plain_characters_and_not_too_long(
    experiment: Experiment, view: View
) -> None:
    query = to_query(experiment, view)
    assert all(value.isascii() and " " not in value for value in query.values())
    assert set(query) <= {*SETTINGS, *VIEWS}
    assert len(query["dataset"]) + sum(map(len, query.values())) < 2_000


@pytest.mark.parametrize("dataset", sorted(DATASETS))
def test_a_lesson_needs_its_dataset_alone(dataset: str) -> None:
    assert to_query(Experiment(dataset=dataset), View()) == {"dataset": dataset}


def test_what_differs_is_readable() -> None:
    experiment = Experiment(
        dataset="digits", hidden=(), strengths=strength_grid(1e-5, 1.0, 6), learning_rate=1e-4
    )
    assert to_query(experiment, View(strength=0.01, epoch=12, b=0.0)) == {
        "dataset": "digits",
        "hidden": "none",
        "learning_rate": "0.0001",
        "strengths": "1e-05:1.0:6",
        "strength": "0.01",
        "at_epoch": "12",
        "b": "0.0",
    }
    long = Experiment(dataset="curve", epochs=25, record_every=25)  # the lesson's, not the default
    assert to_query(long, View()) == {"dataset": "curve", "epochs": "25", "record_every": "25"}
    multiplied = Experiment(hidden=(8, 4), strength_multipliers=(1, 0.5, 1e-5))
    assert to_query(multiplied, View()) == {
        "dataset": "digits",
        "hidden": "8-4",
        "strength_multipliers": "1,0.5,1e-05",
    }
    few = Experiment(dataset="digits", hidden=(8, 4), strengths=(0.0, 0.5))
    assert to_query(few, View()) == {"dataset": "digits", "hidden": "8-4", "strengths": "0.0,0.5"}


@pytest.mark.parametrize(
    "charts", ["", ",", "norms,", "norms,<b>", "a b", "x" * 81, "a,b,c,d,e,f,g", "norms;penalty"]
)
def test_names_of_charts_that_cannot_be_are_ignored(charts: str) -> None:
    address = from_query({"charts": charts}, opening=OPENING)
    assert address == Address(experiment=OPENING, view=View(), ignored=("charts",))
    if "," not in charts:
        assert from_query({"large": charts}, opening=OPENING).ignored == ("large",)


def test_without_settings_an_address_is_the_opening() -> None:
    assert from_query({}, opening=OPENING) == Address(experiment=OPENING, view=View())
    moved = from_query({"strength": "0.01"}, opening=OPENING)
    assert moved == Address(experiment=OPENING, view=View(strength=0.01))


def test_without_a_dataset_an_address_means_that_of_the_opening() -> None:
    address = from_query({"epochs": "100"}, opening=OPENING)
    assert address.experiment == Experiment(dataset="curve", epochs=100)
    assert address.ignored == ()


@pytest.mark.parametrize(
    ("query", "ignored", "experiment"),
    [
        ({"dataset": "curve", "label_noise": "0.3"}, ("label_noise",), Experiment(dataset="curve")),
        ({"dataset": "digits", "momentum": "0.9"}, ("momentum",), Experiment(dataset="digits")),
        (
            {"dataset": "digits", "momentum": "0.9", "optimizer": "sgd"},
            (),
            Experiment(dataset="digits", momentum=0.9, optimizer="sgd"),
        ),
        (
            {"dataset": "digits", "epochs": "5", "record_every": "6"},
            ("record_every",),
            Experiment(dataset="digits", epochs=5),
        ),
        (
            {"dataset": "curve", "batch_size": "1", "train_size": "500"},  # names the epochs
            ("batch_size", "train_size"),
            Experiment(dataset="curve"),
        ),
        (
            {"dataset": "digits", "hidden": "1024-1024-1024", "seed": "3"},
            ("hidden",),
            Experiment(dataset="digits", seed=3),
        ),
        ({"strength_multipliers": "1,1,1"}, (), Experiment(dataset="curve")),
        ({"strength_multipliers": "none"}, (), Experiment(dataset="curve")),
        ({"strength_multipliers": "1,0.5"}, ("strength_multipliers",), OPENING),
        ({"strength_multipliers": "1,0.5,"}, ("strength_multipliers",), OPENING),
        ({"strength_multipliers": "0,0,0"}, ("strength_multipliers",), OPENING),
        ({"strength_multipliers": "1,nan,0"}, ("strength_multipliers",), OPENING),
        ({"strength_multipliers": "1,-1,0"}, ("strength_multipliers",), OPENING),
        (
            {"dataset": "digits", "strength_multipliers": "1,0.5", "hidden": "8", "seed": "3"},
            (),
            Experiment(hidden=(8,), strength_multipliers=(1, 0.5), seed=3),
        ),
        ({"strengths": "0.001,0.01"}, ("strengths",), OPENING),
        ({"strengths": "1e-300:1e300:1000"}, ("strengths",), OPENING),
        ({"strengths": "1e-3:1e-3:5"}, ("strengths",), OPENING),
        ({"strengths": "1e-3:nan:5"}, ("strengths",), OPENING),
        ({"strengths": "-1:1:5"}, ("strengths",), OPENING),
        ({"strengths": "0:1:1000000000"}, ("strengths",), OPENING),
        ({"strengths": "0,nan"}, ("strengths",), OPENING),
        ({"strengths": ","}, ("strengths",), OPENING),
        ({"strengths": "1:2:3:4"}, ("strengths",), OPENING),
        ({"epochs": "-1"}, ("epochs",), OPENING),
        ({"epochs": "1e3"}, ("epochs",), OPENING),
        ({"epochs": "9" * 5_000}, ("epochs",), OPENING),
        ({"epochs": "9" * 1_900}, ("epochs",), OPENING),
        ({"seed": ""}, ("seed",), OPENING),
        ({"learning_rate": "inf"}, ("learning_rate",), OPENING),
        ({"hidden": "64--32"}, ("hidden",), OPENING),
        ({"strength": "nan", "a": "inf", "b": "x"}, ("strength", "a", "b"), OPENING),
        ({"at_epoch": "1.5", "epoch": "3"}, ("at_epoch", "epoch"), OPENING),
        ({"__class__": "x", "strength_grid": "y"}, ("__class__", "strength_grid"), OPENING),
        ({"dataset": "iris"}, ("dataset",), OPENING),
    ],
)
def test_what_cannot_be_is_ignored_by_name(
    query: dict[str, str], ignored: tuple[str, ...], experiment: Experiment
) -> None:
    address = from_query(query, opening=OPENING)
    assert address == Address(experiment=experiment, view=View(), ignored=ignored)


def test_a_value_that_is_too_long_is_ignored_and_not_cut() -> None:
    for name in (*SETTINGS, *VIEWS):
        for text in ("1" * 10**6, "0" + " " * 10**6, "x" * 10**6, "0," * 10**6):
            assert from_query({name: text}, opening=OPENING).ignored == (name,)


nonsense = st.text(max_size=40) | st.sampled_from(
    ["nan", "-inf", "1e999", "-1", "0", "1", "0.5", "1_0", "१२", "64-32", "0,1", "1:2:3", "none"]
)
named = st.sampled_from([*SETTINGS, *VIEWS, "epoch", ""]) | st.text(max_size=10)


@given(query=st.dictionaries(named, nonsense, max_size=12))
@example(query={"dataset": "digits", "hidden": "1-1-1-1-1"})
def test_nonsense_never_raises_and_every_name_is_used_or_told(query: dict[str, str]) -> None:
    address = from_query(query, opening=OPENING)
    assert len(set(address.ignored)) == len(address.ignored)
    assert set(address.ignored) <= set(query)
    used = {name: value for name, value in query.items() if name not in address.ignored}
    assert set(used) <= {*SETTINGS, *VIEWS}
    assert from_query(used, opening=OPENING) == Address(
        experiment=address.experiment, view=address.view
    )
    for value in (address.view.strength, address.view.a, address.view.b):
        assert value is None or math.isfinite(value)


@given(experiment=experiments(), wrong=st.dictionaries(named, nonsense, max_size=3))
def test_what_is_right_survives_what_is_wrong(
    experiment: Experiment, wrong: dict[str, str]
) -> None:
    unknown = {f"x{name}": text for name, text in wrong.items()}
    query: dict[str, Any] = {**unknown, **to_query(experiment, View())}
    address = from_query(query, opening=OPENING)
    assert address.experiment == experiment
    assert set(address.ignored) == set(unknown)


@given(strengths=grids | lists)
def test_a_grid_is_recognized_exactly(strengths: tuple[float, ...]) -> None:
    grid = as_grid(strengths)
    if grid is not None:
        assert strength_grid(*grid) == strengths


four_digits = st.builds(
    lambda digits, power: float(f"{digits}e{power}"), st.integers(1000, 9999), st.integers(-9, 1)
)


@given(smallest=four_digits, ratio=st.floats(1.5, 1e5), count=st.integers(2, 16))
def test_a_grid_of_ends_with_four_digits_is_written_short(
    smallest: float, ratio: float, count: int
) -> None:
    largest = min(float(f"{smallest * ratio:.4g}"), LARGEST_STRENGTH)
    strengths = strength_grid(smallest, largest, count)
    assert as_grid(strengths) == (smallest, largest, count)
    assert write_strengths(strengths) == f"{smallest!r}:{largest!r}:{count}"
    assert read_strengths(write_strengths(strengths)) == strengths
