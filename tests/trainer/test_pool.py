"""Pool: the parts of runs on several training processes, whichever of them ends first."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from l2viz.experiment import Experiment
from l2viz.experiment.strength_grid import strength_grid
from l2viz.path import MemberTable, RowArrays, shards_of
from l2viz.trainer import Run, Trainer, supervisor
from l2viz.trainer.messages import Began, Ended, Measured, Ready, Stop, Train, Warmed
from l2viz.trainer.supervisor import DEATHS_IN_A_ROW
from l2viz.trajectory import Trajectory
from tests import trajectories
from tests.trainer import fake_processes
from tests.trainer.fake_processes import FakeProcess, Processes

GRID = strength_grid(1e-4, 0.1, 24)  # with λ = 0, 25 members: two shards
PATH = trajectories.curve(strengths=GRID)


@pytest.fixture
def trainer(processes: Processes) -> Iterator[Trainer]:
    """Return a trainer with two processes that are ready."""
    trainer = Trainer(workers=2)
    trainer.start(at_once=True)
    for process in processes.started:
        process.says(Ready())
    yield trainer
    trainer.close()


def other(seed: int) -> Experiment:
    return Experiment(dataset="curve", strengths=GRID, seed=seed)


class PartOf:
    """What the process of one shard says about a run of PATH."""

    def __init__(self, process: FakeProcess, run: Run, position: int) -> None:
        self.process, self.run = process, run
        self.shard = shards_of(MemberTable.of(PATH.experiment))[position]

    def begins(self) -> None:
        self.process.says(Began(self.run.id, PATH.context))

    def measures(self, position: int) -> None:
        snapshot = PATH.snapshots()[position]
        part = fake_processes.measured(snapshot, self.shard)
        self.process.says(Measured(self.run.id, snapshot.epoch, (part,)))

    def ends(self, status: str = "finished", sentence: str = "") -> None:
        rows = self.shard.rows
        arrays = {str(layer): kernel[rows] for layer, kernel in enumerate(PATH.kernels)}
        kernels = (RowArrays(rows=rows, arrays=arrays),) if status == "finished" else ()
        self.process.says(Ended(self.run.id, status, sentence, kernels, 1))


def parts(processes: Processes, run: Run) -> tuple[PartOf, PartOf]:
    first, second = processes.started[:2]
    return PartOf(first, run, 0), PartOf(second, run, 1)


def assert_equal(found: Trajectory | None, expected: Trajectory) -> None:
    assert found is not None
    for name, array in expected.arrays().items():
        np.testing.assert_array_equal(found.arrays()[name], array, name)


def test_processes_are_started_one_after_the_other(processes: Processes) -> None:
    trainer = Trainer(workers=3)
    trainer.start()
    assert processes.attempts == 1
    processes.started[0].says(Ready())
    assert processes.attempts == 1
    for count in (2, 3, 3):
        processes.latest.says(Ready(), Warmed())
        assert processes.attempts == count
    assert trainer.ready_workers == 3
    trainer.close()
    assert [process.calls for process in processes.started] == [["let_go", "end"]] * 3


def test_a_run_is_shown_when_every_part_has_it(trainer: Trainer, processes: Processes) -> None:
    run = trainer.submit(PATH.experiment, client="a")
    first, second = parts(processes, run)
    assert first.process.sent == [Train(run.id, PATH.experiment, (0,))]
    assert second.process.sent == [Train(run.id, PATH.experiment, (1,))]
    second.begins()
    for position in range(len(PATH.epochs)):
        second.measures(position)
    second.ends()
    assert (run.state.status, run.state.snapshots) == ("training", ())
    first.begins()
    for position in range(len(PATH.epochs)):
        first.measures(position)
        assert len(run.state.snapshots) == position + 1
    assert run.state.status == "training"
    first.ends()
    assert (run.state.status, run.state.message) == ("finished", "")
    assert_equal(run.trajectory(), PATH)


def test_a_run_has_a_part_for_each_process_that_is_ready(processes: Processes) -> None:
    trainer = Trainer(workers=2)
    trainer.start(at_once=True)
    first, second = processes.started
    first.says(Ready())
    run = trainer.submit(PATH.experiment, client="a")
    assert first.sent == [Train(run.id, PATH.experiment, (0, 1))]
    second.says(Ready())
    assert second.sent == []
    trainer.close()


def test_a_process_that_is_free_takes_a_part_of_the_next_run(
    trainer: Trainer, processes: Processes
) -> None:
    run = trainer.submit(PATH.experiment, client="a")
    following = trainer.submit(other(3), client="b")
    first, second = parts(processes, run)
    assert following.state.message == "One other run is trained first, for about 1 s."
    second.ends()
    assert second.process.sent[1:] == [Train(following.id, other(3), (0,))]
    assert following.state.status == "training"
    first.ends("failed", "It failed.")
    assert first.process.sent[1:] == [Train(following.id, other(3), (1,))]
    assert (run.state.status, run.state.message) == ("failed", "It failed.")


def test_a_stop_reaches_every_part(trainer: Trainer, processes: Processes) -> None:
    run = trainer.submit(PATH.experiment, client="a")
    first, second = parts(processes, run)
    for part in (first, second):
        part.begins()
        part.measures(0)
    assert trainer.withdraw(run.id, client="a")
    assert not trainer.withdraw("7-1", client="a")
    for part in (first, second):
        assert part.process.sent[1:] == [Stop(run.id)]
    first.measures(1)  # what is on its way
    first.ends("stopped")
    again = trainer.submit(PATH.experiment, client="a")
    assert again is not run
    assert first.process.sent[2:] == [Train(again.id, PATH.experiment, (0,))]
    second.ends()  # it had finished when the message came
    assert (run.state.status, len(run.state.snapshots)) == ("stopped", 1)
    assert run.state.message == "Stopped at epoch 0. Train starts it again."


def test_a_process_takes_the_parts_of_a_run_one_after_the_other(
    trainer: Trainer, processes: Processes
) -> None:
    first, second = parts(processes, trainer.submit(PATH.experiment, client="a"))
    following = trainer.submit(other(3), client="b")
    second.ends()
    second.process.says(Ended(following.id, "finished", "", (), 1))
    commands = [Train(following.id, other(3), (shard,)) for shard in (0, 1)]
    assert second.process.sent[1:] == commands
    assert trainer.withdraw(following.id, client="b")
    second.process.says(Ended(following.id, "stopped", "", (), 1))
    assert (following.state.status, trainer.find(other(3))) == ("stopped", None)
    first.ends()
    assert len(first.process.sent) == 1


def test_a_stop_that_comes_too_late_stops_nothing(trainer: Trainer, processes: Processes) -> None:
    run = trainer.submit(PATH.experiment, client="a")
    both = parts(processes, run)
    assert trainer.withdraw(run.id, client="a")
    for part in both:
        part.begins()
        for position in range(len(PATH.epochs)):
            part.measures(position)
        part.ends()
    assert run.state.status == "finished"
    assert_equal(run.trajectory(), PATH)


def test_a_pause_after_failed_starts_ends_by_itself(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = Trainer()
    trainer.start()
    for _ in range(DEATHS_IN_A_ROW):
        processes.latest.dies()
    assert trainer.unavailable_because
    later = supervisor.time.monotonic() + supervisor.PAUSE + 1.0
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: later)
    with trainer._lock:
        trainer.on_change()  # as it does every second
    assert trainer.unavailable_because == ""
    assert processes.attempts == DEATHS_IN_A_ROW + 1
    monkeypatch.undo()
    trainer.close()


def test_a_run_that_has_lost_a_process_fails_and_stops_its_other_parts(
    trainer: Trainer, processes: Processes
) -> None:
    run = trainer.submit(PATH.experiment, client="a")
    first, second = parts(processes, run)
    first.begins()
    first.process.dies()
    assert second.process.sent[1:] == [Stop(run.id)]
    assert run.state.status == "training"
    second.ends("stopped")
    assert run.state.status == "failed"
    assert run.state.message.startswith("The training process ended unexpectedly before anything")
    assert trainer.unavailable_because == ""


def test_a_process_that_cannot_be_started_leaves_the_others_at_work(
    trainer: Trainer, processes: Processes
) -> None:
    for _ in range(DEATHS_IN_A_ROW):
        processes.started[0 if processes.attempts == 2 else -1].dies()
    assert trainer.unavailable_because == ""
    run = trainer.submit(PATH.experiment, client="a")
    assert processes.started[1].sent == [Train(run.id, PATH.experiment, (0, 1))]
