"""An answer of `l2viz.stage.protocol` -> the same answer in fewer bytes once it is compressed.

Its frames become differences from epoch to epoch, those of longer numbers sorted by their bytes:
most of them are then zero. Nothing is rounded. `inlined_run.js` restores the answer, to the last
bit.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from l2viz.trajectory import Array

LEVEL = 6  # of compression: the highest one takes ten times as long for 2 % less
_LENGTH = 4  # bytes of the number in front
_GZIP = 16 + zlib.MAX_WBITS  # of zlib: with gzip's header, without a time in it


@dataclass(frozen=True)
class Parts:
    """The parts of an answer: its header, (E+1, words) uint32 frames, and kept arrays."""

    header: dict[str, Any]
    frames: Array
    kept: bytes

    @classmethod
    def of(cls, answer: bytes) -> Parts:
        """Split an answer."""
        start = _LENGTH + int.from_bytes(answer[:_LENGTH], "little")
        header = json.loads(answer[_LENGTH:start])
        end = start + header["frames"] * header["frame_bytes"]
        frames = np.frombuffer(answer[start:end], "<u4").reshape(header["frames"], -1)
        return cls(header, frames, answer[end:])

    def packed(self) -> bytes:
        """Return the bytes that `inlined_run.js` reads: header, frames, kept arrays.

        Of the frames, first the words that hold numbers of more than one byte, then the others.
        """
        header = json.dumps(self.header, separators=(",", ":"), allow_nan=False).encode()
        header += b" " * (-len(header) % _LENGTH)
        length = len(header).to_bytes(_LENGTH, "little")
        small = np.zeros(self.frames.shape[1], bool)
        for array in self.header["arrays"]:
            small[self._place(array)] = _is_small(array)
        frames = planes(self.frames[:, ~small]) + byte_steps(self.frames[:, small])
        return length + header + frames + self.kept_steps()

    def steps(self, array: dict[str, Any]) -> bytes:
        """Return the differences of one array of the frames."""
        words = self.frames[:, self._place(array)]
        return byte_steps(words) if _is_small(array) else planes(words)

    @staticmethod
    def _place(array: dict[str, Any]) -> slice:
        """Return the words of a frame that an array takes: none, if only some frames hold it."""
        if array.get("kept"):
            return slice(0)
        start = array["offset"] // _LENGTH
        size = array["length"] * np.dtype(array["dtype"]).itemsize
        return slice(start, start + -(-size // _LENGTH))

    def kept_steps(self) -> bytes:
        """Return the kept arrays as differences from the one before of the same name."""
        start = self.frames.nbytes
        steps = np.frombuffer(self.kept, np.uint8).copy()
        before: dict[str, slice] = {}
        values = steps.copy()
        for place in self.header["kept"]:
            size = place["length"] * np.dtype(place["dtype"]).itemsize
            here = slice(place["offset"] - start, place["offset"] - start + size)
            if place["name"] in before:
                steps[here] -= values[before[place["name"]]]
            before[place["name"]] = here
        return steps.tobytes()


def compressed(packed: bytes, strategy: int = zlib.Z_DEFAULT_STRATEGY) -> bytes:
    """Compress by gzip, with a strategy of zlib."""
    made = zlib.compressobj(LEVEL, wbits=_GZIP, strategy=strategy)
    return made.compress(packed) + made.flush()


def planes(words: Array) -> bytes:
    """Return the four byte planes of the differences along the first axis of (E+1, words) uint32.

    A difference d is written as 2d, or -2d - 1 if it is negative, so that small ones have zeros in
    their upper bytes.
    """
    steps = np.diff(words, axis=0, prepend=np.zeros_like(words[:1]))  # modulo 2³²
    small = ((steps << 1) ^ -(steps >> 31)).T
    split = np.ascontiguousarray(small.astype("<u4"))[..., None].view(np.uint8)
    return np.ascontiguousarray(np.moveaxis(split, -1, 0)).tobytes()


def byte_steps(words: Array) -> bytes:
    """Return the differences along the first axis of the bytes of (E+1, words) uint32."""
    values = np.ascontiguousarray(words).view(np.uint8)
    return np.diff(values, axis=0, prepend=np.zeros_like(values[:1])).tobytes()  # modulo 2⁸


def _is_small(array: dict[str, Any]) -> bool:
    """Whether a number of an array is one byte."""
    return not array.get("kept") and np.dtype(array["dtype"]).itemsize == 1
