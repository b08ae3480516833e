"""What is asked for, checked: each function returns a valid value, or raises InvalidValue."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go

from l2viz.analysis.metrics import best_strength
from l2viz.charts import Chart
from l2viz.charts.core.chart import epoch_position, member_of
from l2viz.charts.core.theme import THEMES
from l2viz.trajectory import Trajectory
from l2viz.validation import InvalidValue, as_tuple, choice, integer, number
from l2viz.writing import file_path, folder_path

PICTURE_FORMATS = ("png", "svg", "pdf")
SMALLEST, LARGEST = 200, 4_000  # CSS pixels of a side
_MOST_PIXELS = 10_000  # of a side of a PNG
_SMALLEST_SCALE, _LARGEST_SCALE = 0.25, 8.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Shown:
    """Where and how charts are drawn: a position of the stage, its pins and a theme."""

    strength: float
    epoch: int
    a: float | None
    b: float | None
    theme: str

    @classmethod
    def of(
        cls,
        trajectory: Trajectory,
        *,
        strength: object = None,
        epoch: object = None,
        a: object = None,
        b: object = None,
        theme: object,
    ) -> Shown:
        """Check these values; None for the best strength on validation, and the last epoch."""
        best = trajectory.strengths[best_strength(trajectory.twin())]
        return cls(
            strength=float(best) if strength is None else _member(trajectory, "strength", strength),
            epoch=int(trajectory.epochs[-1]) if epoch is None else _epoch(trajectory, epoch),
            a=None if a is None else _member(trajectory, "a", a),
            b=None if b is None else _member(trajectory, "b", b),
            theme=choice("theme", theme, tuple(THEMES)),
        )

    @property
    def pins(self) -> dict[str, float]:
        """Return the pinned strengths by the names of their pins."""
        pins = {"a": self.a, "b": self.b}
        return {name: strength for name, strength in pins.items() if strength is not None}

    def figure(self, chart: Chart, trajectory: Trajectory) -> go.Figure:
        """Draw a chart there."""
        return chart.at(trajectory, self.strength, self.epoch, a=self.a, b=self.b, theme=self.theme)


def members(trajectory: Trajectory, strengths: object) -> tuple[float, ...]:
    """Return strengths of the path."""
    given = as_tuple("strengths", strengths, "strengths")
    return tuple(_member(trajectory, "strengths", strength) for strength in given)


def recorded_epochs(trajectory: Trajectory, epochs: object) -> tuple[int, ...]:
    """Return recorded epochs."""
    return tuple(_epoch(trajectory, each) for each in as_tuple("epochs", epochs, "epochs"))


def a_trajectory(value: object) -> Trajectory:
    """Return the run."""
    if not isinstance(value, Trajectory):
        raise InvalidValue("trajectory", "be a Trajectory", value)
    return value


def a_size(value: object) -> tuple[int, int]:
    """Return width and height in CSS pixels."""
    sides = as_tuple("size", value, "width and height")
    if len(sides) != 2:
        raise InvalidValue("size", "be width and height", value)
    width, height = (integer("size", side, SMALLEST, LARGEST) for side in sides)
    return width, height


def a_scale(value: object, size: tuple[int, int]) -> float:
    """Return pixels of a PNG for each of its size."""
    scale = number("scale", value, _SMALLEST_SCALE, _LARGEST_SCALE)
    if scale * max(size) > _MOST_PIXELS:
        rule = f"leave at most {_MOST_PIXELS} pixels on a side of {max(size)}"
        raise InvalidValue("scale", rule, value)
    return scale


def file_formats(value: object, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return formats, each once."""
    formats = as_tuple("formats", value, "formats")
    if not formats:
        raise InvalidValue("formats", f"be some of {', '.join(known)}", value)
    return tuple(dict.fromkeys(choice("formats", each, known) for each in formats))


def destinations(
    into: object, stem: str, formats: Sequence[str] | None, known: tuple[str, ...]
) -> dict[str, Path]:
    """Return the file of each format: `into` itself if it ends like one, else files in a folder.

    stem      of the files in a folder
    formats   None for the first of the known ones
    """
    wanted = None if formats is None else file_formats(formats, known)
    suffix = Path(into).suffix.removeprefix(".") if isinstance(into, str | Path) else ""
    if suffix.lower() in known:
        if wanted not in (None, (suffix.lower(),)):
            raise InvalidValue("into", f"be a folder for {', '.join(wanted or ())}", str(into))
        return {suffix.lower(): file_path(into, field="into")}
    if re.fullmatch(r"[A-Za-z]\w{1,4}", suffix) and not Path(str(into)).is_dir():
        endings = ", ".join(f".{each}" for each in known)
        raise InvalidValue("into", f"be a folder or end in one of {endings}", str(into))
    folder = folder_path(into, field="into")
    return {each: folder / f"{stem}.{each}" for each in wanted or known[:1]}


def _member(trajectory: Trajectory, field: str, value: Any) -> float:
    strength = number(field, value, -math.inf, math.inf)
    return float(trajectory.strengths[member_of(trajectory, strength, field)])


def _epoch(trajectory: Trajectory, value: Any) -> int:
    epoch = integer("epoch", value, -(2**62), 2**62)
    return int(np.asarray(trajectory.epochs)[epoch_position(trajectory, epoch)])
