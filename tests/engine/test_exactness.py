"""Exactness: every kind of member is the network that plain Keras's `fit` trains.

In float64 end to end; in float32 one epoch at a time, each from the path's own weights, state
and optimizer, because there both drift from any other order of rounding. After a long epoch the
difference is stated in units of what rounding alone does to `fit`.
"""

from __future__ import annotations

import gc
import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from l2viz.data.brought import Table, bring
from l2viz.engine.model import initial_weights
from l2viz.engine.training import PathTraining
from l2viz.experiment import Experiment
from l2viz.experiment.fields import MODELS, REGULARIZED
from l2viz.experiment.penalties import PENALTIES
from tests.cases import others_slow
from tests.plain_keras import Cell, PlainMember, largest_difference, path_weights

pytestmark = pytest.mark.usefixtures("one_thread")

FLOAT64 = 1e-12  # after a few epochs; measured: at most 4e-16
FLOAT32 = 1e-5  # after one epoch; measured: at most 4e-7
# A BatchNorm cancels most of the effect of a β before it, whose gradient is therefore little more
# than round-off, which Adam amplifies. Measured: 6e-5, and for all other weights 4e-7.
FLOAT32_BATCH_NORM = 1e-4
SPREADS = 5.0  # after a long epoch, in spreads of `fit` itself; measured: at most 1.8
MOVED = 1e-3  # least change of some weight: an untrained member would prove nothing

NETWORKS: dict[str, dict[str, Any]] = {
    "dense": {"model": "dense", "hidden": (7, 5)},
    "conv2d": {"model": "conv2d", "filters": (4, 3), "hidden": (5,)},
    "custom": {"model": "custom", "hidden": (7, 5)},
}
OPTIMIZERS: dict[str, dict[str, Any]] = {
    "sgd": {"optimizer": "sgd", "learning_rate": 0.1},
    "momentum": {"optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.03},
    "adam": {"optimizer": "adam", "learning_rate": 0.01},
    "adamw": {"optimizer": "adamw", "learning_rate": 0.01},
    "adamw of 0": {"optimizer": "adamw", "learning_rate": 0.01, "weight_decay": 0.0},
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": 3e-3},
    "rmsprop, momentum": {"optimizer": "rmsprop", "momentum": 0.5, "learning_rate": 3e-3},
}
TWINS = {"penalties": tuple(PENALTIES)}
BEHIND = {"batch_norm": True, "dropout": 0.3}
REGRESSION = {"dataset": "curve", "hidden": (7, 5), "train_size": 15, "batch_size": 8}
WARMUP = {"schedule": "warmup", "schedule_epoch": 3, "schedule_from": 0.01, "epochs": 4}
STEP = {"schedule": "step", "schedule_epoch": 2, "schedule_from": 0.05, "epochs": 4}
FEW = {"penalties": ("l2", "decay")}

assert set(NETWORKS) == set(MODELS)

PRODUCT = {
    f"{network}, {optimizer}": NETWORKS[network] | OPTIMIZERS[optimizer] | TWINS
    for network, optimizer in itertools.product(NETWORKS, OPTIMIZERS)
}
QUICK = {  # every network, penalty and optimizer at least once
    "custom, sgd": PRODUCT["custom, sgd"] | {"activation": "sigmoid"},
    "dense, adam": PRODUCT["dense, adam"]
    | {"penalties": ("l2", "l1l2", "none"), "activation": "gelu"},
    "dense, adamw": PRODUCT["dense, adamw"] | {"penalties": ("l2", "decay", "kernel_decay")},
    "conv2d, momentum": PRODUCT["conv2d, momentum"] | {"penalties": ("l1", "proximal_l1")},
    "conv2d, rmsprop, BatchNorm and Dropout, repeats": NETWORKS["conv2d"]
    | OPTIMIZERS["rmsprop, momentum"]
    | BEHIND
    | FEW
    | {"repeats": 2},
    "regression, custom, warm-up, biases": NETWORKS["custom"]
    | REGRESSION
    | OPTIMIZERS["rmsprop"]
    | WARMUP
    | {"penalties": ("l1l2", "kernel_decay"), "bias_regularizer": True},
    "dense, step, first layer": NETWORKS["dense"]
    | OPTIMIZERS["adam"]
    | STEP
    | FEW
    | {"regularized": "first"},
    "no hidden layer, one member": OPTIMIZERS["sgd"] | {"hidden": (), "strengths": (0.0,)},
}
QUICKEST = (
    *("custom, sgd", "dense, adam", "conv2d, momentum", "no hidden layer, one member"),
    "regression, custom, warm-up, biases",
)
ALL = (
    QUICK
    | PRODUCT  # all penalties of each
    | {
        f"{network}, {optimizer}, BatchNorm and Dropout": NETWORKS[network]
        | OPTIMIZERS[optimizer]
        | BEHIND
        | FEW
        for network, optimizer in itertools.product(NETWORKS, OPTIMIZERS)
    }
    | {
        f"{network}, {schedule['schedule']}": NETWORKS[network] | schedule | TWINS
        for network, schedule in itertools.product(NETWORKS, (WARMUP, STEP))
    }
    | {
        f"{network}, {regularized} layers with biases, BatchNorm": NETWORKS[network]
        | {"regularized": regularized, "bias_regularizer": True, "batch_norm": True}
        | {"penalties": ("l1", "l2", "kernel_decay", "proximal_l1")}
        for network, regularized in itertools.product(NETWORKS, REGULARIZED)
    }
    | {
        f"{network}, repeats": NETWORKS[network] | BEHIND | FEW | {"repeats": 3}
        for network in NETWORKS
    }
    | {
        f"regression, {network}, {optimizer}": NETWORKS[network]
        | REGRESSION
        | OPTIMIZERS[optimizer]
        | TWINS
        for network, optimizer in itertools.product(("dense", "custom"), OPTIMIZERS)
    }
    | {"no hidden layer": {"hidden": ()} | TWINS}
    | {"one member, Dropout": NETWORKS["dense"] | {"strengths": (0.0,)} | BEHIND}
    | {"batches of one": NETWORKS["dense"] | {"batch_size": 1, "train_size": 9} | TWINS}
    | {"one batch": NETWORKS["conv2d"] | {"batch_size": 64} | TWINS}
)


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Free the models of each test, which are in reference cycles: hundreds take gigabytes."""
    yield
    gc.collect()


def experiment_of(fields: dict[str, Any], dtype: str) -> Experiment:
    settings: dict[str, Any] = {
        "train_size": 20,
        "batch_size": 8,
        "epochs": 2,
        "activation": "elu",
        "strengths": (0.0, 0.03),
    }
    return Experiment(**(settings | fields), dtype=dtype)


def cells(experiment: Experiment) -> list[Cell]:
    """Return one cell for each different network: equal ones, such as λ = 0, are one row."""
    twins, repeats, members = map(
        range, (len(experiment.penalties), experiment.repeats, len(experiment.strengths))
    )
    once = experiment.schedule_from == 0.0 and not experiment.weight_decay
    return [
        (twin, repeat, member)
        for twin, repeat, member in itertools.product(twins, repeats, members)
        if member > 0 or twin == 0 or not once
    ]


def check_float64(experiment: Experiment) -> None:
    with PathTraining(experiment) as path:
        path.train_epochs(experiment.epochs)
        for cell in cells(experiment):
            plain = PlainMember(path, cell)
            started = initial_weights(plain.experiment)
            for _ in range(experiment.epochs):
                plain.fit()
            ours = path_weights(path, plain.row)
            assert largest_difference(ours, plain.weights) < FLOAT64, cell
            assert largest_difference(started, ours[: len(started)]) > MOVED, cell


def check_float32(experiment: Experiment) -> None:
    close = FLOAT32_BATCH_NORM if experiment.batch_norm else FLOAT32
    with PathTraining(experiment) as path:
        members = [PlainMember(path, cell) for cell in cells(experiment)]
        for _ in range(experiment.epochs):
            for plain in members:
                plain.take_over(path)
                plain.fit()
            path.train_epochs(1)
            for plain in members:
                assert largest_difference(path_weights(path, plain.row), plain.weights) < close


@pytest.mark.parametrize("name", others_slow(QUICK, quick=QUICKEST))
@pytest.mark.usefixtures("floatx64")
def test_in_float64_members_are_what_fit_gives(name: str) -> None:
    check_float64(experiment_of(QUICK[name], "float64"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
@pytest.mark.usefixtures("floatx64")
def test_in_float64_members_of_every_kind_are_what_fit_gives(name: str) -> None:
    check_float64(experiment_of(ALL[name], "float64"))


@pytest.mark.parametrize("name", ["dense, step, first layer"])
def test_in_float32_each_epoch_is_what_fit_gives(name: str) -> None:
    check_float32(experiment_of(QUICK[name], "float32"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_in_float32_each_epoch_of_every_kind_is_what_fit_gives(name: str) -> None:
    check_float32(experiment_of(ALL[name], "float32"))


FIRST_EPOCHS: dict[str, dict[str, Any]] = {
    **{
        f"all digits, seed {seed}": {"train_size": 1_438, "label_noise": 0.0, "seed": seed}
        for seed in (0, 8, 10)
    },
    "the lesson, seed 12": {"seed": 12},
}


@pytest.mark.parametrize("name", others_slow(FIRST_EPOCHS, quick=["the lesson, seed 12"]))
def test_in_float32_the_first_epoch_is_what_fit_gives_at_any_seed(name: str) -> None:
    """Where the fused Adam, with its own 1 - β, was 1e-4 away at some seeds."""
    check_float32(Experiment(epochs=1, strengths=(0.0, 1e-3, 0.03), **FIRST_EPOCHS[name]))


def distance_from_fit(experiment: Experiment, moves: int) -> list[tuple[float, float]]:
    """Return how far each member is from `fit` after the last epoch, and the spread of `fit`.

    The second is `fit`'s own spread: between it and the same with every weight moved by one unit in
    the last place at the start of the epoch, the largest of `moves` tries. Where a gradient is
    nothing but round-off, its sign decides about a whole step of Adam, and both are large.
    """
    generator = np.random.default_rng(0)
    fitted = []
    with PathTraining(experiment) as path:
        path.train_epochs(experiment.epochs - 1)
        members = [PlainMember(path, cell, traced=True) for cell in cells(experiment)]
        for plain in members:
            order = list(plain.orders)[-1]
            plain.take_over(path)
            plain.fit_order(order)
            theirs, spread = plain.weights, 0.0
            for _ in range(moves):
                plain.take_over(path)
                for variable in plain.model.trainable_variables:
                    toward = generator.choice(
                        np.array([-np.inf, np.inf], np.float32), variable.shape
                    )
                    variable.assign(np.nextafter(variable.numpy(), toward))
                plain.fit_order(order)
                spread = max(spread, largest_difference(plain.weights, theirs))
            fitted.append((theirs, spread))
        path.train_epochs(1)
        return [
            (largest_difference(path_weights(path, plain.row), theirs), spread)
            for plain, (theirs, spread) in zip(members, fitted, strict=True)
        ]


LONG: dict[str, dict[str, Any]] = {
    "batches of 4": {"batch_size": 4},
    "batches of 4, second epoch": {"batch_size": 4, "epochs": 2},
    "batches of 1": {"batch_size": 1},
    "AdamW": {"batch_size": 4, "optimizer": "adamw"},
    "RMSprop": {"batch_size": 4, "optimizer": "rmsprop"},
    "momentum": {"batch_size": 4, "optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.01},
    "four layers": {"dataset": "digits28", "hidden": (64, 32, 32, 16), "batch_size": 4},
    "conv2d": {"model": "conv2d", "filters": (8, 8), "hidden": (16,), "batch_size": 4},
}


def long_experiment(fields: dict[str, Any]) -> Experiment:
    settings: dict[str, Any] = {"dataset": "digits", "train_size": 1_438, "epochs": 1}
    return Experiment(**(settings | {"strengths": (0.0, 1e-4, 1e-2)} | fields))


def test_in_float32_a_long_epoch_is_what_fit_gives() -> None:
    """360 steps of Adam, in which an error to one side would add up."""
    experiment = long_experiment({"batch_size": 4, "strengths": (0.0,)})
    ((distance, spread),) = distance_from_fit(experiment, moves=2)
    assert distance < SPREADS * spread


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_in_float32_long_epochs_of_every_kind_are_what_fit_gives(name: str) -> None:
    measured = distance_from_fit(long_experiment(LONG[name]), moves=6)
    for distance, spread in measured:
        assert distance < SPREADS * spread


@pytest.mark.parametrize("classes", [("a", "b", "c"), ()])
@pytest.mark.usefixtures("floatx64")
def test_in_float64_members_on_brought_data_are_what_fit_gives(classes: tuple[str, ...]) -> None:
    generator = np.random.default_rng(5)
    inputs, values = generator.normal(size=(40, 4)), generator.normal(size=40)
    inputs[3, 2] = np.nan
    targets = np.arange(40, dtype=np.int32) % 3 if classes else values
    table = Table(title="mine", inputs=inputs, targets=targets, classes=classes, shape=(4,))
    fields = NETWORKS["dense"] | FEW | {"dataset": bring(table)}
    check_float64(experiment_of(fields, "float64"))


def test_twins_that_would_be_one_network_are_trained_once() -> None:
    """λ = 0 is every penalty's, and so one row, but where AdamW's decay spares the biases."""
    names = tuple(PENALTIES)
    for fields, rows in (
        ({}, 1 + 2 * (len(names) - 1)),  # λ = 0, and two strengths of all but "none"
        ({"optimizer": "adamw"}, 1 + 2 * (len(names) - 1) + 1),
        ({"optimizer": "adamw", "weight_decay": 0.0}, 1 + 2 * (len(names) - 1)),
        ({"schedule": "step", "schedule_epoch": 1, "schedule_from": 0.5}, 1 + 3 * (len(names) - 1)),
    ):
        experiment = Experiment(
            hidden=(2,), epochs=1, strengths=(0.0, 0.1, 0.2), penalties=names, repeats=2, **fields
        )
        with PathTraining(experiment) as path:
            table = path.table
        assert table.count == 2 * rows
        none = table.cells[names.index("none")]
        assert (none == none[:, :1]).all()
        np.testing.assert_array_equal(table.cells[:, 1], table.cells[:, 0] + rows)
        assert sorted(set(table.cells.reshape(-1))) == list(range(table.count))
