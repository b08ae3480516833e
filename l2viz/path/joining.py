"""What was measured of each shard -> the Snapshot of the path, and its kernels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l2viz.experiment.penalties import PENALTIES, PenaltyFacts
from l2viz.path.members import MemberTable
from l2viz.trajectory import SUMMARIES, Array, Snapshot
from l2viz.trajectory.divergence import marked

ANGLES = "angle of "  # before the name of a direction, among the arrays of a shard


@dataclass(frozen=True, kw_only=True, eq=False)
class RowArrays:
    """Arrays of some rows of a path, (n, ...) each.

    rows     (n,) their numbers in the MemberTable
    arrays   by name. Of a snapshot: those of Measured, the details only for rows of the first
             repeat, and `gradient_angle` once for each direction that a penalty may have. Of the
             kernels: by position, for rows of the first repeat
    """

    rows: NDArray[np.intp]
    arrays: Mapping[str, Array]


def joined_snapshot(table: MemberTable, epoch: int, parts: Sequence[RowArrays]) -> Snapshot:
    """Return the path at an epoch, from what was measured of all its shards; see `marked`."""
    cells, first_cells = table.measured_cells
    found = _joined(parts)
    angles = {name: found.pop(name) for name in list(found) if name.startswith(ANGLES)}
    arrays: dict[str, Any] = {
        name: array[cells if name in SUMMARIES else first_cells] for name, array in found.items()
    }
    arrays["gradient_angle"] = _own_angles(table, cells, angles, arrays["kernel_norm"])
    return marked(Snapshot(epoch=epoch, **arrays))


def joined_kernels(table: MemberTable, parts: Sequence[RowArrays]) -> tuple[Array, ...]:
    """Return Trajectory.kernels, from the kernels of all shards of the first repeat."""
    _, cells = table.measured_cells
    found = _joined(parts)
    return tuple(found[name][cells] for name in sorted(found, key=int))


def _joined(parts: Sequence[RowArrays]) -> dict[str, Array]:
    """Return each array with the rows of all parts that have it, in the order of the table."""
    joined = {}
    for name in dict.fromkeys(name for part in parts for name in part.arrays):
        having = [part for part in parts if name in part.arrays]
        order = np.argsort(np.concatenate([part.rows for part in having]))
        joined[name] = np.concatenate([part.arrays[name] for part in having])[order]
    return joined


# What a penalty's gradient is parallel to, whatever its strength: the kernel, its signs, or the
# gradient of both penalties at equal strengths.
def directions(terms: Collection[str]) -> list[str]:
    """Return the names of the directions that members with these terms may have."""
    own = [term for term in ("squares", "magnitudes") if term in terms]
    return [*own, "both"] if len(own) == 2 else own


def _direction(facts: PenaltyFacts) -> str:
    """Return the name of a penalty's direction; "" for a penalty that is not in the loss."""
    found = directions([term for term in ("squares", "magnitudes") if getattr(facts, term)])
    return found[-1] if found else ""


def _own_angles(
    table: MemberTable, cells: NDArray[np.intp], angles: Mapping[str, Array], like: Array
) -> Array:
    """Return Measured.gradient_angle: of each cell, the angle with its own penalty.

    A row that several twins share, such as λ = 0, has an angle with each of their penalties.
    """
    by_twin = cells if cells.ndim > 1 else cells[None]
    found = np.full((*by_twin.shape, like.shape[-1]), np.nan, like.dtype)
    for twin, penalty in enumerate(table.experiment.penalties):
        direction = _direction(PENALTIES[penalty])
        if direction:
            found[twin] = angles[ANGLES + direction][by_twin[twin]]
    return found.reshape(like.shape)
