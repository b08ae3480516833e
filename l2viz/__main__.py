"""See what L2 regularization does to a network: open the page, or make the files that it shows."""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from l2viz.lesson import FILES


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="l2viz", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("app", help="open the page; further options are Streamlit's own")
    record = commands.add_parser("record", help="train the lessons and write their recorded runs")
    record.add_argument("--into", type=Path, default=FILES / "recordings")
    measure = commands.add_parser("measure", help="train the lessons over many seeds")
    measure.add_argument("--seeds", type=int, default=10)
    measure.add_argument("--into", type=Path, default=Path("assets/lessons.json"))
    evidence = commands.add_parser("evidence", help="measure every claim over ten seeds")
    evidence.add_argument("names", nargs="*", help="those to measure; all unless named")
    chosen, others = parser.parse_known_args(arguments)
    if chosen.command == "app":
        return _app(others)
    if others:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    if chosen.command == "record":
        return _record(chosen.into)
    if chosen.command == "evidence":
        return _evidence(chosen.names)
    return _measure(chosen.seeds, chosen.into)


def _app(options: Sequence[str]) -> int:
    """Run the page until it is stopped."""
    try:
        script = _app_script()
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    with contextlib.suppress(KeyboardInterrupt):  # Streamlit has it too, and ends by itself
        return subprocess.call(command)
    return 0


def _app_script() -> Path:
    """Return app.py: of the checkout this package stands in, or as it was installed."""
    checkout = Path(__file__).parents[1] / "app.py"
    if checkout.exists() and (checkout.parent / "pyproject.toml").exists():
        return checkout
    with contextlib.suppress(metadata.PackageNotFoundError):
        for file in metadata.files("l2viz") or ():
            if file.name == "app.py" and file.parent.name == "l2viz":
                return Path(str(file.locate())).resolve()
    raise FileNotFoundError("app.py was not installed with l2viz: install it again with pip.")


def _record(into: Path) -> int:
    from l2viz.engine.training import run
    from l2viz.lesson.presets import LESSONS
    from l2viz.trajectory.recording import save_recording

    into.mkdir(parents=True, exist_ok=True)
    for lesson in LESSONS:
        path = into / f"{lesson.key}.npz"
        save_recording(run(lesson.experiment), path)
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
