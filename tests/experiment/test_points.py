"""Training points of a viewer's own: valid ones, their text in an address, and what they change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz import data
from l2viz.experiment import Experiment, ExperimentError
from l2viz.experiment.fields import LARGEST_POINTS
from l2viz.experiment.url import View, from_query, to_query

CURVE = ((-0.5, 1.0), (0.25, -2.0), (0.75, 0.5))
MOONS = ((0.0, 1.0, 0), (1.0, -0.5, 1), (2.0, 0.25, 1))
coordinates = st.floats(-100.0, 100.0)


@given(st.lists(st.tuples(coordinates, coordinates), min_size=2, max_size=LARGEST_POINTS))
def test_the_largest_set_fits_into_an_address(points: list[tuple[float, float]]) -> None:
    experiment = Experiment(dataset="curve", points=tuple(points))
    query = to_query(experiment, View())
    opened = from_query(query, opening=Experiment())
    assert (opened.experiment, opened.ignored) == (experiment, ())
    np.testing.assert_allclose(experiment.points, points, atol=5e-4)


def test_they_are_as_many_as_the_training_examples() -> None:
    assert Experiment(dataset="curve", points=CURVE).train_size == len(CURVE)
    assert Experiment(dataset="moons", points=MOONS).train_size == len(MOONS)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no class": ({"dataset": "moons", "points": CURVE}, "points must be points (x, y, class), got"),
    "a class": ({"dataset": "curve", "points": MOONS}, "points must be points (x, y), got"),
    "a third class": (
        {"dataset": "moons", "points": ((0, 0, 0), (0, 1, 2))},
        "points must be <= 1, got 2",
    ),
    "half a class": (
        {"dataset": "moons", "points": ((0, 0, 0.5), (0, 1, 1))},
        "points must have whole numbers as classes, got 0.5",
    ),
    "too few": ({"dataset": "curve", "points": CURVE[:1]}, "points must have 2 to 100 points"),
    "too many": ({"dataset": "curve", "points": CURVE * 34}, "points must have 2 to 100 points"),
    "far away": (
        {"dataset": "curve", "points": ((0, 0), (0, 1e9))},
        "points must be <= 100, got 1000000000.0",
    ),
    "nowhere": (
        {"dataset": "curve", "points": ((0, 0), (0, float("nan")))},
        "points must be finite, got nan",
    ),
    "text": ({"dataset": "curve", "points": "0_0"}, "points must be a tuple of points, got '0_0'"),
    "another size": (
        {"dataset": "curve", "points": CURVE, "train_size": 15},
        "train_size must be the number of points (3), got 15",
    ),
    "label noise": (
        {"dataset": "moons", "points": MOONS, "label_noise": 0.1},
        "label_noise must be 0 with points given, got 0.1",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_others_are_refused_by_field_rule_and_value(case: str) -> None:
    settings, expected = REFUSED[case]
    with pytest.raises(ExperimentError) as refusal:
        Experiment(**settings)
    assert str(refusal.value).startswith(expected), str(refusal.value)


def test_a_dataset_without_points_refuses_them() -> None:
    with pytest.raises(ExperimentError, match="points must be"):
        Experiment(dataset="digits", points=((0.0, 0.0), (1.0, 1.0)))


@pytest.mark.parametrize(("dataset", "points"), [("curve", CURVE), ("moons", MOONS)])
def test_they_are_the_training_set_and_the_others_stay(
    dataset: str, points: tuple[tuple[float, ...], ...]
) -> None:
    drawn = data.load(Experiment(dataset=dataset))
    given = data.load(Experiment(dataset=dataset, points=points))
    np.testing.assert_array_equal(given.train_inputs, np.float32([p[:-1] for p in points]))
    np.testing.assert_array_equal(given.train_targets.reshape(-1), [p[-1] for p in points])
    assert given.train_targets.dtype == drawn.train_targets.dtype
    assert not given.redrawn.any() and given.redrawn.shape == (len(points),)
    for part in ("val_inputs", "val_targets", "test_inputs", "test_targets"):
        np.testing.assert_array_equal(getattr(given, part), getattr(drawn, part))
