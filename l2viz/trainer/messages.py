"""What the page's process and the training process send each other, and how it is framed.

A message is eight bytes of length and a pickle. Pickle is safe here: the pipe joins two processes
of ours that run the same code, and nobody else can write to it. `multiprocessing.connection` would
frame the same bytes, but on Windows its connections need named pipes, not stdin and stdout.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from typing import IO, Any

from l2viz.experiment import Experiment
from l2viz.trajectory import Array, RunContext, Snapshot

_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True)
class Train:
    """To the worker: train this now; sent only when the run before has ended."""

    run_id: str
    experiment: Experiment


@dataclass(frozen=True)
class Stop:
    """To the worker: end this run between two epochs, if it is the one in training."""

    run_id: str


@dataclass(frozen=True)
class Ready:
    """From the worker: TensorFlow is imported, runs may come."""


@dataclass(frozen=True)
class Unable:
    """From the worker, before it exits: why it cannot train."""

    reason: str


@dataclass(frozen=True)
class Warmed:
    """From the worker: the opening lessons are traced."""


@dataclass(frozen=True)
class Began:
    """From the worker: what is known of the run before its first step."""

    run_id: str
    context: RunContext


@dataclass(frozen=True)
class Measured:
    """From the worker: one more snapshot."""

    run_id: str
    snapshot: Snapshot


@dataclass(frozen=True)
class Ended:
    """From the worker: no more of this run comes.

    status     "finished", "stopped" or "failed"
    sentence   for people, of a failed run; otherwise empty
    kernels    of a finished run, as in Trajectory
    programs   programs this worker has traced so far; their memory is never freed
    """

    run_id: str
    status: str
    sentence: str
    kernels: tuple[Array, ...]
    programs: int


RunMessage = Began | Measured | Ended


def send(stream: IO[bytes], message: object) -> None:
    """Write one message. Raises OSError when the other side is gone."""
    payload = pickle.dumps(message, protocol=5)
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Return the next message, once it is there. Raises EOFError when none will come."""
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return pickle.loads(_exactly(stream, length))  # noqa: S301  as above: our own pipe


def _exactly(stream: IO[bytes], length: int) -> bytes:
    received = stream.read(length)
    if len(received) < length:
        raise EOFError("the other process closed the pipe")
    return received
