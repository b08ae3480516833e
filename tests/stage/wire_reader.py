"""Read an answer's bytes with the standard library, by the docstring of stage/protocol.py."""

from __future__ import annotations

import json
import struct
from typing import Any, NoReturn

import numpy as np

Frames = list[dict[str, tuple[float, ...]]]  # the numbers of each array, epoch by epoch

_FORMATS = {"float32": "f", "int32": "i", "uint16": "H", "int8": "b", "uint8": "B"}


def read(answer: bytes) -> tuple[dict[str, Any], Frames]:
    """Return the header, and a flat tuple of numbers for each array of each frame."""
    (length,) = struct.unpack_from("<I", answer)
    header = json.loads(answer[4 : 4 + length].decode("ascii"), parse_constant=_no_constant)
    start = 4 + length
    assert start % 4 == 0
    size = header.get("frame_bytes", 0)
    end = start + header["frames"] * size
    frames = [_frame(answer, start + i * size, header) for i in range(header["frames"])]
    for kept in header.get("kept", ()):  # one after the other, with less than four bytes between
        assert 0 <= start + kept["offset"] - end < 4
        form = f"<{kept['length']}{_FORMATS[kept['dtype']]}"
        frames[kept["frame"]][kept["name"]] = struct.unpack_from(
            form, answer, start + kept["offset"]
        )
        end = start + kept["offset"] + struct.calcsize(form)
    assert 0 <= len(answer) - end < 4
    return header, frames


def assert_equal_frames(actual: Frames, desired: Frames) -> None:
    """Assert that frames hold the same arrays, number by number; NaN equals NaN."""
    assert len(actual) == len(desired)
    for ours, theirs in zip(actual, desired, strict=True):
        assert set(ours) == set(theirs)
        for name, numbers in ours.items():
            assert len(numbers) == len(theirs[name])
            np.testing.assert_array_equal(np.array(numbers), np.array(theirs[name]), name)


def _frame(answer: bytes, start: int, header: dict[str, Any]) -> dict[str, tuple[float, ...]]:
    assert start % 4 == 0
    frame = {}
    for array in header["arrays"]:
        if array.get("kept"):
            continue
        assert array["offset"] % 4 == 0
        form = f"<{array['length']}{_FORMATS[array['dtype']]}"
        assert array["offset"] + struct.calcsize(form) <= header["frame_bytes"]
        frame[array["name"]] = struct.unpack_from(form, answer, start + array["offset"])
    return frame


def _no_constant(name: str) -> NoReturn:
    raise AssertionError(f"{name} is no JSON")
