"""The table of settings: every fact about each setting of an experiment, defined once.

Validation, the address, the sidebar, the trace key, the optimizer's arguments in model and script,
and the tests' generators iterate over SETTINGS. To add a setting, add an entry to ExperimentFields
and use the value in the engine.
"""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from l2viz.experiment.dataset_name import DatasetName
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.experiment.kinds import (
    Choice,
    Flag,
    Given,
    Names,
    Real,
    Strengths,
    Units,
    Whole,
)
from l2viz.experiment.multipliers import Multipliers
from l2viz.experiment.penalties import PENALTIES
from l2viz.experiment.points import Points, takes_points
from l2viz.experiment.setting import LESSON, Applies, Setting, setting_field
from l2viz.experiment.strength_grid import LARGEST_STRENGTH
from l2viz.validation import InvalidValue

MODELS = ("dense", "conv2d", "custom")
REGULARIZED = ("all", "first", "last")
ACTIVATIONS = ("relu", "tanh", "sigmoid", "elu", "gelu", "linear")
OPTIMIZERS = ("adam", "sgd", "rmsprop", "adamw")
MOMENTUM_OPTIMIZERS = ("sgd", "rmsprop")
MIXING_OPTIMIZERS = ("muon", "lamb", "adafactor")  # a weight's step depends on other weights
SCHEDULES = ("constant", "warmup", "step")
DTYPES = ("float32", "float64")
MIXING_SETTINGS = ("clipnorm", "global_clipnorm")
MIXING = "it mixes the gradients of a variable's elements, and so the members of a path"
KERAS_WEIGHT_DECAY = 0.004  # default of keras.optimizers.AdamW

LARGEST_REPEATS = 10
LARGEST_SEED = 2**31 - 1
LARGEST_RECORD = 1_000  # recorded epochs of one run: limited by browser memory and slider
LARGEST_EPOCH = 10_000
LARGEST_POINTS = 100
LARGEST_MULTIPLIER = 1_000.0

_MOST_FILTERS, _MOST_HIDDEN = 3, 4  # layers of each kind

TABS = ("Data", "Model", "Penalty", "λ", "Training")  # of the sidebar

_FILTERS = (8, 16)  # default of the convolutions
_GATED = (16,)  # default units of the custom layer, if the dataset's lesson has no hidden layer


def _titles(names: tuple[str, ...], *titles: str) -> Mapping[str, str]:
    """Return a title for each name: the name itself if no titles are given."""
    return dict(zip(names, titles or names, strict=True))


def _train_size(given: Given) -> int:
    """Return the number of points of the viewer's own, else the lesson's training size."""
    lesson: int = DATASETS[given["dataset"]].defaults["train_size"]
    return len(given["points"]) or lesson


def _models(given: Given) -> tuple[str, ...]:
    """Return the models that a dataset can have."""
    return tuple(m for m in MODELS if m != "conv2d" or DATASETS[given["dataset"]].images)


def _hidden(given: Given) -> tuple[int, ...]:
    """Return the default hidden layers of a dataset and a model."""
    if given["model"] == "conv2d":
        return ()
    lesson: tuple[int, ...] = DATASETS[given["dataset"]].defaults["hidden"]
    return lesson or (_GATED if given["model"] == "custom" else ())


def _record_every(given: Given) -> int:
    """Return the lesson's interval, adapted to shorter and longer runs."""
    facts, epochs = DATASETS[given["dataset"]], given["epochs"]
    # Measuring on all examples takes most of the time of a convolutional network's epoch.
    pace: int = facts.defaults["record_every"] * (2 if given["model"] == "conv2d" else 1)
    if epochs == facts.defaults["epochs"]:
        return pace
    return max(min(pace, epochs // 20), -(-epochs // LARGEST_RECORD), 1)


def _scheduled(given: Given) -> bool:
    return bool(given["schedule"] != "constant")


_SCHEDULED = Applies(when=_scheduled, rule="be 0 with a constant strength")


@dataclass(frozen=True, kw_only=True)
class ExperimentFields:
    """The table: the fields of an Experiment in the order of the sidebar."""

    dataset: str = setting_field(
        kind=DatasetName(),
        default="digits",
        leads=True,
        label="Dataset",
        meaning="A name of `DATASETS`.",
        traced=True,
    )
    points: tuple[tuple[float, ...], ...] = setting_field(
        kind=Points(least=2, most=LARGEST_POINTS, reach=100.0),
        default=(),
        leads=True,
        meaning="Training points (x, y), of a plane (x, y, class), instead of drawn ones; rounded "
        "to 3 decimals. Those to validate and test on are drawn.",
        applies=Applies(
            when=takes_points, rule="be empty for {dataset}, whose examples are no points", off=()
        ),
    )
    train_size: int = setting_field(
        kind=Whole(smallest=2, largest=lambda given: DATASETS[given["dataset"]].largest_train_size),
        default=_train_size,
        label="Training size",
        meaning="Number of training examples.",
        tab="Data",
    )
    label_noise: float = setting_field(
        kind=Real(smallest=0.0, largest=1.0, step=0.05),
        default=LESSON,
        label="Label noise",
        help="Share of training labels that are re-drawn at random.",
        tab="Data",
        applies=Applies(
            when=lambda given: DATASETS[given["dataset"]].task == "classification",
            rule="be 0 for {dataset}, which has no labels",
        ),
    )
    noise: float = setting_field(
        kind=Real(smallest=0.0, largest=10.0, step=0.05),
        default=LESSON,
        label="Noise",
        help="Standard deviation of the noise in the examples.",
        tab="Data",
        applies=Applies(
            when=lambda given: DATASETS[given["dataset"]].drawn,
            rule="be 0 for {dataset}, which is not drawn from a formula",
        ),
    )
    seed: int = setting_field(
        kind=Whole(smallest=0, largest=LARGEST_SEED),
        default=0,
        label="Seed",
        help="Seed of the data, the initial weights and the batch order.",
        tab="Data",
    )
    repeats: int = setting_field(
        kind=Whole(smallest=1, largest=LARGEST_REPEATS),
        default=1,
        label="Repeats",
        meaning="How often the whole path is trained: repeat r equals a run with seed + r.",
        help="Trains this many seeds in one run: this seed and the next ones. Charts show each "
        "seed, their mean, and a band of one standard deviation.",
        tab="Data",
    )
    model: str = setting_field(
        kind=Choice(
            titles=_titles(MODELS, "dense", "convolutions", "custom layer"), offered=_models
        ),
        default="dense",
        leads=True,
        label="Model",
        meaning='"dense", "conv2d" (images only), or "custom": a custom Keras layer with weights '
        "and regularizers of its own.",
        help="The custom layer adds two weights with regularizers of their own.",
        tab="Model",
        traced=True,
    )
    filters: tuple[int, ...] = setting_field(
        kind=Units(most=_MOST_FILTERS, largest=64),
        default=lambda given: _FILTERS if given["model"] == "conv2d" else (),
        first=_FILTERS,
        label="Filters",
        meaning="Filters of each convolution; max pooling follows each of them.",
        help="Filters of each convolution, separated by commas: 8, 16. Max pooling follows each.",
        tab="Model",
        applies=Applies(
            when=lambda given: bool(given["model"] == "conv2d"),
            rule="be empty but for conv2d",
            off=(),
        ),
        traced=True,
    )
    hidden: tuple[int, ...] = setting_field(
        kind=Units(most=_MOST_HIDDEN, largest=1_024),
        default=_hidden,
        label="Hidden layers",
        meaning="Units of each hidden layer.",
        help="Units of each hidden layer, separated by commas: 64, 32. Empty: no hidden layer.",
        tab="Model",
        traced=True,
    )
    activation: str = setting_field(
        kind=Choice(titles=_titles(ACTIVATIONS)),
        default=LESSON,
        label="Activation",
        meaning="Activation of the hidden layers.",
        tab="Model",
        traced=True,
    )
    dropout: float = setting_field(
        kind=Real(smallest=0.0, largest=0.9, step=0.1),
        default=0.0,
        label="Dropout",
        help="Share of each hidden layer's outputs that is set to 0 in training.",
        tab="Model",
        traced=True,
    )
    batch_norm: bool = setting_field(
        kind=Flag(),
        default=False,
        label="BatchNorm",
        meaning="BatchNorm after each hidden layer; these layers then have no bias.",
        help="Adds BatchNorm after each hidden layer; these layers then have no bias.",
        tab="Model",
        traced=True,
    )
    penalties: tuple[str, ...] = setting_field(
        kind=Names(titles={name: facts.title for name, facts in PENALTIES.items()}),
        default=("l2",),
        label="Penalties side by side",
        help="Trains one path for each penalty, with the same initial weights and batches.",
        tab="Penalty",
    )
    regularized: str = setting_field(
        kind=Choice(
            titles=_titles(REGULARIZED, "all kernels", "first kernel only", "last kernel only")
        ),
        default="all",
        label="Regularized",
        help="Which kernels have kernel_regularizer=L2(λ).",
        tab="Penalty",
        traced=True,
    )
    bias_regularizer: bool = setting_field(
        kind=Flag(),
        default=False,
        label="Biases too",
        help="The biases of the same layers have bias_regularizer=L2(λ).",
        tab="Penalty",
        traced=True,
    )
    strength_multipliers: tuple[float, ...] = setting_field(
        kind=Multipliers(most=_MOST_FILTERS + _MOST_HIDDEN + 1, largest=LARGEST_MULTIPLIER),
        default=(),
        label="Multipliers of λ, by layer",
        meaning="What λ is multiplied by in each regularized layer, from the input to the output; "
        "0 leaves a layer out. Empty: 1 in every layer.",
        help="What λ is multiplied by in each regularized layer, from the input to the output, "
        "separated by commas: 1, 0.5, 0. A layer with 0 has no penalty. Empty: 1 in every layer.",
        tab="Penalty",
        newer=True,
    )
    strengths: tuple[float, ...] = setting_field(
        kind=Strengths(),
        default=LESSON,
        label="Strengths",
        meaning="λ of every member of the path.",
        help="0 first, then in rising order, separated by commas: 0, 0.001, 0.01",
        tab="λ",
    )
    schedule: str = setting_field(
        kind=Choice(
            titles=_titles(SCHEDULES, "constant", "warm-up: rises to λ", "step: another λ first")
        ),
        default="constant",
        label="Schedule of λ",
        meaning='"constant", "warmup" (λ rises each epoch until `schedule_epoch`) or "step" '
        "(λ changes after `schedule_epoch`).",
        tab="λ",
    )
    schedule_from: float = setting_field(
        kind=Real(smallest=0.0, largest=LARGEST_STRENGTH, step=0.001, digits="%g"),
        default=0.0,
        label="From λ",
        meaning="Strength of every member at the start of a schedule.",
        tab="λ",
        paired=True,
        applies=_SCHEDULED,
    )
    schedule_epoch: int = setting_field(
        kind=Whole(smallest=0, largest=LARGEST_EPOCH, least_shown=1),
        default=0,
        first=lambda given: max(1, given["epochs"] // 4),
        label="Until epoch",
        meaning="Last epoch of the schedule; after it, each member has its own λ.",
        tab="λ",
        paired=True,
        applies=_SCHEDULED,
    )
    optimizer: str = setting_field(
        kind=Choice(
            titles=_titles(OPTIMIZERS),
            refused=dict.fromkeys(MIXING_OPTIMIZERS, MIXING),
        ),
        default="adam",
        leads=True,
        label="Optimizer",
        meaning="Keras optimizer; arguments that are not settings here keep their defaults.",
        tab="Training",
        traced=True,
    )
    learning_rate: float = setting_field(
        kind=Real(
            smallest=1e-8,
            largest=100.0,
            offered=(1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0),
        ),
        default=LESSON,
        label="Learning rate",
        meaning="Learning rate.",
        tab="Training",
    )
    momentum: float = setting_field(
        kind=Real(smallest=0.0, largest=0.999, step=0.1),
        default=0.0,
        label="Momentum",
        meaning="Momentum of SGD and RMSprop.",
        tab="Training",
        applies=Applies(
            when=lambda given: given["optimizer"] in MOMENTUM_OPTIMIZERS,
            rule="be 0 for {optimizer}, which has no such argument",
        ),
        traced=True,
        argument="momentum",
    )
    weight_decay: float = setting_field(
        kind=Real(smallest=0.0, largest=10.0, step=0.001, digits="%g"),
        default=lambda given: KERAS_WEIGHT_DECAY if given["optimizer"] == "adamw" else 0.0,
        first=KERAS_WEIGHT_DECAY,
        label="Weight decay",
        help="AdamW's own weight decay: it acts on every variable, in addition to the penalty.",
        tab="Training",
        applies=Applies(
            when=lambda given: bool(given["optimizer"] == "adamw"),
            rule="be 0 for {optimizer}; the penalty 'decay' decays its weights",
        ),
    )
    clip_value: float = setting_field(
        kind=Real(smallest=0.0, largest=1e6, step=0.1, digits="%g"),
        default=0.0,
        label="Clip value",
        help="Keras's clipvalue: limits the size of every element of a gradient, which includes "
        "the penalty's gradient. 0: no limit.",
        tab="Training",
        traced=True,
        argument="clipvalue",
    )
    batch_size: int = setting_field(
        kind=Whole(smallest=1, largest=4_096),
        default=LESSON,
        label="Batch size",
        meaning="Training examples per step; the last step of an epoch takes the rest.",
        tab="Training",
        traced=True,
    )
    epochs: int = setting_field(
        kind=Whole(smallest=1, largest=LARGEST_EPOCH),
        default=LESSON,
        leads=True,
        label="Epochs",
        meaning="Passes over the training data.",
        tab="Training",
    )
    record_every: int = setting_field(
        kind=Whole(smallest=1, largest=LARGEST_EPOCH),
        default=_record_every,
        meaning="Epochs between snapshots.",
    )
    dtype: str = setting_field(
        kind=Choice(titles=_titles(DTYPES)),
        default="float32",
        meaning='"float32", or "float64" for exact comparisons.',
        traced=True,
    )


SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        field.name: dataclasses.replace(field.metadata["setting"], name=field.name)
        for field in dataclasses.fields(ExperimentFields)
    }
)
LEADING_FIRST = tuple(sorted(SETTINGS.values(), key=lambda setting: not setting.leads))


def canonical(given: Given) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each setting: the default for LESSON, else the checked value.

    Raises InvalidValue for the first value that is not valid. The settings that lead come first, as
    bounds and defaults of the others depend on them.
    """
    known: dict[str, Any] = {}
    for setting in LEADING_FIRST:
        value = given[setting.name]
        if value is LESSON:
            known[setting.name] = setting.default_for(known)
        else:
            known[setting.name] = setting.kind.check(setting.name, value, known)
        yield setting.name, known[setting.name]


def refuse_what_does_not_apply(given: Given) -> None:
    """Raise InvalidValue for a setting that does not apply, unless its value is `off`."""
    for name, setting in SETTINGS.items():
        applies = setting.applies
        if applies and not applies.when(given) and given[name] != applies.off:
            raise InvalidValue(name, applies.rule.format(**given), given[name])


def documentation() -> str:
    """Return the settings as the section "Parameters" of a numpydoc docstring."""
    lines = ["Parameters", "----------"]
    for setting in SETTINGS.values():
        words = textwrap.wrap(setting.meaning or setting.help, 76)
        lines += [f"{setting.name} : {setting.kind.words}", *(f"    {line}" for line in words)]
    return "\n".join(lines)
