"""The one argument of the benchmarks: how often each side is timed."""

from __future__ import annotations

import argparse


def repetitions(default: int) -> int:
    """Return the number on the command line; a wrong one ends the process with exit code 2."""
    parser = argparse.ArgumentParser()
    parser.add_argument("repetitions", type=_positive, nargs="?", default=default)
    count: int = parser.parse_args().repetitions
    return count


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, got {text!r}")
    return int(text)
