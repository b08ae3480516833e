"""Which charts a file has: all of them, or as many as its size allows."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from l2viz.export.packing import LEVEL, Parts, planes
from l2viz.trajectory import Array


def fitting(parts: Parts, usual: tuple[str, ...], most: float) -> tuple[str, ...]:
    """Return the names of the usual charts, and of the others from the smallest one on.

    parts   an answer with all charts
    most    bytes that the compressed arrays of all chosen charts may have
    """
    sizes = _sizes(parts)
    needed = {chart["name"]: _arrays(chart) for chart in parts.header["charts"]}
    chosen = dict.fromkeys(usual)
    there = {readout["array"] for readout in parts.header["readouts"]} | {"best_strength"}
    there = there.union(*(needed[name] for name in usual))
    total = sum(sizes.get(name, 0) for name in there)
    left = [name for name in needed if name not in chosen]
    while left:
        more = {name: sum(sizes.get(each, 0) for each in needed[name] - there) for name in left}
        smallest = min(left, key=lambda name: more[name])
        if total + more[smallest] > most:
            break
        total += more[smallest]
        there |= needed[smallest]
        chosen[smallest] = None
        left.remove(smallest)
    return tuple(name for name in needed if name in chosen)


def _arrays(chart: dict[str, Any]) -> set[str]:
    """Return the names of the arrays that a chart reads."""
    return {bound["array"] for bound in (*chart["bindings"], *chart["numbers"])}


def _sizes(parts: Parts) -> dict[str, int]:
    """Return about how many compressed bytes each array with an epoch axis takes."""
    sizes = {}
    steps = np.frombuffer(parts.kept_steps(), np.uint8)
    for array in parts.header["arrays"]:
        if not array.get("kept"):
            sizes[array["name"]] = _size(planes(_words(parts, array)))
    for place in parts.header["kept"]:
        start = place["offset"] - parts.frames.nbytes
        taken = _size(steps[start : start + place["length"]].tobytes())
        sizes[place["name"]] = sizes.get(place["name"], 0) + taken
    return sizes


def _words(parts: Parts, array: dict[str, Any]) -> Array:
    start = array["offset"] // 4
    size = array["length"] * np.dtype(array["dtype"]).itemsize
    return parts.frames[:, start : start + -(-size // 4)]


def _size(content: bytes) -> int:
    return len(zlib.compress(content, LEVEL))
