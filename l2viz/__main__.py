"""The command line: ``python -m l2viz record`` writes the recorded runs of the lessons."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m l2viz", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    record = commands.add_parser("record", help="train the lessons and write their recorded runs")
    record.add_argument("--into", type=Path, default=Path("assets/recordings"))
    chosen = parser.parse_args(arguments)
    return _record(chosen.into)


def _record(into: Path) -> int:
    from l2viz.recording import rounded
    from l2viz.training import run
    from l2viz.ui.lessons import LESSONS

    into.mkdir(parents=True, exist_ok=True)
    for lesson in LESSONS:
        path = into / f"{lesson.name.lower().replace(', ', '-').replace(' ', '-')}.npz"
        rounded(run(lesson.experiment)).save(path)
        print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
