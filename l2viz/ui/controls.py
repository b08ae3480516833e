"""The sidebar: one Streamlit widget for each setting -> Experiment."""

from __future__ import annotations

import dataclasses
from typing import Any

import streamlit as st

from l2viz.address import as_grid, read_strengths
from l2viz.datasets import DATASETS
from l2viz.experiment import ACTIVATIONS, LARGEST_GRID, MOMENTUM_OPTIMIZERS, OPTIMIZERS, Experiment
from l2viz.grid import strength_grid
from l2viz.rules import ExperimentError
from l2viz.ui.lessons import LESSONS

_PREFIX = "setting."
_DECADES = tuple(float(f"{digit}e{power}") for power in range(-6, 2) for digit in (1, 2, 5))
_RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)
_FIRST_GRID = (1e-4, 0.1, 24)
_REGULARIZED_NAMES = {
    "all": "all kernels",
    "first": "first kernel only",
    "last": "last kernel only",
}


def put(experiment: Experiment) -> None:
    """Sets every widget to an experiment; to be called before they are drawn."""
    for field in dataclasses.fields(Experiment):
        st.session_state[f"{_PREFIX}{field.name}"] = getattr(experiment, field.name)
    st.session_state[f"{_PREFIX}hidden"] = ", ".join(str(units) for units in experiment.hidden)
    grid = as_grid(experiment.strengths)
    st.session_state[f"{_PREFIX}grid"] = "log-spaced" if grid else "list"
    if grid:
        _put_grid(grid)
    members = ", ".join(repr(strength).removesuffix(".0") for strength in experiment.strengths)
    st.session_state[f"{_PREFIX}strengths"] = members


def get() -> Experiment:
    """The experiment of the widgets. Raises ExperimentError for what it cannot be."""
    fields = {
        field.name: st.session_state[f"{_PREFIX}{field.name}"]
        for field in dataclasses.fields(Experiment)
        if field.name not in ("hidden", "strengths")
    }
    return Experiment(**fields, hidden=_hidden(), strengths=_strengths())


def draw(shown: Experiment) -> None:
    """All controls, in the order in which a reader thinks of them."""
    keep()
    st.pills(
        "Lesson",
        [lesson.name for lesson in LESSONS],
        key="lesson",
        help="Sets all controls, and shows its run.",
    )
    dataset = st.selectbox(
        "Dataset",
        list(DATASETS),
        format_func=lambda name: DATASETS[name].title,
        key=f"{_PREFIX}dataset",
        on_change=_take_the_lesson_of_the_dataset,
    )
    _draw_data(dataset)
    _draw_network()
    _draw_penalty(shown)
    _draw_training()


def keep() -> None:
    """Keeps what Streamlit would drop: the state of widgets that are not drawn this time."""
    for name in st.session_state:
        if str(name).startswith(_PREFIX):
            st.session_state[name] = st.session_state[name]


def _draw_data(dataset: str) -> None:
    facts = DATASETS[dataset]
    left, right = st.columns(2)
    left.number_input("Training size", 2, facts.largest_train_size, key=f"{_PREFIX}train_size")
    if facts.task == "classification":
        right.number_input(
            "Label noise",
            0.0,
            1.0,
            step=0.05,
            key=f"{_PREFIX}label_noise",
            help="Share of training labels that are re-drawn at random.",
        )
    if facts.drawn:
        right.number_input(
            "Noise",
            0.0,
            10.0,
            step=0.05,
            key=f"{_PREFIX}noise",
            help="Standard deviation of the noise with which the examples are drawn.",
        )


def _draw_network() -> None:
    left, right = st.columns(2)
    left.text_input(
        "Hidden layers",
        key=f"{_PREFIX}hidden",
        help="Units of each hidden layer, with commas: 64, 32. Empty: a linear model.",
    )
    right.selectbox("Activation", ACTIVATIONS, key=f"{_PREFIX}activation")


def _draw_penalty(shown: Experiment) -> None:
    st.selectbox(
        "Regularized",
        list(_REGULARIZED_NAMES),
        format_func=_REGULARIZED_NAMES.__getitem__,
        key=f"{_PREFIX}regularized",
        help="Which kernels carry kernel_regularizer=L2(λ). Biases never do here.",
    )
    kind = st.segmented_control(
        "Strength grid", ["log-spaced", "list"], key=f"{_PREFIX}grid", required=True
    )
    if kind == "list":
        st.text_input(
            "Strengths",
            key=f"{_PREFIX}strengths",
            help="0 first, then rising, with commas: 0, 0.001, 0.01",
        )
        return
    if f"{_PREFIX}grid_smallest" not in st.session_state:
        _put_grid(as_grid(shown.strengths) or _FIRST_GRID)
    columns = st.columns(2)
    for column, end in zip(columns, ("smallest", "largest"), strict=False):
        column.selectbox(
            f"{end.capitalize()} λ",
            sorted({*_DECADES, st.session_state[f"{_PREFIX}grid_{end}"]}),
            format_func=lambda strength: f"{strength:g}",
            key=f"{_PREFIX}grid_{end}",
        )
    st.number_input("How many strengths above 0", 2, LARGEST_GRID - 1, key=f"{_PREFIX}grid_count")


def _draw_training() -> None:
    left, right = st.columns(2)
    optimizer = left.selectbox("Optimizer", OPTIMIZERS, key=f"{_PREFIX}optimizer")
    rate = st.session_state[f"{_PREFIX}learning_rate"]
    right.selectbox(
        "Learning rate",
        sorted({*_RATES, rate}),
        format_func=lambda value: f"{value:g}",
        key=f"{_PREFIX}learning_rate",
    )
    left, right = st.columns(2)
    left.number_input("Batch size", 1, 4_096, key=f"{_PREFIX}batch_size")
    right.number_input("Epochs", 1, 10_000, key=f"{_PREFIX}epochs", on_change=_pace_recording)
    left, right = st.columns(2)
    left.number_input("Seed", 0, 2**31 - 1, key=f"{_PREFIX}seed")
    if optimizer in MOMENTUM_OPTIMIZERS:
        right.number_input("Momentum", 0.0, 0.999, step=0.1, key=f"{_PREFIX}momentum")
    else:
        st.session_state[f"{_PREFIX}momentum"] = 0.0


def _put_grid(grid: tuple[float, float, int]) -> None:
    for name, value in zip(("smallest", "largest", "count"), grid, strict=True):
        st.session_state[f"{_PREFIX}grid_{name}"] = value


def _pace_recording() -> None:
    """As many snapshots as the lesson would take of that many epochs."""
    dataset = st.session_state[f"{_PREFIX}dataset"]
    epochs = st.session_state[f"{_PREFIX}epochs"]
    lesson = Experiment(dataset=dataset)
    if epochs == lesson.epochs:
        st.session_state[f"{_PREFIX}record_every"] = lesson.record_every
    else:
        st.session_state[f"{_PREFIX}record_every"] = max(1, -(-epochs // 100))


def _take_the_lesson_of_the_dataset() -> None:
    dataset = st.session_state[f"{_PREFIX}dataset"]
    lesson = next((each for each in LESSONS if each.experiment.dataset == dataset), None)
    put(lesson.experiment if lesson else Experiment(dataset=dataset))
    st.session_state["lesson"] = lesson.name if lesson else None


def _hidden() -> tuple[int, ...]:
    text = st.session_state[f"{_PREFIX}hidden"]
    try:
        return tuple(int(part) for part in text.replace("-", ",").split(",") if part.strip())
    except ValueError as error:
        raise ExperimentError(
            "hidden", "be whole numbers with commas, like 64, 32", text
        ) from error


def _strengths() -> tuple[float, ...]:
    state: Any = st.session_state
    if state[f"{_PREFIX}grid"] == "list":
        text = state[f"{_PREFIX}strengths"]
        try:
            return read_strengths(text)
        except ValueError as error:
            raise ExperimentError("strengths", "be numbers with commas, 0 first", text) from error
    smallest, largest = (state[f"{_PREFIX}grid_{end}"] for end in ("smallest", "largest"))
    if smallest >= largest:
        raise ExperimentError("strengths", f"reach from {smallest:g} to a larger λ", largest)
    return strength_grid(smallest, largest, state[f"{_PREFIX}grid_count"])
