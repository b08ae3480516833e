"""Which charts a file has: all of them, or as many as its size allows."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from l2viz.export.packing import LEVEL, Parts

_DEAR = 0.2  # share of what is left for all charts


def fitting(parts: Parts, usual: tuple[str, ...], most: float) -> tuple[str, ...]:
    """Return the names of the usual charts, then one of each other slot, then the others.

    The smallest go first, and those that alone take a fifth of the file come last.

    parts   an answer with all charts
    most    bytes that the compressed arrays of all chosen charts may have
    """
    sizes = _sizes(parts)
    needed = {chart["name"]: _arrays(chart) for chart in parts.header["charts"]}
    slots = {chart["name"]: chart["slot"] for chart in parts.header["charts"]}
    chosen = set(usual)
    there = {readout["array"] for readout in parts.header["readouts"]} | {"best_strength"}
    there = there.union(*(needed[name] for name in usual))
    total = sum(sizes.get(name, 0) for name in there)
    while True:
        filled = {slots[name] for name in chosen}
        more = {
            name: sum(sizes.get(each, 0) for each in arrays - there)
            for name, arrays in needed.items()
            if name not in chosen
        }
        small = [name for name, size in more.items() if total + size <= most]
        if not small:
            return tuple(name for name in needed if name in chosen)
        dear = {name: more[name] > _DEAR * most for name in small}
        best = min(small, key=lambda name: (dear[name], slots[name] in filled, more[name]))
        total += more[best]
        there |= needed[best]
        chosen.add(best)


def _arrays(chart: dict[str, Any]) -> set[str]:
    """Return the names of the arrays that a chart reads."""
    return {bound["array"] for bound in (*chart["bindings"], *chart["numbers"])}


def _sizes(parts: Parts) -> dict[str, int]:
    """Return about how many compressed bytes each array with an epoch axis takes."""
    sizes = {}
    steps = np.frombuffer(parts.kept_steps(), np.uint8)
    for array in parts.header["arrays"]:
        if not array.get("kept"):
            sizes[array["name"]] = _size(parts.steps(array))
    for place in parts.header["kept"]:
        start = place["offset"] - parts.frames.nbytes
        taken = _size(steps[start : start + place["length"]].tobytes())
        sizes[place["name"]] = sizes.get(place["name"], 0) + taken
    return sizes


def _size(content: bytes) -> int:
    return len(zlib.compress(content, LEVEL))
