"""Frames -> a GIF of one palette, so that no colour flickers."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from l2viz.trajectory import Array
from l2viz.writing import path_errors, replacing

_COLOURS = 255  # one index is left for the pixels that do not change
_EXACT = 64  # of them: those that most pixels have
_SAMPLED = 12  # frames that the palette is made of


def write_gif(path: Path, shots: Sequence[bytes], pause: float, held: float) -> None:
    """Write an endless GIF.

    shots   PNG files of one size
    pause   seconds from each to the next; `held` more for the last
    """
    durations = _durations(len(shots), pause)
    durations[-1] += round(1000 * held)
    frames = _indexed(shots, _palette(shots))
    first = next(frames)
    with path_errors(str(path), field="into"), replacing(path) as stream:
        first.save(
            stream,
            format="GIF",
            save_all=True,
            append_images=frames,
            duration=durations,
            loop=0,
            optimize=True,
        )


def opened(shot: bytes) -> Any:
    """Return a PNG as an RGB image of Pillow. Raise ModuleNotFoundError where that is missing."""
    try:
        from PIL import Image
    except ImportError:
        raise ModuleNotFoundError("Films need Pillow: pip install 'l2viz[pictures]'.") from None

    with Image.open(io.BytesIO(shot)) as image:
        return image.convert("RGB")


def _durations(count: int, pause: float) -> list[int]:
    """Return milliseconds of each frame, in the hundredths of a second that a GIF knows."""
    ends = np.rint(100 * pause * np.arange(count + 1)).astype(int)
    return [int(10 * step) for step in np.diff(ends)]


def _palette(shots: Sequence[bytes]) -> Array:
    """Return the colours of some frames, first and last among them: (at most 255, 3) uint8."""
    from PIL import Image

    chosen = np.unique(np.linspace(0, len(shots) - 1, _SAMPLED).astype(int))
    pixels = np.concatenate([_packed(opened(shots[at])).ravel() for at in chosen])
    colours, counts = np.unique(pixels, return_counts=True)
    common = _rgb(colours[np.argsort(-counts, kind="stable")])
    if len(common) <= _COLOURS:
        return common
    # The others by Pillow, each colour as often as the root of its count, or the ground has most.
    often = np.repeat(colours, np.ceil(np.sqrt(counts)).astype(int))
    image = Image.fromarray(_rgb(often)[None])
    reduced = image.quantize(_COLOURS - _EXACT, method=Image.Quantize.MEDIANCUT)
    others = np.array(reduced.getpalette(), dtype=np.uint8).reshape(-1, 3)
    return np.concatenate([common[:_EXACT], others[: _COLOURS - _EXACT]])


def _indexed(shots: Sequence[bytes], palette: Array) -> Iterator[Any]:
    """Yield images of indices of the nearest colours; Pillow's own search for them is coarse."""
    from PIL import Image

    nearest = np.full(2**24, _COLOURS, dtype=np.uint8)
    for shot in shots:
        pixels = _packed(opened(shot))
        new = np.unique(pixels[nearest[pixels] == _COLOURS])
        for start in range(0, len(new), 4096):
            part = new[start : start + 4096]
            apart = _rgb(part)[:, None].astype(np.int32) - palette[None]
            nearest[part] = np.square(apart).sum(axis=-1).argmin(axis=1)
        frame = Image.fromarray(nearest[pixels])
        frame.putpalette(palette.tobytes())
        yield frame


def _packed(image: Any) -> Array:
    """Return each pixel as one number, (height, width) int32."""
    red, green, blue = np.moveaxis(np.asarray(image, dtype=np.int32), -1, 0)
    packed: Array = (red << 16) | (green << 8) | blue
    return packed


def _rgb(packed: Array) -> Array:
    """Return colours (n, 3) uint8 of packed ones."""
    return np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=-1).astype(np.uint8)
