"""`l2viz pack`: all that belongs to scenes of the tour, as one ZIP."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from l2viz.pack import write_pack


def pack(into: Path, scenes: Sequence[str], *, film: bool) -> int:
    """Write the course pack."""
    try:
        names = write_pack(into, scenes, film=film, progress=_say)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    except (ImportError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"{into}: {len(names)} files, {into.stat().st_size / 1e6:.1f} MB")
    return 0


def _say(key: str) -> None:
    if sys.stderr.isatty():
        print(key, file=sys.stderr)
