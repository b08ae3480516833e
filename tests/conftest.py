"""Settings of all tests: quiet TensorFlow, reproducible Hypothesis, unchanged Keras globals."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

for _profile, _examples in (("fast", 12), ("thorough", 100)):
    hypothesis.settings.register_profile(
        _profile, deadline=None, derandomize=True, max_examples=_examples
    )
hypothesis.settings.load_profile(os.environ.get("L2VIZ_HYPOTHESIS", "fast"))


_TOGETHER = ("browser", "charts")


class FilesTogether(LoadScopeScheduling):  # type: ignore[misc]
    """Keep each file's tests in one process, and those of some rooms.

    The browser's tests share a server, and the charts' the charts they have made. pytest-xdist's
    own groups are not seen by pytest 9, where a test's id cannot be changed.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = nodeid.partition("::")[0]
        return next((room for room in _TOGETHER if f"/{room}/" in file), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesTogether:
    """Return what gives tests to the processes of ``pytest -n auto``."""
    return FilesTogether(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the browser's tests and the engine's, which take longest."""
    first = ("browser", "engine")
    items.sort(
        key=lambda item: next((n for n, name in enumerate(first) if name in item.path.parts), 2)
    )


KERAS = {"floatx": "float32", "dtype policy": "float32", "image data format": "channels_last"}


@pytest.fixture(autouse=True)
def keras_settings() -> Iterator[None]:
    """Fail a test that changes Keras's global settings."""
    yield
    if keras := sys.modules.get("keras"):
        config = keras.config
        found = {
            "floatx": config.floatx(),
            "dtype policy": config.dtype_policy().name,
            "image data format": config.image_data_format(),
        }
        assert found == KERAS


@pytest.fixture(scope="session")
def one_thread() -> None:
    """Set TensorFlow to one thread, once, as in the trainer: results depend on the number."""
    from l2viz.engine.threads import set_threads

    set_threads(1)


@pytest.fixture
def floatx64() -> Iterator[None]:
    """Set Keras to float64: by default `fit` rounds data, losses and learning rates to float32."""
    _set_keras_dtype("float64")
    yield
    _set_keras_dtype("float32")


def _set_keras_dtype(dtype: str) -> None:
    import keras

    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)  # derived from floatx when first read, then cached
