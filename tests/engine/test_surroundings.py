"""The engine in other surroundings: another backend, channels first; and it prints nothing."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import keras
import pytest

import l2viz
from l2viz.engine.training import run
from l2viz.experiment import Experiment
from tests.fresh_process import run_python

SMALL = (
    "l2viz.run(l2viz.Experiment(train_size=40, hidden=(3,), epochs=2, strengths=(0.0, 0.1), "
    "dropout=0.5, repeats=2))"
)


def test_another_backend_is_said_in_words() -> None:
    jax = os.environ | {"KERAS_BACKEND": "jax"}
    done = run_python(f"import l2viz; {SMALL}", environment=jax, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "ImportError: l2viz trains with Keras's TensorFlow backend, and the backend chosen is "
        "'jax': set KERAS_BACKEND=tensorflow before Keras is imported."
    )


@pytest.mark.slow
def test_a_backend_of_keras_own_file_does_not_keep_it_from_training(tmp_path: Path) -> None:
    """Nor does training print anything: no advice on tracing, no logs of TensorFlow."""
    settings = {"backend": "jax", "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(settings), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    done = run_python(
        f"import l2viz; {SMALL}", environment=kept | {"KERAS_HOME": str(tmp_path)}, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    said = [line for line in done.stderr.splitlines() if "WARNING:tensorflow" in line]
    assert said == []


@pytest.mark.usefixtures("one_thread")
def test_convolutions_with_channels_first_are_refused_in_words() -> None:
    fields: dict[str, Any] = {"model": "conv2d", "filters": (2,), "train_size": 20, "epochs": 1}
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(RuntimeError) as caught:
            run(Experiment(**fields))
    finally:
        keras.config.set_image_data_format("channels_last")
    assert str(caught.value) == (
        "l2viz trains convolutions on images whose channels come last, and Keras's "
        "image_data_format is 'channels_first': call "
        "keras.config.set_image_data_format('channels_last') before."
    )


def test_an_editor_finds_every_name_and_the_version() -> None:
    assert set(l2viz.__all__) <= set(dir(l2viz))
    assert l2viz.__version__.count(".") == 2
