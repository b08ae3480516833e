"""`l2viz train`: an experiment in words -> a run in a file."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from l2viz.analysis.metrics import best_strength
from l2viz.experiment import Experiment
from l2viz.experiment.url import from_query
from l2viz.trajectory import Snapshot, Trajectory
from l2viz.validation import InvalidValue

_WIDTH = 30  # characters of the bar


def train(settings: Sequence[str], into: Path, *, as_json: bool) -> int:
    """Train what the settings say, NAME=VALUE as in the page's address, and write the run."""
    try:
        experiment = experiment_of(settings)
        if into.is_dir() or not into.parent.is_dir():
            raise InvalidValue("--into", "be a file in a folder that exists", str(into))
        trajectory = _trained(experiment)
        trajectory.save(into)
    except InvalidValue as problem:
        print(problem, file=sys.stderr)
        return 2
    except (OSError, ArithmeticError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; nothing was written.", file=sys.stderr)
        return 130
    found = results(trajectory) | {"file": str(into)}
    print(json.dumps(found) if as_json else _in_words(found))
    return 0


def experiment_of(settings: Sequence[str]) -> Experiment:
    """Return the experiment that these settings name. Raises InvalidValue."""
    query: dict[str, str] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals or not name:
            raise InvalidValue("each setting", "be NAME=VALUE, as in the page's address", setting)
        query[name] = value
    address = from_query(query, opening=Experiment())
    if address.ignored:
        name = address.ignored[0]
        raise InvalidValue(name, "be a setting with a valid value", query[name])
    return address.experiment


def results(trajectory: Trajectory) -> dict[str, Any]:
    """Return what a program may want to know of a run, at its last epoch."""
    path = trajectory.twin()
    score = "val_data_loss" if path.val_accuracy is None else "val_accuracy"
    scores = getattr(path, score)[:, -1]
    return {
        "strengths": [float(strength) for strength in path.strengths],
        score: [float(value) for value in scores],
        "penalty": [float(value) for value in path.penalty[:, -1].sum(axis=-1)],
        "best_strength": float(path.strengths[best_strength(path)]),
    }


def _trained(experiment: Experiment) -> Trajectory:
    from l2viz.engine.training import PathTraining

    with PathTraining(experiment) as training:
        snapshots = tuple(_shown(experiment, training.snapshots()))
        return Trajectory.of(training.context, snapshots, training.kernels())


def _shown(experiment: Experiment, snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
    """Pass the snapshots on, and draw a bar with the time left if somebody looks on."""
    begun = time.monotonic()
    for snapshot in snapshots:
        if sys.stderr.isatty():
            share = snapshot.epoch / experiment.epochs
            bar = ("=" * round(_WIDTH * share)).ljust(_WIDTH)
            left = (time.monotonic() - begun) * (1.0 - share) / share if share else 0.0
            said = f"\r[{bar}] epoch {snapshot.epoch} of {experiment.epochs}, {left:.0f} s left "
            print(said, end="\n" if share == 1.0 else "", file=sys.stderr, flush=True)
        yield snapshot


def _in_words(found: Mapping[str, Any]) -> str:
    score = next(name for name in ("val_accuracy", "val_data_loss") if name in found)
    rows = zip(found["strengths"], found[score], found["penalty"], strict=True)
    lines = [f"{strength:<10.3g} {value:<14.4g} {penalty:.4g}" for strength, value, penalty in rows]
    head = f"{'strength':<10} {score:<14} penalty"
    best = f"Best on validation data: {found['best_strength']:.3g}. Written to {found['file']}."
    return "\n".join([head, *lines, best])
