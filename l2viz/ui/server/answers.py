"""Answers: a run as the bytes that the stage reads; those of ended runs are cached."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from cachetools import LRUCache, cached

from l2viz.stage.protocol import Answer, encode
from l2viz.trainer import Run, RunState
from l2viz.trajectory import Snapshot, Trajectory

KEPT_BYTES = 128 * 2**20  # the largest possible answer has 59 MB
_THINNED_TO = 40  # snapshots from which axis ranges are computed during training

Charts = tuple[str, ...] | None  # names, see Answer.charts


class Answers:
    """Encodes answers, and caches the whole answers of ended runs that were requested last.

    byte_limit   size of the cache; a larger answer is not cached
    """

    def __init__(self, byte_limit: int = KEPT_BYTES) -> None:
        self.kept: LRUCache[tuple[str, Charts], bytes] = LRUCache(byte_limit, getsizeof=len)
        self._whole = cached(self.kept, key=_key, lock=threading.Lock())(_whole_answer)

    def of(self, run: Run, first: int = 0, charts: Charts = None) -> bytes:
        """Return the encoded answer from snapshot number `first` on."""
        if first == 0 and run.state.ended:
            return self._whole(run, charts)
        return encode(_answer(run, first, charts))


def _key(run: Run, charts: Charts) -> tuple[str, Charts]:
    return run.id, charts


def _whole_answer(run: Run, charts: Charts) -> bytes:
    return encode(_answer(run, 0, charts))


def _answer(run: Run, first: int, charts: Charts) -> Answer:
    state = run.state
    count = len(state.snapshots)
    if not state.ended and count and state.snapshots[-1].epoch == run.experiment.epochs:
        count -= 1  # the last one is sent when the run has ended, together with its kernels
    if state.ended:  # stacked once for all requests
        new, so_far = run.trajectory(first), run.trajectory()
    else:
        stride = max(1, -(-len(state.snapshots) // _THINNED_TO))
        new = _trajectory(state, state.snapshots[first:count])
        so_far = _trajectory(state, state.snapshots[::stride])
    return Answer(
        state=state.status,
        ended=state.ended,
        message=state.message,
        first=first,
        new=new,
        so_far=so_far,
        share=len(state.snapshots) / len(run.experiment.recorded_epochs),
        seconds_left=state.seconds_left,
        charts=charts,
    )


def _trajectory(state: RunState, snapshots: Sequence[Snapshot]) -> Trajectory | None:
    if state.context is None or not snapshots:
        return None
    return Trajectory.of(state.context, snapshots, state.kernels)
