"""The cost of the penalty: `fit` with and without it, as a Markdown table.

python -m tests.benchmarks.cost [pairs]
"""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from l2viz.experiment import Experiment
from l2viz.studies.penalty_timing import penalty_cost
from tests.benchmarks.command import repetitions

NETWORKS = {
    "Dense 64-32-10": {"hidden": (64, 32)},
    "Dense 1024-1024-10": {"hidden": (1024, 1024)},
    "Conv2D 8-16": {"model": "conv2d"},
}


def table(pairs: int) -> str:
    rows = ["| `fit` with a penalty, compared with none | L2 | L1 |", "| --- | --- | --- |"]
    for name, fields in NETWORKS.items():
        costs = [
            penalty_cost(
                Experiment(
                    train_size=1_438,
                    label_noise=0.0,
                    strengths=(0.0, 1e-3),
                    penalties=(penalty,),
                    **fields,  # type: ignore[arg-type]
                ),
                pairs=pairs,
            )
            for penalty in ("l2", "l1")
        ]
        rows.append(f"| {name} | {' | '.join(cost.sentence() for cost in costs)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(repetitions(21)))
