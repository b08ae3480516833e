"""Experiment: the frozen, validated settings of one run."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from numpy.typing import NDArray

from l2viz.experiment.architecture import (
    POOL_SIDE,
    checked_multipliers,
    plan_layers,
    window_count,
)
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.fields import (
    LARGEST_RECORD,
    LARGEST_SEED,
    MIXING,
    MIXING_SETTINGS,
    SETTINGS,
    ExperimentFields,
    canonical,
    documentation,
    refuse_what_does_not_apply,
)
from l2viz.experiment.layer_plan import LayerPlan
from l2viz.validation import ExperimentError, experiment_errors

LARGEST_STEP_COUNT = 500_000  # optimizer updates of one run
LARGEST_PATH_WEIGHTS = 20_000_000  # members × weights
LARGEST_SHARD = 16  # members that are trained together, at most
LARGEST_SHARD_WEIGHTS = 2**19  # members × weights: with Adam's moments they fit a core's cache
LARGEST_SHARD_WINDOW_BYTES = 2**28  # the same of convolutions' windows, see `window_bytes`
LARGEST_WINDOW_BYTES = 2 * 2**30  # of convolutions, see `window_bytes`
CONVOLVED_EXAMPLES = 64  # examples that a convolutional network measures at a time
BYTES_PER_WEIGHT = 16  # in training: weight, gradient and Adam's two moments, float32

Strength = TypeVar("Strength", float, NDArray[Any])


@dataclass(frozen=True, kw_only=True)
class Experiment(ExperimentFields):
    """The settings of one run; two equal experiments give equal runs.

    The fields are defined in `l2viz.experiment.fields`. The default of a field is the value of the
    dataset's lesson (``DATASETS[dataset].defaults``) if that has one.

    Raises
    ------
    ExperimentError
        A ValueError, for the first setting that is not valid.
    """

    def __new__(cls, **settings: Any) -> Experiment:
        for name in MIXING_SETTINGS:
            if name in settings:
                raise ExperimentError(name, f"not be given: {MIXING}", settings[name])
        return super().__new__(cls)

    def __post_init__(self) -> None:
        with experiment_errors():
            for name, value in canonical(vars(self)):
                object.__setattr__(self, name, value)
            refuse_what_does_not_apply(vars(self))
        self._check_data()
        self._check_model()
        with experiment_errors():
            object.__setattr__(self, "strength_multipliers", checked_multipliers(self))
        self._check_size()

    # ---- rules for several fields

    def _check_data(self) -> None:
        if self.points and self.train_size != len(self.points):
            raise ExperimentError(
                "train_size", f"be the number of points ({len(self.points)})", self.train_size
            )
        if self.points and self.label_noise:
            raise ExperimentError("label_noise", "be 0 with points given", self.label_noise)
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
        if self.model == "conv2d" and not self.filters:
            raise ExperimentError("filters", "not be empty for conv2d", self.filters)
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

    def _check_size(self) -> None:
        if self.schedule != "constant" and not 1 <= self.schedule_epoch <= self.epochs:
            raise ExperimentError(
                "schedule_epoch", f"be from 1 to epochs ({self.epochs})", self.schedule_epoch
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
        window_bytes = self.window_bytes
        if window_bytes > LARGEST_WINDOW_BYTES:
            raise ExperimentError(
                "filters",
                f"need at most {_megabytes(LARGEST_WINDOW_BYTES)} for the windows of "
                f"{self._windowed_members} × {self._convolved} members × examples at a time (some "
                f"{_megabytes(window_bytes)} here)",
                self.filters,
            )
        path_weights = self.member_count * self.parameter_count
        if path_weights > LARGEST_PATH_WEIGHTS:
            raise ExperimentError(
                "hidden",
                f"give at most {LARGEST_PATH_WEIGHTS} weights in all members together "
                f"({self.member_count} × {self.parameter_count} here, some "
                f"{_megabytes(path_weights * BYTES_PER_WEIGHT + window_bytes)} in training)",
                self.hidden,
            )

    # ---- derived from the fields

    @property
    def task(self) -> str:
        """Return "classification" or "regression"."""
        return DATASETS[self.dataset].task

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Return (features,), or (height, width) of an image."""
        return DATASETS[self.dataset].input_shape

    @property
    def layers(self) -> tuple[LayerPlan, ...]:
        """Return the layers with kernels, from the input to the output."""
        return tuple(layer for layer in plan_layers(self) if layer.kernels)

    @property
    def kernel_names(self) -> tuple[str, ...]:
        """Return the regularized kernels' names, (L,): the layer, and the kernel if it has two."""
        return tuple(
            plan.name if len(plan.kernels) == 1 else f"{plan.name} {kernel}"
            for plan in self.layers
            if plan.regularized
            for kernel, _ in plan.kernels
        )

    @property
    def kernel_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of the regularized kernels, (L,)."""
        return tuple(shape for plan in self.layers if plan.regularized for _, shape in plan.kernels)

    @property
    def kernel_multipliers(self) -> tuple[float, ...]:
        """Return what λ is multiplied by for each regularized kernel, (L,)."""
        regularized = [plan for plan in self.layers if plan.regularized]
        return tuple(plan.multiplier for plan in regularized for _ in plan.kernels)

    @property
    def parameter_count(self) -> int:
        """Return the number of trainable weights of one member."""
        return sum(plan.parameter_count for plan in plan_layers(self))

    @property
    def window_bytes(self) -> int:
        """Return an estimate of what the convolutions of a shard keep in one step."""
        return self._windowed_members * self._member_window_bytes

    @property
    def _windowed_members(self) -> int:
        """Return how many members a shard has, at most."""
        return min(self.largest_shard, len(self.penalties) * len(self.strengths))

    @property
    def _member_window_bytes(self) -> int:
        if self.model != "conv2d":
            return 0
        return self._convolved * window_count(self) * (8 if self.dtype == "float64" else 4)

    @property
    def _convolved(self) -> int:
        """Return how many examples convolutions see at a time, in a step or to measure."""
        return max(min(self.batch_size, self.train_size), CONVOLVED_EXAMPLES)

    @property
    def member_count(self) -> int:
        """Return the number of networks, over all strengths, twins and repeats."""
        return len(self.penalties) * self.repeats * len(self.strengths)

    @property
    def largest_shard(self) -> int:
        """Return how many members are trained together, at most: fewer of a large network."""
        size, windows = LARGEST_SHARD, self._member_window_bytes
        while size > 1 and (
            size * self.parameter_count > LARGEST_SHARD_WEIGHTS
            or size * windows > LARGEST_SHARD_WINDOW_BYTES
        ):
            size //= 2
        return size

    @property
    def each_repeat(self) -> list[Experiment]:
        """Return the experiment of each repeat alone: seed, seed + 1 and so on."""
        return [
            dataclasses.replace(self, repeats=1, seed=self.seed + repeat)
            for repeat in range(self.repeats)
        ]

    @property
    def leading_axes(self) -> int:
        """Return the number of axes before the strengths: 2 with twins or repeats, else 0."""
        return 2 if len(self.penalties) > 1 or self.repeats > 1 else 0

    @property
    def steps_per_epoch(self) -> int:
        """⌈train_size ÷ batch_size⌉: the last batch of an epoch may be smaller."""
        return -(-self.train_size // self.batch_size)

    @property
    def step_count(self) -> int:
        """Return the number of steps of the whole run."""
        return self.steps_per_epoch * self.epochs

    @property
    def recorded_epochs(self) -> tuple[int, ...]:
        """Return the recorded epochs: 0, every `record_every`-th one, and the last one."""
        recorded = list(range(0, self.epochs + 1, self.record_every))
        if recorded[-1] != self.epochs:
            recorded.append(self.epochs)
        return tuple(recorded)

    @property
    def optimizer_arguments(self) -> dict[str, float]:
        """Return the Keras optimizer's arguments that differ from its defaults.

        Learning rate and weight decay are not among them.
        """
        return {
            setting.argument: getattr(self, name)
            for name, setting in SETTINGS.items()
            if setting.argument and getattr(self, name) != setting.default
        }

    def strength_in_force(self, strength: Strength, epoch: int) -> Strength:
        """share·λ + (1 - share)·λ_from: λ as used in one epoch, from a member's `strength`.

        Parameters
        ----------
        strength : float or array
            λ of one or more members.
        epoch : int
            Counted from 1, see `schedule_share`.

        Returns
        -------
        float or array, as `strength`
        """
        share = self.schedule_share(epoch)
        return share * strength + (1.0 - share) * self.schedule_from

    def schedule_share(self, epoch: int) -> float:
        """Return the weight of a member's own λ in an epoch counted from 1; λ_from has the rest."""
        if self.schedule == "warmup":
            return min(epoch / self.schedule_epoch, 1.0)
        return 1.0 if self.schedule == "constant" or epoch > self.schedule_epoch else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return the fields, tuples as lists: ``Experiment.from_json(e.as_json()) == e``.

        All of them, but those that are newer than recorded runs and have their default.
        """
        return {
            name: _as_json(value)
            for name, value in dataclasses.asdict(self).items()
            if not (SETTINGS[name].newer and value == SETTINGS[name].default)
        }

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Experiment:
        """Make an experiment from its fields, lists as tuples: the inverse of `as_json`.

        Parameters
        ----------
        fields : mapping
            Values by field name; fields may be missing.

        Raises
        ------
        ExperimentError
            For a name that is not a field, or the first value that is not valid.
        """
        for name in fields:
            if name not in SETTINGS:
                raise ExperimentError(name, "be a field of Experiment", fields[name])
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in fields.items()
        }
        return cls(**values)


def _as_json(value: Any) -> Any:
    return [_as_json(part) for part in value] if isinstance(value, tuple) else value


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.0f} MB"


if Experiment.__doc__:  # python -OO leaves docstrings out
    _head, _raises, _rest = inspect.cleandoc(Experiment.__doc__).partition("Raises\n")
    Experiment.__doc__ = f"{_head}{documentation()}\n\n{_raises}{_rest}"
