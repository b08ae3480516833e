"""See what L2 regularization does to a network: open the page, or make its data files."""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from l2viz import __version__
from l2viz.lesson import FILES
from l2viz.lesson.recorded import recorded_experiments


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    parser = argparse.ArgumentParser(prog="l2viz", description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("app", help="open the page; further options are Streamlit's own")
    record = commands.add_parser(
        "record", help="train presets and scenes, and write their recorded runs"
    )
    record.add_argument("--into", type=Path, default=FILES / "recordings")
    measure = commands.add_parser("measure", help="run the studies over ten seeds")
    measure.add_argument("names", nargs="*", help="claims and presets; all if none is named")
    chosen, others = parser.parse_known_args(arguments)
    if chosen.command == "app":
        return _app(others)
    if others:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    return _record(chosen.into) if chosen.command == "record" else _measure(chosen.names)


def _app(options: Sequence[str]) -> int:
    """Run the page until it is stopped."""
    try:
        script = _app_script()
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    with contextlib.suppress(KeyboardInterrupt):  # Streamlit gets it too, and stops
        return subprocess.call(command)
    return 0


def _app_script() -> Path:
    """Return the path of app.py: in the checkout of this package, or as installed."""
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
    from l2viz.trajectory.recording import save_recording

    into.mkdir(parents=True, exist_ok=True)
    total = 0
    for key, experiment in recorded_experiments().items():
        path = into / f"{key}.npz"
        save_recording(run(experiment), path)
        total += path.stat().st_size
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {total / 1e6:.1f} MB so far")
    return 0


def _measure(names: Sequence[str]) -> int:
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


if __name__ == "__main__":
    raise SystemExit(main())
