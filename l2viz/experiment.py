"""Experiment: the frozen, validated settings of one run."""

from __future__ import annotations

import dataclasses
import itertools
import numbers
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from l2viz.datasets import DATASETS
from l2viz.rules import ExperimentError, as_tuple, choice, integer, number

ACTIVATIONS = ("relu", "tanh", "sigmoid", "elu", "gelu", "linear")
OPTIMIZERS = ("adam", "sgd", "rmsprop")
MOMENTUM_OPTIMIZERS = ("sgd", "rmsprop")
REGULARIZED = ("all", "first")
DTYPES = ("float32", "float64")

LARGEST_GRID = 64
LARGEST_RECORD = 1_000  # recorded epochs of one run: what a browser keeps and a slider can resolve
LARGEST_STEP_COUNT = 500_000  # optimizer updates of one run
LARGEST_PATH_WEIGHTS = 20_000_000  # members × weights: with Adam's two moments and gradients 320 MB


class _LessonDefault:
    """Stands for "as in the dataset's lesson" until an Experiment is made."""

    def __repr__(self) -> str:
        return "<as in the dataset's lesson>"


_LESSON: Any = _LessonDefault()


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """The settings of one run; two equal experiments give equal runs.

    A field left out takes the value of its dataset's lesson (``DATASETS[dataset].defaults``).

    dataset         "digits" or "curve"
    train_size      training examples
    label_noise     share of training labels that are re-drawn, 0 to 1 (classification only)
    noise           standard deviation of the noise with which a drawn set is drawn
    hidden          units of the hidden layers, at most four of them
    activation      of the hidden layers
    regularized     "all" kernels, or the "first" only
    optimizer       "adam", "sgd" or "rmsprop"
    momentum        of "sgd" and "rmsprop", 0 to below 1
    learning_rate   above 0
    batch_size      examples of one step; the last step of an epoch takes what is left
    epochs          passes over the training data
    record_every    epochs between snapshots
    strengths       λ of every member of the path: starts at 0 and rises, at most 64
    seed            of the data, the initial weights and the batch order
    dtype           "float32", or "float64" for proofs

    Raises ExperimentError, a ValueError, for the first setting refused.
    """

    dataset: str = "digits"
    train_size: int = _LESSON
    label_noise: float = _LESSON
    noise: float = _LESSON
    hidden: tuple[int, ...] = _LESSON
    activation: str = _LESSON
    regularized: str = "all"
    optimizer: str = "adam"
    momentum: float = 0.0
    learning_rate: float = _LESSON
    batch_size: int = _LESSON
    epochs: int = _LESSON
    record_every: int = _LESSON
    strengths: tuple[float, ...] = _LESSON
    seed: int = 0
    dtype: str = "float32"

    def __post_init__(self) -> None:
        choice("dataset", self.dataset, tuple(DATASETS))
        self._fill_in_the_lesson()
        for field, value in self._checked():
            object.__setattr__(self, field, value)
        self._check_together()

    def _fill_in_the_lesson(self) -> None:
        for field, value in DATASETS[self.dataset].defaults.items():
            if getattr(self, field) is _LESSON:
                if field == "record_every" and self.epochs is not _LESSON:
                    value = _record_every(value, self.epochs)
                object.__setattr__(self, field, value)

    def _checked(self) -> Iterable[tuple[str, Any]]:
        """Each field alone: the value as the canonical Python type, or ExperimentError."""
        largest_train_size = DATASETS[self.dataset].largest_train_size
        yield "train_size", integer("train_size", self.train_size, 2, largest_train_size)
        yield "label_noise", number("label_noise", self.label_noise, 0.0, 1.0)
        yield "noise", number("noise", self.noise, 0.0, 10.0)
        yield "hidden", _hidden(self.hidden)
        yield "activation", choice("activation", self.activation, ACTIVATIONS)
        yield "regularized", choice("regularized", self.regularized, REGULARIZED)
        yield "optimizer", choice("optimizer", self.optimizer, OPTIMIZERS)
        yield "momentum", number("momentum", self.momentum, 0.0, 0.999)
        yield "learning_rate", number("learning_rate", self.learning_rate, 1e-8, 100.0)
        yield "batch_size", integer("batch_size", self.batch_size, 1, 4_096)
        yield "epochs", integer("epochs", self.epochs, 1, 10_000)
        yield "record_every", integer("record_every", self.record_every, 1, 10_000)
        yield "strengths", _strengths(self.strengths)
        yield "seed", integer("seed", self.seed, 0, 2**31 - 1)
        yield "dtype", choice("dtype", self.dtype, DTYPES)

    def _check_together(self) -> None:
        """The rules that need more than one field."""
        if self.task == "regression" and self.label_noise != 0.0:
            raise ExperimentError(
                "label_noise", f"be 0 for {self.dataset}, which has no labels", self.label_noise
            )
        if not DATASETS[self.dataset].drawn and self.noise != 0.0:
            raise ExperimentError(
                "noise", f"be 0 for {self.dataset}, which is not drawn from a formula", self.noise
            )
        if self.momentum != 0.0 and self.optimizer not in MOMENTUM_OPTIMIZERS:
            raise ExperimentError(
                "momentum", f"be 0 for {self.optimizer}, which has no such argument", self.momentum
            )
        if self.record_every > self.epochs:
            raise ExperimentError(
                "record_every", f"be <= epochs ({self.epochs})", self.record_every
            )
        if len(self.recorded_epochs) > LARGEST_RECORD + 1:
            raise ExperimentError(
                "record_every",
                f"keep at most {LARGEST_RECORD} snapshots of {self.epochs} epochs",
                self.record_every,
            )
        if self.step_count > LARGEST_STEP_COUNT:
            raise ExperimentError(
                "epochs",
                f"ask for at most {LARGEST_STEP_COUNT} steps "
                f"({self.steps_per_epoch} an epoch here)",
                self.epochs,
            )
        weights = sum(inputs * units + units for inputs, units in self.kernel_shapes)
        if weights * len(self.strengths) > LARGEST_PATH_WEIGHTS:
            raise ExperimentError(
                "hidden",
                f"give at most {LARGEST_PATH_WEIGHTS} weights in all members together "
                f"({len(self.strengths)} × {weights} here)",
                self.hidden,
            )

    @property
    def task(self) -> str:
        """ "classification" or "regression"."""
        return DATASETS[self.dataset].task

    @property
    def kernel_shapes(self) -> tuple[tuple[int, int], ...]:
        """(inputs, units) of every Dense kernel, the output layer last."""
        facts = DATASETS[self.dataset]
        sizes = (facts.inputs, *self.hidden, facts.outputs)
        return tuple(itertools.pairwise(sizes))

    @property
    def regularized_layers(self) -> tuple[int, ...]:
        """Positions of the layers whose kernel is regularized."""
        return (0,) if self.regularized == "first" else tuple(range(len(self.kernel_shapes)))

    @property
    def steps_per_epoch(self) -> int:
        return -(-self.train_size // self.batch_size)

    @property
    def step_count(self) -> int:
        return self.steps_per_epoch * self.epochs

    @property
    def recorded_epochs(self) -> tuple[int, ...]:
        """0, then every `record_every`-th epoch, and the last one in any case."""
        recorded = list(range(0, self.epochs + 1, self.record_every))
        if recorded[-1] != self.epochs:
            recorded.append(self.epochs)
        return tuple(recorded)

    def as_json(self) -> dict[str, Any]:
        """Every field, tuples as lists: ``Experiment.from_json(e.as_json()) == e``."""
        fields = dataclasses.asdict(self)
        return {name: list(v) if isinstance(v, tuple) else v for name, v in fields.items()}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Experiment:
        known = {field.name for field in dataclasses.fields(cls)}
        for name in fields:
            if name not in known:
                raise ExperimentError(name, "be a field of Experiment", fields[name])
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in fields.items()
        }
        return cls(**values)


def _record_every(lesson: int, epochs: Any) -> Any:
    """The lesson's pace of recording, kept to where a shorter or longer run can use it."""
    if not isinstance(epochs, numbers.Integral) or epochs < 1:
        return 1  # the rule for epochs itself will refuse
    return max(min(lesson, int(epochs) // 20), -(-int(epochs) // LARGEST_RECORD), 1)


def _hidden(value: object) -> tuple[int, ...]:
    units = as_tuple("hidden", value, "integers")
    if len(units) > 4:
        raise ExperimentError("hidden", "have at most 4 layers", units)
    return tuple(integer("hidden", unit, 1, 1_024) for unit in units)


def _strengths(value: object) -> tuple[float, ...]:
    members = as_tuple("strengths", value, "numbers")
    if not members:
        raise ExperimentError("strengths", "not be empty", members)
    if len(members) > LARGEST_GRID:
        raise ExperimentError(
            "strengths", f"have at most {LARGEST_GRID} members", f"{len(members)} of them"
        )
    strengths = tuple(number("strengths", member, 0.0, 1e6) for member in members)
    if strengths[0] != 0.0:
        raise ExperimentError("strengths", "start at 0", strengths[0])
    for before, after in itertools.pairwise(strengths):
        if after <= before:
            raise ExperimentError(
                "strengths", f"rise (each above the one before, {before!r})", after
            )
    return strengths
