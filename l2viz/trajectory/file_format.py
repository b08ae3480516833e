"""A run as a file: named arrays and a context, one zip archive that numpy reads.

A packed file is smaller: its arrays hold differences from epoch to epoch, split into byte planes.
Packing is lossless; rounding, in `l2viz.trajectory.recording`, is not.
"""

from __future__ import annotations

import dataclasses
import json
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import numpy as np

from l2viz.experiment import Experiment
from l2viz.trajectory.recorded_model import RecordedModel
from l2viz.trajectory.snapshot import Array, RunContext
from l2viz.writing import replacing

_CONTEXT = "context"
_DTYPES = "dtypes"  # of packed arrays
_EXPERIMENT, _MODEL = "experiment", "model"  # what was trained: one of the two
_VERSION = "version"
VERSION = (
    1  # of the files that are written; files without a number are older, and read all the same
)
_TUPLES = ("layer_names", "picture_epochs", "grid_extent")
# What zipfile, zlib, json, numpy and missing parts raise, beside ValueError.
_OTHER_FORMATS = (
    *(zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, RuntimeError),
    *(KeyError, IndexError, TypeError, AttributeError, OverflowError, MemoryError),
)
_LONGEST_REASON = 300  # characters
_HALF = 16  # low bits of a float32, which are left out where all of them are zero


def write(
    path: Path, context: RunContext, arrays: Mapping[str, Array], *, packed: bool = False
) -> None:
    """Write context and arrays to one compressed archive, packed or not."""
    known = {field.name: getattr(context, field.name) for field in dataclasses.fields(context)}
    trained = known.pop("trained")
    known[_MODEL if isinstance(trained, RecordedModel) else _EXPERIMENT] = trained.as_json()
    known_arrays = {name: v for name, v in known.items() if isinstance(v, np.ndarray)}
    words = {name: v for name, v in known.items() if name not in known_arrays}
    words[_VERSION] = VERSION
    if packed:
        words[_DTYPES] = {name: array.dtype.str for name, array in arrays.items()}
        arrays = {name: _pack(array) for name, array in arrays.items()}
    files = {f"{_CONTEXT}.{name}": array for name, array in known_arrays.items()}
    files |= {**arrays, _CONTEXT: np.array(json.dumps(words))}
    level = 9 if packed else 6  # seconds of writing against a few percent of size
    with (
        replacing(path) as stream,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive,
    ):
        for name, array in files.items():
            # Without the time of writing, so that equal runs are equal files.
            entry = zipfile.ZipInfo(f"{name}.npy")
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            with archive.open(entry, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)


def read(stream: IO[bytes]) -> tuple[RunContext, dict[str, Array]]:
    """Return the context and the arrays of a file, packed or not.

    Raises ValueError for a file of another format.
    """
    try:
        return _read(stream)
    except _OTHER_FORMATS as problem:
        raise ValueError(_shortened(f"{type(problem).__name__}: {problem}")) from None
    except ValueError as problem:
        raise ValueError(_shortened(str(problem))) from None


def _shortened(message: str) -> str:
    """Return a message in one line: some quote what they found, however long it is."""
    line = " ".join(message.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]}…"


def unpacked_bytes(stream: IO[bytes]) -> int:
    """Return the bytes that the arrays claim, with none of them read; 0 if it is no archive."""
    try:
        with zipfile.ZipFile(stream) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (*_OTHER_FORMATS, ValueError):
        return 0
    finally:
        stream.seek(0)


def _read(stream: IO[bytes]) -> tuple[RunContext, dict[str, Array]]:
    _check_sizes(stream)
    with np.load(stream, allow_pickle=False) as file:
        words: dict[str, Any] = json.loads(str(file[_CONTEXT]))
        version = words.pop(_VERSION, VERSION)
        if version != VERSION:
            raise ValueError(f"its version is {version!r}, and this l2viz reads {VERSION}")
        dtypes = words.pop(_DTYPES, {})
        arrays = {
            name: _unpack(file[name], np.dtype(dtypes[name])) if name in dtypes else file[name]
            for name in file.files
            if name != _CONTEXT
        }
    known = {name: arrays.pop(name) for name in list(arrays) if name.startswith(f"{_CONTEXT}.")}
    words["trained"] = _trained(words)
    words["kernel_shapes"] = tuple(tuple(shape) for shape in words["kernel_shapes"])
    words |= {name: tuple(words[name]) for name in _TUPLES if words[name] is not None}
    words |= {name.removeprefix(f"{_CONTEXT}."): array for name, array in known.items()}
    fields = {field.name for field in dataclasses.fields(RunContext)}
    words = {name: value for name, value in words.items() if name in fields}  # files may be older
    return RunContext(**words), arrays


def _trained(words: dict[str, Any]) -> Experiment | RecordedModel:
    if _MODEL in words:
        return RecordedModel.from_json(words.pop(_MODEL))
    return Experiment.from_json(words[_EXPERIMENT])


def _check_sizes(stream: IO[bytes]) -> None:
    """Raise ValueError for an array that claims another size than its bytes have."""
    with zipfile.ZipFile(stream) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as file:
                if entry.filename.endswith(".npy"):
                    _check_size(entry, file)
    stream.seek(0)


def _check_size(entry: zipfile.ZipInfo, file: IO[bytes]) -> None:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0
    if version != (1, 0):
        read = np.lib.format.read_array_header_2_0
    shape, _, dtype = read(file)
    claimed = math.prod(shape) * dtype.itemsize
    if not dtype.hasobject and claimed != entry.file_size - file.tell():
        name = entry.filename.removesuffix(".npy")
        raise ValueError(f"{name} claims the shape {shape}, which is not the size of its bytes")


def _pack(array: Array) -> Array:
    """Return the byte planes of the differences along E.

    (K, E+1, ...) of any type -> (bytes of a number, ..., K, E+1) uint8.
    """
    bits = array.view(f"u{array.dtype.itemsize}")
    if array.dtype == np.float32 and not (bits & (2**_HALF - 1)).any():
        bits = (bits >> _HALF).astype(np.uint16)
    leading = range(min(2, bits.ndim))
    last = np.moveaxis(bits, leading, [position - len(leading) for position in leading])
    steps = np.diff(last, axis=-1, prepend=np.zeros_like(last[..., :1]))  # modulo the type's range
    small = (steps << 1) ^ -(steps >> (8 * steps.itemsize - 1))  # 0, -1, 1, -2 ... -> 0, 1, 2, 3
    split: Array = np.ascontiguousarray(small)[..., None].view(np.uint8)
    return np.ascontiguousarray(np.moveaxis(split, -1, 0))


def _unpack(planes: Array, dtype: np.dtype[Any]) -> Array:
    """Return the array that `_pack` was given, to the last bit."""
    joined = np.ascontiguousarray(np.moveaxis(planes, 0, -1))
    small = joined.view(f"u{len(planes)}")[..., 0]
    steps = (small >> 1) ^ -(small & 1)
    last = np.cumsum(steps, axis=-1, dtype=steps.dtype)
    leading = range(min(2, last.ndim))
    bits = np.moveaxis(last, [position - len(leading) for position in leading], leading)
    if bits.dtype.itemsize < dtype.itemsize:
        bits = bits.astype(np.uint32) << _HALF
    return np.ascontiguousarray(bits).view(dtype)
