"""Facts about each dataset that an experiment needs before the data is loaded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from l2viz.experiment.strength_grid import strength_grid


@dataclass(frozen=True, kw_only=True)
class DatasetFacts:
    """Facts about a dataset.

    title         shown to the viewer
    task          "classification" or "regression"
    input_shape   (features,), or (height, width) of an image
    outputs       number of classes, or of predicted values
    drawn         whether its examples are drawn from a formula, with `noise`
    pictured      whether a network of one or two inputs is drawn as a curve or over the plane
    defaults      the lesson: values for the fields of Experiment whose default is LESSON
    """

    title: str
    task: str
    input_shape: tuple[int, ...]
    outputs: int
    largest_train_size: int
    drawn: bool
    defaults: Mapping[str, Any]
    pictured: bool = True

    @property
    def inputs(self) -> int:
        """Return the number of input values of one example."""
        return math.prod(self.input_shape)

    @property
    def images(self) -> bool:
        """Return whether the inputs are images."""
        return len(self.input_shape) == 2

    @property
    def line(self) -> bool:
        """Return whether the fit is a curve: one input, one output."""
        return self.pictured and self.inputs == self.outputs == 1

    @property
    def plane(self) -> bool:
        """Return whether the fit is a boundary in a plane: two inputs, two classes."""
        two = self.inputs == self.outputs == 2
        return self.pictured and two and self.task == "classification"


class Datasets(Mapping[str, DatasetFacts]):
    """Facts by name. Those that viewers have brought are found by their names, and never listed."""

    def __init__(self, own: Mapping[str, DatasetFacts]) -> None:
        self._own = dict(own)
        self._brought: dict[str, DatasetFacts] = {}

    def __getitem__(self, name: str) -> DatasetFacts:
        return self._own[name] if name in self._own else self._brought[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    def __len__(self) -> int:
        return len(self._own)

    def bring(self, name: str, facts: DatasetFacts) -> None:
        """Add what a viewer has brought, for good: facts are small, and runs may outlive data."""
        self._brought[name] = facts

    def is_known_as_brought(self, name: object) -> bool:
        """Return whether this is the name of data that were brought here."""
        return name in self._brought


BROUGHT = "brought-"  # begins the names of what viewers have brought; nobody can guess the rest


def is_brought(name: str) -> bool:
    """Return whether a dataset is a viewer's own, which is in no address and no shared place."""
    return name.startswith(BROUGHT)


def dataset_words(name: str) -> str:
    """Return the name of a dataset for people and files."""
    return "your data" if is_brought(name) else name


def _lesson(**values: Any) -> Mapping[str, Any]:
    """Return a lesson's defaults, with values for the fields that most datasets share."""
    return MappingProxyType({"label_noise": 0.0, "noise": 0.0, "record_every": 1} | values)


def _plane_lesson(**values: Any) -> Mapping[str, Any]:
    """Return the lesson of a planar dataset: few points, one batch, a network that can overfit."""
    size = values.setdefault("train_size", 60)
    return _lesson(
        **values,
        hidden=(32, 32),
        activation="relu",
        learning_rate=1e-2,
        batch_size=size,
        epochs=600,
        record_every=15,
        strengths=strength_grid(1e-4, 0.1, 24),
    )


DATASETS = Datasets(
    {
        "digits": DatasetFacts(
            title="digits: 8 × 8 pixels",
            task="classification",
            input_shape=(8, 8),
            outputs=10,
            largest_train_size=1_438,
            drawn=False,
            defaults=_lesson(
                train_size=300,
                label_noise=0.3,
                hidden=(64, 32),
                activation="relu",
                learning_rate=3e-3,
                batch_size=32,
                epochs=80,
                strengths=strength_grid(1e-4, 0.1, 24),
            ),
        ),
        "digits28": DatasetFacts(
            title="digits: 28 × 28 pixels",
            task="classification",
            input_shape=(28, 28),
            outputs=10,
            largest_train_size=1_438,
            drawn=False,
            defaults=_lesson(
                train_size=300,
                label_noise=0.3,
                hidden=(64, 32),
                activation="relu",
                learning_rate=3e-3,
                batch_size=32,
                epochs=40,
                record_every=2,
                strengths=strength_grid(1e-4, 0.1, 13),  # 0.01 is one of them
            ),
        ),
        "curve": DatasetFacts(
            title="curve: a noisy sine",
            task="regression",
            input_shape=(1,),
            outputs=1,
            largest_train_size=500,
            drawn=True,
            defaults=_lesson(
                train_size=15,
                noise=0.25,
                hidden=(64, 64),
                activation="tanh",
                learning_rate=1e-2,
                batch_size=15,
                epochs=2_000,
                record_every=25,
                strengths=strength_grid(1e-5, 0.1, 24),
            ),
        ),
        "moons": DatasetFacts(
            title="moons: two half circles",
            task="classification",
            input_shape=(2,),
            outputs=2,
            largest_train_size=1_000,
            drawn=True,
            defaults=_plane_lesson(noise=0.3),
        ),
        "circles": DatasetFacts(
            title="circles: one within another",
            task="classification",
            input_shape=(2,),
            outputs=2,
            largest_train_size=1_000,
            drawn=True,
            defaults=_plane_lesson(noise=0.25),
        ),
        "spirals": DatasetFacts(
            title="spirals: two that wind around each other",
            task="classification",
            input_shape=(2,),
            outputs=2,
            largest_train_size=1_000,
            drawn=True,
            defaults=_plane_lesson(train_size=80, noise=0.1),
        ),
        "xor": DatasetFacts(
            title="xor: a square of four fields",
            task="classification",
            input_shape=(2,),
            outputs=2,
            largest_train_size=1_000,
            drawn=True,
            defaults=_plane_lesson(noise=0.1, label_noise=0.1),
        ),
        "linear": DatasetFacts(
            title="linear: 200 features, two of which matter",
            task="regression",
            input_shape=(200,),
            outputs=1,
            largest_train_size=500,
            drawn=True,
            defaults=_lesson(
                train_size=20,
                noise=0.5,
                hidden=(),
                activation="linear",
                learning_rate=1e-2,
                batch_size=20,
                epochs=1_000,
                record_every=25,
                strengths=strength_grid(1e-3, 10.0, 24),
            ),
        ),
        "breast_cancer": DatasetFacts(
            title="breast cancer: 30 measurements",
            task="classification",
            input_shape=(30,),
            outputs=2,
            largest_train_size=301,
            drawn=False,
            defaults=_lesson(
                train_size=60,
                label_noise=0.3,
                hidden=(64, 32),
                activation="relu",
                learning_rate=3e-3,
                batch_size=20,
                epochs=100,
                strengths=strength_grid(1e-4, 1.0, 24),
            ),
        ),
        "wine": DatasetFacts(
            title="wine: 13 measurements",
            task="classification",
            input_shape=(13,),
            outputs=3,
            largest_train_size=90,
            drawn=False,
            defaults=_lesson(
                train_size=60,
                label_noise=0.3,
                hidden=(64, 32),
                activation="relu",
                learning_rate=3e-3,
                batch_size=20,
                epochs=100,
                strengths=strength_grid(1e-4, 1.0, 24),
            ),
        ),
    }
)
