"""Experiment -> the trained path: Keras models stacked over strengths. TensorFlow loads here."""

from l2viz.engine.backend import require_tensorflow, silence_advice

require_tensorflow()
silence_advice()
