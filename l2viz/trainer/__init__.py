"""The training process, the queue of runs, and the runs that were trained recently.

trainer     Trainer: the queue of runs
job         Job: a run that has not ended, and its clients
run         Run and RunState: one training, read from any thread
store       RunStore: runs by id and by experiment, bounded by bytes
supervisor  Supervisor: the training process, replaced when it dies or is full of traces
process     WorkerProcess: one training process, seen from the page's side
sentences   messages of the trainer to people
messages    messages between the two processes
worker/     the training process itself; only there TensorFlow is loaded
"""

from __future__ import annotations

from l2viz.trainer.run import Run, RunState
from l2viz.trainer.trainer import QueueFull, Trainer, TrainerUnavailable

__all__ = ["QueueFull", "Run", "RunState", "Trainer", "TrainerUnavailable"]
