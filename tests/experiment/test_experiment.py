"""Experiment: valid settings, and the error messages for others."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.experiment import (
    LARGEST_GRID,
    LARGEST_RECORD,
    LARGEST_STEP_COUNT,
    SETTINGS,
    Experiment,
    ExperimentError,
)
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.kinds import Real
from l2viz.experiment.strength_grid import strength_grid
from l2viz.validation import InvalidValue, number
from tests.experiments import experiments

HUGE = 10**400  # an integer larger than every float
TOO_LONG_TO_PRINT = 10**5_000


def refusal(**fields: Any) -> tuple[str, str]:
    """Return field and whole message of the error for these settings."""
    with pytest.raises(ExperimentError) as caught:
        Experiment(**fields)
    assert isinstance(caught.value, ValueError)
    return caught.value.field, str(caught.value)


def test_an_invalid_setting_has_its_own_error_class() -> None:
    """Both errors name field, rule and value; only a setting's is an ExperimentError."""
    with pytest.raises(InvalidValue) as caught:
        number("data_loss", math.nan, 0.0, 1.0)
    assert type(caught.value) is InvalidValue
    assert (caught.value.field, caught.value.rule) == ("data_loss", "be finite")
    assert math.isnan(caught.value.value)
    with pytest.raises(InvalidValue) as refused:
        Experiment(dropout=math.nan)
    assert type(refused.value) is ExperimentError
    assert (refused.value.field, refused.value.rule) == ("dropout", "be finite")
    assert math.isnan(refused.value.value)


CHOICES = {
    "dataset": ", ".join(DATASETS),
    "model": "dense, conv2d, custom",
    "activation": "relu, tanh, sigmoid, elu, gelu, linear",
    "regularized": "all, first, last",
    "schedule": "constant, warmup, step",
    "optimizer": "adam, sgd, rmsprop, adamw",
    "dtype": "float32, float64",
}


@pytest.mark.parametrize("field", CHOICES)
@pytest.mark.parametrize(
    "value",
    ["", "Adam", "none", None, True, 0, math.nan, b"adam", ("adam",), {"adam": 1}, np.zeros(2)],
)
def test_a_choice_is_refused_by_name_rule_and_value(field: str, value: object) -> None:
    expected = f"{field} must be one of {CHOICES[field]}, got {value!r}"
    assert refusal(**{field: value}) == (field, expected)


MIXES = "it mixes the gradients of a variable's elements, and so the members of a path"


@pytest.mark.parametrize("optimizer", ["muon", "lamb", "adafactor"])
def test_an_optimizer_that_mixes_elements_is_refused_by_name(optimizer: str) -> None:
    expected = f"optimizer must be one of adam, sgd, rmsprop, adamw: {MIXES}, got {optimizer!r}"
    assert refusal(optimizer=optimizer) == ("optimizer", expected)


@pytest.mark.parametrize("setting", ["clipnorm", "global_clipnorm"])
@pytest.mark.parametrize("value", [1.0, None])
def test_a_setting_that_mixes_elements_is_refused_by_name(setting: str, value: object) -> None:
    expected = f"{setting} must not be given: {MIXES}, got {value!r}"
    assert refusal(**{setting: value}) == (setting, expected)


@pytest.mark.parametrize("field", ["batch_norm", "bias_regularizer"])
@pytest.mark.parametrize("value", [None, 0, 1, 1.0, "True", "", (True,)])
def test_what_is_not_true_or_false_is_refused(field: str, value: object) -> None:
    assert refusal(**{field: value}) == (field, f"{field} must be True or False, got {value!r}")


def test_numpys_true_is_true() -> None:
    for value in (np.True_, np.False_):
        experiment = Experiment(batch_norm=value, bias_regularizer=value)
        assert experiment.batch_norm is experiment.bias_regularizer is bool(value)


WHOLE = {
    "train_size": (2, 1_438),
    "schedule_epoch": (0, 10_000),
    "repeats": (1, 10),
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
        ("repeats", 1, {}),
        ("repeats", 10, {"strengths": (0.0,)}),
        ("schedule_epoch", 1, {"schedule": "warmup"}),
        ("schedule_epoch", 80, {"schedule": "step"}),
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
def test_the_ends_of_a_range_are_accepted(field: str, value: int, more: dict[str, Any]) -> None:
    for given_value in (value, np.int64(value)):
        experiment = Experiment(**{field: given_value}, **more)
        assert getattr(experiment, field) == value
        assert type(getattr(experiment, field)) is int


REAL = {
    "label_noise": ("0", "1"),
    "noise": ("0", "10"),
    "dropout": ("0", "0.9"),
    "schedule_from": ("0", "1e+06"),
    "weight_decay": ("0", "10"),
    "clip_value": ("0", "1e+06"),
    "momentum": ("0", "0.999"),
    "learning_rate": ("1e-08", "100"),
}


def test_these_are_all_numbers_of_the_table() -> None:
    numbers = {name for name, setting in SETTINGS.items() if isinstance(setting.kind, Real)}
    assert set(REAL) == numbers


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
    for value in (1.001 * float(largest), 1e300, 10**30):
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
    ("filters", "message"),
    [
        (8, "be a tuple of integers, got 8"),
        ((), "not be empty for conv2d, got ()"),
        ((4, 4, 4, 4), "have at most 3 layers, got (4, 4, 4, 4)"),
        ((0,), "be >= 1, got 0"),
        ((65,), "be <= 64, got 65"),
        ((8.0,), "be an integer, got 8.0"),
    ],
)
def test_filters_are_refused(filters: object, message: str) -> None:
    assert refusal(model="conv2d", filters=filters) == ("filters", f"filters must {message}")


PENALTY_NAMES = "l2, none, l1, l1l2, decay, kernel_decay, proximal_l1"


@pytest.mark.parametrize(
    ("penalties", "message"),
    [
        ("l2", "be a tuple of names, got 'l2'"),
        (None, "be a tuple of names, got None"),
        ({"l2"}, "be a tuple of names, got {'l2'}"),
        ((), "not be empty, got ()"),
        (("l3",), f"be one of {PENALTY_NAMES}, got 'l3'"),
        (("l2", None), f"be one of {PENALTY_NAMES}, got None"),
        (("l2", ("l1",)), f"be one of {PENALTY_NAMES}, got ('l1',)"),
        (("l2", "l1", "l2"), "name each penalty once, got ('l2', 'l1', 'l2')"),
    ],
)
def test_penalties_are_refused(penalties: object, message: str) -> None:
    assert refusal(penalties=penalties) == ("penalties", f"penalties must {message}")


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
            {
                "dataset": "digits28",
                "model": "conv2d",
                "filters": (64, 64),
                "train_size": 1_438,
                "batch_size": 1_024,
            },
            "filters",
            (
                "need at most 2048 MB for the windows of 1 × 1024 members × examples at a time "
                "(some 3344 MB here), got (64, 64)"
            ),
        ),
        (
            {"hidden": (1_024, 1_024)},
            "hidden",
            (
                "give at most 20000000 weights in all members together (25 × 1126410 here, some "
                "430 MB in training), got (1024, 1024)"
            ),
        ),
        (
            {"hidden": (300,), "repeats": 10, "penalties": ("l2", "l1", "decay", "none")},
            "hidden",
            (
                "give at most 20000000 weights in all members together (1000 × 22510 here, some "
                "343 MB in training), got (300,)"
            ),
        ),
        (
            {"seed": 2**31 - 3, "repeats": 4},
            "seed",
            ("be <= 2147483644 with 4 repeats, which take the seeds after it, got 2147483645"),
        ),
        (
            {"noise": 0.1},
            "noise",
            "be 0 for digits, which is not drawn from a formula, got 0.1",
        ),
        (
            {"dataset": "curve", "model": "conv2d"},
            "model",
            "not be conv2d for curve, which has no images, got 'conv2d'",
        ),
        ({"filters": (8,)}, "filters", "be empty but for conv2d, got (8,)"),
        (
            {"model": "custom", "filters": (8,)},
            "filters",
            "be empty but for conv2d, got (8,)",
        ),
        ({"model": "custom", "hidden": ()}, "hidden", "not be empty for custom, got ()"),
        (
            {"hidden": (), "batch_norm": True},
            "batch_norm",
            "be 0 without hidden layers, after which it stands, got True",
        ),
        (
            {"hidden": (), "dropout": 0.5},
            "dropout",
            "be 0 without hidden layers, after which it stands, got 0.5",
        ),
        (
            {"optimizer": "adamw", "momentum": 0.5},
            "momentum",
            "be 0 for adamw, which has no such argument, got 0.5",
        ),
        (
            {"weight_decay": 0.01},
            "weight_decay",
            "be 0 for adam; the penalty 'decay' decays its weights, got 0.01",
        ),
        ({"schedule_epoch": 3}, "schedule_epoch", "be 0 with a constant strength, got 3"),
        ({"schedule_from": 0.5}, "schedule_from", "be 0 with a constant strength, got 0.5"),
        (
            {"schedule": "warmup", "epochs": 5},
            "schedule_epoch",
            "be from 1 to epochs (5), got 0",
        ),
        (
            {"schedule": "step", "epochs": 5, "schedule_epoch": 6},
            "schedule_epoch",
            "be from 1 to epochs (5), got 6",
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
    first = Experiment(hidden=(16, 8), regularized="first")
    last = Experiment(hidden=(16, 8), regularized="last")
    assert first.kernel_shapes == ((64, 16),)
    assert last.kernel_shapes == ((8, 10),)
    assert first.kernel_names == ("dense_1",)
    assert last.kernel_names == ("dense_3",)
    assert Experiment(hidden=(16, 8)).kernel_names == ("dense_1", "dense_2", "dense_3")
    gated = Experiment(model="custom", hidden=(16,))
    assert gated.kernel_names == ("gated_1 kernel", "gated_1 gate", "dense_2")
    assert gated.kernel_shapes == ((64, 16), (64, 16), (16, 10))
    images = Experiment(model="conv2d", filters=(8, 16), hidden=(5,))
    assert images.kernel_names == ("conv2d_1", "conv2d_2", "dense_3", "dense_4")
    assert images.kernel_shapes == ((3, 3, 1, 8), (3, 3, 8, 16), (64, 5), (5, 10))


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


@given(experiments())
def test_json_gives_the_same_experiment_back(experiment: Experiment) -> None:
    again = Experiment.from_json(json.loads(json.dumps(experiment.as_json())))
    assert again == experiment
    assert hash(again) == hash(experiment)
    assert repr(again) == repr(experiment)


@given(experiments())
def test_each_repeat_is_an_experiment_of_its_own(experiment: Experiment) -> None:
    each = experiment.each_repeat
    assert [repeat.seed - experiment.seed for repeat in each] == list(range(experiment.repeats))
    for repeat in each:
        shared = repeat.as_json() | {"seed": experiment.seed, "repeats": experiment.repeats}
        assert shared == experiment.as_json()
        assert repeat.repeats == 1


def test_the_last_seeds_can_be_repeated() -> None:
    experiment = Experiment(seed=2**31 - 4, repeats=4)
    assert [repeat.seed for repeat in experiment.each_repeat] == [2**31 - 4 + r for r in range(4)]


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


IN_EVERY_LAYER = "in every layer with the penalty"
ONE_DECAY = "Keras's optimizer has one weight decay for all that it decays"


@pytest.mark.parametrize(
    ("multipliers", "more", "message"),
    [
        (None, {}, "be a tuple of numbers, got None"),
        (0.5, {}, "be a tuple of numbers, got 0.5"),
        ("1,0.5,0", {}, "be a tuple of numbers, got '1,0.5,0'"),
        ((1, None, 0), {}, "be a number, got None"),
        ((1, True, 0), {}, "be a number, got True"),
        ((1, math.nan, 0), {}, "be finite, got nan"),
        ((1, math.inf, 0), {}, "be finite, got inf"),
        ((1, -0.5, 0), {}, "be >= 0, got -0.5"),
        ((1, 1_001, 0), {}, "be <= 1000, got 1001"),
        ((1,) * 9, {}, "have at most 8 numbers, got '9 of them'"),
        ((0, 0, 0), {}, "not all be 0: the penalty 'none' leaves all out, got (0.0, 0.0, 0.0)"),
        (
            (1, 0.5),
            {},
            "have one number for each regularized layer, 3 layers here, got (1.0, 0.5)",
        ),
        (
            (1, 0.5, 0),
            {"regularized": "last"},
            "have one number for each regularized layer, 1 layer here, got (1.0, 0.5, 0.0)",
        ),
        (
            (1, 0, 1),
            {"penalties": ("l2", "decay")},
            f"be 1 {IN_EVERY_LAYER} 'decay': {ONE_DECAY}, got (1.0, 0.0, 1.0)",
        ),
        (
            (1, 0.5, 1),
            {"penalties": ("kernel_decay",)},
            f"be 0 or 1 {IN_EVERY_LAYER} 'kernel_decay': {ONE_DECAY}, got (1.0, 0.5, 1.0)",
        ),
    ],
)
def test_multipliers_are_refused(multipliers: object, more: dict[str, Any], message: str) -> None:
    field = "strength_multipliers"
    expected = (field, f"{field} must {message}")
    assert refusal(hidden=(64, 32), strength_multipliers=multipliers, **more) == expected


def test_multipliers_are_of_the_regularized_layers() -> None:
    experiment = Experiment(hidden=(6, 5), strength_multipliers=np.array([2, 0.5, 0]))
    assert experiment.strength_multipliers == (2.0, 0.5, 0.0)
    assert experiment.kernel_names == ("dense_1", "dense_2", "dense_3")
    assert experiment.kernel_multipliers == (2.0, 0.5, 0.0)
    gated = Experiment(model="custom", hidden=(6,), strength_multipliers=(0, 3))
    assert gated.kernel_names == ("gated_1 kernel", "gated_1 gate", "dense_2")
    assert gated.kernel_multipliers == (0.0, 0.0, 3.0)
    last = Experiment(hidden=(6, 5), regularized="last", strength_multipliers=[0.25])
    assert (last.kernel_names, last.kernel_multipliers) == (("dense_3",), (0.25,))
    images = Experiment(model="conv2d", filters=(4,), hidden=(5,), strength_multipliers=(1, 2, 3))
    assert images.kernel_multipliers == (1.0, 2.0, 3.0)


def test_the_multiplier_1_in_every_layer_is_no_multiplier() -> None:
    plain = Experiment(penalties=("l2", "decay"))
    assert Experiment(penalties=("l2", "decay"), strength_multipliers=(1, 1, 1)) == plain
    assert plain.kernel_multipliers == (1.0, 1.0, 1.0)


def test_what_is_newer_than_an_experiment_is_not_in_its_json() -> None:
    """So that its files, and its keys, are the same as before there was the setting."""
    assert "strength_multipliers" not in Experiment().as_json()
    multiplied = Experiment(strength_multipliers=(1, 0, 0))
    assert multiplied.as_json()["strength_multipliers"] == [1.0, 0.0, 0.0]
    assert set(Experiment().as_json()) == {name for name, s in SETTINGS.items() if not s.newer}


ANYTHING = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.lists(st.floats() | st.integers() | st.none() | st.text(max_size=2))
)


@given(st.dictionaries(st.sampled_from(sorted(SETTINGS)), ANYTHING))
def test_whatever_is_given_an_experiment_or_a_refusal_comes_out(fields: dict[str, Any]) -> None:
    try:
        experiment = Experiment.from_json(fields)
    except ExperimentError as error:
        assert error.field in SETTINGS
        assert str(error).startswith(f"{error.field} must ")
    else:
        assert Experiment.from_json(experiment.as_json()) == experiment
