"""Supervisor: which process is started, replaced or given up, and what the viewer is told of it."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from l2viz.experiment import Experiment
from l2viz.path import MemberTable, shards_of
from l2viz.trainer import Run, RunRefused, Trainer, TrainerUnavailable
from l2viz.trainer import supervisor as supervisor_module
from l2viz.trainer.messages import Alive, Began, Ended, Measured, Ready, Stop, Train, Unable, Warmed
from l2viz.trainer.supervisor import DEATHS_IN_A_ROW, LONGEST_SILENCE, Supervisor, end
from l2viz.trainer.trainer import DEATHS_IN_A_RUN
from tests import trajectories
from tests.trainer import fake_processes
from tests.trainer.fake_processes import FakeProcess, Processes

Make = Callable[..., Experiment]

NEXT = (
    "Recorded runs still work. It is tried again in a minute; if that does not help, install the "
    "packages of requirements.txt again."
)
KILLED = "it was ended by SIGKILL"
TRAIN = Train("0-1", Experiment(), (0, 1))


class Heard:
    """A listener that notes its calls, and requires that each comes with the lock held."""

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self.calls: list[str] = []

    def _note(self, call: str) -> None:
        free: list[bool] = []

        def look() -> None:
            free.append(self._lock.acquire(blocking=False))

        other = threading.Thread(target=look)
        other.start()
        other.join()
        assert free == [False], "the lock is held"
        self.calls.append(call)

    def on_message(self, message: object) -> None:
        self._note(type(message).__name__)

    def on_loss(self, run_id: str) -> None:
        self._note(f"loss of {run_id}")

    def on_change(self) -> None:
        self._note("change")


class Supervised:
    """A supervisor of fakes that trains run "0-1", and what its listener heard."""

    def __init__(self, largest_program_count: int = 10) -> None:
        lock = threading.RLock()
        self.processes = Processes()
        self.heard = Heard(lock)
        self.supervisor = Supervisor(
            self.processes.start,
            lock=lock,
            listener=self.heard,
            largest_program_count=largest_program_count,
        )
        self.supervisor.start()

    def train(self, programs: int = 1) -> None:
        """Train a run to its end, after which the process holds so many traced programs."""
        self.supervisor.train(TRAIN)
        self.processes.started[0].says(ended(programs=programs))


def ended(run_id: str = "0-1", status: str = "finished", programs: int = 1) -> Ended:
    return Ended(run_id, status, "", (), programs)


@pytest.fixture
def supervised() -> Supervised:
    return Supervised()


@pytest.fixture
def trainer(processes: Processes) -> Iterator[Trainer]:
    trainer = Trainer()
    yield trainer
    trainer.close()


def told(run: Run) -> tuple[str, str]:
    """Return what the viewer is told of a run."""
    return run.state.status, run.state.message


def unavailable(reason: str) -> str:
    return (
        "Training is not possible now: the training process failed to start 3 times in a row "
        f"({reason}). {NEXT}"
    )


# ---- one process at a time


def test_one_process_is_started_and_is_free_once_it_is_ready(supervised: Supervised) -> None:
    supervised.supervisor.start()
    assert supervised.processes.attempts == 1
    assert not supervised.supervisor.is_free
    supervised.processes.latest.says(Ready())
    assert supervised.supervisor.is_free
    assert supervised.heard.calls == ["change"]


def test_a_process_that_trains_is_not_free_until_its_run_has_ended(supervised: Supervised) -> None:
    process = supervised.processes.latest
    process.says(Ready())
    supervised.supervisor.train(TRAIN)
    assert process.sent == [TRAIN]
    assert not supervised.supervisor.is_free
    supervised.supervisor.stop("0-1")
    assert process.sent[1:] == [Stop("0-1")]
    assert not supervised.supervisor.is_free
    process.says(ended(status="stopped"))
    assert supervised.supervisor.is_free
    assert supervised.heard.calls == ["change", "Ended", "change"]


def test_a_message_of_another_run_is_refused(supervised: Supervised) -> None:
    supervised.supervisor.train(TRAIN)
    with pytest.raises(LookupError) as refusal:
        supervised.processes.latest.says(ended("7-1"))
    assert str(refusal.value) == "run 7-1 is not the one in training"


# ---- the process dies


def test_a_process_that_dies_in_a_run_is_replaced(supervised: Supervised) -> None:
    dead = supervised.processes.latest
    dead.says(Ready())
    supervised.supervisor.train(TRAIN)
    supervised.heard.calls.clear()
    dead.dies()
    assert supervised.heard.calls == ["loss of 0-1", "change"]
    assert supervised.processes.attempts == 2
    assert not supervised.supervisor.is_free
    dead.says(ended())  # of a process that is gone: nobody listens
    dead.dies()
    assert supervised.heard.calls == ["loss of 0-1", "change"]
    supervised.processes.latest.says(Ready())
    assert supervised.supervisor.is_free


def test_the_viewer_is_told_where_a_run_was_when_its_process_died(
    trainer: Trainer, processes: Processes
) -> None:
    path = trajectories.curve()
    run = trainer.submit(path.experiment, client="a")
    waiting = trainer.submit(Experiment(seed=7), client="b")
    processes.latest.says(Ready(), Began(run.id, path.context))
    (shard,) = shards_of(MemberTable.of(path.experiment))
    for snapshot in path.snapshots()[:2]:
        processes.latest.says(
            Measured(run.id, snapshot.epoch, (fake_processes.measured(snapshot, shard),))
        )
    processes.latest.dies()
    sentence = (
        f"The training process ended unexpectedly at epoch {path.epochs[1]}; what was measured up "
        "to then is shown. Train starts it again."
    )
    assert told(run) == ("failed", sentence)
    kept = run.trajectory()
    assert kept is not None
    assert kept.epochs.tolist() == path.epochs[:2].tolist()
    assert told(waiting) == ("queued", "The training process is starting.")
    assert not trainer.unavailable_because


def test_the_viewer_is_told_that_nothing_was_measured(
    trainer: Trainer, processes: Processes, tiny: Make
) -> None:
    run = trainer.submit(tiny(), client="a")
    processes.latest.says(Ready())
    processes.latest.dies()
    sentence = (
        "The training process ended unexpectedly before anything was measured. "
        "Train starts it again."
    )
    assert told(run) == ("failed", sentence)


def test_after_a_death_the_next_process_trains_what_waits_and_what_is_asked_for_again(
    trainer: Trainer, processes: Processes, tiny: Make
) -> None:
    lost = trainer.submit(tiny(), client="a")
    waiting = trainer.submit(tiny(seed=1), client="b")
    processes.latest.says(Ready())
    processes.latest.dies()
    again = trainer.submit(tiny(), client="a")
    assert (again is lost, again.generation) == (False, 2)
    process = processes.latest
    assert process.sent == []
    process.says(Ready())
    assert process.sent == [Train(waiting.id, tiny(seed=1), (0,))]
    assert told(again) == ("queued", "One other run is trained first, for about 1 s.")
    process.says(ended(waiting.id))
    assert process.sent[1:] == [Train(again.id, tiny(), (0,))]
    process.says(ended(again.id))
    assert told(waiting) == told(again) == ("finished", "")
    assert lost.state.status == "failed"


def test_a_process_that_dies_while_it_is_to_stop_a_run_leaves_it_failed(
    trainer: Trainer, processes: Processes, tiny: Make
) -> None:
    run = trainer.submit(tiny(), client="a")
    processes.latest.says(Ready())
    assert trainer.withdraw(run.id, client="a")
    assert processes.latest.sent == [Train(run.id, tiny(), (0,)), Stop(run.id)]
    processes.latest.dies()
    assert run.state.status == "failed"
    processes.latest.says(Ready())
    assert processes.latest.sent == []


# ---- the process does not start


def test_a_process_that_cannot_be_started_is_tried_three_times(
    trainer: Trainer, processes: Processes, tiny: Make
) -> None:
    processes.fail_with = OSError(errno.ENOENT, os.strerror(errno.ENOENT))
    run = trainer.submit(tiny(), client="a")
    sentence = unavailable(f"it could not be started ({os.strerror(errno.ENOENT)})")
    assert told(run) == ("failed", sentence)
    assert trainer.unavailable_because == sentence
    assert processes.attempts == DEATHS_IN_A_ROW == 3
    with pytest.raises(TrainerUnavailable) as refusal:
        trainer.submit(tiny(seed=1), client="a")
    assert str(refusal.value) == sentence
    trainer.start()
    assert processes.attempts == 3


@pytest.mark.parametrize(
    ("last_words", "reason"),
    [([], KILLED), ([Unable("ImportError: no keras")], "ImportError: no keras")],
)
def test_a_process_that_dies_three_times_while_it_starts_is_given_up(
    trainer: Trainer, processes: Processes, tiny: Make, last_words: list[Any], reason: str
) -> None:
    run = trainer.submit(tiny(), client="a")
    for death in range(DEATHS_IN_A_ROW):
        assert told(run) == ("queued", "The training process is starting."), death
        processes.latest.says(*last_words)
        processes.latest.dies()
    assert told(run) == ("failed", unavailable(reason))
    assert processes.attempts == DEATHS_IN_A_ROW


def test_the_reason_told_is_that_of_the_last_process(supervised: Supervised) -> None:
    supervised.processes.latest.says(Unable("ImportError: no keras"))
    for _ in range(DEATHS_IN_A_ROW):
        supervised.processes.latest.dies()
    assert supervised.supervisor.unavailable_because == unavailable(KILLED)


def test_only_failed_starts_in_a_row_are_counted(supervised: Supervised) -> None:
    for _ in range(DEATHS_IN_A_ROW):
        for _ in range(DEATHS_IN_A_ROW - 1):
            supervised.processes.latest.dies()
        supervised.processes.latest.says(Ready(), Warmed())
    assert supervised.supervisor.unavailable_because == ""


@pytest.mark.parametrize("last_words", [[Ready()], [Ready(), Warmed()]], ids=["ready", "warm"])
def test_a_run_that_kills_its_processes_ends_training_for_nobody(
    trainer: Trainer, processes: Processes, tiny: Make, last_words: list[Any]
) -> None:
    for _ in range(DEATHS_IN_A_RUN):
        killing = trainer.submit(tiny(), client="a")
        processes.latest.says(*last_words)
        assert processes.latest.sent == [Train(killing.id, tiny(), (0,))]
        processes.latest.dies()
        assert killing.state.status == "failed"
    with pytest.raises(RunRefused, match=r"^These settings have ended the training process three"):
        trainer.submit(tiny(), client="a")
    assert trainer.unavailable_because == ""
    other = trainer.submit(tiny(seed=1), client="b")
    processes.latest.says(Ready())
    assert processes.latest.sent == [Train(other.id, tiny(seed=1), (0,))]


def test_a_silent_process_is_killed_and_one_that_speaks_is_not(supervised: Supervised) -> None:
    process = supervised.processes.latest
    for _ in range(3 * LONGEST_SILENCE):
        supervised.supervisor.look()
        process.says(Alive())
    assert process.calls == []
    for _ in range(LONGEST_SILENCE + 3):
        supervised.supervisor.look()
    assert process.calls == ["kill"]


def test_a_process_that_dies_while_it_warms_up_is_not_started_forever(
    supervised: Supervised,
) -> None:
    for _ in range(DEATHS_IN_A_ROW):
        supervised.processes.latest.says(Ready())
        supervised.processes.latest.dies()
    assert supervised.supervisor.unavailable_because == unavailable(KILLED)
    assert supervised.processes.attempts == DEATHS_IN_A_ROW


def test_after_a_pause_it_is_tried_again(
    supervised: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(DEATHS_IN_A_ROW):
        supervised.processes.latest.dies()
    supervised.supervisor.start()
    assert supervised.processes.attempts == DEATHS_IN_A_ROW
    now = supervisor_module.time.monotonic()
    monkeypatch.setattr(supervisor_module.time, "monotonic", lambda: now + supervisor_module.PAUSE)
    supervised.supervisor.start()
    assert supervised.processes.attempts == DEATHS_IN_A_ROW + 1
    assert supervised.supervisor.unavailable_because == ""
    supervised.processes.latest.says(Ready())
    assert supervised.supervisor.is_free
    supervised.supervisor.close()
    monkeypatch.setattr(supervisor_module.time, "monotonic", lambda: now + 1e6)
    supervised.supervisor.start()
    assert supervised.processes.attempts == DEATHS_IN_A_ROW + 1, "closed for good"


# ---- stopping and closing


def test_a_run_stopped_while_the_process_starts_is_never_sent(
    trainer: Trainer, processes: Processes, tiny: Make
) -> None:
    run = trainer.submit(tiny(), client="a")
    assert told(run) == ("queued", "The training process is starting.")
    assert trainer.withdraw(run.id, client="a")
    assert told(run) == ("stopped", "Stopped before the first epoch. Train starts it again.")
    processes.latest.says(Ready())
    assert processes.latest.sent == []
    again = trainer.submit(tiny(), client="a")
    assert processes.latest.sent == [Train(again.id, tiny(), (0,))]


def test_closing_while_the_process_starts_ends_it_and_all_runs(
    trainer: Trainer, processes: Processes, tiny: Make
) -> None:
    run = trainer.submit(tiny(), client="a")
    trainer.close()
    assert told(run) == ("stopped", "The app is closing, so nothing is trained any more.")
    process = processes.latest
    assert process.calls == ["let_go", "end"]
    process.says(Ready())
    process.dies()
    assert (process.sent, processes.attempts) == ([], 1)


def test_processes_end_together() -> None:
    order: list[tuple[str, int]] = []

    class Noting(FakeProcess):
        def __init__(self, number: int) -> None:
            self.number = number

        def let_go(self) -> None:
            order.append(("let_go", self.number))

        def end(self, seconds: float) -> None:
            assert 0.0 < seconds < 1.0
            order.append(("end", self.number))

    end([Noting(1), Noting(2)])  # type: ignore[list-item]
    assert order == [("let_go", 1), ("let_go", 2), ("end", 1), ("end", 2)]


# ---- a process full of traces is replaced


def test_a_full_process_is_used_until_its_successor_is_warm() -> None:
    supervised = Supervised(largest_program_count=3)
    supervised.train(programs=3)
    assert supervised.processes.attempts == 1
    supervised.train(programs=4)
    full, successor = supervised.processes.started
    successor.says(Ready())
    supervised.supervisor.train(TRAIN)
    assert len(full.sent) == 3
    successor.says(Warmed())  # in the middle of a run
    assert full.calls == []
    full.says(ended(programs=5))
    assert full.calls == ["let_go"]
    assert supervised.supervisor.is_free
    supervised.supervisor.train(TRAIN)
    assert successor.sent == [TRAIN]
    supervised.heard.calls.clear()
    full.dies("it ended with exit code 0")
    assert supervised.heard.calls == []  # as it was told to
    assert supervised.processes.attempts == 2


def test_a_successor_that_dies_costs_nothing() -> None:
    supervised = Supervised(largest_program_count=3)
    supervised.train(programs=4)
    supervised.heard.calls.clear()
    supervised.processes.started[1].dies()
    assert supervised.heard.calls == []
    supervised.train(programs=5)
    assert supervised.processes.attempts == 3


def test_a_full_process_that_dies_has_its_successor_already() -> None:
    supervised = Supervised(largest_program_count=3)
    supervised.train(programs=4)
    full, successor = supervised.processes.started
    full.dies()
    assert supervised.processes.attempts == 2
    successor.says(Ready())
    assert supervised.supervisor.is_free


def test_without_a_successor_the_full_process_stays_in_use() -> None:
    supervised = Supervised(largest_program_count=3)
    supervised.processes.latest.says(Ready())
    supervised.processes.fail_with = OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    supervised.train(programs=4)
    assert supervised.processes.attempts == 2
    assert supervised.supervisor.is_free
    assert supervised.supervisor.unavailable_because == ""
    supervised.processes.fail_with = None
    supervised.train(programs=5)
    assert len(supervised.processes.started) == 2


def test_closing_ends_a_successor_too() -> None:
    supervised = Supervised(largest_program_count=3)
    supervised.train(programs=4)
    assert supervised.supervisor.close() == supervised.processes.started
    assert supervised.supervisor.close() == []
    supervised.supervisor.start()
    assert supervised.processes.attempts == 2
