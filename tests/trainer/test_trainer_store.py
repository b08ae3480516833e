"""RunStore: ids, which run stands for an experiment, and what is dropped to make room."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from l2viz.experiment import Experiment
from l2viz.trainer.run import Run
from l2viz.trainer.store import RunStore
from l2viz.trajectory import Measured, RunContext, Trajectory

Tiny = Callable[..., Experiment]
EMPTY = Run("0-1", Experiment(), 1).state.nbytes


def end(run: Run, status: str = "finished", size: int = 0) -> Run:
    run.end(status, kernels=[np.zeros(size, np.uint8)])
    return run


def a_recording(experiment: Experiment) -> Trajectory:
    context = RunContext(
        trained=experiment,
        layer_names=(),
        kernel_shapes=(),
        thresholds=np.ones(1),
        bin_edges=np.zeros((0, 4)),
        sampled_layer=np.zeros(0, int),
        sampled_index=np.zeros(0, int),
        gradient_examples=1,
        test_examples=1,
        constant_loss=1.0,
        threads=1,
        versions={},
    )
    nothing = np.zeros((len(experiment.strengths), 0))
    names = tuple(f.name for f in dataclasses.fields(Measured) if f.default is dataclasses.MISSING)
    arrays = dict.fromkeys(names, nothing)
    return Trajectory(
        context=context, strengths=np.array(experiment.strengths), epochs=np.zeros(0, int), **arrays
    )


def test_ids_are_of_the_experiment_and_the_generation(tiny: Tiny) -> None:
    store, other = RunStore(0), RunStore(0)
    first, second, third = store.new(tiny()), store.new(tiny()), store.new(tiny(seed=1))
    recorded = store.record(a_recording(tiny()))
    ids = [run.id for run in (first, second, third, recorded)]
    assert all(re.fullmatch(r"[0-9a-f]{16}(-[0-9a-f]{8})?-[0-9]+", run_id) for run_id in ids)
    assert [run.generation for run in (first, second, third, recorded)] == [1, 2, 1, 0]
    assert first.id[:16] == second.id[:16] == recorded.id[:16] != third.id[:16]
    after_a_restart = other.new(replace(tiny()))
    assert after_a_restart.id[:16] == first.id[:16]
    assert after_a_restart.id != first.id
    assert other.record(a_recording(tiny())).id == recorded.id


def test_an_id_does_not_come_back_when_its_run_is_dropped(tiny: Tiny) -> None:
    store = RunStore(0)
    first, second = end(store.new(tiny())), end(store.new(tiny(seed=1)))
    store.keep_within_limit(second)
    assert store.get(first.id) is None
    assert store.find(tiny()) is None
    assert store.new(tiny()).generation == 2


def test_who_stands_for_an_experiment(tiny: Tiny) -> None:
    store = RunStore(2**20)
    assert store.find(tiny()) is None
    failed = end(store.new(tiny()), "failed")
    assert store.find(tiny()) is failed
    stopped = end(store.new(tiny()), "stopped")
    assert store.find(tiny()) is stopped
    recorded = store.record(a_recording(tiny()))
    assert store.find(tiny()) is recorded
    finished = end(store.new(tiny()))
    assert store.find(tiny()) is finished
    training = store.new(tiny())
    assert store.find(tiny()) is training
    training.leave_queue()
    assert store.find(tiny()) is training
    assert store.find(tiny(), stopping=[training]) is finished
    assert store.find(tiny(seed=1)) is None


def test_recordings_and_what_has_not_ended_are_never_dropped(tiny: Tiny) -> None:
    store = RunStore(0)
    recorded = store.record(a_recording(tiny()))
    queued, training = store.new(tiny(seed=1)), store.new(tiny(seed=2))
    training.leave_queue()
    dropped, kept = end(store.new(tiny(seed=3))), end(store.new(tiny(seed=4)))
    store.keep_within_limit(kept)
    assert [store.get(run.id) for run in (recorded, queued, training, dropped, kept)] == [
        recorded,
        queued,
        training,
        None,
        kept,
    ]


@given(
    sizes=st.lists(st.integers(0, 50_000), min_size=1, max_size=12),
    uses=st.lists(st.integers(0, 11), max_size=20),
    limit=st.integers(0, 200_000),
)
def test_the_least_recently_used_go_first_until_the_rest_fits(
    sizes: list[int], uses: list[int], limit: int
) -> None:
    store = RunStore(limit)
    runs = [end(store.new(Experiment(seed=i)), size=size) for i, size in enumerate(sizes)]
    order = list(range(len(runs)))
    for used in (use for use in uses if use < len(runs)):
        store.get(runs[used].id)
        order.remove(used)
        order.append(used)
    store.keep_within_limit(runs[order[-1]])
    kept = [i for i in order if store.find(Experiment(seed=i)) is not None]
    assert kept == order[len(order) - len(kept) :]
    bytes_of = [size + EMPTY for size in sizes]
    assert kept == order[-1:] or sum(bytes_of[i] for i in kept) <= limit
    if len(kept) < len(order):
        one_more = order[len(order) - len(kept) - 1 :]
        assert sum(bytes_of[i] for i in one_more) > limit
