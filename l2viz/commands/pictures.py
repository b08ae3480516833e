"""`l2viz figures`, `film` and `strip`: a run in a file -> pictures of its charts."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from l2viz.pictures import save_figures, save_film, save_strip
from l2viz.trajectory import Trajectory
from l2viz.trajectory.merging import as_path
from l2viz.validation import InvalidValue

_SIZE = re.compile(r"(\d{1,9})[x×](\d{1,9})", re.ASCII | re.IGNORECASE)


def figures(asked: Namespace) -> int:
    """Save charts of a run as pictures."""

    def save(run: Trajectory) -> tuple[Path, ...]:
        charts = names_of(asked.chart) if asked.chart else None
        return save_figures(run, asked.into, charts=charts, scale=asked.scale, **_common(asked))

    return _written(asked.files, save)


def film(asked: Namespace) -> int:
    """Save a film of a chart."""

    def save(run: Trajectory) -> tuple[Path, ...]:
        more = {"over": asked.over, "seconds": asked.seconds, "frames": asked.frames}
        return save_film(run, asked.into, chart=asked.chart, **more, **_common(asked))

    return _written(asked.files, save)


def strip(asked: Namespace) -> int:
    """Save a chart at several strengths or epochs, side by side."""

    def save(run: Trajectory) -> tuple[Path, ...]:
        more = {
            "strengths": numbers_of("strengths", asked.strengths, float),
            "epochs": numbers_of("epochs", asked.epochs, int),
            "scale": asked.scale,
        }
        return save_strip(run, asked.into, chart=asked.chart, **more, **_common(asked))

    return _written(asked.files, save)


def size_of(text: str | None) -> tuple[int, int] | None:
    """Return width and height of "800x450". Raises InvalidValue."""
    if text is None:
        return None
    found = _SIZE.fullmatch(text)
    if found is None:
        raise InvalidValue("size", "be WIDTHxHEIGHT, like 800x450", text)
    return int(found[1]), int(found[2])


def names_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return names that were given one by one, or with commas between them."""
    return tuple(name.strip() for text in texts for name in text.split(",") if name.strip())


def numbers_of(field: str, text: str | None, kind: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """Return numbers with commas between them. Raises InvalidValue."""
    if text is None:
        return None
    try:
        return tuple(kind(part) for part in text.split(","))
    except ValueError:
        raise InvalidValue(field, "be numbers with commas between them", text) from None


def _common(asked: Namespace) -> dict[str, Any]:
    """Return the arguments that all three take, without those that were not given."""
    given = {
        "formats": names_of([asked.format]) if asked.format is not None else None,
        "size": size_of(asked.size),
        "strength": _number("strength", asked.strength, float),
        "epoch": _number("epoch", asked.epoch, int),
        "a": _number("a", asked.a, float),
        "b": _number("b", asked.b, float),
        "theme": asked.theme,
    }
    return {name: value for name, value in given.items() if value is not None}


def _number(field: str, text: str | None, kind: Callable[[str], Any]) -> Any:
    if text is None:
        return None
    try:
        return kind(text)
    except ValueError:
        rule = "be a whole number" if kind is int else "be a number"
        raise InvalidValue(field, rule, text) from None


def _written(files: Sequence[Path], save: Callable[[Trajectory], tuple[Path, ...]]) -> int:
    try:
        run = as_path([Trajectory.load(file) for file in files])
    except (OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    try:
        written = save(run)
    except InvalidValue as problem:
        print(problem, file=sys.stderr)
        return 2
    except (OSError, ImportError, RuntimeError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped; no file is half written.", file=sys.stderr)
        return 130
    for file in written:
        print(file)
    return 0
