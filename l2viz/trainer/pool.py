"""Pool: the training processes, one a core."""

from __future__ import annotations

import threading
from collections.abc import Callable

from l2viz.trainer.messages import Prepare, Train
from l2viz.trainer.process import WorkerProcess
from l2viz.trainer.status import WorkerLine
from l2viz.trainer.supervisor import Listener, StartProcess, Supervisor


class Pool:
    """Training processes that are started one after the other.

    Each traces the opening lessons when it starts, which takes a core for seconds: the next one is
    started when the last one has done so, that the page's own process is not held up.

    start_process   see Supervisor, as `lock`, `listener` and `largest_program_count`
    size            number of processes
    """

    def __init__(
        self,
        start_process: StartProcess,
        *,
        size: int,
        lock: threading.RLock,
        listener: Listener,
        largest_program_count: int,
    ) -> None:
        self._supervisors = [
            Supervisor(
                start_process,
                lock=lock,
                listener=listener,
                largest_program_count=largest_program_count,
            )
            for _ in range(size)
        ]

    def start(self, *, at_once: bool = False) -> None:
        """Start the next process if those before are warm, or all of them at once."""
        for supervisor in self._supervisors:
            supervisor.start()
            if not (at_once or supervisor.is_warm or supervisor.unavailable_because):
                return

    def rest(self) -> list[WorkerProcess]:
        """Let go of all processes until `start`; return them, for `end` without the lock."""
        return [worker for each in self._supervisors for worker in each.rest()]

    def status(self) -> list[WorkerLine]:
        """Describe all processes."""
        return [line for each in self._supervisors for line in each.status()]

    def close(self) -> list[WorkerProcess]:
        """Start no more processes; return those that run, for `end` without the lock."""
        return [worker for each in self._supervisors for worker in each.close()]

    @property
    def unavailable_because(self) -> str:
        """Return a sentence for people when no process can train, otherwise an empty one."""
        reasons = [supervisor.unavailable_because for supervisor in self._supervisors]
        return reasons[0] if all(reasons) else ""

    @property
    def ready(self) -> int:
        """Return how many processes train or could train."""
        return sum(supervisor.is_ready for supervisor in self._supervisors)

    def give(self, next_command: Callable[[], Train | None]) -> None:
        """Send a command to each process that is free, as long as there are some."""
        for supervisor in self._supervisors:
            if not supervisor.is_free:
                continue
            command = next_command()
            if command is None:
                return
            supervisor.train(command)

    def prepare(self, command: Prepare) -> None:
        """Let the processes that are free trace what a run may need."""
        for supervisor in self._supervisors:
            if supervisor.is_free:
                supervisor.prepare(command)

    def look(self) -> None:
        """Kill the processes that have been silent for too long; called each second."""
        for supervisor in self._supervisors:
            supervisor.look()

    def stop(self, run_id: str) -> None:
        """Ask all processes that train a part of this run to stop it."""
        for supervisor in self._supervisors:
            supervisor.stop(run_id)
