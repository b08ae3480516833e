"""Shards: every row of a path is in one of them, and they follow from the experiment alone."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.experiment import Experiment
from l2viz.experiment.experiment import LARGEST_SHARD
from l2viz.experiment.strength_grid import strength_grid
from l2viz.path import Coefficients, MemberTable, shard_size, shards_of
from tests.experiments import experiments


def table_of(count: int, **fields: Any) -> MemberTable:
    """Return the table of a path of so many strengths."""
    strengths = strength_grid(1e-4, 0.1, count - 1) if count > 1 else (0.0,)
    return MemberTable.of(Experiment(strengths=strengths, **fields))


@given(experiments())
def test_every_row_of_any_experiment_is_in_one_shard(experiment: Experiment) -> None:
    table = MemberTable.of(experiment)
    shards = shards_of(table)
    rows = np.concatenate([shard.rows for shard in shards])
    np.testing.assert_array_equal(rows, np.arange(table.count))
    size = shard_size(table)
    assert size <= experiment.largest_shard <= LARGEST_SHARD
    each = table.count // experiment.repeats
    for shard in shards:
        assert 1 <= len(shard.rows) <= shard.size == size
        np.testing.assert_array_equal(shard.rows // each, np.full(len(shard.rows), shard.repeat))


@given(experiments(), st.integers(1, 3))
def test_coefficients_are_those_of_the_rows(experiment: Experiment, epoch: int) -> None:
    """Rows beyond those of a shard are copies of its first."""
    table = MemberTable.of(experiment)
    whole = table.coefficients(epoch)
    for shard in shards_of(table):
        own = shard.coefficients(table, epoch)
        for field in dataclasses.fields(Coefficients):
            expected = getattr(whole, field.name)[shard.rows]
            found = getattr(own, field.name)
            np.testing.assert_array_equal(found[: len(shard.rows)], expected)
            copies = found[len(shard.rows) :]
            np.testing.assert_array_equal(copies, np.broadcast_to(expected[0], copies.shape))


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (1, [1]),
        (3, [3]),
        (16, [16]),
        (17, [9, 8]),
        (25, [13, 12]),
        (32, [16, 16]),
        (33, [11, 11, 11]),
    ],
)
def test_shards_are_as_equal_as_can_be(count: int, sizes: list[int]) -> None:
    table = table_of(count)
    assert [len(shard.rows) for shard in shards_of(table)] == sizes
    assert shard_size(table) == sizes[0]


def test_each_repeat_has_shards_of_its_own() -> None:
    """So that repeats, whose data differ, share a traced program with a path of one."""
    shards = shards_of(table_of(25, repeats=2))
    assert [(shard.repeat, len(shard.rows)) for shard in shards] == [
        (0, 13),
        (0, 12),
        (1, 13),
        (1, 12),
    ]
    assert shard_size(table_of(25, repeats=2)) == shard_size(table_of(25))


@pytest.mark.parametrize(
    ("fields", "largest"),
    [
        ({"hidden": (64, 32)}, 16),
        ({"hidden": (256, 128)}, 8),
        ({"dataset": "digits28", "hidden": (512, 256)}, 1),
        ({"model": "conv2d", "filters": (8, 16)}, 16),
        ({"model": "conv2d", "dataset": "digits28", "filters": (16, 32), "batch_size": 256}, 1),
    ],
)
def test_shards_of_large_networks_have_fewer_members(fields: dict[str, Any], largest: int) -> None:
    assert Experiment(strengths=(0.0, 0.1), **fields).largest_shard == largest
