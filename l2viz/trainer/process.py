"""WorkerProcess: one training process, seen from the page's side."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import l2viz
from l2viz.trainer.messages import receive, send

logger = logging.getLogger("l2viz.trainer")

# -P: a file called random.py in the folder where the app was started must not get in the way.
COMMAND = (sys.executable, "-P", "-m", "l2viz.trainer.worker")


class WorkerProcess:
    """A started worker. A thread of its own calls `on_message`, and `on_end` at last.

    on_message(worker, message)   for each message
    on_end(worker, reason)        once, when it has ended and left no process behind

    Raises OSError when it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_message: Callable[[WorkerProcess, Any], None],
        on_end: Callable[[WorkerProcess, str], None],
    ) -> None:
        self.ready = False  # these two belong to the supervisor
        self.warmed = False
        self._on_message = on_message
        self._on_end = on_end
        # Its temporary files go with it, however it ends: a killed process removes none itself.
        self._folder = tempfile.TemporaryDirectory(prefix="l2viz-", ignore_cleanup_errors=True)
        try:
            self._process = _start(command, self._folder.name)
        except OSError:
            self._folder.cleanup()
            raise
        self._reader = threading.Thread(target=self._read, name="l2viz trainer", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: object) -> None:
        """Send a message; to a worker that has just ended it is lost, and `on_end` follows."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            send(self._process.stdin, message)

    def let_go(self) -> None:
        """Close the pipe, upon which the worker exits; return at once."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def end(self, seconds: float) -> None:
        """Let go, and kill what has not ended after so many seconds."""
        give_up = time.monotonic() + seconds
        self.let_go()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._reader.join(max(0.0, give_up - time.monotonic()) + seconds)

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            while True:
                self._on_message(self, receive(self._process.stdout))
        except (EOFError, OSError):
            pass
        except Exception:  # a broken message: the worker cannot be trusted any more
            logger.exception("The training process is replaced after a message was not understood.")
        self._reap()

    def _reap(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.2)  # it is ending: wait for its own exit code
        self._process.kill()
        code = self._process.wait()
        self._process.stdout.close()
        self.let_go()
        self._folder.cleanup()
        self._on_end(self, _how_it_ended(code))


def _start(command: Sequence[str], folder: str) -> subprocess.Popen[bytes]:
    """Start the process, out of reach of the terminal's Ctrl-C from its first moment on."""
    environment = dict(os.environ)
    folders = [str(Path(l2viz.__file__).resolve().parents[1]), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
    environment["TF_CPP_MIN_LOG_LEVEL"] = "3"
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
        return subprocess.Popen(command, env=environment, creationflags=flags, **pipes)
    return subprocess.Popen(command, env=environment, start_new_session=True, **pipes)


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"it ended with exit code {code}"
    try:
        return f"it was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"it was ended by signal {-code}"
