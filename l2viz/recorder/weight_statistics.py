"""One variable of any shape -> what a trajectory keeps of it. numpy, on one flat array."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from l2viz.trajectory import BINS, NORMED_UNITS, SAMPLED_WEIGHTS, THRESHOLDS, Array

_BIN_RANGE = 2.0  # of the largest weight of Glorot's uniform initialization


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Where the weights of L variables are counted and sampled.

    edges    (L, BINS + 1), of the histograms; equal for equal shapes, so that runs can be merged
    sampled  the positions of the sampled weights of each flat variable
    """

    edges: Array
    sampled: tuple[Array, ...]

    @classmethod
    def of(cls, values: list[Array]) -> Layout:
        """Return the layout for variables with these values before training."""
        generator = np.random.default_rng(0)
        reach = [_reach(value) for value in values]
        return cls(
            edges=np.array([np.linspace(-r, r, BINS + 1) for r in reach]).reshape(-1, BINS + 1),
            sampled=tuple(np.sort(generator.permutation(v.size)[:SAMPLED_WEIGHTS]) for v in values),
        )


def _reach(value: Array) -> float:
    """Return the end of a histogram's bins: twice Glorot's limit, doubled until all weights fit."""
    shape = value.shape
    field = math.prod(shape[:-2])
    fans = (shape[-2] + shape[-1]) * field if len(shape) > 1 else 2 * max(value.size, 1)
    reach = _BIN_RANGE * math.sqrt(6.0 / max(fans, 1))
    finite = np.abs(value[np.isfinite(value)])
    largest = float(finite.max()) if finite.size else 0.0
    return reach * 2.0 ** max(0, math.ceil(math.log2(max(largest, reach) / reach)))


def statistics(values: list[Array], layout: Layout) -> dict[str, Array]:
    """Return norms, histograms, sparsity and sampled weights of L variables, by field."""
    flat = [value.reshape(-1) for value in values]
    edges = layout.edges
    return {
        "kernel_norm": np.array([np.linalg.norm(each.astype(np.float64)) for each in flat]),
        "histogram": np.array([_histogram(w, e) for w, e in zip(flat, edges, strict=True)]),
        "sparsity": np.array([_within(np.abs(each)) for each in flat]),
        "exact_zeros": np.array([np.mean(each == 0.0) if each.size else 0.0 for each in flat]),
        "unit_norm": _unit_norm(values[0]) if values else np.zeros(0),
        "sampled_weights": np.concatenate(
            [w[at] for w, at in zip(flat, layout.sampled, strict=True)] or [np.zeros(0)]
        ),
    }


def norm_and_angle(data: Array, penalty: Array) -> tuple[float, float]:
    """Return ‖g‖ and the angle between two gradients in degrees; NaN where either is zero."""
    one, other = data.astype(np.float64).reshape(-1), penalty.astype(np.float64).reshape(-1)
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    cosine = float(one @ other) / lengths if lengths else math.nan
    return float(np.linalg.norm(one)), float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _histogram(weights: Array, edges: Array) -> Array:
    """Return the counts of each bin; the outermost ones count all beyond them."""
    position = (weights - edges[0]) * (BINS / (edges[-1] - edges[0]))
    place = np.clip(np.nan_to_num(position), 0.0, BINS - 1.0).astype(np.int64)
    counts: Array = np.bincount(place, minlength=BINS).astype(np.int32)
    return counts


def _within(magnitudes: Array) -> Array:
    """Return the share of weights with |w| <= τ for each threshold."""
    place = np.searchsorted(THRESHOLDS, magnitudes)  # of the first τ >= |w|
    counts = np.bincount(place, minlength=len(THRESHOLDS) + 1)[: len(THRESHOLDS)]
    share: Array = np.cumsum(counts) / max(magnitudes.size, 1)
    return share


def _unit_norm(value: Array) -> Array:
    units: Any = value.reshape(-1, value.shape[-1] if value.ndim else 1)[:, :NORMED_UNITS]
    norms: Array = np.linalg.norm(units.astype(np.float64), axis=0)
    return norms
