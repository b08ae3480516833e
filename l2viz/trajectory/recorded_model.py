"""RecordedModel: what is known of anyone's own model, in place of an Experiment."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from numpy.typing import NDArray

from l2viz.validation import InvalidValue, as_tuple, choice, integer, number

Strength = TypeVar("Strength", float, NDArray[Any])

LARGEST = 1e100
KINDS = ("l2", "l1", "l1l2", "other")


@dataclass(frozen=True, kw_only=True)
class RecordedModel:
    """A model that was not made from an Experiment, and whose training was recorded.

    Attributes
    ----------
    name : str
        Of the model.
    strengths : tuple of K float
        λ of each run, rising. The first is 0 if there are several.
    epochs : int
        The last recorded epoch.
    penalty : {"l2", "l1", "l1l2", "other"}
        Of all recorded variables, in every run; "other" where they differ in kind or strength.
    variables : tuple of L str
        The recorded variables, by the paths of their layers.
    shapes : tuple of L tuples of int
        Their shapes.
    regularizers : tuple of K tuples of L str
        What each run has on each variable, "L2(l2=0.01)"; "" for none.
    on_sample : bool
        Whether training losses and gradients are of a sample, after each epoch. Otherwise training
        losses are means over the epoch, as Keras's ``loss`` is, and there are no gradients.
    """

    name: str
    strengths: tuple[float, ...]
    epochs: int
    penalty: str
    variables: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    regularizers: tuple[tuple[str, ...], ...]
    on_sample: bool

    repeats: ClassVar[int] = 1
    leading_axes: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise InvalidValue("name", "be text", self.name)
        strengths = [number("strengths", s, 0.0, LARGEST) for s in _tuple("strengths", self)]
        rising = all(one < other for one, other in itertools.pairwise(strengths))
        if not strengths or not rising or (len(strengths) > 1 and strengths[0] != 0.0):
            raise InvalidValue("strengths", "rise, from 0 if there are several", self.strengths)
        shapes = [
            tuple(integer("shapes", size, 0, 10**12) for size in as_tuple("shapes", shape, "sizes"))
            for shape in _tuple("shapes", self)
        ]
        variables = _words("variables", self.variables)
        regularizers = tuple(_words("regularizers", row) for row in _tuple("regularizers", self))
        for name, found, wanted in (
            ("shapes", shapes, len(variables)),
            ("regularizers", regularizers, len(strengths)),
            *(("regularizers", row, len(variables)) for row in regularizers),
        ):
            if len(found) != wanted:
                raise InvalidValue(name, f"be {wanted}", found)
        if not isinstance(self.on_sample, bool):
            raise InvalidValue("on_sample", "be True or False", self.on_sample)
        canonical = {
            "strengths": tuple(strengths),
            "epochs": integer("epochs", self.epochs, 0, 10**9),
            "penalty": choice("penalty", self.penalty, KINDS),
            "variables": variables,
            "shapes": tuple(shapes),
            "regularizers": regularizers,
        }
        for name, value in canonical.items():
            object.__setattr__(self, name, value)

    @property
    def recorded_epochs(self) -> tuple[int, ...]:
        """Return the epochs of which something is recorded; 0 is the start."""
        return tuple(range(self.epochs + 1))

    @property
    def penalties(self) -> tuple[str, ...]:
        """Return the one penalty; "none" where no formula of a penalty says what it is."""
        return ("none" if self.penalty == "other" else self.penalty,)

    @property
    def kernel_names(self) -> tuple[str, ...]:
        """Return the names of the recorded variables, as of an Experiment's kernels."""
        return self.variables

    @property
    def kernel_shapes(self) -> tuple[tuple[int, ...], ...]:
        """Return the shapes of the recorded variables, as of an Experiment's kernels."""
        return self.shapes

    @property
    def kernel_multipliers(self) -> tuple[float, ...]:
        """Return what the strength is multiplied by for each variable: 1, as of an Experiment's."""
        return (1.0,) * len(self.variables)

    def strength_in_force(self, strength: Strength, epoch: int) -> Strength:
        """Return the strength itself: it is the same in every epoch."""
        return strength

    def as_json(self) -> dict[str, Any]:
        """Return the fields, for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, plain: object) -> RecordedModel:
        """Return what `as_json` was called on. Raises InvalidValue."""
        names = [field.name for field in dataclasses.fields(cls)]
        if not isinstance(plain, Mapping) or sorted(plain) != sorted(names):
            raise InvalidValue("model", f"have the fields {', '.join(names)}", plain)
        return cls(**plain)


def _tuple(name: str, model: RecordedModel) -> tuple[Any, ...]:
    return as_tuple(name, getattr(model, name), name)


def _words(name: str, value: object) -> tuple[str, ...]:
    words = as_tuple(name, value, "words")
    if not all(isinstance(word, str) for word in words):
        raise InvalidValue(name, "be words", value)
    return words
