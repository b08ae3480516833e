"""Structure: the settings a traced program depends on. Equal structures share a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from l2viz.experiment import SETTINGS, Experiment
from l2viz.experiment.penalties import PENALTIES
from l2viz.path.members import MemberTable
from l2viz.path.shards import shard_size


@dataclass(frozen=True, kw_only=True)
class Structure:
    """All that the trace of an experiment depends on.

    Strengths and their multipliers, repeats, seed, data, learning rate and schedule are inputs of
    the trace, so not part of it.

    rows            networks in the stack: those of a shard
    by_layer        whether each regularized layer has a strength of its own
    terms           fields of PenaltyFacts that any member uses
    settings        name and value of each setting that is marked as traced
    """

    rows: int
    by_layer: bool
    terms: tuple[str, ...]
    settings: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, experiment: Experiment) -> Structure:
        """Return the structure of an experiment."""
        return cls(
            rows=shard_size(MemberTable.of(experiment)),
            by_layer=bool(experiment.strength_multipliers),
            terms=_terms(experiment),
            settings=tuple(
                (name, getattr(experiment, name))
                for name, setting in SETTINGS.items()
                if setting.traced
            ),
        )

    def _setting(self, name: str) -> Any:
        return dict(self.settings)[name]

    @property
    def dataset(self) -> str:
        """Return the name of the dataset."""
        return str(self._setting("dataset"))

    @property
    def batch_size(self) -> int:
        """Return the number of examples in a batch."""
        return int(self._setting("batch_size"))

    @property
    def dtype(self) -> str:
        """Return the float type."""
        return str(self._setting("dtype"))

    @property
    def hidden(self) -> tuple[int, ...]:
        """Return the units of the hidden layers of a dense network; () for other networks."""
        return tuple(self._setting("hidden")) if self._setting("model") == "dense" else ()

    @property
    def rectified(self) -> bool:
        """Return whether the hidden layers' activation is ReLU."""
        return bool(self._setting("activation") == "relu")

    @property
    def convolutional(self) -> bool:
        """Return whether there are convolutions."""
        return bool(self._setting("model") == "conv2d")


def _terms(experiment: Experiment) -> tuple[str, ...]:
    """Return the terms that any member's penalty or weight decay has."""
    acting = [PENALTIES[penalty] for penalty in experiment.penalties]
    names = ("squares", "magnitudes", "decay", "kernel_decay", "proximal")
    terms = {name for name in names if any(getattr(facts, name) for facts in acting)}
    if experiment.weight_decay:
        terms.add("decay")
    return tuple(name for name in names if name in terms)
