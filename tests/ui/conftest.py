"""The page without a browser and without training."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from l2viz.trainer import Trainer
from l2viz.trajectory import Trajectory
from l2viz.ui.server import trainer_service
from tests.ui.pages import SILENT, MakeTrainer, OpenPage, Page


@pytest.fixture(scope="session")
def recordings() -> list[Trajectory]:
    return trainer_service.recordings()


@pytest.fixture
def make_trainer(recordings: list[Trajectory]) -> Iterator[MakeTrainer]:
    """Yield a function that makes the trainer of page and routes; close it afterwards."""
    made: list[Trainer] = []

    def make(command: tuple[str, ...] = SILENT, *, recorded: bool = True) -> Trainer:
        trainer = Trainer(recordings=recordings if recorded else (), worker_command=command)
        made.append(trainer)
        trainer_service.share(trainer)
        return trainer

    yield make
    for trainer in made:
        trainer.close()


@pytest.fixture
def trainer(make_trainer: MakeTrainer) -> Trainer:
    """Return a trainer with recordings, whose process never trains."""
    return make_trainer()


@pytest.fixture
def open_page() -> OpenPage:
    return Page
