"""Answers: a run as the bytes that the stage reads, encoded and compressed once for all viewers."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Sequence

from cachetools import LRUCache, TTLCache, cached

from l2viz.stage.protocol import Answer, chart_names, encode
from l2viz.trainer import RunState
from l2viz.trajectory import Snapshot, Trajectory
from l2viz.ui.server.opened_runs import AnyRun

KEPT_BYTES = 64 * 2**20  # whole answers of ended runs; the largest possible has 58 MB
SHARED_BYTES = 16 * 2**20  # all other answers
# Seconds between two requests for a run in training, in which it has one state for all viewers.
PAUSE = 0.04
CROWDED_PAUSE = 0.1  # the same while other runs wait: what answers cost, training lacks
PAUSE_IN_QUEUE = 0.25  # for the next run; longer for those further back
LONGEST_PAUSE = 1.0
_LARGEST_NUMBER_OF_RUNS = 1_000  # whose state is shared, and whose charts are known
_COMPRESSION = 5
_THINNED_TO = 40  # snapshots from which axis ranges are computed during training

Charts = tuple[str, ...] | None  # names, see Answer.charts
Key = tuple[object, ...]


class Answers:
    """Encodes answers, and keeps those that were requested last, up to a number of bytes.

    byte_limit   of the whole answers of ended runs; a larger answer is not kept
    shared_for   seconds, see PAUSE
    is_crowded   tells whether runs wait for those that train
    """

    def __init__(
        self,
        byte_limit: int = KEPT_BYTES,
        shared_for: float = PAUSE,
        is_crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        self._is_crowded = is_crowded
        self.kept: LRUCache[Key, bytes] = LRUCache(byte_limit, getsizeof=len)
        self.shared: LRUCache[Key, bytes] = LRUCache(SHARED_BYTES, getsizeof=len)
        states: TTLCache[str, RunState] = TTLCache(_LARGEST_NUMBER_OF_RUNS, shared_for)
        self._names: LRUCache[str, frozenset[str]] = LRUCache(_LARGEST_NUMBER_OF_RUNS)
        self._state = cached(states, key=lambda run: run.id, condition=threading.Condition())(
            lambda run: run.state
        )
        self._whole = cached(self.kept, key=_key, condition=threading.Condition())(self._made)
        self._part = cached(self.shared, key=_key, condition=threading.Condition())(self._made)

    def of(
        self, run: AnyRun, first: int = 0, charts: Charts = None, *, compressed: bool = False
    ) -> bytes:
        """Return the encoded answer from snapshot number `first` on; `compressed` by gzip."""
        state = run.state if run.state.ended else self._state(run)
        charts = self._known(run, state, charts)
        keeper = self._whole if state.ended and first == 0 else self._part
        answer: bytes = keeper(run, state, first, charts, compressed)
        return answer

    def _known(self, run: AnyRun, state: RunState, charts: Charts) -> Charts:
        """Return those that the run has, sorted: equal requests in other words are one request."""
        if charts is None or state.context is None or not state.snapshots:
            return charts
        names = self._names.get(run.id)
        if names is None:
            first = Trajectory.of(state.context, state.snapshots[:1])
            names = self._names[run.id] = chart_names(first)
        return tuple(sorted(names.intersection(charts)))

    def _made(
        self, run: AnyRun, state: RunState, first: int, charts: Charts, compressed: bool
    ) -> bytes:
        encoded = encode(_answer(run, state, first, charts, self._pause(state)))
        return gzip.compress(encoded, _COMPRESSION, mtime=0) if compressed else encoded

    def _pause(self, state: RunState) -> float:
        """Return the seconds until a browser asks again."""
        if state.queue_position is not None:
            return min(PAUSE_IN_QUEUE * state.queue_position, LONGEST_PAUSE)
        return CROWDED_PAUSE if not state.ended and self._is_crowded() else PAUSE


def _key(run: AnyRun, state: RunState, first: int, charts: Charts, compressed: bool) -> Key:
    return run.id, charts, first, len(state.snapshots), state.status, state.message, compressed


def _answer(run: AnyRun, state: RunState, first: int, charts: Charts, pause: float) -> Answer:
    count = len(state.snapshots)
    if not state.ended and count and state.snapshots[-1].epoch == run.trained.epochs:
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
        share=len(state.snapshots) / len(run.trained.recorded_epochs),
        seconds_left=state.seconds_left,
        pause=pause,
        charts=charts,
    )


def _trajectory(state: RunState, snapshots: Sequence[Snapshot]) -> Trajectory | None:
    if state.context is None or not snapshots:
        return None
    return Trajectory.of(state.context, snapshots, state.kernels)
