"""The rows of a path's stack: which networks are trained, and what acts on each of them.

Members that would be equal networks, such as λ = 0 of several twins, are one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l2viz.experiment import Experiment
from l2viz.experiment.penalties import PENALTIES, PenaltyFacts

_NOTHING = PENALTIES["none"]


@dataclass(frozen=True, kw_only=True)
class Coefficients:
    """What multiplies each term for each row, (M,) each: see PenaltyFacts.

    Keras's regularizers, and its decay, round their argument to float32, in float64 too.
    """

    squares: NDArray[Any]
    magnitudes: NDArray[Any]
    decay: NDArray[Any]
    kernel_decay: NDArray[Any]
    proximal: NDArray[Any]


@dataclass(frozen=True, kw_only=True, eq=False)
class MemberTable:
    """The rows of an experiment, those of the first repeat first, then those of the next.

    cells      (T, R, K) the row of each twin, repeat and strength
    strengths  (M,) λ of each row
    facts      (M,) its penalty
    """

    experiment: Experiment
    cells: NDArray[np.intp]
    strengths: NDArray[Any]
    facts: tuple[PenaltyFacts, ...]

    @classmethod
    def of(cls, experiment: Experiment) -> MemberTable:
        rows: dict[tuple[str, float], int] = {}
        first = np.zeros((len(experiment.penalties), len(experiment.strengths)), dtype=np.intp)
        for twin, penalty in enumerate(experiment.penalties):
            for member, strength in enumerate(experiment.strengths):
                key = _network(experiment, penalty, strength)
                first[twin, member] = rows.setdefault(key, len(rows))
        repeats = np.arange(experiment.repeats)[None, :, None]
        return cls(
            experiment=experiment,
            cells=first[:, None] + len(rows) * repeats,
            strengths=np.array([strength for _, strength in rows] * experiment.repeats),
            facts=tuple(PENALTIES[penalty] for penalty, _ in rows) * experiment.repeats,
        )

    @property
    def count(self) -> int:
        return len(self.facts)

    @property
    def measured_cells(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The rows as summaries and as details stand in a Snapshot: see trajectory.Measured."""
        if self.experiment.leading_axes == 0:
            return self.cells[0, 0], self.cells[0, 0]
        return self.cells, self.cells[:, :1]

    def coefficients(self, epoch: int) -> Coefficients:
        """In the epoch with this number, counted from 1."""
        strengths = self.experiment.strength_in_force(self.strengths, epoch)

        def of(term: str) -> NDArray[Any]:
            return strengths * np.array([getattr(facts, term) for facts in self.facts])

        # Where decay is of the kernels alone, so is that of AdamW itself: Keras has one list of
        # what it excludes.
        kernels_alone = np.array([facts.kernel_decay > 0.0 for facts in self.facts])
        base = self.experiment.weight_decay
        return Coefficients(
            squares=of("squares").astype(np.float32),
            magnitudes=of("magnitudes").astype(np.float32),
            decay=(of("decay") + np.where(kernels_alone, 0.0, base)).astype(np.float32),
            kernel_decay=(of("kernel_decay") + np.where(kernels_alone, base, 0.0)).astype(
                np.float32
            ),
            proximal=of("proximal"),
        )


def _network(experiment: Experiment, penalty: str, strength: float) -> tuple[str, float]:
    """A penalty and strength that give the same network, the same for all that do."""
    nothing_acts = strength == 0.0 and experiment.schedule_from == 0.0
    decays_otherwise = PENALTIES[penalty].kernel_decay > 0.0 and experiment.weight_decay > 0.0
    if PENALTIES[penalty] == _NOTHING or (nothing_acts and not decays_otherwise):
        return ("none", 0.0)
    return (penalty, strength)
