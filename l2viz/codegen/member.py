"""The member of a path that code is written for."""

from __future__ import annotations

from dataclasses import dataclass

from l2viz.experiment import Experiment
from l2viz.experiment.penalties import PENALTIES, PenaltyFacts
from l2viz.validation import choice, experiment_errors, number


@dataclass(frozen=True, kw_only=True)
class Member:
    """One network of an experiment, by strength and penalty, in the first repeat."""

    experiment: Experiment
    strength: float
    penalty: str

    @classmethod
    def of(cls, experiment: Experiment, strength: float, penalty: str | None) -> Member:
        """Check strength and penalty. Raises ExperimentError if one of them is not valid."""
        with experiment_errors():
            return cls(
                experiment=experiment,
                strength=number("strength", strength, 0.0, 1e6),
                penalty=choice("penalty", penalty or experiment.penalties[0], experiment.penalties),
            )

    @property
    def facts(self) -> PenaltyFacts:
        """Return the facts of its penalty."""
        return PENALTIES[self.penalty]

    @property
    def multipliers(self) -> tuple[float, ...]:
        """Return the different multipliers of λ above 0; () where λ is the same in every layer."""
        return tuple(sorted({each for each in self.experiment.strength_multipliers if each}))

    @property
    def scheduled(self) -> bool:
        """Return whether its strength changes during training."""
        facts = self.facts
        acts = facts.in_loss or facts.decay or facts.kernel_decay or facts.proximal
        return bool(acts) and self.experiment.schedule != "constant"
