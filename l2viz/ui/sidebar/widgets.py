"""The sidebar: one Streamlit widget for each setting, in the order in which a reader thinks."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from l2viz.experiment import (
    ACTIVATIONS,
    LARGEST_GRID,
    LARGEST_REPEATS,
    LARGEST_SEED,
    MOMENTUM_OPTIMIZERS,
    OPTIMIZERS,
)
from l2viz.experiment.dataset_specs import DATASETS, DatasetFacts
from l2viz.experiment.penalties import PENALTIES
from l2viz.lesson.presets import LESSONS
from l2viz.ui.sidebar.settings import LESSON, Settings

_DECADES = tuple(float(f"{digit}e{power}") for power in range(-6, 2) for digit in (1, 2, 5))
_RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)
_MODELS = {"dense": "dense", "conv2d": "convolutions", "custom": "custom layer"}
_REGULARIZED = {"all": "all kernels", "first": "first kernel only", "last": "last kernel only"}
_SCHEDULES = {
    "constant": "constant",
    "warmup": "warm-up: rises to λ",
    "step": "step: another λ first",
}


def draw(settings: Settings, next_steps: Callable[[], None]) -> None:
    """All of them; `next_steps` draws, below the strengths, what may follow the run shown."""
    key = settings.key
    st.pills(
        "Lesson",
        [lesson.name for lesson in LESSONS],
        key=key(LESSON),
        help="Sets all controls, and shows its run.",
    )
    dataset = st.selectbox(
        "Dataset",
        list(DATASETS),
        format_func=lambda name: DATASETS[name].title,
        key=key("dataset"),
    )
    data, model, penalty, strength, training = st.tabs(
        ["Data", "Model", "Penalty", "λ", "Training"]
    )
    with data:
        _draw_data(settings, DATASETS[dataset])
    with model:
        _draw_model(settings, images=DATASETS[dataset].images)
    with penalty:
        _draw_penalty(settings)
    with strength:
        _draw_strengths(settings)
        _draw_schedule(settings)
        next_steps()
    with training:
        _draw_training(settings)


def _draw_data(settings: Settings, facts: DatasetFacts) -> None:
    key = settings.key
    st.number_input("Training size", 2, facts.largest_train_size, key=key("train_size"))
    if facts.task == "classification":
        st.number_input(
            "Label noise",
            0.0,
            1.0,
            step=0.05,
            key=key("label_noise"),
            help="Share of training labels that are re-drawn at random.",
        )
    if facts.drawn:
        st.number_input(
            "Noise",
            0.0,
            10.0,
            step=0.05,
            key=key("noise"),
            help="Standard deviation of the noise with which the examples are drawn.",
        )
    st.number_input(
        "Seed",
        0,
        LARGEST_SEED,
        key=key("seed"),
        help="Of the data, the initial weights and the batch order.",
    )
    st.number_input(
        "Repeats",
        1,
        LARGEST_REPEATS,
        key=key("repeats"),
        help="Trains this many seeds in one run: this one and those after it. Charts show their "
        "mean, each of them, and a band of one standard deviation.",
    )


def _draw_model(settings: Settings, *, images: bool) -> None:
    key = settings.key
    models = [name for name in _MODELS if images or name != "conv2d"]
    if settings.values["model"] not in models:
        settings.set_one("model", models[0])
    model = st.selectbox(
        "Model",
        models,
        format_func=_MODELS.__getitem__,
        key=key("model"),
        help="The custom layer adds two weights with regularizers of their own.",
    )
    if model == "conv2d":
        st.text_input(
            "Filters",
            key=key("filters"),
            help="Filters of each convolution, with commas: 8, 16. Each is followed by pooling.",
        )
    st.text_input(
        "Hidden layers",
        key=key("hidden"),
        help="Units of each hidden layer, with commas: 64, 32. Empty: a linear model.",
    )
    st.selectbox("Activation", ACTIVATIONS, key=key("activation"))
    st.number_input(
        "Dropout",
        0.0,
        0.9,
        step=0.1,
        key=key("dropout"),
        help="Share of each hidden layer's outputs that is dropped in training.",
    )
    st.toggle(
        "BatchNorm",
        key=key("batch_norm"),
        help="After each hidden layer, which then has no bias.",
    )


def _draw_penalty(settings: Settings) -> None:
    key = settings.key
    st.pills(
        "Penalties side by side",
        list(PENALTIES),
        selection_mode="multi",
        format_func=lambda name: PENALTIES[name].title,
        key=key("penalties"),
        help="One path each, from the same initial weights and batches.",
    )
    st.selectbox(
        "Regularized",
        list(_REGULARIZED),
        format_func=_REGULARIZED.__getitem__,
        key=key("regularized"),
        help="Which kernels carry kernel_regularizer=L2(λ).",
    )
    st.toggle(
        "Biases too",
        key=key("bias_regularizer"),
        help="The biases of the same layers carry bias_regularizer=L2(λ).",
    )


def _draw_strengths(settings: Settings) -> None:
    key = settings.key
    kind = st.segmented_control(
        "Strength grid", ["log-spaced", "list"], key=key("grid"), required=True
    )
    if kind == "list":
        st.text_input(
            "Strengths",
            key=key("strengths"),
            help="0 first, then rising, with commas: 0, 0.001, 0.01",
        )
        return
    columns = st.columns(2)
    for column, end in zip(columns, ("smallest", "largest"), strict=False):
        column.selectbox(
            f"{end.capitalize()} λ",
            sorted({*_DECADES, settings.values[f"grid_{end}"]}),
            format_func=lambda strength: f"{strength:g}",
            key=key(f"grid_{end}"),
        )
    st.number_input("How many strengths above 0", 2, LARGEST_GRID - 1, key=key("grid_count"))


def _draw_schedule(settings: Settings) -> None:
    key = settings.key
    schedule = st.selectbox(
        "Schedule of λ",
        list(_SCHEDULES),
        format_func=_SCHEDULES.__getitem__,
        key=key("schedule"),
    )
    if schedule != "constant":
        left, right = st.columns(2)
        left.number_input("From λ", 0.0, format="%g", step=0.001, key=key("schedule_from"))
        right.number_input("Until epoch", 1, 10_000, key=key("schedule_epoch"))


def _draw_training(settings: Settings) -> None:
    key = settings.key
    optimizer = st.selectbox("Optimizer", OPTIMIZERS, key=key("optimizer"))
    st.selectbox(
        "Learning rate",
        sorted({*_RATES, settings.values["learning_rate"]}),
        format_func=lambda rate: f"{rate:g}",
        key=key("learning_rate"),
    )
    if optimizer in MOMENTUM_OPTIMIZERS:
        st.number_input("Momentum", 0.0, 0.999, step=0.1, key=key("momentum"))
    if optimizer == "adamw":
        st.number_input(
            "Weight decay",
            0.0,
            10.0,
            step=0.001,
            format="%g",
            key=key("weight_decay"),
            help="AdamW's own, on every variable and beside the penalty.",
        )
    st.number_input("Batch size", 1, 4_096, key=key("batch_size"))
    st.number_input("Epochs", 1, 10_000, key=key("epochs"))
