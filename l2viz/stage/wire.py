"""A run -> the bytes the stage reads: [header length u32][header JSON][frames].

A frame holds every array that has an epoch axis, at one recorded epoch, one after the other at
multiples of four bytes, little-endian. The header of the first answer also carries the charts
(templates and bindings), the themes, the arrays without an epoch axis and the axes of the run.
Only arrays that a chart or a number is bound to travel. `wire.js` is the other side.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from l2viz.charts import Chart, charts_of, readouts_of
from l2viz.charts.arrays import ChartArray, chart_arrays
from l2viz.charts.theme import THEMES, base_layout
from l2viz.trajectory import Array, Trajectory
from l2viz.verdict import strength_text, verdict

_ALIGNMENT = 4
_ALWAYS = ("best_strength",)  # read by the stage itself
_WIRE_TYPES = {"f": "float32", "i": "int32", "u": "uint16"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """What is told of a run in one answer.

    state, message    as of the trainer's run
    first             number of snapshots the reader has already
    new               the snapshots from `first` on, or None
    so_far            a trajectory to fit axes to: all of it, or a thinned one while it trains
    share             of the run that is trained, 0 to 1
    seconds_left      None where nothing is known of it
    """

    state: str
    message: str
    first: int
    new: Trajectory | None
    so_far: Trajectory | None
    share: float
    seconds_left: float | None

    @property
    def ended(self) -> bool:
        return self.state in ("finished", "stopped", "failed")


def encode(answer: Answer) -> bytes:
    """The bytes of one answer."""
    header: dict[str, Any] = {
        "state": answer.state,
        "message": answer.message,
        "ended": answer.ended,
        "share": answer.share,
        "seconds_left": answer.seconds_left,
        "verdict": "",
        "frames": 0,
    }
    frames = b""
    if answer.so_far is not None:
        charts = charts_of(answer.so_far)
        if answer.new is not None:
            arrays = _bound_arrays(answer.new, charts)
            frames, layout, size = _frames(arrays)
            header |= {
                "frames": len(answer.new.epochs),
                "frame_bytes": size,
                "arrays": layout,
            }
            if answer.first == 0:
                header |= _opening(answer.new, charts, arrays)
        header["ranges"] = {chart.name: _ranges(chart, answer.so_far) for chart in charts}
        if answer.ended and len(answer.so_far.epochs) > 1:
            header["verdict"] = verdict(answer.so_far)
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return len(text).to_bytes(4, "little") + text + frames


def _opening(
    trajectory: Trajectory, charts: tuple[Chart, ...], arrays: Mapping[str, ChartArray]
) -> dict[str, Any]:
    """What only the first answer carries."""
    still = {name: array for name, array in arrays.items() if not array.by_epoch}
    return {
        "charts": [_chart(chart, trajectory) for chart in charts],
        "readouts": [dataclasses.asdict(readout) for readout in readouts_of(trajectory)],
        "themes": {name: dict(colours) for name, colours in THEMES.items()},
        "strengths": list(trajectory.experiment.strengths),
        "strength_texts": [strength_text(s) for s in trajectory.experiment.strengths],
        "recorded_epochs": list(trajectory.experiment.recorded_epochs),
        "still": [
            {**_shape(name, array), "values": _json_numbers(array.values)}
            for name, array in still.items()
        ],
    }


def _chart(chart: Chart, trajectory: Trajectory) -> dict[str, Any]:
    drawing = chart.draw(trajectory)
    return {
        "name": chart.name,
        "slot": chart.slot,
        "title": chart.title,
        "variant": chart.variant,
        "about": chart.about,
        "traces": drawing.traces,
        "layout": {**base_layout(), **drawing.layout},
        "bindings": [dataclasses.asdict(binding) for binding in drawing.bindings],
    }


def _ranges(chart: Chart, trajectory: Trajectory) -> dict[str, list[float]]:
    layout = chart.draw(trajectory).layout
    return {
        name: list(axis["range"])
        for name, axis in layout.items()
        if isinstance(axis, dict) and "range" in axis
    }


def _bound_arrays(trajectory: Trajectory, charts: tuple[Chart, ...]) -> dict[str, ChartArray]:
    names = {b.array for chart in charts for b in chart.draw(trajectory).bindings}
    names |= {readout.array for readout in readouts_of(trajectory)} | set(_ALWAYS)
    arrays = chart_arrays(trajectory)
    return {name: arrays[name] for name in sorted(names)}


def _json_numbers(values: Array) -> list[float | None]:
    """JSON has no NaN: null stands for whatever is not finite."""
    return [number if math.isfinite(number) else None for number in values.ravel().tolist()]


def _shape(name: str, array: ChartArray) -> dict[str, Any]:
    axes = int(array.by_epoch) + int(array.by_strength)
    return {
        "name": name,
        "by_strength": array.by_strength,
        "shape": list(array.values.shape[axes:]),
    }


def _frames(arrays: Mapping[str, ChartArray]) -> tuple[bytes, list[dict[str, Any]], int]:
    """The frames' bytes, where each array lies in a frame, and a frame's size."""
    layout: list[dict[str, Any]] = []
    columns: list[Array] = []
    offset = 0
    for name, array in arrays.items():
        if not array.by_epoch:
            continue
        values = _wire_values(array.values)
        epochs = len(values)
        column = np.ascontiguousarray(values).reshape(epochs, -1)
        layout.append(
            {
                **_shape(name, array),
                "dtype": column.dtype.name,
                "offset": offset,
                "length": column.shape[1],
            }
        )
        column = column.view(np.uint8).reshape(epochs, -1)
        padding = -column.shape[1] % _ALIGNMENT
        columns.append(np.pad(column, ((0, 0), (0, padding))))
        offset += column.shape[1] + padding
    return np.concatenate(columns, axis=1).tobytes(), layout, offset


def _wire_values(values: Array) -> Array:
    if values.dtype == np.int8:
        return values
    wire = np.dtype(_WIRE_TYPES[values.dtype.kind]).newbyteorder("<")
    with np.errstate(over="ignore"):  # float64 beyond float32 is drawn as infinite: not at all
        return values.astype(wire)
