"""A run -> the bytes the stage reads: [header length u32][header JSON][frames].

A frame contains every array with an epoch axis, at one recorded epoch, one after the other at
multiples of four bytes, little-endian. The frames are followed, in the same format, by arrays that
have values only at some epochs; `kept` in the header lists the frame of each. The header of the
first answer also contains the charts (templates and bindings), the themes, the arrays without an
epoch axis and the axes of the run. Only arrays that a requested chart or a number reads are sent.
`wire.js` decodes the bytes.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from l2viz.analysis.verdict import verdict
from l2viz.charts import Chart, Drawing, charts_of, readouts_of, usual_charts
from l2viz.charts.catalogue import USUAL_SLOTS
from l2viz.charts.core.arrays import ChartArray
from l2viz.charts.core.chart import bound_arrays
from l2viz.charts.core.saving import saving
from l2viz.charts.core.theme import THEMES, base_layout
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Array, Trajectory
from l2viz.trajectory.divergence import divergence_sentence

_ALIGNMENT = 4
_WIRE_TYPES = {"f": "float32", "i": "int32", "u": "uint16"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Answer:
    """The content of one answer about a run to the browser.

    state, message    of the trainer's run
    ended             whether that state is final
    first             number of snapshots that the browser already has
    new               the snapshots from `first` on, or None
    so_far            the trajectory that axis ranges are computed from, thinned during training
    share             trained fraction of the run, 0 to 1
    seconds_left      None if unknown
    pause             seconds until the browser asks again
    charts            names of the charts whose drawing is sent; of the others only title and text.
                      Names that the run does not have are ignored; if none is left, the usual
                      charts are sent. None: all charts
    """

    state: str
    ended: bool
    message: str
    first: int
    new: Trajectory | None
    so_far: Trajectory | None
    share: float
    seconds_left: float | None
    pause: float
    charts: tuple[str, ...] | None = None


def encode(answer: Answer) -> bytes:
    """Return the bytes of one answer."""
    header: dict[str, Any] = {
        "state": answer.state,
        "message": answer.message,
        "ended": answer.ended,
        "share": answer.share,
        "seconds_left": answer.seconds_left,
        "pause": answer.pause,
        "verdict": "",
        "diverged": "",
        "frames": 0,
    }
    frames = b""
    if answer.so_far is not None:
        every = charts_of(answer.so_far)
        # Each chart is drawn once: its bindings do not depend on the trajectory's length, and its
        # ranges need all of it.
        drawings = {
            chart: chart.drawing(answer.so_far) for chart in _requested(every, answer.charts)
        }
        if answer.new is not None:
            numbers = {readout.array for readout in readouts_of(answer.new)}
            arrays = bound_arrays(answer.new, drawings, numbers)
            frames, layout, size = _frames(arrays)
            behind, kept = _kept(arrays, len(frames))
            frames += behind
            header |= {
                "frames": len(answer.new.epochs),
                "frame_bytes": size,
                "arrays": layout,
                "kept": kept,
            }
            if answer.first == 0:
                header |= _opening(answer.new, every, drawings, arrays)
        header["diverged"] = divergence_sentence(answer.so_far)
        header["ranges"] = {chart.name: drawing.ranges for chart, drawing in drawings.items()}
        if answer.ended and len(answer.so_far.epochs) > 1:
            header["verdict"] = verdict(answer.so_far)
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return len(text).to_bytes(4, "little") + text + frames


def chart_names(trajectory: Trajectory) -> frozenset[str]:
    """Return the names that `Answer.charts` may have for a run."""
    return frozenset(chart.name for chart in charts_of(trajectory))


def _requested(every: tuple[Chart, ...], names: tuple[str, ...] | None) -> tuple[Chart, ...]:
    if names is None:
        return every
    return tuple(chart for chart in every if chart.name in names) or usual_charts(every)


def _opening(
    trajectory: Trajectory,
    every: tuple[Chart, ...],
    drawings: Mapping[Chart, Drawing],
    arrays: Mapping[str, ChartArray],
) -> dict[str, Any]:
    """Return the part of the header that only the first answer has."""
    still = {name: array for name, array in arrays.items() if not array.by_epoch}
    return {
        "charts": [_chart(chart, drawings.get(chart)) for chart in every],
        "most_charts": USUAL_SLOTS,
        "readouts": [dataclasses.asdict(readout) for readout in readouts_of(trajectory)],
        "saving": dataclasses.asdict(saving(trajectory)),
        "themes": {name: dict(colours) for name, colours in THEMES.items()},
        "strengths": list(trajectory.trained.strengths),
        "strength_texts": [strength_text(s) for s in trajectory.trained.strengths],
        "recorded_epochs": list(trajectory.trained.recorded_epochs),
        "still": [
            {**_shape(name, array), "values": _json_numbers(array.values)}
            for name, array in still.items()
        ],
    }


def _chart(chart: Chart, drawing: Drawing | None) -> dict[str, Any]:
    """Return a chart's title and texts, and its drawing if that was requested."""
    sent: dict[str, Any] = {
        "name": chart.name,
        "slot": chart.slot,
        "group": chart.group,
        "title": chart.title,
        "heading": chart.heading,
        "variant": chart.variant,
        "caption": chart.caption,
        "about": f"{chart.about} {chart.editing}".rstrip(),
    }
    if drawing is not None:
        sent |= {
            "traces": drawing.traces,
            "layout": {**base_layout(), **drawing.layout},
            "bindings": [binding.as_json() for binding in drawing.bindings],
            "numbers": [dataclasses.asdict(number) for number in drawing.numbers],
        }
    return sent


def _json_numbers(values: Array) -> list[float | None]:
    """Return all values in a flat list, None for those that are not finite: JSON has no NaN."""
    return [number if math.isfinite(number) else None for number in values.ravel().tolist()]


def _shape(name: str, array: ChartArray) -> dict[str, Any]:
    axes = int(array.by_epoch) + int(array.by_strength)
    return {
        "name": name,
        "by_strength": array.by_strength,
        "shape": list(array.values.shape[axes:]),
    }


def _frames(arrays: Mapping[str, ChartArray]) -> tuple[bytes, list[dict[str, Any]], int]:
    """Return the frames' bytes, the position of each array in a frame, and a frame's size."""
    layout: list[dict[str, Any]] = []
    columns: list[Array] = []
    offset = 0
    for name, array in arrays.items():
        if not array.by_epoch:
            continue
        if array.kept is not None:
            layout.append({**_shape(name, array), "kept": True})
            continue
        column = _columns(array)
        layout.append(
            {
                **_shape(name, array),
                "dtype": column.dtype.name,
                "offset": offset,
                "length": column.shape[1],
            }
        )
        columns.append(_padded(column))
        offset += columns[-1].shape[1]
    return np.concatenate(columns, axis=1).tobytes(), layout, offset


def _kept(arrays: Mapping[str, ChartArray], start: int) -> tuple[bytes, list[dict[str, Any]]]:
    """Return the bytes of arrays with values only at some epochs, and the position of each."""
    parts: list[bytes] = []
    layout: list[dict[str, Any]] = []
    for name, array in arrays.items():
        if array.kept is None or not array.kept.size:
            continue
        column = _columns(array)
        padded = _padded(column)
        for row, frame in enumerate(array.kept.tolist()):
            layout.append(
                {
                    "name": name,
                    "frame": frame,
                    "dtype": column.dtype.name,
                    "offset": start,
                    "length": column.shape[1],
                }
            )
            parts.append(padded[row].tobytes())
            start += padded.shape[1]
    return b"".join(parts), layout


def _columns(array: ChartArray) -> Array:
    """Return the values in their wire type, (epochs, values of one epoch)."""
    values = _wire_values(array.values)
    return np.ascontiguousarray(values).reshape(len(values), -1)


def _padded(column: Array) -> Array:
    """Return the bytes of each epoch, padded to a multiple of four."""
    column = column.view(np.uint8).reshape(len(column), -1)
    return np.pad(column, ((0, 0), (0, -column.shape[1] % _ALIGNMENT)))


def _wire_values(values: Array) -> Array:
    if values.dtype in (np.int8, np.uint8):
        return values
    wire = np.dtype(_WIRE_TYPES[values.dtype.kind]).newbyteorder("<")
    with np.errstate(over="ignore"):  # too large for float32 becomes infinite, which is not drawn
        return values.astype(wire)
