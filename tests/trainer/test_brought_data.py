"""Data that a viewer has brought: trained by the processes, shared with nobody, gone at the end."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from l2viz.data.brought import Table, bring
from l2viz.engine.training import run
from l2viz.experiment import Experiment
from l2viz.experiment.url import View, from_query, to_query
from l2viz.trainer import Run, RunRefused, RunState, Trainer
from tests.trainer.waiting import until

Ended = Callable[[Run], RunState]


def table(seed: int = 0) -> Table:
    generator = np.random.default_rng(seed)
    inputs = generator.normal(size=(60, 3))
    inputs[7, 1] = np.nan
    classes = (inputs[:, 0] > 0).astype(np.int32)
    return Table(title="mine", inputs=inputs, targets=classes, classes=("no", "yes"), shape=(3,))


def experiment(name: str) -> Experiment:
    return Experiment(
        dataset=name, hidden=(4,), epochs=6, record_every=3, strengths=(0.0, 1e-3, 0.1)
    )


def test_processes_train_it_as_this_one_does(trainer: Trainer, ended: Ended) -> None:
    mine = table()
    asked = experiment(bring(mine))
    finished = trainer.submit(asked, client="a")
    assert ended(finished).status == "finished", finished.state.message
    here = run(asked)
    np.testing.assert_array_equal(finished.trajectory().val_data_loss, here.val_data_loss)


def test_it_is_in_no_address_no_list_and_no_log(
    trainer: Trainer, ended: Ended, caplog: pytest.LogCaptureFixture
) -> None:
    mine = table()
    asked = experiment(bring(mine))
    with caplog.at_level(logging.INFO):
        ended(trainer.submit(asked, client="a"))
        lines = [line.dataset for line in trainer.status().training]
    assert asked.dataset not in caplog.text and asked.dataset not in lines
    opened = from_query(to_query(asked, View()), opening=Experiment())
    assert opened.experiment.dataset != asked.dataset
    assert "dataset" in opened.ignored
    with pytest.raises(ValueError, match="dataset must be one of") as refusal:
        Experiment(dataset="brought-0000000000000000")
    assert asked.dataset not in str(refusal.value)


@pytest.mark.slow
def test_a_shared_folder_gets_nothing_of_it(tmp_path: Path, ended: Ended) -> None:
    mine = table()
    with closing(Trainer(shared_folder=tmp_path)) as trainer:
        ended(trainer.submit(experiment(bring(mine)), client="a"))
        ended(trainer.submit(Experiment(dataset="curve", epochs=2, record_every=1), client="a"))
    kept = [path.read_bytes() for path in tmp_path.iterdir()]
    assert kept and not any(b"brought-" in content for content in kept)


def test_it_is_gone_when_nobody_holds_it(trainer: Trainer, ended: Ended) -> None:
    mine = table()
    asked = experiment(bring(mine))
    finished = trainer.submit(asked, client="a")
    ended(finished)
    del mine
    gc.collect()
    until(lambda: trainer.get(finished.id) is None)
    with pytest.raises(RunRefused, match="are not here any more"):
        trainer.submit(asked, client="a")
