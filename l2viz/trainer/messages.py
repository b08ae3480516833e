"""Messages between the page's process and the training process, and how they are framed.

A message is its length in eight bytes, then a pickle. Pickle is safe here: both ends of the pipe
are our own processes, and nobody else can write to it. `multiprocessing.connection` uses the same
framing, but on Windows its connections need named pipes, not stdin and stdout.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from typing import IO, Any

from l2viz.data.brought import Table
from l2viz.experiment import Experiment
from l2viz.path import RowArrays
from l2viz.trajectory import RunContext

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class Train:
    """To the worker: train these shards now. Sent only after the previous ones have ended.

    shards    positions in `l2viz.path.shards_of` of the experiment's table
    brought   the data, if a viewer has brought them
    """

    run_id: str
    experiment: Experiment
    shards: tuple[int, ...]
    brought: Table | None = None


@dataclass(frozen=True)
class Prepare:
    """To the worker: trace what this experiment needs, as a viewer may train it next."""

    experiment: Experiment


@dataclass(frozen=True)
class Stop:
    """To the worker: stop this run between two epochs, if it is the one in training."""

    run_id: str


@dataclass(frozen=True)
class Ready:
    """From the worker: TensorFlow is imported; runs can be sent."""


@dataclass(frozen=True)
class Unable:
    """From the worker, before it exits: why it cannot train."""

    reason: str


@dataclass(frozen=True)
class Warmed:
    """From the worker: the programs of the opening lessons are traced."""


@dataclass(frozen=True)
class Alive:
    """From the worker, each second, whatever it does: it is neither stopped nor stuck."""


@dataclass(frozen=True)
class Began:
    """From the worker: the context of the run, before its first step."""

    run_id: str
    context: RunContext


@dataclass(frozen=True)
class Measured:
    """From the worker: the next recorded epoch of its shards of the run."""

    run_id: str
    epoch: int
    parts: tuple[RowArrays, ...]


@dataclass(frozen=True)
class Ended:
    """From the worker: its part of the run has ended.

    status     "finished", "stopped" or "failed"
    sentence   for people, if it failed; otherwise empty
    kernels    of its shards, if it is finished
    programs   number of programs this worker has traced so far; their memory is never freed
    """

    run_id: str
    status: str
    sentence: str
    kernels: tuple[RowArrays, ...]
    programs: int


RunMessage = Began | Measured | Ended


def send(stream: IO[bytes], message: object) -> None:
    """Write one message. Raises OSError when the other process has closed the pipe."""
    payload = pickle.dumps(message, protocol=5)
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Wait for the next message and return it. Raises EOFError when the pipe is closed."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return pickle.loads(_exactly(stream, length))  # noqa: S301  as above: our own pipe


def _exactly(stream: IO[bytes], length: int) -> bytes:
    """Read so many bytes. Raises EOFError when the pipe closes before."""
    received = stream.read(length)
    if len(received) < length:
        raise EOFError("the other process closed the pipe")
    return received
