"""What the engine needs of Keras and TensorFlow: backend, channels last, and no advice."""

from __future__ import annotations

import logging
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def require_tensorflow() -> None:
    """Raise ImportError if Keras has, or will have, another backend than TensorFlow."""
    keras = sys.modules.get("keras")
    chosen = keras.config.backend() if keras else os.environ["KERAS_BACKEND"]
    if chosen != "tensorflow":
        raise ImportError(
            f"l2viz trains with Keras's TensorFlow backend, and the backend chosen is {chosen!r}: "
            "set KERAS_BACKEND=tensorflow before Keras is imported."
        )


def silence_advice() -> None:
    """Drop TensorFlow's advice on what is meant here: a new trace for each structure of a path,
    and Keras's own random numbers for each member, one after the other.
    """
    logging.getLogger("tensorflow").addFilter(_is_no_advice)


def _is_no_advice(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    of_a_loop = message.startswith("Using a while_loop for converting")
    return not (of_a_loop or ("retracing" in message and "PathProgram" in message))


def use_channels_last() -> None:
    """Set Keras's image format in this process, whatever its settings file says."""
    import keras

    keras.config.set_image_data_format("channels_last")


def require_channels_last() -> None:
    """Raise RuntimeError if Keras's images have their channels first."""
    import keras

    if keras.config.image_data_format() != "channels_last":
        raise RuntimeError(
            "l2viz trains convolutions on images whose channels come last, and Keras's "
            "image_data_format is 'channels_first': call "
            "keras.config.set_image_data_format('channels_last') before."
        )
