"""What all tests share: quiet TensorFlow, reproducible Hypothesis, networks that train at once."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import hypothesis

hypothesis.settings.register_profile("l2viz", deadline=None, derandomize=True, max_examples=100)
hypothesis.settings.load_profile("l2viz")
