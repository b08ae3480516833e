"""The training process, its queue, its limits, and the runs that were trained lately.

trainer     Trainer: the queue, and the process that is replaced when it dies
run         Run and RunView: what everyone reads of a run
store       RunStore: runs by id and by experiment, bounded by bytes
process     WorkerProcess: one training process, seen from the page's side
sentences   what the trainer says to people
messages    what the two processes say to each other
worker/     the training process itself; TensorFlow loads there alone
"""

from __future__ import annotations

from l2viz.trainer.run import Run, RunView
from l2viz.trainer.trainer import QueueFull, Trainer, TrainerUnavailable

__all__ = ["QueueFull", "Run", "RunView", "Trainer", "TrainerUnavailable"]
