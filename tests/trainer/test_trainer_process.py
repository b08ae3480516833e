"""The training process: it warms up when idle, ignores Ctrl-C, and is replaced when full."""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunState, Trainer
from l2viz.trainer.messages import Alive, Began, Ended, Measured, Ready, Train, Warmed
from l2viz.trainer.process import WorkerProcess
from tests.trainer.waiting import NotedProcesses, wait_for_end

Make = Callable[..., Experiment]
WAIT = 120.0
WARMED = ("curve", "digits")


class Conversation:
    """A worker and all messages from it, without the signs of life between them."""

    def __init__(self, folder: Path) -> None:
        self.received: queue.Queue[Any] = queue.Queue()
        self.noted = NotedProcesses(folder)
        self.worker = WorkerProcess(
            self.noted.command,
            self._hear,
            lambda _, why: self.received.put(why),
        )

    def _hear(self, _: object, message: object) -> None:
        if not isinstance(message, Alive):
            self.received.put(message)

    def until(self, kind: type) -> list[Any]:
        """Return all messages up to the first of a kind."""
        messages = [self.received.get(timeout=WAIT)]
        while not isinstance(messages[-1], kind):
            messages.append(self.received.get(timeout=WAIT))
        return messages

    def train(self, experiment: Experiment) -> Ended:
        self.worker.send(Train("0-1", experiment, shards=(0,)))
        ended: Ended = self.until(Ended)[-1]
        return ended


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversation]:
    conversation = Conversation(tmp_path_factory.mktemp("warm"))
    conversation.until(Warmed)
    yield conversation
    conversation.worker.end(1.0)


@pytest.mark.slow
def test_a_warm_process_needs_no_new_trace_for_the_lessons(warm: Conversation, tiny: Make) -> None:
    for dataset in WARMED:
        assert warm.train(Experiment(dataset=dataset, epochs=1, seed=3)).programs == len(WARMED)
    assert warm.train(tiny()).programs == len(WARMED) + 1
    assert warm.train(tiny(seed=1)).programs == len(WARMED) + 1


def test_a_run_is_sent_from_its_beginning_to_its_end(warm: Conversation, tiny: Make) -> None:
    warm.worker.send(Train("0-7", tiny(), shards=(0,)))
    messages = warm.until(Ended)
    assert [type(message) for message in messages] == [Began, *[Measured] * 5, Ended]
    assert {message.run_id for message in messages} == {"0-7"}
    assert [message.epoch for message in messages[1:-1]] == [0, 10, 20, 30, 40]
    (kernels,) = messages[-1].kernels
    assert [kernels.arrays[name].shape for name in ("0", "1")] == [(2, 1, 4), (2, 4, 1)]


@pytest.mark.slow
def test_a_traced_structure_that_was_dropped_counts_again(warm: Conversation, tiny: Make) -> None:
    before = warm.train(tiny(hidden=(1,))).programs
    others = [warm.train(tiny(hidden=(units,))).programs for units in range(10, 18)]
    assert others == list(range(before + 1, before + 9))
    assert warm.train(tiny(hidden=(17,))).programs == before + 8
    assert warm.train(tiny(hidden=(1,))).programs == before + 9


@pytest.mark.slow
def test_a_run_does_not_wait_for_all_of_the_warming(tiny: Make, tmp_path: Path) -> None:
    conversation = Conversation(tmp_path)
    try:
        conversation.until(Ready)
        conversation.worker.send(Train("0-1", tiny(), shards=(0,)))
        assert not any(isinstance(message, Warmed) for message in conversation.until(Ended))
        conversation.until(Warmed)  # and the warming goes on behind it
    finally:
        conversation.worker.end(1.0)


@pytest.mark.skipif(sys.platform == "win32", reason="signals and sessions of POSIX")
def test_ctrl_c_does_not_reach_the_process(warm: Conversation, tiny: Make) -> None:
    pid = warm.noted.latest()
    assert os.getsid(pid) == pid  # a session of its own, from its first moment on
    os.kill(pid, signal.SIGINT)
    assert warm.train(tiny(seed=2)).status == "finished"


def test_a_path_looks_between_epochs_whether_to_stop(tiny: Make) -> None:
    from l2viz.trainer.worker.jobs import StopAsked, StoppableTraining

    answers = iter([False, False, False, True])  # the first before epoch 0 is measured
    experiment = tiny(epochs=10_000, record_every=10_000)
    recorded = []
    with StoppableTraining(experiment, [0], lambda: next(answers)) as training:
        with pytest.raises(StopAsked):
            recorded.extend(epoch for epoch, _ in training.recorded())
        program, _ = training.holding(0)
        assert 2 <= program.optimizer.iterations.numpy() < 10_000
    assert recorded == [0]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX tells whether a process is there")
def test_a_process_full_of_traces_is_replaced_unseen(
    tiny: Make, ended: Callable[[Run], RunState], noted: NotedProcesses
) -> None:
    with closing(Trainer(worker_command=noted.command, largest_program_count=0)) as trainer:
        assert ended(trainer.submit(tiny(), client="a")).status == "finished"
        old = noted.ids[0]
        meanwhile = trainer.submit(tiny(seed=1), client="a")  # nobody waits for the new one
        assert ended(meanwhile).status == "finished"
        wait_for_end(old)
        assert ended(trainer.submit(tiny(seed=2), client="a")).status == "finished"
        assert not trainer.unavailable_because


@pytest.mark.slow
def test_keras_settings_for_other_work_do_not_keep_it_from_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"backend": "jax", "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(settings), encoding="utf-8")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    conversation = Conversation(tmp_path)
    try:
        experiment = Experiment(model="conv2d", filters=(2,), train_size=20, epochs=1)
        assert conversation.train(experiment).status == "finished"
    finally:
        conversation.worker.end(1.0)


def test_temporary_files_go_with_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: Make
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    conversation = Conversation(tmp_path)
    conversation.train(tiny())
    assert len(list(temporary.iterdir())) == 1  # its own folder for temporary files
    conversation.worker.end(1.0)
    assert not list(temporary.iterdir())
