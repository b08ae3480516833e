"""l2viz.run on several cores: the bits of one process, whatever the number of processes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import l2viz
from l2viz.experiment.strength_grid import strength_grid
from l2viz.trainer import library
from l2viz.trainer.trainer import TrainerUnavailable
from tests.trajectories import bits

Make = Callable[..., l2viz.Experiment]

GRID = strength_grid(1e-4, 0.1, 19)  # with λ = 0, two shards
KINDS: dict[str, dict[str, Any]] = {
    "dense": {"strengths": GRID},
    "conv2d": {"model": "conv2d", "filters": (3, 4), "strengths": GRID},
    "custom": {"model": "custom", "strengths": GRID},
    "BatchNorm and Dropout": {"batch_norm": True, "dropout": 0.2, "strengths": GRID},
    "repeats and twins": {"repeats": 3, "penalties": ("l2", "l1"), "strengths": (0.0, 0.1)},
    "curve": {"dataset": "curve", "strengths": GRID},
}


def experiment(name: str) -> l2viz.Experiment:
    settings: dict[str, Any] = {"train_size": 20, "hidden": (6,), "epochs": 3, "record_every": 1}
    return l2viz.Experiment(**(settings | KINDS[name]))


@pytest.mark.parametrize(
    ("name", "workers"),
    [
        ("repeats and twins", 3),
        *(
            pytest.param(name, workers, marks=pytest.mark.slow)
            for name in KINDS
            for workers in (1, 2, 3)
        ),
    ],
)
@pytest.mark.usefixtures("one_thread")
def test_any_number_of_processes_gives_the_same_bits(name: str, workers: int) -> None:
    alone = l2viz.run(experiment(name))
    shared = l2viz.run(experiment(name), workers=workers)
    assert shared.context.threads == alone.context.threads == 1
    assert bits(shared) == bits(alone)


@pytest.mark.slow
def test_a_path_that_diverges_says_so_from_any_process() -> None:
    diverging = l2viz.Experiment(
        dataset="curve",
        optimizer="sgd",
        learning_rate=100.0,
        activation="linear",
        strengths=(*GRID, 1.0, 100.0),
        epochs=40,
        record_every=1,
    )
    found = []
    for workers in (0, 2):
        with pytest.raises(l2viz.Diverged) as caught:
            l2viz.run(diverging, workers=workers)
        assert caught.value.trajectory is not None
        found.append((str(caught.value), caught.value.strength, bits(caught.value.trajectory)))
    assert found[0] == found[1]


@pytest.mark.slow
def test_one_strength_that_diverges_is_a_warning_from_any_process() -> None:
    settings: dict[str, Any] = {"dataset": "curve", "optimizer": "sgd", "learning_rate": 0.1}
    diverging = l2viz.Experiment(**settings, epochs=400, strengths=(0.0, 0.01, 100.0))
    found = []
    for workers in (0, 2):
        with pytest.warns(RuntimeWarning, match="^At λ = 100 the loss was no longer") as caught:
            found.append(bits(l2viz.run(diverging, workers=workers)))
        assert caught[0].filename == __file__
    assert found[0] == found[1]


@pytest.mark.parametrize("workers", [-1, 65, 1.5, "2", True])
def test_a_number_of_processes_that_is_none_is_refused(tiny: Make, workers: Any) -> None:
    with pytest.raises(l2viz.InvalidValue, match=r"^workers must be "):
        l2viz.run(tiny(), workers=workers)


def test_processes_that_cannot_start_are_an_error(
    tiny: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = library.Trainer
    monkeypatch.setattr(
        library, "Trainer", lambda **settings: trainer(worker_command=["no-program"], **settings)
    )
    with pytest.raises(TrainerUnavailable, match="could not be started"):
        l2viz.run(tiny(), workers=2)
