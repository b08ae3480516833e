"""WaitingLine: the runs that wait; short ones first within reason."""

from __future__ import annotations

import bisect
from collections.abc import Iterator

from l2viz.trainer.job import Job


class WaitingLine:
    """Waiting runs, ordered by the time of the request plus the estimated seconds of training.

    So a run is overtaken only by shorter ones, and only by those that were requested before it
    would have ended if it had started at once: nobody waits forever.
    """

    def __init__(self) -> None:
        self._jobs: list[Job] = []

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs)

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, job: Job) -> None:
        """Add a run, behind those that are due at the same time."""
        bisect.insort_right(self._jobs, job, key=lambda each: each.due)

    def take(self) -> Job:
        """Remove and return the first run."""
        return self._jobs.pop(0)

    def remove(self, job: Job) -> None:
        """Remove a run."""
        self._jobs.remove(job)
