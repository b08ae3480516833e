"""WorkerProcess: one training process, started and read by the page's process."""

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

from l2viz.trainer.messages import receive, send

logger = logging.getLogger("l2viz.trainer")

# -P: a file called random.py in the current folder must not hide the standard module.
COMMAND = (sys.executable, "-P", "-m", "l2viz.trainer.worker")


class WorkerProcess:
    """A started training process. A reader thread calls `on_message`, and finally `on_end`.

    on_message(worker, message)   for each message
    on_end(worker, reason)        once, after the process has ended and was reaped

    Raises OSError when it cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_message: Callable[[WorkerProcess, Any], None],
        on_end: Callable[[WorkerProcess, str], None],
    ) -> None:
        self.ready = False  # these three are set by the supervisor
        self.warmed = False
        self.silent = 0  # looks of the supervisor since its last message
        self._on_message = on_message
        self._on_end = on_end
        # Its temporary files are removed here, as a killed process removes none itself.
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
        """Return the id of the process."""
        return self._process.pid

    def send(self, message: object) -> None:
        """Send a message. If the process has just ended, it is lost and `on_end` follows."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError, ValueError):
            send(self._process.stdin, message)

    def kill(self) -> None:
        """Kill the process; `on_end` follows."""
        self._process.kill()

    def let_go(self) -> None:
        """Close the pipe, so that the process exits; do not wait for it."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def end(self, seconds: float) -> None:
        """Close the pipe; kill the process if it still runs after so many seconds."""
        give_up = time.monotonic() + seconds
        self.let_go()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._reader.join(max(0.0, give_up - time.monotonic()) + seconds)

    def _read(self) -> None:
        """Read messages until the process ends; the reader thread runs this."""
        assert self._process.stdout is not None
        try:
            while True:
                self._on_message(self, receive(self._process.stdout))
        except (EOFError, OSError):
            pass
        except Exception:  # after an invalid message the process cannot be trusted
            logger.exception("The training process is replaced after an invalid message.")
        self._reap()

    def _reap(self) -> None:
        """Wait for the process, remove its files, and report its end."""
        assert self._process.stdout is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.2)  # its own exit code says more than a kill
        self._process.kill()
        code = self._process.wait()
        self._process.stdout.close()
        self.let_go()
        self._folder.cleanup()
        self._on_end(self, _how_it_ended(code))


def _start(command: Sequence[str], folder: str) -> subprocess.Popen[bytes]:
    """Start the process in a session of its own, where Ctrl-C in the terminal does not reach it."""
    environment = dict(os.environ)
    folders = [str(Path(__file__).resolve().parents[2]), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
    environment["TF_CPP_MIN_LOG_LEVEL"] = "3"
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
        return subprocess.Popen(command, env=environment, creationflags=flags, **pipes)
    return subprocess.Popen(command, env=environment, start_new_session=True, **pipes)


def _how_it_ended(code: int) -> str:
    """Describe an exit code in words."""
    if code >= 0:
        return f"it ended with exit code {code}"
    try:
        return f"it was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"it was ended by signal {-code}"
