"""What all tests share: quiet TensorFlow, reproducible Hypothesis, networks that train at once."""

from __future__ import annotations

import os
from collections.abc import Iterator

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import hypothesis
import pytest

hypothesis.settings.register_profile("l2viz", deadline=None, derandomize=True, max_examples=100)
hypothesis.settings.load_profile("l2viz")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep each file's tests in one process, and all browser tests, which share a server, in one.

    Of use to ``pytest -n auto --dist loadgroup``; the browser's tests take longest and come first.
    """
    for item in items:
        in_browser = "browser" in item.path.parts
        item.add_marker(pytest.mark.xdist_group("browser" if in_browser else str(item.path)))
    items.sort(key=lambda item: "browser" not in item.path.parts)


@pytest.fixture(scope="session")
def one_thread() -> None:
    """TensorFlow with one thread, as in the trainer: bits depend on it, and it is set only once."""
    from l2viz.engine.threads import set_threads

    set_threads(1)


@pytest.fixture
def floatx64() -> Iterator[None]:
    """Keras in float64 throughout: left alone, `fit` rounds data, losses and rates to float32."""
    import keras

    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx("float32")
