"""Messages of the trainer to people: what happened, and what to do next."""

from __future__ import annotations

from l2viz.trainer.run import Run

CLOSING = "The app is closing, so nothing is trained any more."


def unavailable(deaths: int, reason: str) -> str:
    """Say that training is impossible for now, and why the last training process ended."""
    return (
        f"Training is not possible now: the training process failed to start {deaths} times in a "
        f"row ({reason}). Recorded runs still work. It is tried again in a minute; if that does "
        "not help, install the packages of requirements.txt again."
    )


def queue_full(waiting: int) -> str:
    """Say that the queue is full."""
    return f"{waiting} runs are waiting already. Train again when one has finished."


def queued(ahead: int, seconds: float) -> str:
    """Say how many runs are trained before this one, and for how long."""
    if ahead == 0:
        return "The training process is starting."
    runs = "One other run is" if ahead == 1 else f"{ahead} runs are"
    return f"{runs} trained first, for about {duration(seconds)}."


def duration(seconds: float) -> str:
    """Return seconds in words: "1 s", "20 min", "3 h"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5_400 else f"{round(seconds / 3_600)} h"


def stopped(run: Run) -> str:
    """Say at which epoch the run was stopped."""
    if not run.state.snapshots:
        return "Stopped before the first epoch. Train starts it again."
    return f"Stopped at epoch {_last_epoch(run)}. Train starts it again."


def ended_unexpectedly(run: Run) -> str:
    """Say at which epoch the training process died."""
    if not run.state.snapshots:
        return (
            "The training process ended unexpectedly before anything was measured. "
            "Train starts it again."
        )
    return (
        f"The training process ended unexpectedly at epoch {_last_epoch(run)}; what was measured "
        "up to then is shown. Train starts it again."
    )


DATA_ARE_GONE = "The data that you brought are not here any more. Choose the file again."
SERVER_GONE = "The server that trained this run does not answer any more. Press Train."
ENDS_ITS_PROCESS = (
    "These settings have ended the training process three times, perhaps for lack of memory. "
    "Train a smaller network, or fewer strengths."
)


def _last_epoch(run: Run) -> int:
    return run.state.snapshots[-1].epoch
