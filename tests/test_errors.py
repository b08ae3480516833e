"""Errors can be pickled and copied, as they leave processes; odd values are always refused."""

from __future__ import annotations

import copy
import datetime
import decimal
import fractions
import math
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import l2viz
from l2viz.experiment import SETTINGS, Experiment, ExperimentError
from l2viz.experiment.strength_grid import strength_grid
from l2viz.validation import InvalidValue

Again = list[Any]


def again(error: Exception) -> Again:
    """Return an error as it comes out of a pickle and of copies."""
    return [pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)]


@pytest.mark.parametrize("kind", [InvalidValue, ExperimentError])
@pytest.mark.parametrize(
    "value", [0, -1.5, "x" * 200, (1, 2), None, 10**5_000], ids=lambda value: type(value).__name__
)
def test_a_refusal_is_pickled_with_all_it_says(kind: type[InvalidValue], value: Any) -> None:
    error = kind("epochs", "be >= 1", value)
    for other in again(error):
        assert type(other) is kind
        assert (other.field, other.rule, other.value) == (error.field, error.rule, error.value)
        assert str(other) == str(error)


def test_a_value_that_cannot_be_pickled_is_replaced_by_its_text() -> None:
    error = InvalidValue("epochs", "be an integer", (number for number in ()))
    for other in again(error):
        assert str(other) == str(error)
        assert isinstance(other.value, str)


def test_a_divergence_is_pickled_with_what_was_measured() -> None:
    experiment = Experiment(
        dataset="curve",
        hidden=(4,),
        optimizer="sgd",
        learning_rate=100.0,
        activation="linear",
        strengths=(0.0, 100.0),
        epochs=200,
        record_every=1,
    )
    with pytest.raises(l2viz.Diverged) as caught:
        l2viz.run(experiment)
    error = caught.value
    for other in again(error):
        assert (str(other), other.epoch, other.strength) == (str(error), error.epoch, 100.0)
        assert error.trajectory is not None and other.trajectory is not None
        assert other.trajectory.experiment == experiment
        np.testing.assert_array_equal(other.trajectory.penalty, error.trajectory.penalty)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(),
    st.binary(),
    st.decimals(),
    st.fractions(),
    st.dates(),
    st.timedeltas(),
    st.sampled_from(
        [
            np.timedelta64(3, "s"),
            np.timedelta64("NaT"),
            np.datetime64("2020-01-01"),
            np.float32("nan"),
            np.int8(-3),
            np.bool_(True),
            np.array(3),
            np.array([0.0, 0.1]),
            np.array([0, 1], "m8[ns]"),
            np.array(["a"]),
            np.array([None]),
            decimal.Decimal("NaN"),
            fractions.Fraction(1, 3),
            datetime.timedelta(1),
            object(),
            type,
            {},
            {1},
            range(3),
            10**400,
        ]
    ),
)


@given(value=ODD | st.lists(ODD, max_size=3) | st.lists(ODD, max_size=3).map(tuple))
@pytest.mark.parametrize("name", SETTINGS)
def test_whatever_a_setting_is_given_it_is_taken_or_refused(name: str, value: Any) -> None:
    try:
        Experiment(**{name: value})
    except ExperimentError as refusal:
        assert str(refusal).startswith(f"{refusal.field} must ")


FAR_ENOUGH = "largest must be far enough above smallest ({}) for 5 different strengths, got {}"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((math.nan, 0.1, 5), "smallest must be finite, got nan"),
        ((math.inf, 0.1, 5), "smallest must be finite, got inf"),
        (("a", 0.1, 5), "smallest must be a number, got 'a'"),
        ((-0.1, 0.1, 5), "smallest must be >= 4.94066e-324, got -0.1"),
        ((0.0, 0.1, 5), "smallest must be >= 4.94066e-324, got 0.0"),
        ((0.1, math.nan, 5), "largest must be finite, got nan"),
        ((0.1, math.inf, 5), "largest must be finite, got inf"),
        ((0.1, 1e7, 5), "largest must be <= 1e+06, got 10000000.0"),
        ((0.1, None, 5), "largest must be a number, got None"),
        ((0.1, 0.1, 5), FAR_ENOUGH.format(0.1, 0.1)),
        ((0.2, 0.1, 5), FAR_ENOUGH.format(0.2, 0.1)),
        ((0.1, 0.10001, 5), FAR_ENOUGH.format(0.1, 0.10001)),
        ((0.1, 1.0, 0), "count must be >= 1, got 0"),
        ((0.1, 1.0, 1_000), "count must be <= 63, got 1000"),
        ((0.1, 1.0, 2.5), "count must be an integer, got 2.5"),
        ((0.1, 1.0, "3"), "count must be an integer, got '3'"),
        ((0.1, 1.0, True), "count must be an integer, got True"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(arguments: tuple[Any, ...], why: str) -> None:
    with pytest.raises(ValueError) as caught:
        strength_grid(*arguments)
    assert str(caught.value) == why


@given(
    smallest=st.floats(5e-324, 1e6),
    largest=st.floats(5e-324, 1e6),
    count=st.integers(1, 63),
)
def test_every_grid_is_one_of_an_experiment(smallest: float, largest: float, count: int) -> None:
    try:
        grid = strength_grid(smallest, largest, count)
    except InvalidValue as refusal:
        assert refusal.field == "largest"
        return
    assert len(grid) == count + 1
    assert Experiment(strengths=grid).strengths == grid
