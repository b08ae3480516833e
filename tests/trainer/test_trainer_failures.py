"""Training processes that die, cannot start, fail a run, or send an invalid message."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunState, Trainer, TrainerUnavailable, supervisor
from tests.trainer.waiting import NotedProcesses, run_of, wait_for_end

Make = Callable[..., Experiment]
Ended = Callable[[Run], RunState]
Measured = Callable[[Run, int], RunState]

NEXT = (
    "Recorded runs still work. It is tried again in a minute; if that does not help, install the "
    "packages of requirements.txt again."
)
NO_PROGRAM = ["no-such-program-anywhere"]
WITHOUT_TENSORFLOW = """
import sys

class NotInstalled:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "tensorflow":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, NotInstalled())
from l2viz.trainer.worker.loop import main
main()
"""
ODD = """
import os, sys
from l2viz.trainer.worker import jobs, loop

def train(command, *others, really=jobs._train):
    print("a stray line")
    os.write(1, b"and bytes")
    if command.experiment.seed == 13:
        raise MemoryError("no room\\nfor details")
    return really(command, *others)

jobs._train = train
with open(sys.argv[1], "a") as file:
    file.write("started\\n")
loop.main()
"""
TALKS_NONSENSE = "import os; os.write(1, (4).to_bytes(8, 'little') + b'what'); os.read(0, 1)"


def test_a_killed_process_is_noticed_and_replaced(
    tiny: Make,
    long: Make,
    ended: Ended,
    measured: Measured,
    kill: Callable[[int], None],
    noted: NotedProcesses,
) -> None:
    with closing(Trainer(worker_command=noted.command)) as trainer:
        run = trainer.submit(long(), client="a")
        measured(run, 3)
        waiting = trainer.submit(tiny(), client="b")
        kill(noted.latest())
        state = ended(run)
        last = state.snapshots[-1].epoch
        assert state.status == "failed"
        assert state.message == (
            f"The training process ended unexpectedly at epoch {last}; what was measured up to "
            "then is shown. Train starts it again."
        )
        assert len(state.snapshots) >= 3
        trajectory = run.trajectory()
        assert trajectory is not None
        assert trajectory.epochs[-1] == last
        assert ended(waiting).status == "finished"
        assert len(noted.ids) == 2
        assert not trainer.unavailable_because
        again = trainer.submit(long(), client="a")
        assert again.generation == 2
        measured(again, len(state.snapshots))


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no signals there")
def test_a_process_that_hangs_is_noticed_and_replaced(
    tiny: Make,
    long: Make,
    ended: Ended,
    measured: Measured,
    noted: NotedProcesses,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervisor, "LONGEST_SILENCE", 4)
    with closing(Trainer(worker_command=noted.command)) as trainer:
        run = trainer.submit(long(), client="a")
        measured(run, 3)
        os.kill(noted.latest(), signal.SIGSTOP)
        assert ended(run).status == "failed"
        assert ended(trainer.submit(tiny(), client="b")).status == "finished"
        assert len(noted.ids) == 2


def test_a_process_killed_while_it_starts_fails_no_run(
    tiny: Make, ended: Ended, kill: Callable[[int], None], noted: NotedProcesses
) -> None:
    with closing(Trainer(worker_command=noted.command)) as trainer:
        run = trainer.submit(tiny(), client="a")
        kill(noted.latest())
        assert ended(run).status == "finished"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ([sys.executable, "-c", "raise SystemExit(3)"], "it ended with exit code 3"),
        (
            [sys.executable, "-c", WITHOUT_TENSORFLOW],
            "ModuleNotFoundError: No module named 'tensorflow'",
        ),
        pytest.param(
            [sys.executable, "-c", "import os; os.kill(os.getpid(), 4)"],
            "it was ended by SIGILL",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="no signals there"),
        ),
    ],
)
def test_a_process_that_cannot_train_is_given_up(
    tiny: Make, ended: Ended, command: list[str], why: str
) -> None:
    with closing(Trainer(worker_command=command)) as trainer:
        assert trainer.unavailable_because == ""
        run = trainer.submit(tiny(), client="a")
        state = ended(run)
        sentence = (
            "Training is not possible now: the training process failed to start 3 times in a row "
            f"({why}). {NEXT}"
        )
        assert (state.status, state.message) == ("failed", sentence)
        assert trainer.unavailable_because == sentence
        with pytest.raises(TrainerUnavailable) as refusal:
            trainer.submit(tiny(seed=1), client="a")
        assert str(refusal.value) == sentence
        assert run_of(trainer, tiny()) is run


def test_a_command_that_is_no_program_is_given_up_at_once(tiny: Make) -> None:
    with pytest.raises(FileNotFoundError) as system_says:
        subprocess.run(NO_PROGRAM, check=True)
    with closing(Trainer(worker_command=NO_PROGRAM)) as trainer:
        trainer.start()
        assert trainer.unavailable_because == (
            "Training is not possible now: the training process failed to start 3 times in a row "
            f"(it could not be started ({system_says.value.strerror})). {NEXT}"
        )


def test_recordings_stay_when_training_is_impossible(tiny: Make, ended: Ended) -> None:
    with closing(Trainer()) as trainer:
        run = trainer.submit(tiny(), client="a")
        ended(run)
        recording = run.trajectory()
        assert recording is not None
    broken = Trainer(recordings=[recording], worker_command=NO_PROGRAM)
    with closing(broken):
        broken.start()
        recorded = broken.submit(tiny(), client="a")
        assert recorded.trajectory() is recording
        with pytest.raises(TrainerUnavailable):
            broken.submit(tiny(), client="a", retrain=True)


def test_a_run_that_fails_leaves_the_process_as_it_was(
    tiny: Make, ended: Ended, tmp_path: Path
) -> None:
    starts = tmp_path / "starts"
    with closing(Trainer(worker_command=[sys.executable, "-c", ODD, str(starts)])) as trainer:
        failed = trainer.submit(tiny(seed=13), client="a")
        state = ended(failed)
        assert state.status == "failed"
        assert state.message == (
            "Training failed with MemoryError: no room. What was measured up to then is shown. "
            "Change a setting, or Train again."
        )
        assert ended(trainer.submit(tiny(), client="a")).status == "finished"  # stray words and all
        assert starts.read_text() == "started\n"


def test_a_process_that_talks_nonsense_is_a_dead_one(tiny: Make, ended: Ended) -> None:
    with closing(Trainer(worker_command=[sys.executable, "-c", TALKS_NONSENSE])) as trainer:
        run = trainer.submit(tiny(), client="a")
        assert ended(run).status == "failed"
        assert trainer.unavailable_because


def test_after_closing_nothing_is_trained(
    tiny: Make, long: Make, measured: Measured, ended: Ended, noted: NotedProcesses
) -> None:
    trainer = Trainer(worker_command=noted.command)
    run = trainer.submit(long(), client="a")
    measured(run, 2)
    waiting = trainer.submit(tiny(), client="b")
    trainer.close()
    trainer.close()
    if sys.platform != "win32":
        wait_for_end(noted.latest())
    closing_sentence = "The app is closing, so nothing is trained any more."
    for state in (ended(run), ended(waiting)):
        assert (state.status, state.message) == ("stopped", closing_sentence)
    assert len(run.state.snapshots) >= 2
    trainer.start()
    assert len(noted.ids) == 1
    with pytest.raises(TrainerUnavailable, match=f"^{closing_sentence}$"):
        trainer.submit(tiny(seed=1), client="a")
