"""The bytes of numpy files -> a Table. Headers are checked before anything is read or unpacked."""

from __future__ import annotations

import io
import lzma
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from l2viz.data.brought import Table
from l2viz.data.usable import (
    FEW_VALUES,
    FEWEST_ROWS,
    LARGEST_CATEGORIES,
    LARGEST_COLUMNS,
    LARGEST_NUMBER,
    LARGEST_ROWS,
    UnusableData,
    are_classes,
    sampled_rows,
)

LARGEST_BYTES = 500 * 2**20  # of an unpacked array
LARGEST_SIDE = 64  # pixels
_INPUTS = ("x_train", "x", "inputs", "features", "data", "images")
_TARGETS = ("y_train", "y", "targets", "labels", "target")
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError),
    *(ValueError, KeyError, IndexError, OverflowError, NotImplementedError, RuntimeError),
)

Array = NDArray[np.generic]


def read_arrays(files: Mapping[str, bytes]) -> tuple[Array, Array]:
    """Return inputs and targets of one .npz, or of two .npy, x and y. Raises UnusableData."""
    if len(files) == 1:
        (content,) = files.values()
        if not content.startswith(b"PK"):
            raise UnusableData("One .npy file holds one array. Choose two: inputs x and targets y.")
        return _of_archive(content)
    arrays = {name: _array(io.BytesIO(content), name) for name, content in files.items()}
    by_name = sorted(arrays, key=lambda name: (arrays[name].ndim, name.lower()), reverse=True)
    if len(by_name) != 2:
        raise UnusableData("Choose one .npz file, or two .npy files: inputs x and targets y.")
    inputs, targets = by_name
    if "y" in inputs.lower() and arrays[inputs].ndim == arrays[targets].ndim:
        inputs, targets = targets, inputs
    return arrays[inputs], arrays[targets]


def to_table(inputs: Array, targets: Array, *, title: str) -> tuple[Table, tuple[str, ...]]:
    """Return the table of two arrays, and sentences about it. Raises UnusableData.

    inputs    (N, F), (N,), or images (N, height, width) and (N, height, width, colours)
    targets   (N,) classes or values, or (N, classes) of 0 and 1
    """
    if not inputs.ndim or len(inputs) != len(targets):
        raise UnusableData(
            f"The inputs have {len(inputs) if inputs.ndim else 0} examples and the targets "
            f"{len(targets)}: they must be as many."
        )
    if len(inputs) < FEWEST_ROWS:
        raise UnusableData(f"There are {len(inputs)} examples. At least {FEWEST_ROWS} are needed.")
    notes = []
    if len(inputs) > LARGEST_ROWS:
        notes.append(f"A random sample of {LARGEST_ROWS:,} of {len(inputs):,} examples is used.")
        chosen = sampled_rows(len(inputs))
        inputs, targets = inputs[chosen], targets[chosen]
    values, shape, of_shape = _examples(inputs)
    labels, classes = _labels(targets)
    table = Table(title=title, inputs=values, targets=labels, classes=classes, shape=shape)
    return table, (*notes, *of_shape)


# ---- reading


def _of_archive(content: bytes) -> tuple[Array, Array]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {name.removesuffix(".npy").lower(): name for name in archive.namelist()}
            chosen = [
                next((names[each] for each in wanted if each in names), None)
                for wanted in (_INPUTS, _TARGETS)
            ]
            if None in chosen:
                raise UnusableData(
                    f"The archive holds {_listed(sorted(names))}. Name the inputs x or x_train, "
                    "and the targets y or y_train."
                )
            inputs, targets = (_member(archive, name or "") for name in chosen)
            return inputs, targets
    except UnusableData:  # it is a ValueError too
        raise
    except _BROKEN as problem:
        raise UnusableData(f"The archive cannot be read ({problem}). Save it again.") from None


def _member(archive: zipfile.ZipFile, name: str) -> Array:
    if archive.getinfo(name).file_size > LARGEST_BYTES:
        raise UnusableData(
            f"“{name}” is larger than {LARGEST_BYTES // 2**20} MB when unpacked. Save fewer "
            "examples."
        )
    with archive.open(name) as member:
        return _array(io.BytesIO(member.read(LARGEST_BYTES + 1)), name)


def _array(stream: io.BytesIO, name: str) -> Array:
    """Read an array whose header is what the file holds."""
    try:
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
        else:
            shape, fortran, dtype = np.lib.format.read_array_header_2_0(stream)
    except (ValueError, EOFError) as problem:
        raise UnusableData(f"“{name}” is no array of numpy ({problem}).") from None
    if dtype.kind not in "biuf":
        raise UnusableData(f"“{name}” holds {dtype}, and no numbers. Save it as numbers.")
    size = math.prod(shape) * dtype.itemsize
    left = stream.getbuffer().nbytes - stream.tell()
    if min(shape, default=0) < 0 or size != left:
        raise UnusableData(f"“{name}” should hold {size} bytes and holds {left}. Save it again.")
    flat = np.frombuffer(stream.getbuffer(), dtype=dtype, offset=stream.tell())
    return flat.reshape(shape, order="F" if fortran else "C")


# ---- of the arrays


def _examples(inputs: Array) -> tuple[NDArray[np.floating], tuple[int, ...], list[str]]:
    """Return (N, F) values, the shape of one example, and sentences about them."""
    values = np.asarray(inputs, dtype=np.float64)
    notes = []
    if values.ndim == 4:
        if values.shape[-1] > 1:
            notes.append("Colours are averaged.")
        values = values.mean(axis=-1)
    if values.ndim == 3:
        if max(values.shape[1:]) > LARGEST_SIDE or min(values.shape[1:]) < 2:
            raise UnusableData(
                f"The images have {values.shape[1]} × {values.shape[2]} pixels. From 2 to "
                f"{LARGEST_SIDE} on a side can be used: make them smaller."
            )
        if not np.isfinite(values).all():
            raise UnusableData("The images have values that are no numbers. Replace them.")
        low, high = float(values.min()), float(values.max())
        values = (values - low) / ((high - low) or 1.0)
        return values.reshape(len(values), -1), values.shape[1:], notes
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2 or not 1 <= values.shape[1] <= LARGEST_COLUMNS:
        raise UnusableData(
            f"The inputs have the shape {inputs.shape}. Give examples × features, at most "
            f"{LARGEST_COLUMNS}, or images."
        )
    values = np.where(np.isfinite(values), values, np.nan)
    if np.nanmax(np.abs(values), initial=0.0) > LARGEST_NUMBER:
        raise UnusableData(f"The inputs have numbers beyond ±{LARGEST_NUMBER:g}. Rescale them.")
    missing = int(np.isnan(values).sum())
    if missing:
        notes.append(f"{missing} missing values are replaced by the median of their column.")
    return values, values.shape[1:], notes


def _labels(targets: Array) -> tuple[NDArray[np.generic], tuple[str, ...]]:
    """Return int32 classes and their names, or float64 values and ()."""
    if targets.ndim == 2 and targets.shape[1] > 1:
        if not np.isin(targets, (0, 1)).all() or not (targets.sum(axis=1) == 1).all():
            raise UnusableData(
                f"The targets have {targets.shape[1]} columns that are not 0 and 1. One target can "
                "be predicted: save it alone."
            )
        targets = targets.argmax(axis=1)
    values = np.asarray(targets, dtype=np.float64)
    if values.size != len(values):
        raise UnusableData(f"The targets have the shape {targets.shape}. One for each example.")
    values = values.reshape(-1)
    if not np.isfinite(values).all() or np.abs(values).max() > LARGEST_NUMBER:
        raise UnusableData("The targets have values that are no usable numbers. Leave those out.")
    known = np.unique(values)
    if len(known) == 1:
        raise UnusableData("All targets are equal: there is nothing to predict.")
    most = LARGEST_CATEGORIES if targets.dtype.kind in ("b", "i", "u") else FEW_VALUES
    if are_classes(known, most):
        labels: NDArray[np.generic] = np.searchsorted(known, values).astype(np.int32)
        return labels, tuple(f"{value:g}" for value in known)
    return values, ()


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:30] for name in names[:6]) or "nothing"
    return shown + (" and more" if len(names) > 6 else "")
