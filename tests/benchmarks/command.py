"""The argument of all benchmarks, how often each side is timed; and a folder beside it."""

from __future__ import annotations

import argparse
from pathlib import Path


def repetitions(default: int) -> int:
    """Return the number on the command line; a wrong one ends the process with exit code 2."""
    count: int = _parser(default).parse_args().repetitions
    return count


def repetitions_and_folder(default: int, option: str, words: str) -> tuple[int, Path | None]:
    """Return the number on the command line, and the folder of an option if it is there."""
    parser = _parser(default)
    parser.add_argument(option, type=Path, help=words, dest="folder")
    found = parser.parse_args()
    return found.repetitions, found.folder


def _parser(default: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    parser.add_argument("repetitions", type=_positive, nargs="?", default=default)
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 on, got {text!r}")
    return int(text)
