"""A path cut into shards, each trained by itself.

The last bits of a member may depend on how many rows share a matrix product. So shards follow from
the experiment alone: equal experiments give equal bits, however many processes share the work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l2viz.path.members import Coefficients, MemberTable


@dataclass(frozen=True, kw_only=True, eq=False)
class Shard:
    """Rows of one repeat that are trained together.

    repeat   whose data and initial weights they have
    rows     (n,) their numbers in the MemberTable, rising
    size     rows in training, S >= n: those beyond n are copies of the first, and never read
    """

    repeat: int
    rows: NDArray[np.intp]
    size: int

    def coefficients(self, table: MemberTable, epoch: int) -> Coefficients:
        """Return the coefficients of its rows in an epoch, counted from 1, (S,) each."""
        rows = self.rows.tolist()
        return table.coefficients(epoch, rows + rows[:1] * (self.size - len(rows)))


def shard_size(table: MemberTable) -> int:
    """Return the number of rows in training in every shard: as equal as can be."""
    rows = table.count // table.experiment.repeats
    return -(-rows // -(-rows // table.experiment.largest_shard))


def shards_of(table: MemberTable) -> tuple[Shard, ...]:
    """Cut the rows of each repeat into shards; those of the first repeat come first."""
    experiment, size = table.experiment, shard_size(table)
    each = table.count // experiment.repeats
    return tuple(
        Shard(
            repeat=repeat,
            rows=np.arange(start, min(start + size, each), dtype=np.intp) + repeat * each,
            size=size,
        )
        for repeat in range(experiment.repeats)
        for start in range(0, each, size)
    )
