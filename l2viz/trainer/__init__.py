"""The training processes, the queue of runs, and the runs that were trained recently.

trainer       Trainer: the queue of runs
job           Job: a run that has not ended, its clients, its parts and what arrives of them
run           Run and RunState: one training, read from any thread
board         Board: the runs that have not ended, and their times
waiting_line  WaitingLine: the order of runs that wait
absence       Absence: who has left
store         RunStore: runs by id and by experiment, bounded by bytes
pool          Pool: the training processes
supervisor    Supervisor: one of them, replaced when it dies or is full of traces
process       WorkerProcess: one training process, seen from the page's side
settings      what the environment says of them
shared_runs   SharedRuns: a folder in which several servers keep their runs for one another
status        TrainerStatus: what a teacher or an operator wants to know
library       l2viz.run: a run without a page
sentences     messages of the trainer to people
messages      messages between the processes
worker/       the training process itself; only there TensorFlow is loaded
"""

from __future__ import annotations

from l2viz.trainer.run import Run, RunState
from l2viz.trainer.trainer import RunRefused, Trainer, TrainerUnavailable

__all__ = ["RunRefused", "Run", "RunState", "Trainer", "TrainerUnavailable"]
