"""Joining: what shards measured, in any order, becomes the path's snapshot and kernels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from l2viz.experiment import Experiment
from l2viz.path import MemberTable, RowArrays, joined_kernels, joined_snapshot, shards_of
from l2viz.path.joining import ANGLES
from l2viz.trajectory import SUMMARIES

DETAILS = ("histogram", "sparsity", "idle_sparsity", "exact_zeros", "unit_norm")
DETAILS += ("sampled_weights", "sampled_gradients")
LOSSES = ("train_data_loss", "val_data_loss", "test_data_loss")
NEEDED = (*LOSSES, "penalty", "kernel_norm", "data_gradient_norm", *DETAILS)


def parts_of(table: MemberTable) -> list[RowArrays]:
    """Return parts whose numbers are those of their rows."""
    parts = []
    for shard in shards_of(table):
        names = [name for name in NEEDED if name in SUMMARIES or shard.repeat == 0]
        rows = shard.rows.astype(np.float32)
        arrays = {name: rows if name in LOSSES else rows[:, None] for name in names}
        arrays |= {f"{ANGLES}squares": rows[:, None] + 0.25, f"{ANGLES}both": rows[:, None] + 0.5}
        arrays |= {f"{ANGLES}magnitudes": rows[:, None] + 0.75}
        parts.append(RowArrays(rows=shard.rows, arrays=arrays))
    return parts


def table_of(**fields: Any) -> MemberTable:
    settings: dict[str, Any] = {"strengths": (0.0, *np.geomspace(0.01, 0.1, 19))}
    return MemberTable.of(Experiment(**(settings | fields)))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("fields", [{}, {"repeats": 3, "penalties": ("l2", "l1")}], ids=str)
def test_every_cell_has_the_numbers_of_its_row(fields: dict[str, Any], turned: bool) -> None:
    table = table_of(**fields)
    parts = parts_of(table)
    snapshot = joined_snapshot(table, 7, parts[::-1] if turned else parts)
    assert snapshot.epoch == 7
    cells, first = table.measured_cells
    for name in NEEDED:
        expected = cells if name in SUMMARIES else first
        found = getattr(snapshot, name)
        np.testing.assert_array_equal(found.reshape(expected.shape), expected)
    kernels = [
        RowArrays(rows=part.rows, arrays={"1": part.rows + 0.5, "0": part.rows})
        for part in parts
        if "histogram" in part.arrays
    ]
    whole, half = joined_kernels(table, kernels[::-1] if turned else kernels)
    np.testing.assert_array_equal(whole, first)
    np.testing.assert_array_equal(half, first + 0.5)


def test_a_row_of_several_twins_has_an_angle_with_each_penalty() -> None:
    names = ("l2", "l1", "l1l2", "decay", "none")
    table = table_of(penalties=names, strengths=(0.0, 0.1))
    angles = joined_snapshot(table, 0, parts_of(table)).gradient_angle
    assert (table.cells[:, 0, 0] == 0).all()  # λ = 0 is one row
    np.testing.assert_array_equal(angles[:, 0, 0, 0], [0.25, 0.75, 0.5, np.nan, np.nan])
    beyond = table.cells[:3, 0, 1] + np.array([0.25, 0.75, 0.5])
    np.testing.assert_array_equal(angles[:3, 0, 1, 0], beyond)
