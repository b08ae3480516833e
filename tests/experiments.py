"""Experiments drawn by Hypothesis from the whole space of settings."""

from __future__ import annotations

from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from l2viz.experiment import (
    ACTIVATIONS,
    DTYPES,
    KERAS_WEIGHT_DECAY,
    LARGEST_REPEATS,
    LARGEST_SEED,
    MOMENTUM_OPTIMIZERS,
    OPTIMIZERS,
    SCHEDULES,
    Experiment,
    ExperimentError,
)
from l2viz.experiment.architecture import MODELS, POOL_SIDE, REGULARIZED
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.penalties import PENALTIES


def _one_of(values: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(values)


@st.composite
def architectures(draw: st.DrawFn, dataset: str, largest_units: int) -> dict[str, Any]:
    """The fields that say what the network is."""
    facts = DATASETS[dataset]
    model = draw(_one_of(MODELS if facts.images else ("dense", "custom")))
    units = st.integers(1, largest_units)
    filters: list[int] = []
    if model == "conv2d":
        deepest = 3 if min(facts.input_shape) >= POOL_SIDE**3 else 2
        filters = draw(st.lists(units, min_size=1, max_size=deepest))
    hidden = draw(st.lists(units, min_size=1 if model == "custom" else 0, max_size=4))
    behind = bool(filters or hidden)  # BatchNorm and Dropout stand after hidden layers
    return {
        "model": model,
        "filters": tuple(filters),
        "hidden": tuple(hidden),
        "activation": draw(_one_of(ACTIVATIONS)),
        "batch_norm": behind and draw(st.booleans()),
        "dropout": draw(st.floats(0.0, 0.9)) if behind else 0.0,
    }


@st.composite
def penalized(draw: st.DrawFn, epochs: int, most: int = len(PENALTIES)) -> dict[str, Any]:
    """The fields that say what acts on the weights beside the data."""
    names = st.lists(_one_of(tuple(PENALTIES)), min_size=1, max_size=most, unique=True)
    schedule = draw(_one_of(SCHEDULES))
    constant = schedule == "constant"
    return {
        "regularized": draw(_one_of(REGULARIZED)),
        "bias_regularizer": draw(st.booleans()),
        "penalties": tuple(draw(names)),
        "schedule": schedule,
        "schedule_epoch": 0 if constant else draw(st.integers(1, epochs)),
        "schedule_from": 0.0 if constant else draw(st.floats(0.0, 1.0)),
    }


@st.composite
def optimized(draw: st.DrawFn) -> dict[str, Any]:
    """The optimizer and its own settings, but for the learning rate."""
    optimizer = draw(_one_of(OPTIMIZERS))
    momentum = optimizer in MOMENTUM_OPTIMIZERS
    return {
        "optimizer": optimizer,
        "momentum": draw(st.just(0.0) | st.floats(0.0, 0.999)) if momentum else 0.0,
        "weight_decay": draw(st.sampled_from((0.0, KERAS_WEIGHT_DECAY, 0.1)))
        if optimizer == "adamw"
        else 0.0,
    }


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Any experiment there is, of few enough weights: settings alone, most are long to train."""
    dataset = draw(_one_of(tuple(DATASETS)))
    facts = DATASETS[dataset]
    epochs = draw(st.integers(1, 300))
    strengths = draw(st.sets(st.floats(1e-12, 1e6), max_size=6))
    repeats = draw(st.integers(1, LARGEST_REPEATS))
    fields: dict[str, Any] = {
        "dataset": dataset,
        "train_size": draw(st.integers(2, facts.largest_train_size)),
        "label_noise": draw(st.floats(0.0, 1.0)) if facts.task == "classification" else 0.0,
        "noise": draw(st.floats(0.0, 10.0)) if facts.drawn else 0.0,
        "repeats": repeats,
        "seed": draw(st.integers(0, LARGEST_SEED + 1 - repeats)),
        "learning_rate": draw(st.floats(1e-8, 100.0)),
        "batch_size": draw(st.integers(1, 4_096)),
        "epochs": epochs,
        "record_every": draw(st.integers(1, epochs)),
        "strengths": (0.0, *sorted(strengths)),
        "dtype": draw(_one_of(DTYPES)),
    }
    fields |= draw(architectures(dataset, 64)) | draw(penalized(epochs)) | draw(optimized())
    try:
        return Experiment(**fields)
    except ExperimentError as error:
        if error.field == "hidden" and " weights in all members together " in str(error):
            reject()
        raise


@st.composite
def short_experiments(draw: st.DrawFn) -> Experiment:
    """Any experiment that trains within a second and does not diverge: 12 steps at most."""
    dataset = draw(_one_of(tuple(DATASETS)))
    facts = DATASETS[dataset]
    epochs = draw(st.integers(1, 3))
    train_size = draw(st.integers(2, min(40, facts.largest_train_size)))
    strengths = draw(st.sets(st.floats(1e-9, 0.3), max_size=3))
    repeats = draw(st.integers(1, 3))
    fields: dict[str, Any] = {
        "dataset": dataset,
        "train_size": train_size,
        "label_noise": draw(st.floats(0.0, 1.0)) if facts.task == "classification" else 0.0,
        "noise": draw(st.floats(0.0, 1.0)) if facts.drawn else 0.0,
        "repeats": repeats,
        "seed": draw(st.integers(0, LARGEST_SEED + 1 - repeats)),
        "learning_rate": draw(st.floats(1e-5, 0.02)),
        "batch_size": draw(st.integers(-(-train_size // 4), train_size + 3)),
        "epochs": epochs,
        "record_every": draw(st.integers(1, epochs)),
        "strengths": (0.0, *sorted(strengths)),
        "dtype": draw(_one_of(DTYPES)),
    }
    fields |= draw(architectures(dataset, 6)) | draw(penalized(epochs, most=3)) | draw(optimized())
    return Experiment(**fields)
