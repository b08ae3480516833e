"""Estimated seconds of training: they grow with all that makes a run longer."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from l2viz.experiment import Experiment
from l2viz.experiment.architecture import multiply_adds
from l2viz.experiment.strength_grid import strength_grid
from l2viz.path.cost import estimated_seconds
from tests.experiments import experiments

GROWS: list[dict[str, Any]] = [
    {"epochs": 81},
    {"train_size": 333},
    {"batch_size": 16},
    {"hidden": (256, 64)},
    {"strengths": strength_grid(1e-4, 0.1, 40)},
    {"repeats": 2},
    {"penalties": ("l2", "l1")},
    {"model": "conv2d"},
    {"model": "custom"},
]


@pytest.mark.parametrize("fields", GROWS, ids=str)
def test_a_longer_run_has_a_longer_estimate(fields: dict[str, Any]) -> None:
    lesson: dict[str, Any] = {"epochs": 80, "record_every": 1}
    assert estimated_seconds(Experiment(**(lesson | fields))) > estimated_seconds(
        Experiment(**lesson)
    )


@given(experiments())
def test_every_experiment_has_one(experiment: Experiment) -> None:
    assert 0.0 < estimated_seconds(experiment) < 1e9


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"hidden": (5,)}, 64 * 5 + 5 * 10),
        ({"hidden": (5,), "batch_norm": True, "dropout": 0.1}, 64 * 5 + 5 * 10),
        ({"model": "custom", "hidden": (5,)}, 2 * 64 * 5 + 5 * 10),
        (  # on 8 × 8 pixels, then on 4 × 4; the last pooling leaves 2 × 2 × 3
            {"model": "conv2d", "filters": (2, 3), "hidden": ()},
            64 * 9 * 2 + 16 * 9 * 2 * 3 + 12 * 10,
        ),
    ],
)
def test_multiplications_of_one_example(fields: dict[str, Any], expected: int) -> None:
    assert multiply_adds(Experiment(**fields)) == expected
