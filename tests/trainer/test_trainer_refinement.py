"""New strengths of a finished path: only they are trained."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from l2viz.experiment import Experiment
from l2viz.trainer import Run, RunState, Trainer
from l2viz.trainer.messages import Train
from l2viz.trainer.process import WorkerProcess

Make = Callable[..., Experiment]
Ended = Callable[[Run], RunState]


def test_only_the_missing_members_are_trained(
    trainer: Trainer, tiny: Make, ended: Ended, monkeypatch: object
) -> None:
    sent: list[object] = []
    send = WorkerProcess.send
    assert hasattr(monkeypatch, "setattr")
    monkeypatch.setattr(
        WorkerProcess, "send", lambda self, message: (sent.append(message), send(self, message))
    )
    part = trainer.submit(tiny(strengths=(0.0, 1e-3, 0.1), seed=3), client="a")
    ended(part)
    whole = tiny(strengths=(0.0, 1e-3, 0.01, 0.1, 0.2), seed=3)
    run = trainer.submit(whole, client="a")
    assert ended(run).status == "finished"
    trained = [message.experiment.strengths for message in sent if isinstance(message, Train)]
    assert trained == [(0.0, 1e-3, 0.1), (0.0, 0.01, 0.2)]
    merged, finished = run.trajectory(), part.trajectory()
    assert merged is not None
    assert finished is not None
    assert merged.experiment == whole
    np.testing.assert_array_equal(merged.kernel_norm[[0, 1, 3]], finished.kernel_norm)
    retrained = trainer.submit(whole, client="a", retrain=True)  # all of them
    assert ended(retrained).status == "finished"
    together = retrained.trajectory()
    assert together is not None
    np.testing.assert_allclose(merged.train_data_loss, together.train_data_loss, rtol=1e-5)
    np.testing.assert_allclose(merged.kernels[0], together.kernels[0], atol=1e-5)
    assert sent[-1].experiment == whole  # type: ignore[attr-defined]


def test_a_path_of_other_bits_fails_and_is_then_trained_whole(
    trainer: Trainer, tiny: Make, ended: Ended
) -> None:
    part = trainer.submit(tiny(strengths=(0.0, 2e-3), seed=4), client="a")
    ended(part)
    finished = part.trajectory()
    assert finished is not None
    finished.kernel_norm[0, 2:] *= 1.01  # as if other threads had trained it
    whole = tiny(strengths=(0.0, 2e-3, 0.02), seed=4)
    state = ended(trainer.submit(whole, client="a"))
    assert state.status == "failed"
    assert state.message == (
        "λ = 0 of the new members is not λ = 0 of those there: they cannot be joined. "
        "Press Train to train all of them together."
    )
    assert len(state.snapshots) == 2
    again = ended(trainer.submit(whole, client="a"))
    assert again.status == "finished"
