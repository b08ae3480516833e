"""What a traced program depends on: experiments of one structure share their traces."""

from __future__ import annotations

from dataclasses import dataclass

from l2viz.engine.members import MemberTable
from l2viz.experiment import Experiment
from l2viz.experiment.penalties import PENALTIES


@dataclass(frozen=True, kw_only=True)
class Structure:
    """Strengths, seed, data, learning rate and schedule are not in it: they are only values.

    rows            networks in the stack
    terms           what acts on the weights, of PenaltyFacts' fields
    """

    dataset: str
    rows: int
    repeats: int
    model: str
    filters: tuple[int, ...]
    hidden: tuple[int, ...]
    activation: str
    batch_norm: bool
    dropout: float
    regularized: str
    bias_regularizer: bool
    terms: tuple[str, ...]
    optimizer: str
    momentum: float
    batch_size: int
    dtype: str

    @property
    def convolutional(self) -> bool:
        return self.model == "conv2d"

    @classmethod
    def of(cls, experiment: Experiment) -> Structure:
        return cls(
            dataset=experiment.dataset,
            rows=MemberTable.of(experiment).count,
            repeats=experiment.repeats,
            model=experiment.model,
            filters=experiment.filters,
            hidden=experiment.hidden,
            activation=experiment.activation,
            batch_norm=experiment.batch_norm,
            dropout=experiment.dropout,
            regularized=experiment.regularized,
            bias_regularizer=experiment.bias_regularizer,
            terms=_terms(experiment),
            optimizer=experiment.optimizer,
            momentum=experiment.momentum,
            batch_size=experiment.batch_size,
            dtype=experiment.dtype,
        )


def _terms(experiment: Experiment) -> tuple[str, ...]:
    acting = [PENALTIES[penalty] for penalty in experiment.penalties]
    names = ("squares", "magnitudes", "decay", "kernel_decay", "proximal")
    terms = {name for name in names if any(getattr(facts, name) for facts in acting)}
    if experiment.weight_decay:
        terms.add("decay")
    return tuple(name for name in names if name in terms)
