"""Experiment: what it accepts, what it refuses and with which words."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.datasets import DATASETS
from l2viz.experiment import (
    ACTIVATIONS,
    DTYPES,
    LARGEST_GRID,
    LARGEST_RECORD,
    LARGEST_STEP_COUNT,
    OPTIMIZERS,
    Experiment,
    ExperimentError,
)
from l2viz.grid import strength_grid

HUGE = 10**400  # an integer beyond every float
TOO_LONG_TO_PRINT = 10**5_000


def refusal(**fields: Any) -> tuple[str, str]:
    """The field and the whole message with which these settings are refused."""
    with pytest.raises(ExperimentError) as caught:
        Experiment(**fields)
    assert isinstance(caught.value, ValueError)
    return caught.value.field, str(caught.value)


CHOICES = {
    "dataset": "digits, curve",
    "activation": "relu, tanh, sigmoid, elu, gelu, linear",
    "regularized": "all, first",
    "optimizer": "adam, sgd, rmsprop",
    "dtype": "float32, float64",
}


@pytest.mark.parametrize("field", CHOICES)
@pytest.mark.parametrize(
    "value", ["", "Adam", "none", None, True, 0, math.nan, b"adam", ("adam",), {"adam": 1}]
)
def test_a_choice_is_refused_by_name_rule_and_value(field: str, value: object) -> None:
    expected = f"{field} must be one of {CHOICES[field]}, got {value!r}"
    assert refusal(**{field: value}) == (field, expected)


WHOLE = {
    "train_size": (2, 1_438),
    "batch_size": (1, 4_096),
    "epochs": (1, 10_000),
    "record_every": (1, 10_000),
    "seed": (0, 2**31 - 1),
}


@pytest.mark.parametrize("field", WHOLE)
@pytest.mark.parametrize(
    "value",
    [None, True, False, "3", "", 3.0, math.nan, math.inf, -math.inf, 3j, (3,), np.float64(3)],
)
def test_a_whole_number_of_another_type_is_refused(field: str, value: object) -> None:
    assert refusal(**{field: value}) == (field, f"{field} must be an integer, got {value!r}")


@pytest.mark.parametrize("field", WHOLE)
def test_a_whole_number_out_of_range_is_refused(field: str) -> None:
    smallest, largest = WHOLE[field]
    for value in (smallest - 1, -1, -(10**30)):
        expected = f"{field} must be >= {smallest}, got {value}"
        assert refusal(**{field: value}) == (field, expected)
    for value in (largest + 1, 10**30, np.int64(2**40)):
        expected = f"{field} must be <= {largest}, got {value!r}"
        assert refusal(**{field: value}) == (field, expected)
    shortened = f"{field} must be <= {largest}, got 1{'0' * 76}..."
    assert refusal(**{field: HUGE}) == (field, shortened)
    unprintable = f"{field} must be <= {largest}, got a value of type int that cannot be printed"
    assert refusal(**{field: TOO_LONG_TO_PRINT}) == (field, unprintable)


@pytest.mark.parametrize(
    ("field", "value", "more"),
    [
        ("train_size", 2, {}),
        ("train_size", 1_438, {}),
        ("batch_size", 1, {}),
        ("batch_size", 4_096, {}),
        ("epochs", 1, {"record_every": 1}),
        ("epochs", 10_000, {"record_every": 10}),
        ("record_every", 1, {"epochs": 1_000}),
        ("record_every", 10_000, {"epochs": 10_000}),
        ("seed", 0, {}),
        ("seed", 2**31 - 1, {}),
    ],
)
def test_the_ends_of_a_range_are_accepted(field: str, value: int, more: dict[str, int]) -> None:
    for given_value in (value, np.int64(value)):
        experiment = Experiment(**{field: given_value}, **more)
        assert getattr(experiment, field) == value
        assert type(getattr(experiment, field)) is int


REAL = {
    "label_noise": ("0", "1"),
    "momentum": ("0", "0.999"),
    "learning_rate": ("1e-08", "100"),
}


@pytest.mark.parametrize("field", REAL)
@pytest.mark.parametrize("value", [None, True, False, "0.1", "", 1j, (0.1,), [0.1]])
def test_a_number_of_another_type_is_refused(field: str, value: object) -> None:
    assert refusal(**{field: value}) == (field, f"{field} must be a number, got {value!r}")


@pytest.mark.parametrize("field", REAL)
def test_a_number_out_of_range_is_refused(field: str) -> None:
    smallest, largest = REAL[field]
    for value in (math.nan, math.inf, -math.inf, np.float32("nan")):
        assert refusal(**{field: value}) == (field, f"{field} must be finite, got {value!r}")
    expected = f"{field} must be finite, got 1{'0' * 76}..."
    assert refusal(**{field: HUGE}) == (field, expected)
    for value in (-1, -1e-300, -1e300):
        expected = f"{field} must be >= {smallest}, got {value!r}"
        assert refusal(**{field: value}) == (field, expected)
    for value in (100.5, 1e300, 10**30):
        expected = f"{field} must be <= {largest}, got {value!r}"
        assert refusal(**{field: value}) == (field, expected)


def test_a_learning_rate_of_zero_is_refused() -> None:
    expected = ("learning_rate", "learning_rate must be >= 1e-08, got 0")
    assert refusal(learning_rate=0) == expected


@pytest.mark.parametrize(
    ("hidden", "message"),
    [
        (None, "be a tuple of integers, got None"),
        (64, "be a tuple of integers, got 64"),
        (True, "be a tuple of integers, got True"),
        ("64", "be a tuple of integers, got '64'"),
        (b"64", "be a tuple of integers, got b'64'"),
        ({64, 32}, f"be a tuple of integers, got { ({64, 32})!r}"),
        ({64: 32}, "be a tuple of integers, got {64: 32}"),
        ((1, 1, 1, 1, 1), "have at most 4 layers, got (1, 1, 1, 1, 1)"),
        ((64.0,), "be an integer, got 64.0"),
        ((64, None), "be an integer, got None"),
        ((True,), "be an integer, got True"),
        (("64",), "be an integer, got '64'"),
        ((math.nan,), "be an integer, got nan"),
        ((0,), "be >= 1, got 0"),
        ((64, -1), "be >= 1, got -1"),
        ((1_025,), "be <= 1024, got 1025"),
    ],
)
def test_hidden_layers_are_refused(hidden: object, message: str) -> None:
    assert refusal(hidden=hidden) == ("hidden", f"hidden must {message}")


@pytest.mark.parametrize(
    ("strengths", "message"),
    [
        (None, "be a tuple of numbers, got None"),
        (0.0, "be a tuple of numbers, got 0.0"),
        (True, "be a tuple of numbers, got True"),
        ("0", "be a tuple of numbers, got '0'"),
        ({0.0}, "be a tuple of numbers, got {0.0}"),
        (np.array(0.0), "be a tuple of numbers, got 0.0"),
        ((), "not be empty, got ()"),
        ([], "not be empty, got ()"),
        ((0.0, math.nan), "be finite, got nan"),
        ((0.0, math.inf), "be finite, got inf"),
        ((-math.inf, 0.0), "be finite, got -inf"),
        ((0.0, HUGE), f"be finite, got 1{'0' * 76}..."),
        ((0.0, -1e-3), "be >= 0, got -0.001"),
        ((0.0, 2e6), "be <= 1e+06, got 2000000.0"),
        ((0.0, None), "be a number, got None"),
        ((False, 1e-3), "be a number, got False"),
        ((0.0, "1e-3"), "be a number, got '1e-3'"),
        ((0.0, (1e-3,)), "be a number, got (0.001,)"),
        ((1e-3,), "start at 0, got 0.001"),
        ((1e-3, 1e-2), "start at 0, got 0.001"),
        ((1e-3, 0.0), "start at 0, got 0.001"),
        ((0.0, 0.0), "rise (each above the one before, 0.0), got 0.0"),
        ((0.0, -0.0), "rise (each above the one before, 0.0), got 0.0"),
        ((0.0, 1e-2, 1e-2), "rise (each above the one before, 0.01), got 0.01"),
        ((0.0, 1e-2, 1e-3), "rise (each above the one before, 0.01), got 0.001"),
        (tuple(range(65)), "have at most 64 members, got '65 of them'"),
        (range(10**6), "have at most 64 members, got '1000000 of them'"),
    ],
)
def test_strengths_are_refused(strengths: object, message: str) -> None:
    assert refusal(strengths=strengths) == ("strengths", f"strengths must {message}")


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        (
            {"dataset": "curve", "label_noise": 0.1},
            "label_noise",
            "be 0 for curve, which has no labels, got 0.1",
        ),
        ({"momentum": 0.9}, "momentum", "be 0 for adam, which has no such argument, got 0.9"),
        ({"epochs": 5, "record_every": 6}, "record_every", "be <= epochs (5), got 6"),
        (
            {"epochs": 1_001, "record_every": 1},
            "record_every",
            f"keep at most {LARGEST_RECORD} snapshots of 1001 epochs, got 1",
        ),
        (
            {"train_size": 1_438, "batch_size": 1, "epochs": 348},
            "epochs",
            f"ask for at most {LARGEST_STEP_COUNT} steps (1438 an epoch here), got 348",
        ),
        (
            {"hidden": (1_024, 1_024)},
            "hidden",
            (
                "give at most 20000000 weights in all members together (25 × 1126410 here), "
                "got (1024, 1024)"
            ),
        ),
        ({"dataset": "curve", "train_size": 501}, "train_size", "be <= 500, got 501"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(
    fields: dict[str, Any], field: str, message: str
) -> None:
    assert refusal(**fields) == (field, f"{field} must {message}")


def test_an_unknown_field_is_refused_by_name() -> None:
    with pytest.raises(ExperimentError) as caught:
        Experiment.from_json({"alpha": 0.1})
    assert str(caught.value) == "alpha must be a field of Experiment, got 0.1"


def test_left_out_fields_are_the_lessons() -> None:
    for dataset, facts in DATASETS.items():
        experiment = Experiment(dataset=dataset)
        for field, value in facts.defaults.items():
            assert getattr(experiment, field) == value
    assert Experiment().dataset == "digits"
    assert Experiment(train_size=300).hidden == (64, 32)


def test_what_is_accepted_becomes_plain_python() -> None:
    experiment = Experiment(
        hidden=np.array([8, 4]),
        strengths=[np.float32(0), -0.0 + 1, 2],
        learning_rate=np.float32(0.5),
        label_noise=0,
        seed=np.int64(3),
    )
    assert experiment.hidden == (8, 4)
    assert [type(unit) for unit in experiment.hidden] == [int, int]
    assert experiment.strengths == (0.0, 1.0, 2.0)
    assert [type(strength) for strength in experiment.strengths] == [float] * 3
    assert type(experiment.learning_rate) is type(experiment.label_noise) is float
    assert type(experiment.seed) is int
    assert json.loads(json.dumps(experiment.as_json())) == experiment.as_json()


def test_minus_zero_is_zero() -> None:
    minus = Experiment(strengths=(-0.0, 1e-3), label_noise=-0.0)
    assert math.copysign(1.0, minus.strengths[0]) == math.copysign(1.0, minus.label_noise) == 1.0


def test_steps_and_recorded_epochs() -> None:
    experiment = Experiment(train_size=300, batch_size=32, epochs=7, record_every=3)
    assert experiment.steps_per_epoch == math.ceil(300 / 32)
    assert experiment.step_count == 7 * math.ceil(300 / 32)
    assert experiment.recorded_epochs == (0, 3, 6, 7)
    assert Experiment(epochs=6, record_every=3).recorded_epochs == (0, 3, 6)
    assert Experiment(batch_size=4_096).steps_per_epoch == 1


def test_shapes_and_regularized_layers() -> None:
    assert Experiment(hidden=(16, 8)).kernel_shapes == ((64, 16), (16, 8), (8, 10))
    assert Experiment(hidden=()).kernel_shapes == ((64, 10),)
    assert Experiment(dataset="curve", hidden=(3,)).kernel_shapes == ((1, 3), (3, 1))
    assert Experiment(hidden=(16, 8)).regularized_layers == (0, 1, 2)
    assert Experiment(hidden=(16, 8), regularized="first").regularized_layers == (0,)


@given(
    smallest=st.floats(1e-8, 1e-2),
    ratio=st.floats(2.0, 1e6),
    count=st.integers(1, LARGEST_GRID - 1),
)
def test_a_grid_is_log_spaced_and_an_experiment_takes_it(
    smallest: float, ratio: float, count: int
) -> None:
    grid = strength_grid(smallest, smallest * ratio, count)
    assert len(grid) == count + 1
    assert grid[0] == 0.0
    expected = np.geomspace(smallest, smallest * ratio, count) if count > 1 else [smallest]
    np.testing.assert_allclose(grid[1:], expected, rtol=5.1e-4)  # four significant digits
    if ratio ** (1.0 / max(count - 1, 1)) > 1.002:
        assert Experiment(strengths=grid).strengths == grid


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    dataset = draw(st.sampled_from(tuple(DATASETS)))
    facts = DATASETS[dataset]
    optimizer = draw(st.sampled_from(OPTIMIZERS))
    strengths = draw(st.sets(st.floats(1e-12, 1e6), max_size=6))
    epochs = draw(st.integers(1, 300))
    return Experiment(
        dataset=dataset,
        train_size=draw(st.integers(2, facts.largest_train_size)),
        label_noise=draw(st.floats(0, 1)) if facts.task == "classification" else 0,
        hidden=tuple(draw(st.lists(st.integers(1, 64), max_size=4))),
        activation=draw(st.sampled_from(ACTIVATIONS)),
        regularized=draw(st.sampled_from(("all", "first"))),
        optimizer=optimizer,
        momentum=0 if optimizer == "adam" else draw(st.floats(0, 0.999)),
        learning_rate=draw(st.floats(1e-8, 100)),
        batch_size=draw(st.integers(1, 4_096)),
        epochs=epochs,
        record_every=draw(st.integers(1, epochs)),
        strengths=(0.0, *sorted(strengths)),
        seed=draw(st.integers(0, 2**31 - 1)),
        dtype=draw(st.sampled_from(DTYPES)),
    )


@given(experiments())
def test_json_gives_the_same_experiment_back(experiment: Experiment) -> None:
    again = Experiment.from_json(json.loads(json.dumps(experiment.as_json())))
    assert again == experiment
    assert hash(again) == hash(experiment)
    assert repr(again) == repr(experiment)


@given(experiments(), experiments())
def test_experiments_are_equal_when_every_field_is(one: Experiment, other: Experiment) -> None:
    assert (one == other) == (one.as_json() == other.as_json())


@given(experiments())
def test_recorded_epochs_start_at_0_and_end_with_the_run(experiment: Experiment) -> None:
    recorded = experiment.recorded_epochs
    assert recorded[0] == 0
    assert recorded[-1] == experiment.epochs
    assert set(np.diff(recorded)[:-1]) <= {experiment.record_every}
    assert 1 <= recorded[-1] - recorded[-2] <= experiment.record_every


@given(epochs=st.integers(1, 10_000), dataset=st.sampled_from(tuple(DATASETS)))
def test_any_number_of_epochs_finds_a_pace_of_recording(epochs: int, dataset: str) -> None:
    experiment = Experiment(dataset=dataset, epochs=epochs)
    assert len(experiment.recorded_epochs) <= LARGEST_RECORD + 1


ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.lists(st.floats() | st.integers() | st.none() | st.text(max_size=2))
)


@given(st.dictionaries(st.sampled_from(sorted(Experiment().as_json())), ANYTHING))
def test_whatever_is_given_an_experiment_or_a_refusal_comes_out(fields: dict[str, Any]) -> None:
    try:
        experiment = Experiment.from_json(fields)
    except ExperimentError as error:
        assert error.field in Experiment().as_json()
        assert str(error).startswith(f"{error.field} must ")
    else:
        assert Experiment.from_json(experiment.as_json()) == experiment
