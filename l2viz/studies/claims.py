"""Each claim of the lesson as a study: its experiments and its check."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from l2viz.experiment import Experiment
from l2viz.studies import checks
from l2viz.studies.statistics import SEEDS, Study


def _experiment(*strengths: float, **fields: Any) -> Experiment:
    """Return an experiment over all seeds, recorded at its first and last epoch alone."""
    settings: dict[str, Any] = {"repeats": SEEDS} | fields
    if strengths:
        settings["strengths"] = strengths
    epochs = Experiment(**fields).epochs
    return Experiment(**{"record_every": epochs} | settings)


_SGD = {"optimizer": "sgd", "learning_rate": 0.1}
_GRID = (0.0, 1e-4, 3e-4, 1e-3, 2e-3, 3e-3, 5e-3, 0.01, 0.015, 0.02, 0.03)

CLAIMS: Mapping[str, Study] = MappingProxyType(
    {
        "shrinks": Study(
            experiments={
                "sgd": _experiment(
                    *(0.0, 1e-3, 3e-3, 0.01), penalties=("l2", "l1", "proximal_l1"), **_SGD
                )
            },
            verdict=checks.shrinks,
        ),
        "large_weights": Study(
            experiments={"adam": _experiment(0.0, 1e-3, 3e-3, 0.01)}, verdict=checks.large_weights
        ),
        "generalization": Study(
            experiments={"wrong": _experiment(), "clean": _experiment(label_noise=0.0)},
            verdict=checks.generalization,
        ),
        "smooth": Study(
            experiments={
                "linear": _experiment(
                    *(0.0, 1e-3, 0.01),
                    hidden=(),
                    optimizer="sgd",
                    learning_rate=0.5,
                    batch_size=300,
                    epochs=2_000,
                    record_every=5,
                ),
                "network": _experiment(0.0, 1e-3, 0.01, record_every=1),
            },
            verdict=checks.smooth,
        ),
        "no_sparsity": Study(
            experiments={"adam": _experiment(0.0, 1e-3, 0.01)}, verdict=checks.no_sparsity
        ),
        "tuning": Study(
            experiments={"adam": _experiment(0.0, 1e-4, 1e-3, 0.01, 0.03, 0.1)},
            verdict=checks.tuning,
        ),
        "cost": Study(experiments={}, verdict=checks.cost),
        "needed_by_large": Study(
            experiments={
                "linear": _experiment(*_GRID, hidden=()),
                "width_16": _experiment(*_GRID, hidden=(16,)),
                "width_64": _experiment(*_GRID, hidden=(64,)),
                "width_256": _experiment(*_GRID, hidden=(256,)),
                "depth_1": _experiment(*_GRID, hidden=(32,)),
                "depth_2": _experiment(*_GRID, hidden=(32, 32)),
                "depth_3": _experiment(*_GRID, hidden=(32, 32, 32)),
                "depth_4": _experiment(*_GRID, hidden=(32, 32, 32, 32)),
                "clean_256": _experiment(*_GRID, hidden=(256,), label_noise=0.0),
            },
            verdict=checks.needed_by_large,
        ),
        "not_decay": Study(
            experiments={
                "adam": _experiment(0.0, 1e-3, 0.01, penalties=("l2", "decay")),
                "sgd": _experiment(0.0, 1e-3, 0.01, penalties=("l2", "kernel_decay"), **_SGD),
            },
            verdict=checks.not_decay,
        ),
        "val_loss": Study(
            experiments={
                "conv2d": _experiment(*(0.0, 3e-3), model="conv2d", train_size=150, label_noise=0.2)
            },
            verdict=checks.val_loss,
        ),
        "batch_norm": Study(
            experiments={
                "with": _experiment(0.0, 1e-3, 0.01, batch_norm=True),
                "without": _experiment(0.0, 1e-3, 0.01),
            },
            verdict=checks.batch_norm,
        ),
    }
)
