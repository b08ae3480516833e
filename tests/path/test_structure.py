"""Structure: the settings a traced program depends on, and those that are only inputs."""

from __future__ import annotations

from typing import Any

import pytest

from l2viz.experiment import Experiment
from l2viz.path.structure import Structure

BASE: dict[str, Any] = {"hidden": (8,), "strengths": (0.0, 0.1), "epochs": 10}

VALUES: list[dict[str, Any]] = [
    {"strengths": (0.0, 0.7)},
    {"seed": 9},
    {"repeats": 2},
    {"train_size": 77},
    {"label_noise": 0.9},
    {"learning_rate": 0.5},
    {"epochs": 3, "record_every": 2},
    {"schedule": "warmup", "schedule_epoch": 3},
    {"schedule": "step", "schedule_epoch": 3},
]
OTHERS: list[dict[str, Any]] = [
    {"dataset": "curve"},
    {"model": "custom"},
    {"model": "conv2d", "filters": (3,)},
    {"hidden": (9,)},
    {"activation": "tanh"},
    {"batch_norm": True},
    {"dropout": 0.5},
    {"regularized": "first"},
    {"bias_regularizer": True},
    {"penalties": ("l1",)},
    {"penalties": ("decay",)},
    {"penalties": ("l2", "l1")},
    {"optimizer": "sgd"},
    {"optimizer": "sgd", "momentum": 0.5},
    {"optimizer": "adamw"},
    {"batch_size": 31},
    {"strengths": (0.0, 0.1, 0.2)},
    {"strength_multipliers": (2.0, 0.0)},
    {"dtype": "float64"},
]


def structure(**fields: Any) -> Structure:
    return Structure.of(Experiment(**(BASE | fields)))


@pytest.mark.parametrize("fields", VALUES, ids=str)
def test_what_is_only_a_value_is_no_part_of_it(fields: dict[str, Any]) -> None:
    assert structure(**fields) == structure()
    assert hash(structure(**fields)) == hash(structure())


@pytest.mark.parametrize("fields", OTHERS, ids=str)
def test_what_a_trace_holds_is_part_of_it(fields: dict[str, Any]) -> None:
    assert structure(**fields) != structure()


def test_multipliers_are_values_too() -> None:
    one, other = ((2.0, 0.0), (0.5, 1.0))
    assert structure(strength_multipliers=one) == structure(strength_multipliers=other)


def test_no_two_of_them_are_one() -> None:
    assert len({structure(**fields) for fields in OTHERS}) == len(OTHERS)


@pytest.mark.parametrize(
    ("fields", "terms"),
    [
        ({}, ("squares",)),
        ({"penalties": ("none",)}, ()),
        ({"penalties": ("l1l2",)}, ("squares", "magnitudes")),
        ({"penalties": ("l1", "l2")}, ("squares", "magnitudes")),
        ({"penalties": ("decay", "none")}, ("decay",)),
        ({"penalties": ("kernel_decay", "proximal_l1")}, ("kernel_decay", "proximal")),
        ({"optimizer": "adamw"}, ("squares", "decay")),
        ({"optimizer": "adamw", "weight_decay": 0.0}, ("squares",)),
    ],
)
def test_the_terms_are_those_that_act(fields: dict[str, Any], terms: tuple[str, ...]) -> None:
    assert structure(**fields).terms == terms
