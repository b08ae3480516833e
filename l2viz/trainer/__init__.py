"""The training process, its queue, its limits, and the runs that were trained lately.

trainer     Trainer: the queue of runs
job         Job: a run that has not ended, and who wants it
run         Run and RunState: what everyone reads of a run
store       RunStore: runs by id and by experiment, bounded by bytes
supervisor  Supervisor: the training process, replaced when it dies or is full of traces
process     WorkerProcess: one training process, seen from the page's side
sentences   what the trainer tells people
messages    what the two processes send each other
worker/     the training process itself; TensorFlow loads there alone
"""

from __future__ import annotations

from l2viz.trainer.run import Run, RunState
from l2viz.trainer.trainer import QueueFull, Trainer, TrainerUnavailable

__all__ = ["QueueFull", "Run", "RunState", "Trainer", "TrainerUnavailable"]
