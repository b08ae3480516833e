"""How long an experiment trains: an estimate for queues, from its number of operations."""

from __future__ import annotations

from l2viz.experiment import Experiment
from l2viz.experiment.architecture import multiply_adds
from l2viz.path.members import MemberTable
from l2viz.path.shards import shard_size, shards_of

# Measured on one core of an AMD EPYC with AVX-512; other machines differ by a factor, which the
# trainer learns from the runs that it has trained.
_SECONDS_PER_STEP = 1.2e-4  # of a shard, whatever its size
_SECONDS_PER_MEASUREMENT = 1.5e-3
_OPERATIONS_PER_SECOND = 4e10
_OPERATIONS_PER_STEP = 6  # for each multiplication of a forward pass: forward, and two backward
_EVALUATED = 800  # examples for validation and test, roughly


def estimated_seconds(experiment: Experiment) -> float:
    """Return the estimated seconds to train all members on one core, programs being traced."""
    table = MemberTable.of(experiment)
    of_example = multiply_adds(experiment) / _OPERATIONS_PER_SECOND * shard_size(table)
    batch = min(experiment.batch_size, experiment.train_size)
    step = _SECONDS_PER_STEP + _OPERATIONS_PER_STEP * batch * of_example
    evaluated = experiment.train_size + _EVALUATED
    measurement = _SECONDS_PER_MEASUREMENT + 2 * evaluated * of_example
    recorded = len(experiment.recorded_epochs)
    return len(shards_of(table)) * (experiment.step_count * step + recorded * measurement)
