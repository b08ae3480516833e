"""Experiment: the frozen, validated settings of one run."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from numpy.typing import NDArray

from l2viz.experiment.architecture import MODELS, POOL_SIDE, plan_layers
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.fields import (
    ACTIVATIONS,
    BYTES_PER_WEIGHT,
    DTYPES,
    KERAS_WEIGHT_DECAY,
    LARGEST_GRID,
    LARGEST_PATH_WEIGHTS,
    LARGEST_RECORD,
    LARGEST_REPEATS,
    LARGEST_SEED,
    LARGEST_STEP_COUNT,
    LARGEST_STRENGTH,
    MIXING,
    MIXING_OPTIMIZERS,
    MIXING_SETTINGS,
    MOMENTUM_OPTIMIZERS,
    OPTIMIZERS,
    SCHEDULES,
    canonical,
    defaults,
    optimizer_name,
    pace_of_recording,
)
from l2viz.experiment.layer_plan import LayerPlan
from l2viz.validation import ExperimentError, choice, experiment_errors

__all__ = [
    "ACTIVATIONS",
    "DTYPES",
    "KERAS_WEIGHT_DECAY",
    "LARGEST_GRID",
    "LARGEST_PATH_WEIGHTS",
    "LARGEST_RECORD",
    "LARGEST_REPEATS",
    "LARGEST_SEED",
    "LARGEST_STEP_COUNT",
    "LARGEST_STRENGTH",
    "MIXING_OPTIMIZERS",
    "MIXING_SETTINGS",
    "MOMENTUM_OPTIMIZERS",
    "OPTIMIZERS",
    "SCHEDULES",
    "Experiment",
    "ExperimentError",
]


Strength = TypeVar("Strength", float, NDArray[Any])


class _LessonDefault:
    """Stands for "as in the dataset's lesson" until an Experiment is made."""

    def __repr__(self) -> str:
        return "<as in the dataset's lesson>"


_LESSON: Any = _LessonDefault()


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """The settings of one run; two equal experiments give equal runs.

    A field left out takes the value of its dataset's lesson (``DATASETS[dataset].defaults``).

    dataset         a name of DATASETS
    train_size      training examples
    label_noise     share of training labels that are re-drawn, 0 to 1 (classification only)
    noise           standard deviation of the noise with which a drawn set is drawn
    model           "dense", "conv2d" (images only), or "custom": a layer written as a user of
                    Keras would, with weights and regularizers of its own
    filters         of each convolution, each followed by max pooling ("conv2d" only)
    hidden          units of the hidden layers, at most four of them
    activation      of the hidden layers
    batch_norm      BatchNorm after each hidden layer, which then has no bias
    dropout         share of each hidden layer's outputs that is dropped, 0 to 0.9
    regularized     kernels of "all" layers, of the "first" or of the "last"
    bias_regularizer   the biases of the regularized layers carry the regularizer too
    penalties       the twins, of PENALTIES: one path each, from the same initial weights and
                    batches
    schedule        of the strength: "constant", "warmup" (rises each epoch until
                    `schedule_epoch`) or "step" (changes after it)
    schedule_epoch  0 with a constant strength
    schedule_from   strength of every member before it: what a schedule starts from
    repeats         1 to 10 trainings of the whole path; repeat r is what seed + r gives alone
    optimizer       "adam", "sgd", "rmsprop" or "adamw"
    momentum        of "sgd" and "rmsprop", 0 to below 1
    weight_decay    of "adamw", on every variable and beside the penalty
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
    model: str = "dense"
    filters: tuple[int, ...] = _LESSON
    hidden: tuple[int, ...] = _LESSON
    activation: str = _LESSON
    batch_norm: bool = False
    dropout: float = 0.0
    regularized: str = "all"
    bias_regularizer: bool = False
    penalties: tuple[str, ...] = ("l2",)
    schedule: str = "constant"
    schedule_epoch: int = 0
    schedule_from: float = 0.0
    repeats: int = 1
    optimizer: str = "adam"
    momentum: float = 0.0
    weight_decay: float = _LESSON
    learning_rate: float = _LESSON
    batch_size: int = _LESSON
    epochs: int = _LESSON
    record_every: int = _LESSON
    strengths: tuple[float, ...] = _LESSON
    seed: int = 0
    dtype: str = "float32"

    def __new__(cls, **settings: Any) -> Experiment:
        for name in MIXING_SETTINGS:
            if name in settings:
                raise ExperimentError(name, f"not be given: {MIXING}", settings[name])
        return super().__new__(cls)

    def __post_init__(self) -> None:
        with experiment_errors():
            choice("dataset", self.dataset, tuple(DATASETS))
            choice("model", self.model, MODELS)
            optimizer_name(self.optimizer)
            self._fill_in_the_lesson()
            given = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
            for field, value in canonical(given):
                object.__setattr__(self, field, value)
        for check in (self._check_data, self._check_model, self._check_penalty, self._check_size):
            check()

    def _fill_in_the_lesson(self) -> None:
        for field, value in defaults(self.dataset, self.model, self.optimizer).items():
            if getattr(self, field) is _LESSON:
                if field == "record_every" and self.epochs is not _LESSON:
                    value = pace_of_recording(value, self.epochs)
                object.__setattr__(self, field, value)

    # ---- the rules that need more than one field

    def _check_data(self) -> None:
        if self.task == "regression" and self.label_noise != 0.0:
            raise ExperimentError(
                "label_noise", f"be 0 for {self.dataset}, which has no labels", self.label_noise
            )
        if not DATASETS[self.dataset].drawn and self.noise != 0.0:
            raise ExperimentError(
                "noise", f"be 0 for {self.dataset}, which is not drawn from a formula", self.noise
            )
        if self.seed + self.repeats - 1 > LARGEST_SEED:
            raise ExperimentError(
                "seed",
                f"be <= {LARGEST_SEED + 1 - self.repeats} with {self.repeats} repeats, which take "
                "the seeds after it",
                self.seed,
            )

    def _check_model(self) -> None:
        if self.model == "conv2d" and not DATASETS[self.dataset].images:
            raise ExperimentError(
                "model", f"not be conv2d for {self.dataset}, which has no images", self.model
            )
        if bool(self.filters) != (self.model == "conv2d"):
            rule = (
                "not be empty for conv2d" if self.model == "conv2d" else "be empty but for conv2d"
            )
            raise ExperimentError("filters", rule, self.filters)
        if self.model == "custom" and not self.hidden:
            raise ExperimentError("hidden", "not be empty for custom", self.hidden)
        if self.model == "conv2d" and POOL_SIDE ** len(self.filters) > min(self.input_shape):
            raise ExperimentError(
                "filters",
                f"leave a pixel of {' × '.join(str(side) for side in self.input_shape)}, halved "
                "by each pooling",
                self.filters,
            )
        has_hidden = bool(self.filters or self.hidden)
        for field in ("batch_norm", "dropout"):
            if getattr(self, field) and not has_hidden:
                raise ExperimentError(
                    field, "be 0 without hidden layers, after which it stands", getattr(self, field)
                )

    def _check_penalty(self) -> None:
        if self.momentum != 0.0 and self.optimizer not in MOMENTUM_OPTIMIZERS:
            raise ExperimentError(
                "momentum", f"be 0 for {self.optimizer}, which has no such argument", self.momentum
            )
        if self.weight_decay != 0.0 and self.optimizer != "adamw":
            raise ExperimentError(
                "weight_decay",
                f"be 0 for {self.optimizer}; the penalty 'decay' decays its weights",
                self.weight_decay,
            )
        if self.schedule == "constant":
            for field in ("schedule_epoch", "schedule_from"):
                if getattr(self, field) != 0:
                    raise ExperimentError(
                        field, "be 0 with a constant strength", getattr(self, field)
                    )
        elif not 1 <= self.schedule_epoch <= self.epochs:
            raise ExperimentError(
                "schedule_epoch", f"be from 1 to epochs ({self.epochs})", self.schedule_epoch
            )

    def _check_size(self) -> None:
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
        path_weights = self.member_count * self.parameter_count
        if path_weights > LARGEST_PATH_WEIGHTS:
            raise ExperimentError(
                "hidden",
                f"give at most {LARGEST_PATH_WEIGHTS} weights in all members together "
                f"({self.member_count} × {self.parameter_count} here, some "
                f"{path_weights * BYTES_PER_WEIGHT / 2**20:.0f} MB in training)",
                self.hidden,
            )

    # ---- what follows from the fields

    @property
    def task(self) -> str:
        """ "classification" or "regression"."""
        return DATASETS[self.dataset].task

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(features,), or (height, width) of an image."""
        return DATASETS[self.dataset].input_shape

    @property
    def layers(self) -> tuple[LayerPlan, ...]:
        """The layers with weights, from the input to the output."""
        return tuple(layer for layer in plan_layers(self) if layer.kernels)

    @property
    def kernel_names(self) -> tuple[str, ...]:
        """(L,) the regularized kernels: a layer's name, and that of its kernel if it has two."""
        return tuple(
            plan.name if len(plan.kernels) == 1 else f"{plan.name} {kernel}"
            for plan in self.layers
            if plan.regularized
            for kernel, _ in plan.kernels
        )

    @property
    def kernel_shapes(self) -> tuple[tuple[int, ...], ...]:
        """(L,) shapes of the regularized kernels."""
        return tuple(shape for plan in self.layers if plan.regularized for _, shape in plan.kernels)

    @property
    def parameter_count(self) -> int:
        """Trainable weights of one member."""
        return sum(plan.parameter_count for plan in plan_layers(self))

    @property
    def member_count(self) -> int:
        """Networks of the path, over all twins and repeats."""
        return len(self.penalties) * self.repeats * len(self.strengths)

    @property
    def each_repeat(self) -> list[Experiment]:
        """The experiment of each repeat alone: seed, seed + 1 and so on."""
        return [
            dataclasses.replace(self, repeats=1, seed=self.seed + repeat)
            for repeat in range(self.repeats)
        ]

    @property
    def leading_axes(self) -> int:
        """Axes before the strengths in what is measured: 2 with several twins or repeats, or 0."""
        return 2 if len(self.penalties) > 1 or self.repeats > 1 else 0

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

    def strength_in_force(self, strength: Strength, epoch: int) -> Strength:
        """λ in one epoch of members whose own is `strength`: share·λ + (1 - share)·λ_from.

        Parameters
        ----------
        strength : float or array
            The members' own λ, of the path's grid.
        epoch : int
            Counted from 1, see `schedule_share`.

        Returns
        -------
        float or array, as `strength`
        """
        share = self.schedule_share(epoch)
        return share * strength + (1.0 - share) * self.schedule_from

    def schedule_share(self, epoch: int) -> float:
        """Return the share of a member's own λ in an epoch counted from 1; the rest is λ_from."""
        if self.schedule == "warmup":
            return min(epoch / self.schedule_epoch, 1.0)
        return 1.0 if self.schedule == "constant" or epoch > self.schedule_epoch else 0.0

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
