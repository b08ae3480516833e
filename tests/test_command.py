"""The commands: a version, and one line and exit code 2 for what they cannot take."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

import l2viz
from l2viz.__main__ import main
from tests.benchmarks.command import repetitions
from tests.recorded_runs import recorded


def test_the_command_knows_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"l2viz {l2viz.__version__}\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("app", ["pip install 'l2viz[app]'", "--server.port"]),
        ("open", ["RUN.npz", "l2viz train", "Recorder.save"]),
        ("train", ["NAME=VALUE", "example: l2viz train", "learning_rate", "Exit status", "--json"]),
        ("summary", ["MODEL.keras", "model.save(...)", "--json"]),
    ],
)
def test_help_says_what_a_command_takes_and_does(
    command: str, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    words = " ".join(capsys.readouterr().out.split())
    assert [text for text in said if text not in words] == []


@pytest.mark.parametrize("text", ["many", "0", "-3", "2.5", "", "²", "1e3"])
def test_a_wrong_number_ends_a_benchmark_in_words(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["training.py", "--", text])
    with pytest.raises(SystemExit) as ended:
        repetitions(15)
    assert ended.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.endswith(f"must be a whole number from 1 on, got {text!r}")


def test_a_benchmark_takes_a_number_or_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["training.py", "3"])
    assert repetitions(15) == 3
    monkeypatch.setattr(sys, "argv", ["training.py"])
    assert repetitions(15) == 15


def run_of(strength: float) -> l2viz.Trajectory:
    return recorded(strength, name="own")


def test_train_writes_what_run_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["dataset=digits", "epochs=2", "strengths=0,0.001,0.01", "train_size=64"]
    assert main(["train", *settings, "--into", str(tmp_path / "run.npz"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    experiment = l2viz.Experiment(
        dataset="digits", epochs=2, strengths=(0.0, 1e-3, 1e-2), train_size=64
    )
    wanted = l2viz.run(experiment)
    written = l2viz.open(tmp_path / "run.npz")
    assert written.experiment == experiment
    assert wanted.val_accuracy is not None and written.val_accuracy is not None
    np.testing.assert_array_equal(written.val_accuracy, wanted.val_accuracy)
    np.testing.assert_array_equal(written.kernels[0], wanted.kernels[0])
    assert found["strengths"] == [0.0, 1e-3, 1e-2]
    assert found["val_accuracy"] == pytest.approx(wanted.val_accuracy[:, -1])
    assert found["penalty"] == pytest.approx(wanted.penalty[:, -1].sum(axis=-1))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["epochs"], "each setting must be NAME=VALUE, as in the page's address, got 'epochs'"),
        (["epochs=many"], "epochs must be a setting with a valid value, got 'many'"),
        (["depth=3"], "depth must be a setting with a valid value, got '3'"),
        (["dataset=nowhere"], "dataset must be a setting with a valid value, got 'nowhere'"),
    ],
)
def test_settings_that_cannot_be_read_are_named(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", *arguments, "--into", str(tmp_path / "run.npz")]) == 2
    assert capsys.readouterr().err == f"{said}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_known_before_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (tmp_path, tmp_path / "nowhere" / "run.npz"):
        assert main(["train", "epochs=1", "--into", str(place)]) == 2
        assert "--into must be a file in a folder that exists" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras
def test_summary_of_a_saved_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import keras

    dense = keras.layers.Dense(2, kernel_regularizer=keras.regularizers.L2(0.02))
    model = keras.Sequential([keras.Input((3,)), dense])
    model.save(tmp_path / "model.keras")
    assert main(["summary", str(tmp_path / "model.keras")]) == 0
    assert "0.02" in capsys.readouterr().out
    assert main(["summary", str(tmp_path / "model.keras"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (row,) = [row for row in found["rows"] if row["variable"] == "kernel"]
    squares = float(np.square(model.get_weights()[0]).sum())
    assert row["penalty"] == pytest.approx(0.02 * squares, rel=1e-5)


def test_what_is_no_model_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "model.keras").write_text("not one")
    for name in ("model.keras", "nowhere.keras"):
        assert main(["summary", str(tmp_path / name)]) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"{tmp_path / name} is not a Keras model that can be read: ")
        assert said.count("\n") == 1


def test_lab_writes_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / "none.npz", tmp_path / "some.npz"]
    for strength, file in zip((0.0, 0.01), files, strict=True):
        run_of(strength).save(file)
    into = tmp_path / "lab.html"
    assert main(["lab", *map(str, files), "--into", str(into)]) == 0
    assert capsys.readouterr().out.startswith(f"{into}: ")
    assert b"data-l2viz-stage" in into.read_bytes()
    assert main(["lab", str(files[0]), "--into", str(tmp_path)]) == 1
    assert main(["lab", str(tmp_path / "nothing.npz"), "--into", str(into)]) == 1
    assert capsys.readouterr().err.count("\n") == 2


def test_open_starts_the_page_with_the_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started = []
    monkeypatch.setattr("subprocess.call", lambda command, env: started.append((command, env)) or 0)
    files = [tmp_path / "none.npz", tmp_path / "some.npz"]
    for strength, file in zip((0.0, 0.01), files, strict=True):
        run_of(strength).save(file)
    assert main(["open", *map(str, files), "--server.port", "8600"]) == 0
    ((command, environment),) = started
    assert command[-2:] == ["--server.port", "8600"]
    assert environment["L2VIZ_OPEN"] == os.pathsep.join(map(str, files))
    assert main(["open", str(files[0]), str(files[0])]) == 1  # one strength twice
    assert main(["open", str(tmp_path / "nothing.npz")]) == 1
    files[0].write_bytes(b"not a run")
    assert main(["open", str(files[0])]) == 1
    assert "is not a saved trajectory" in capsys.readouterr().err
    assert len(started) == 1
