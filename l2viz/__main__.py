"""The command line: makes the files in assets/ that the page shows."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from l2viz.lesson import FILES


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m l2viz", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help="train the lessons and write their recorded runs")
    record.add_argument("--into", type=Path, default=FILES / "recordings")
    measure = commands.add_parser("measure", help="train the lessons over many seeds")
    measure.add_argument("--seeds", type=int, default=10)
    measure.add_argument("--into", type=Path, default=Path("assets/lessons.json"))
    evidence = commands.add_parser("evidence", help="measure every claim over ten seeds")
    evidence.add_argument("names", nargs="*", help="those to measure; all unless named")
    chosen = parser.parse_args(arguments)
    if chosen.command == "record":
        return _record(chosen.into)
    if chosen.command == "evidence":
        return _evidence(chosen.names)
    return _measure(chosen.seeds, chosen.into)


def _record(into: Path) -> int:
    from l2viz.engine.training import run
    from l2viz.lesson.presets import LESSONS
    from l2viz.trajectory.rounding import rounded

    into.mkdir(parents=True, exist_ok=True)
    for lesson in LESSONS:
        path = into / f"{lesson.key}.npz"
        rounded(run(lesson.experiment)).save(path)
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return 0


def _measure(seeds: int, into: Path) -> int:
    from l2viz.lesson.presets import LESSONS
    from l2viz.studies.seeds import study

    figures = {}
    for lesson in LESSONS:
        figures[lesson.key] = study(lesson.experiment, range(seeds)).as_json()
        print(lesson.name, figures[lesson.key])
    into.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0


def _evidence(names: Sequence[str]) -> int:
    """Measures, and keeps what was measured before of all others. 1 if a claim does not hold."""
    from l2viz.lesson.published_results import FILE, read_figures, write_figures
    from l2viz.studies import runner

    for name in names:
        if name not in runner.NAMES:
            print(f"names must be of {', '.join(runner.NAMES)}, got {name!r}")
            return 2
    figures = dict(read_figures()) if FILE.exists() else {}
    fallen = []
    for name, verdict in runner.verdicts(names or runner.NAMES):
        figures[name] = verdict.figures
        print(name, "holds" if verdict.holds else "DOES NOT HOLD", dict(verdict.figures))
        if not verdict.holds:
            fallen.append(name)
    write_figures(figures)
    return 1 if fallen else 0


if __name__ == "__main__":
    raise SystemExit(main())
