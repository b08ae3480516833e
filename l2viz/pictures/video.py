"""Frames -> MP4 and WebM, by ffmpeg."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import IO

from l2viz.pictures.gif import opened
from l2viz.writing import beside, path_errors

# What ffmpeg is told of each format; every player shows yuv420p.
VIDEOS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "mp4": ("-c:v", "libx264", "-crf", "18", "-movflags", "+faststart", "-f", "mp4"),
        "webm": (
            *("-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0", "-cpu-used", "4", "-row-mt", "1"),
            *("-f", "webm"),
        ),
    }
)
_LEAST_RATE = 25  # frames per second, as players seek in slower videos badly
_BT709 = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")


def find_ffmpeg() -> str:
    """Return the path of ffmpeg. Raise FileNotFoundError, which says what to install."""
    found = shutil.which("ffmpeg")
    if found is None:
        raise FileNotFoundError("MP4 and WebM need ffmpeg: install it, or choose the format gif.")
    return found


def write_video(
    path: Path, form: str, shots: Sequence[bytes], pause: float, held: float, ground: str
) -> None:
    """Write a video whose sides are even: one more row or column of the ground where they are not.

    shots   PNG files of one size
    pause   seconds from each to the next; `held` more for the last
    """
    width, height = opened(shots[0]).size
    filters = (
        f"fps={max(_LEAST_RATE, 1 / pause):g}",
        f"tpad=stop_mode=clone:stop_duration={held:g}",
        f"pad=ceil(iw/2)*2:ceil(ih/2)*2:color={ground.replace('#', '0x')}",
        "scale=out_color_matrix=bt709:out_range=tv",
    )
    command = [
        *(find_ffmpeg(), "-y", "-loglevel", "error", "-nostdin"),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"),
        *("-framerate", f"{1 / pause:.9g}", "-i", "pipe:0"),
        *("-vf", ",".join(filters), "-pix_fmt", "yuv420p", *_BT709, *VIDEOS[form]),
    ]
    with path_errors(str(path), field="into"), beside(path) as other:
        other.touch(exist_ok=False)
        with tempfile.TemporaryFile() as said:
            status = _piped([*command, str(other.absolute())], shots, said)
            if status:
                raise _problem(form, said)


def _piped(command: Sequence[str], shots: Sequence[bytes], said: IO[bytes]) -> int:
    """Run ffmpeg with the frames; however this ends, it has ended too."""
    # In a session of its own, so that Ctrl-C ends it here and not before.
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=said, start_new_session=True
    ) as process:
        assert process.stdin is not None
        try:
            for shot in shots:
                process.stdin.write(opened(shot).tobytes())
            process.stdin.close()
            return process.wait()
        except BrokenPipeError:  # it has ended, and said why
            return process.wait() or 1
        except BaseException:
            process.kill()
            raise


def _problem(form: str, said: IO[bytes]) -> Exception:
    said.seek(0)
    text = said.read().decode(errors="replace").strip()
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        if os.strerror(number) in text:
            return OSError(number, os.strerror(number))
    last = text.splitlines()[-1] if text else "it ended without a word"
    return RuntimeError(f"ffmpeg could not write {form}: {last}")
