"""Start the training process."""

from l2viz.trainer.worker.loop import main

main()
