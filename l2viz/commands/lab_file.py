"""`l2viz lab`: a run in a file -> the stage with it, as one HTML file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from l2viz.export import lab
from l2viz.trajectory import Trajectory
from l2viz.trajectory.merging import as_path


def write(files: Sequence[Path], into: Path) -> int:
    """Write the lab of a run, or of the path of several."""
    try:
        lab(as_path([Trajectory.load(file) for file in files])).save(into)
    except (OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{into}: {into.stat().st_size / 1e6:.1f} MB; open it with a browser.")
    return 0
