"""An answer of `l2viz.stage.protocol` -> the same answer in fewer bytes once it is compressed.

Its frames become differences from epoch to epoch, sorted by the bytes of a number: most of them are
then zero. Nothing is rounded. `inlined_run.js` restores the answer, to the last bit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from l2viz.trajectory import Array

LEVEL = 6  # of compression: the highest one takes ten times as long for 2 % less
_LENGTH = 4  # bytes of the number in front


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
        """Return the bytes that `inlined_run.js` reads: header, planes of frames, kept arrays."""
        header = json.dumps(self.header, separators=(",", ":"), allow_nan=False).encode()
        header += b" " * (-len(header) % _LENGTH)
        length = len(header).to_bytes(_LENGTH, "little")
        return length + header + planes(self.frames) + self.kept_steps()

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


def planes(words: Array) -> bytes:
    """Return the four byte planes of the differences along the first axis of (E+1, words) uint32.

    A difference d is written as 2d, or -2d - 1 if it is negative, so that small ones have zeros in
    their upper bytes.
    """
    steps = np.diff(words, axis=0, prepend=np.zeros_like(words[:1]))  # modulo 2³²
    small = ((steps << 1) ^ -(steps >> 31)).T
    split = np.ascontiguousarray(small.astype("<u4"))[..., None].view(np.uint8)
    return np.ascontiguousarray(np.moveaxis(split, -1, 0)).tobytes()
