"""Elsewhere: the runs that were not trained by this server: recordings, and those of others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import is_brought
from l2viz.trainer.recorded_runs import RecordedRuns
from l2viz.trainer.run import Run
from l2viz.trainer.shared_runs import SharedRuns


class Elsewhere:
    """Recordings in files, and a folder that servers share. Its methods read files.

    recording_files   of each experiment
    shared_folder     of this server and others, or None
    """

    def __init__(
        self, recording_files: Mapping[Experiment, Path], shared_folder: Path | None
    ) -> None:
        self._recorded = RecordedRuns(recording_files)
        self._shared = SharedRuns(shared_folder) if shared_folder else None

    def recording(self, run_id: str) -> Run | None:
        """Return the recording of this id."""
        return self._recorded.get(run_id)

    def shared(self, run_id: str) -> Run | None:
        """Return the run of another server, as far as it has come."""
        return self._shared.get(run_id) if self._shared else None

    def finished(self, experiment: Experiment) -> Run | None:
        """Return a recording, or a finished run of another server."""
        recorded = self._recorded.of(experiment)
        return recorded or (self._shared.finished(experiment) if self._shared else None)

    def publish(self, run: Run) -> None:
        """Write a run of this server for the others, unless it is of data that a viewer brought."""
        if self._shared and not is_brought(run.experiment.dataset):
            self._shared.publish(run)

    def close(self) -> None:
        """Stop writing, once everything is written."""
        if self._shared:
            self._shared.close()
