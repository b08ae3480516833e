"""RecordedRuns: recordings in files, each read when its experiment is asked for."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from l2viz.experiment import Experiment
from l2viz.trainer.run import Run, recording_id
from l2viz.trajectory.recording import load_recording

logger = logging.getLogger("l2viz.trainer")


class RecordedRuns:
    """The recordings that a trainer may show. All methods may be called from any thread.

    files   of each experiment; one that cannot be read is as if it were not there
    """

    def __init__(self, files: Mapping[Experiment, Path]) -> None:
        self._files = files
        self._experiments = {recording_id(experiment): experiment for experiment in files}

    def get(self, run_id: str) -> Run | None:
        """Read the run of this id, if it is that of a recording."""
        experiment = self._experiments.get(run_id)
        return None if experiment is None else self.of(experiment)

    def of(self, experiment: Experiment) -> Run | None:
        """Read the run of an experiment, if it is recorded."""
        path = self._files.get(experiment)
        if path is None or not path.exists():
            return None
        trajectory = load_recording(path)
        if trajectory is None:
            return None
        if trajectory.experiment != experiment:
            logger.warning("%s is of another experiment: record it again", path.name)
            return None
        return Run.of_recording(trajectory)
