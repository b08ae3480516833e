"""TensorFlow's threads, which the bits of a run depend on."""

from __future__ import annotations

import tensorflow as tf


def set_threads(count: int) -> None:
    """Intra-op threads of TensorFlow in this process, unless it has started or they are set.

    One is the fastest for small networks, and the bits of a run depend on the number.
    """
    if tf.config.threading.get_intra_op_parallelism_threads() == 0:
        try:
            tf.config.threading.set_intra_op_parallelism_threads(count)
            tf.config.threading.set_inter_op_parallelism_threads(count)
        except RuntimeError:  # TensorFlow has started: what it runs with is kept with the run
            return
