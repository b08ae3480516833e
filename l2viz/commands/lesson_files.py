"""The data files of the lesson: recorded runs, and measured results."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from l2viz.lesson.recorded import recorded_experiments


def record(into: Path) -> int:
    """Train presets and scenes, and write their recorded runs."""
    from l2viz.engine.training import run
    from l2viz.trajectory.recording import save_recording

    into.mkdir(parents=True, exist_ok=True)
    total = 0
    for key, experiment in recorded_experiments().items():
        path = into / f"{key}.npz"
        save_recording(run(experiment), path)
        total += path.stat().st_size
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {total / 1e6:.1f} MB so far")
    return 0


def measure(names: Sequence[str]) -> int:
    """Run the studies and update their results; return 1 if a claim does not hold."""
    from l2viz.lesson.published_results import FILE, read_results, write_results
    from l2viz.studies import runner

    for name in names:
        if name not in runner.NAMES:
            print(f"names must be of {', '.join(runner.NAMES)}, got {name!r}")
            return 2
    results = dict(read_results()) if FILE.exists() else {}
    contradicted = []
    for name, verdict in runner.verdicts(names or runner.NAMES):
        results[name] = verdict.results
        print(f"{name}: {'holds' if verdict.holds else 'DOES NOT HOLD'}")
        for result, value in verdict.results.items():
            print(f"  {result} = {value:.4g}")
        if not verdict.holds:
            contradicted.append(name)
    write_results(results)
    return 1 if contradicted else 0
