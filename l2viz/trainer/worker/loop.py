"""The main loop of the training process: ``python -m l2viz.trainer.worker``.

It reads messages from stdin and writes messages to stdout. It exits when stdin closes, whatever it
is doing, so that no process is left behind however the page's process ends.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from l2viz.trainer.messages import Alive, Prepare, Ready, Stop, Train, Unable, Warmed, receive, send

if TYPE_CHECKING:
    from l2viz.trainer.worker.jobs import Piece

_NICENESS = 5  # with a process on every core, the page's own comes first
_HEARTBEAT = 1.0  # seconds
_PAUSE = 0.03  # seconds between two pieces of warming up, in which a run can arrive

logger = logging.getLogger("l2viz.trainer")


def main() -> None:
    """Serve the process that started this one, until it closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the page's process, and so this one
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # no advice on tracing
    os.environ["KERAS_BACKEND"] = "tensorflow"  # whatever was chosen for other work
    incoming, outgoing = _take_the_pipes()
    worker = Worker(outgoing)
    threading.Thread(target=worker.listen, args=(incoming,), daemon=True).start()
    threading.Thread(target=worker.beat, daemon=True).start()
    try:
        worker.serve()
    except OSError:
        os._exit(1)  # the page's process has ended


def _take_the_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Return stdin and stdout for messages alone; redirect all other output to stderr."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    return incoming, outgoing


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Discard what TensorFlow's import prints to stderr at every log level, unless it fails."""
    stderr = os.dup(2)
    with tempfile.TemporaryFile() as printed:
        os.dup2(printed.fileno(), 2)
        try:
            yield
        except BaseException:
            printed.seek(0)
            os.write(stderr, printed.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)


class Worker:
    """Trains the runs it receives; while there are none, it traces the opening lessons."""

    def __init__(self, outgoing: IO[bytes]) -> None:
        self._outgoing = outgoing
        self._sending = threading.Lock()
        self._commands: queue.SimpleQueue[Train | Prepare] = queue.SimpleQueue()
        self._stopped = ""  # id of the last run that was asked to stop

    def listen(self, incoming: IO[bytes]) -> None:
        """Read commands while the other thread trains; exit when the pipe closes."""
        try:
            while True:
                command = receive(incoming)
                if isinstance(command, Stop):
                    self._stopped = command.run_id
                else:
                    self._commands.put(command)
        finally:
            os._exit(0)

    def beat(self) -> None:
        """Say each second that the process is alive, also while the other thread trains."""
        while True:
            try:
                self._send(Alive())
            except OSError:
                os._exit(1)  # the page's process has ended
            time.sleep(_HEARTBEAT)

    def serve(self) -> None:
        """Import TensorFlow, then train runs and warm up until the process exits."""
        try:
            with _quiet():
                from l2viz.engine.backend import use_channels_last
                from l2viz.trainer.worker import jobs  # TensorFlow: some seconds

                use_channels_last()
        except Exception as error:
            logger.debug("The training process cannot train.", exc_info=True)
            self._send(Unable(f"{type(error).__name__}: {error}"))
            sys.exit(1)
        self._send(Ready())
        pieces = deque(jobs.warming_pieces())
        while True:
            try:
                command = self._commands.get(timeout=_PAUSE if pieces else None)
            except queue.Empty:
                self._warm(pieces)
            else:
                if isinstance(command, Prepare):
                    pieces += jobs.pieces_of(command.experiment)
                else:
                    self._train(command)

    def _train(self, command: Train) -> None:
        from l2viz.trainer.worker import jobs

        jobs.train(command, self._send, lambda: self._stopped == command.run_id)

    def _warm(self, pieces: deque[Piece]) -> None:
        try:
            pieces.popleft()()
        except Exception:  # a run of the same kind will fail and report the reason
            logger.exception("Warming up failed.")
        if not pieces:
            self._send(Warmed())

    def _send(self, message: object) -> None:
        with self._sending:
            send(self._outgoing, message)
