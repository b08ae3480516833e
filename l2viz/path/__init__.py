"""A path as a table of networks, cut into shards and joined again; without Keras.

members    MemberTable: the different networks of an experiment, and their coefficients
shards     Shard: the rows that are trained together
structure  Structure: what a traced program depends on
cost       estimated seconds of training
joining    what was measured of each shard -> a Snapshot of the path
"""

from __future__ import annotations

from l2viz.path.joining import RowArrays, joined_kernels, joined_snapshot
from l2viz.path.members import Coefficients, MemberTable
from l2viz.path.shards import Shard, shard_size, shards_of

__all__ = [
    "Coefficients",
    "MemberTable",
    "RowArrays",
    "Shard",
    "joined_kernels",
    "joined_snapshot",
    "shard_size",
    "shards_of",
]
