"""What each setting of an experiment may be by itself, and what it is when it is left out."""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Iterator, Mapping
from typing import Any

from l2viz.experiment.architecture import REGULARIZED
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.penalties import PENALTIES
from l2viz.validation import InvalidValue, as_tuple, choice, flag, integer, number

ACTIVATIONS = ("relu", "tanh", "sigmoid", "elu", "gelu", "linear")
OPTIMIZERS = ("adam", "sgd", "rmsprop", "adamw")
MOMENTUM_OPTIMIZERS = ("sgd", "rmsprop")
MIXING_OPTIMIZERS = ("muon", "lamb", "adafactor")  # one step of a weight depends on others
MIXING_SETTINGS = ("clipnorm", "global_clipnorm")
MIXING = "it mixes the gradients of a variable's elements, and so the members of a path"
SCHEDULES = ("constant", "warmup", "step")
DTYPES = ("float32", "float64")
KERAS_WEIGHT_DECAY = 0.004  # default of keras.optimizers.AdamW

LARGEST_GRID = 64
LARGEST_STRENGTH = 1e6
LARGEST_REPEATS = 10
LARGEST_SEED = 2**31 - 1
LARGEST_RECORD = 1_000  # recorded epochs of one run: what a browser keeps and a slider can resolve
LARGEST_STEP_COUNT = 500_000  # optimizer updates of one run
LARGEST_PATH_WEIGHTS = 20_000_000  # members × weights
BYTES_PER_WEIGHT = 16  # in training: the weight, its gradient and Adam's two moments


_FILTERS = (8, 16)  # of the convolutions, unless they are given
_GATED = (16,)  # units of the custom layer, where the dataset's lesson has no hidden layer


def defaults(dataset: str, model: str, optimizer: str) -> dict[str, Any]:
    """Of the dataset's lesson, as the model and the optimizer change it."""
    values = dict(DATASETS[dataset].defaults)
    values["filters"] = _FILTERS if model == "conv2d" else ()
    if model == "conv2d":
        values["hidden"] = ()
        values["record_every"] *= 2  # to look at all examples costs most of an epoch
    if model == "custom" and not values["hidden"]:
        values["hidden"] = _GATED
    values["weight_decay"] = KERAS_WEIGHT_DECAY if optimizer == "adamw" else 0.0
    return values


def canonical(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each field by itself: the value as the canonical Python type, or InvalidValue.

    `dataset`, `model` and `optimizer`, on which defaults depend, have been checked before.
    """
    largest_train_size = DATASETS[given["dataset"]].largest_train_size
    yield "train_size", integer("train_size", given["train_size"], 2, largest_train_size)
    yield "label_noise", number("label_noise", given["label_noise"], 0.0, 1.0)
    yield "noise", number("noise", given["noise"], 0.0, 10.0)
    yield "filters", _units("filters", given["filters"], most=3, largest=64)
    yield "hidden", _units("hidden", given["hidden"], most=4, largest=1_024)
    yield "activation", choice("activation", given["activation"], ACTIVATIONS)
    yield "batch_norm", flag("batch_norm", given["batch_norm"])
    yield "dropout", number("dropout", given["dropout"], 0.0, 0.9)
    yield "regularized", choice("regularized", given["regularized"], REGULARIZED)
    yield "bias_regularizer", flag("bias_regularizer", given["bias_regularizer"])
    yield "penalties", _penalties(given["penalties"])
    yield "schedule", choice("schedule", given["schedule"], SCHEDULES)
    yield "schedule_epoch", integer("schedule_epoch", given["schedule_epoch"], 0, 10_000)
    yield "schedule_from", number("schedule_from", given["schedule_from"], 0.0, 1e6)
    yield "repeats", integer("repeats", given["repeats"], 1, LARGEST_REPEATS)
    yield "momentum", number("momentum", given["momentum"], 0.0, 0.999)
    yield "weight_decay", number("weight_decay", given["weight_decay"], 0.0, 10.0)
    yield "learning_rate", number("learning_rate", given["learning_rate"], 1e-8, 100.0)
    yield "batch_size", integer("batch_size", given["batch_size"], 1, 4_096)
    yield "epochs", integer("epochs", given["epochs"], 1, 10_000)
    yield "record_every", integer("record_every", given["record_every"], 1, 10_000)
    yield "strengths", _strengths(given["strengths"])
    yield "seed", integer("seed", given["seed"], 0, LARGEST_SEED)
    yield "dtype", choice("dtype", given["dtype"], DTYPES)


def pace_of_recording(lesson: int, epochs: Any) -> Any:
    """The lesson's pace of recording, kept to where a shorter or longer run can use it."""
    if not isinstance(epochs, numbers.Integral) or epochs < 1:
        return 1  # the rule for epochs itself will refuse
    return max(min(lesson, int(epochs) // 20), -(-int(epochs) // LARGEST_RECORD), 1)


def _units(field: str, value: object, *, most: int, largest: int) -> tuple[int, ...]:
    units = as_tuple(field, value, "integers")
    if len(units) > most:
        raise InvalidValue(field, f"have at most {most} layers", units)
    return tuple(integer(field, unit, 1, largest) for unit in units)


def _penalties(value: object) -> tuple[str, ...]:
    penalties = as_tuple("penalties", value, "names")
    if not penalties:
        raise InvalidValue("penalties", "not be empty", penalties)
    names = tuple(choice("penalties", name, tuple(PENALTIES)) for name in penalties)
    if len(set(names)) < len(names):
        raise InvalidValue("penalties", "name each penalty once", names)
    return names


def optimizer_name(value: object) -> str:
    if isinstance(value, str) and value in MIXING_OPTIMIZERS:
        raise InvalidValue(
            "optimizer",
            f"be one of {', '.join(OPTIMIZERS)}: {MIXING}",
            value,
        )
    return choice("optimizer", value, OPTIMIZERS)


def _strengths(value: object) -> tuple[float, ...]:
    members = as_tuple("strengths", value, "numbers")
    if not members:
        raise InvalidValue("strengths", "not be empty", members)
    if len(members) > LARGEST_GRID:
        raise InvalidValue(
            "strengths", f"have at most {LARGEST_GRID} members", f"{len(members)} of them"
        )
    strengths = tuple(number("strengths", member, 0.0, LARGEST_STRENGTH) for member in members)
    if strengths[0] != 0.0:
        raise InvalidValue("strengths", "start at 0", strengths[0])
    for before, after in itertools.pairwise(strengths):
        if after <= before:
            raise InvalidValue("strengths", f"rise (each above the one before, {before!r})", after)
    return strengths
