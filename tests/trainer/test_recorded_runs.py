"""Recordings that are read when they are asked for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from l2viz.engine.training import run
from l2viz.experiment import Experiment
from l2viz.trainer import Trainer
from l2viz.trajectory.recording import save_recording

Make = Callable[..., Experiment]


@pytest.fixture
def files(tmp_path: Path, tiny: Make) -> dict[Experiment, Path]:
    found = {tiny(seed=seed): tmp_path / f"{seed}.npz" for seed in range(3)}
    for experiment, path in found.items():
        save_recording(run(experiment), path)
    return found


def test_it_is_read_when_it_is_asked_for_and_once(files: dict[Experiment, Path]) -> None:
    experiment, *_ = files
    with closing(Trainer(recording_files=files)) as trainer:
        assert trainer.status().kept_runs == 0
        opened = trainer.submit(experiment, client="a")
        assert (opened.recorded, opened.state.status) == (True, "finished")
        assert trainer.submit(experiment, client="b") is opened
        assert trainer.get(opened.id) is opened
        assert trainer.status().kept_runs == 1


def test_one_that_was_dropped_is_read_again_under_its_id(files: dict[Experiment, Path]) -> None:
    with closing(Trainer(recording_files=files, kept_bytes=1)) as trainer:
        ids = [trainer.submit(experiment, client="a").id for experiment in files]
        assert trainer.status().kept_runs == 1
        assert trainer.get(ids[0]) is None
        again = trainer.get_elsewhere(ids[0])
        assert again is not None and again.experiment == next(iter(files))
        assert trainer.get(ids[0]) is again


def test_a_file_that_is_not_the_recording_is_left_out_and_logged(
    files: dict[Experiment, Path], caplog: pytest.LogCaptureFixture
) -> None:
    (first, path), (_, other), (third, gone) = files.items()
    gone.unlink()
    with closing(Trainer(recording_files=files, worker_command=("/nothing",))) as trainer:
        for content, words in ((b"PK", "was not read"), (other.read_bytes(), "another experiment")):
            path.write_bytes(content)
            with caplog.at_level(logging.WARNING):
                assert trainer._elsewhere.finished(first) is None
            assert words in caplog.records[-1].getMessage()
        assert trainer._elsewhere.finished(third) is None
        assert trainer.get_elsewhere("0123456789abcdef-0") is None
