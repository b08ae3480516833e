"""RunStore: all runs by id and by experiment; ended ones up to a number of bytes."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection

from l2viz.analysis.grid_refinement import missing_members
from l2viz.experiment import Experiment
from l2viz.trainer.run import Run, experiment_key
from l2viz.trajectory import Trajectory


class RunStore:
    """All runs of a trainer. Not thread-safe: the trainer's lock is held around every call.

    byte_limit   of all ended runs together. What was given to `record`, runs that have not ended,
                 and the run used last are kept in any case.
    """

    def __init__(self, byte_limit: int) -> None:
        self._byte_limit = byte_limit
        self._runs: OrderedDict[str, Run] = OrderedDict()  # the most recently used last
        self._of: dict[Experiment, list[Run]] = {}  # oldest first
        self._generations: dict[str, int] = {}  # kept when runs are dropped: an id is never reused
        self._for_good: set[str] = set()  # ids of recordings that are never dropped
        self._start = secrets.token_hex(4)  # nor after a restart: an open page would not notice

    def new(self, experiment: Experiment) -> Run:
        """Add and return a run of an experiment, of the next generation."""
        key = experiment_key(experiment)
        generation = self._generations.get(key, 0) + 1
        self._generations[key] = generation
        return self._add(Run(f"{key}-{self._start}-{generation}", experiment, generation))

    def __len__(self) -> int:
        return len(self._runs)

    def adopt(self, run: Run) -> Run:
        """Add and return an ended run of another server, or of a recording."""
        return self._runs.get(run.id) or self._add(run)

    def record(self, trajectory: Trajectory) -> Run:
        """Add and return the run of a recording, which is never dropped."""
        run = self._add(Run.of_recording(trajectory))
        self._for_good.add(run.id)
        return run

    def get(self, run_id: str) -> Run | None:
        """Return the run of this id, if it is kept, and mark it as used last."""
        run = self._runs.get(run_id)
        if run is not None:
            self._runs.move_to_end(run_id)
        return run

    def find(self, experiment: Experiment, *, stopping: Collection[Run] = ()) -> Run | None:
        """Return the best run of an experiment: not ended, else finished, else any; newest first.

        stopping   runs that were asked to stop: they count as stopped
        """
        runs = self._of.get(experiment, [])

        def worth(run: Run) -> tuple[int, int]:
            status = "stopped" if run in stopping else run.state.status
            return {"finished": 1, "queued": 2, "training": 2}.get(status, 0), run.generation

        best = max(runs, key=worth, default=None)
        return None if best is None else self.get(best.id)

    def part_of(self, experiment: Experiment) -> Trajectory | None:
        """Return the largest finished path that lacks only some strengths of this experiment.

        Recordings do not count, as they are rounded.
        """
        parts = [
            run
            for run in self._runs.values()
            if run.state.status == "finished"
            and not run.recorded
            and missing_members(experiment, run.experiment) is not None
        ]
        largest = max(parts, key=lambda run: len(run.experiment.strengths), default=None)
        return None if largest is None else largest.trajectory()

    def keep_within_limit(self, ended: Run) -> None:
        """Drop the least recently used ended runs beyond the byte limit, but not `ended`."""
        self.get(ended.id)
        runs = self._runs.values()
        kept = [run for run in runs if run.state.ended and run.id not in self._for_good]
        size = sum(run.state.nbytes for run in kept)
        for run in kept[:-1]:
            if size <= self._byte_limit:
                return
            size -= run.state.nbytes
            self._drop(run)

    def drop_where(self, is_unwanted: Callable[[Run], bool]) -> None:
        """Drop the ended runs of which this is true."""
        for run in [run for run in self._runs.values() if run.state.ended and is_unwanted(run)]:
            self._drop(run)

    def _add(self, run: Run) -> Run:
        self._runs[run.id] = run
        self._of.setdefault(run.experiment, []).append(run)
        return run

    def _drop(self, run: Run) -> None:
        del self._runs[run.id]
        siblings = self._of[run.experiment]
        siblings.remove(run)
        if not siblings:
            del self._of[run.experiment]
