"""The training process: ``python -m l2viz.trainer.worker``. TensorFlow loads here."""
