"""What a sweep is to do, and what was done of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from l2viz.interop.model_layers import parts_of
from l2viz.recorder.penalty_terms import as_array
from l2viz.sweeps.building import built
from l2viz.sweeps.examples import Examples
from l2viz.trajectory import Trajectory

LARGEST_STACK = 32  # members; with more than 16 of them each one hardly costs less
LARGEST_TRAINED = 20_000_000  # weights of all members of a stack, and numbers in its activations
LARGEST_KEPT = 20_000_000  # weights of all members, of which the path keeps the last values


@dataclass(frozen=True, kw_only=True, eq=False)
class Plan:
    """All of a sweep but its strengths; see `l2viz.sweep`."""

    build_model: Callable[[float], Any]
    examples: Examples
    validation: Examples | None
    epochs: int
    batch_size: int
    seed: int
    sample: object
    together: bool | None
    name: str | None

    def models(self, strengths: Sequence[float]) -> list[Any]:
        """Return the models of these strengths, built, with their initial weights."""
        batch = dataclasses.replace(
            self.examples, parts=self.examples.rows(slice(0, self.batch_size))
        )
        return [built(self.build_model, strength, self.seed, batch) for strength in strengths]


@dataclass(frozen=True, kw_only=True, eq=False)
class Trained:
    """Runs of one strength each, finished or not, and why some were not trained together."""

    runs: tuple[Trajectory, ...]
    reason: str
    interrupted: bool = False

    def __add__(self, other: Trained) -> Trained:
        return Trained(
            runs=self.runs + other.runs,
            reason=self.reason or other.reason,
            interrupted=self.interrupted or other.interrupted,
        )


def with_kernels(run: Trajectory, model: Any) -> Trajectory:
    """Return a run with the weights that its model has now, of the variables recorded."""
    found = {
        f"{part.path}.{variable.name}": variable
        for part in parts_of(model)
        for variable in part.variables
    }
    kernels = tuple(as_array(found[name])[None] for name in run.layer_names)
    return dataclasses.replace(run, kernels=kernels)
