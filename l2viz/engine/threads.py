"""TensorFlow's number of threads, which changes the last bits of a run."""

from __future__ import annotations

import tensorflow as tf


def set_threads(count: int) -> None:
    """Set TensorFlow's numbers of threads, unless they are set or TensorFlow has started.

    One thread is the fastest for small networks. The order of summation, and so the last bits of a
    run, depend on the number.
    """
    if tf.config.threading.get_intra_op_parallelism_threads() == 0:
        try:
            tf.config.threading.set_intra_op_parallelism_threads(count)
            tf.config.threading.set_inter_op_parallelism_threads(count)
        except RuntimeError:  # TensorFlow has started: RunContext.threads says with how many
            return
