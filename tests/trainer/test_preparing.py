"""What a viewer chooses is traced before Train is pressed, if nobody else trains or waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunState, Trainer
from l2viz.trainer.messages import Prepare, Ready, Train, Warmed
from l2viz.trainer.worker import jobs
from tests.trainer.fake_processes import Processes

Make = Callable[..., Experiment]


@pytest.fixture
def idle(processes: Processes) -> Iterator[Trainer]:
    trainer = Trainer()
    trainer.start()
    processes.latest.says(Ready(), Warmed())
    yield trainer
    trainer.close()


def test_what_is_chosen_is_prepared_once(idle: Trainer, processes: Processes, tiny: Make) -> None:
    chosen = tiny(hidden=(5,))
    idle.prepare(chosen)
    idle.prepare(tiny(hidden=(5,), seed=3, learning_rate=0.5))  # inputs of the same trace
    assert processes.latest.sent == [Prepare(chosen)]
    run = idle.submit(chosen, client="a")
    assert processes.latest.sent[1:] == [Train(run.id, chosen, (0,))]


def test_what_trains_or_was_trained_lately_is_not_prepared(
    idle: Trainer, processes: Processes, tiny: Make
) -> None:
    run = idle.submit(tiny(), client="a")
    idle.prepare(tiny(hidden=(6,)))
    idle.withdraw(run.id, client="a")
    assert not any(isinstance(sent, Prepare) for sent in processes.latest.sent)


def test_a_long_epoch_is_not_prepared(idle: Trainer, processes: Processes) -> None:
    idle.prepare(Experiment(train_size=1000, batch_size=1, repeats=10))
    assert processes.latest.sent == []


def test_the_pieces_trace_all_that_a_run_needs(
    tiny: Make, ended: Callable[[Run], RunState]
) -> None:
    from l2viz.engine.program_pool import traced_programs

    strengths = (0.0, *(0.01 * number for number in range(1, 25)))  # two shards
    chosen = tiny(hidden=(7, 3), strengths=strengths)
    for piece in jobs.pieces_of(chosen):
        piece()
    traced = traced_programs()
    sent: list[object] = []
    jobs.train(
        Train("1", tiny(hidden=(7, 3), strengths=strengths, seed=9), (0, 1)),
        sent.append,
        lambda: False,
    )
    assert len(sent) == 2 + len(chosen.recorded_epochs)
    assert traced_programs() == traced
