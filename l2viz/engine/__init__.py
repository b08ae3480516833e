"""Experiment -> the trained path: Keras models stacked over strengths. TensorFlow loads here."""
