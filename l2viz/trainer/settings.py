"""Settings: what variables of the environment say about this server."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from l2viz.validation import InvalidValue, integer, number

WORKERS, IDLE_MINUTES, SHARED_FOLDER, LOG = (
    "L2VIZ_WORKERS",
    "L2VIZ_IDLE_MINUTES",
    "L2VIZ_SHARED_FOLDER",
    "L2VIZ_LOG",
)
OPEN = "L2VIZ_OPEN"  # paths of the run that the page opens with; the command `l2viz open` sets it
LARGEST_WORKER_COUNT = 64
LOGS = ("text", "json")
_LARGEST_DEFAULT = 4  # each takes some 0.75 GB, and a path of 25 strengths has two parts
_LONGEST_IDLE = 1e6  # minutes


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """All of them.

    workers         number of training processes
    idle_seconds    without a run and a new viewer, after which they end until they are needed;
                    infinite: never
    shared_folder   where several servers keep their runs for one another, or None
    log             "text": warnings; "json": each event of a run too, one object a line
    """

    workers: int
    idle_seconds: float
    shared_folder: Path | None
    log: str


def server_settings(environment: Mapping[str, str] = os.environ) -> ServerSettings:
    """Return what the environment says. Raises InvalidValue, which names the variable."""
    given = {name: environment.get(name, "").strip() for name in (WORKERS, IDLE_MINUTES, LOG)}
    log = given[LOG] or LOGS[0]
    if log not in LOGS:
        raise InvalidValue(LOG, f"be one of {', '.join(LOGS)}", log)
    return ServerSettings(
        workers=_worker_count(given[WORKERS]),
        idle_seconds=_idle_seconds(given[IDLE_MINUTES]),
        shared_folder=_folder(environment.get(SHARED_FOLDER, "")),
        log=log,
    )


def _worker_count(given: str) -> int:
    """Return the number that is set, or one for each core that this process may use, at most 4."""
    if not given:
        return min(_usable_cores(), _LARGEST_DEFAULT)
    try:
        wanted = int(given)
    except ValueError:
        raise InvalidValue(WORKERS, "be an integer", given) from None
    return integer(WORKERS, wanted, 1, LARGEST_WORKER_COUNT)


def _idle_seconds(given: str) -> float:
    if not given:
        return float("inf")
    try:
        minutes = float(given)
    except ValueError:
        raise InvalidValue(IDLE_MINUTES, "be a number of minutes", given) from None
    return 60.0 * number(IDLE_MINUTES, minutes, 0.1, _LONGEST_IDLE)


def _folder(given: str) -> Path | None:
    """Return the folder, which is made if it is missing, and written to once as a trial."""
    if not given:
        return None
    folder = Path(given)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".trial").write_bytes(b"")
    except OSError as problem:
        rule = f"be a folder that can be written to ({problem.strerror})"
        raise InvalidValue(SHARED_FOLDER, rule, given) from None
    return folder


def _usable_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
