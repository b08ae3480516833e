"""The rows of a path: its different networks, and the penalty coefficients of each.

Members that would be equal networks, such as λ = 0 of several twins, share one row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l2viz.experiment import Experiment
from l2viz.experiment.penalties import PENALTIES, PenaltyFacts

_NOTHING = PENALTIES["none"]


@dataclass(frozen=True, kw_only=True)
class Coefficients:
    """The factor of each term of PenaltyFacts for each row, (M, G) each, or (S, G) of a shard.

    G groups of layers have a strength of their own: one of all, or with `strength_multipliers` one
    for each regularized layer. `decay`, which acts on every variable, is (M,).

    All but `proximal` are float32, in a float64 experiment too: Keras's regularizers and its
    weight decay round their argument to float32.
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
        """Return the rows of an experiment, one for each different network."""
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
        """Return the number of rows, M."""
        return len(self.facts)

    @property
    def measured_cells(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the rows in the shape of a Snapshot's summaries, and in that of its details.

        See trajectory.Measured: (K,) both, or (T, R, K) and (T, 1, K).
        """
        if self.experiment.leading_axes == 0:
            return self.cells[0, 0], self.cells[0, 0]
        return self.cells, self.cells[:, :1]

    def coefficients(self, epoch: int, rows: Sequence[int] | None = None) -> Coefficients:
        """Return the coefficients of these rows, or of all, in an epoch, counted from 1."""
        taken = range(self.count) if rows is None else rows
        strengths = self.experiment.strength_in_force(self.strengths[taken], epoch)
        of_rows = [self.facts[row] for row in taken]

        multipliers = np.array(self.experiment.strength_multipliers or (1.0,))

        def of(term: str) -> NDArray[Any]:
            return strengths * np.array([getattr(facts, term) for facts in of_rows])

        def by_group(values: NDArray[Any]) -> NDArray[Any]:
            return values[:, None] * multipliers

        # Keras keeps one list of excluded variables: where a penalty decays kernels alone, AdamW's
        # own decay is of the kernels alone too.
        kernels_alone = np.array([facts.kernel_decay > 0.0 for facts in of_rows])
        base = self.experiment.weight_decay
        return Coefficients(
            squares=by_group(of("squares")).astype(np.float32),
            magnitudes=by_group(of("magnitudes")).astype(np.float32),
            decay=(of("decay") + np.where(kernels_alone, 0.0, base)).astype(np.float32),
            kernel_decay=by_group(of("kernel_decay") + np.where(kernels_alone, base, 0.0)).astype(
                np.float32
            ),
            proximal=by_group(of("proximal")),
        )


def _network(experiment: Experiment, penalty: str, strength: float) -> tuple[str, float]:
    """Return the penalty and strength that stand for all members with this same network."""
    nothing_acts = strength == 0.0 and experiment.schedule_from == 0.0
    decays_otherwise = PENALTIES[penalty].kernel_decay > 0.0 and experiment.weight_decay > 0.0
    if PENALTIES[penalty] == _NOTHING or (nothing_acts and not decays_otherwise):
        return ("none", 0.0)
    return (penalty, strength)
