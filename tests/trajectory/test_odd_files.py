"""Files that are no saved trajectory: each is refused in one way, with the file and the reason."""

from __future__ import annotations

import errno
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from l2viz.trajectory import Trajectory, file_format
from tests import trajectories

Arrays = dict[str, Any]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Arrays:
    """Return the arrays of a file that is right."""
    path = tmp_path_factory.mktemp("run") / "run.npz"
    trajectories.curve().save(path)
    with np.load(path) as file:
        return dict(file)


def context(arrays: Arrays, **changes: Any) -> Arrays:
    """Return the arrays with changes in what the file says of its run; None takes a word away."""
    words = json.loads(str(arrays["context"])) | changes
    for name, value in changes.items():
        if value is None:
            del words[name]
    return arrays | {"context": np.array(json.dumps(words))}


def setting(arrays: Arrays, **changes: Any) -> Arrays:
    """Return the arrays with other settings of the experiment."""
    experiment = json.loads(str(arrays["context"]))["experiment"]
    return context(arrays, experiment=experiment | changes)


def without(arrays: Arrays, name: str) -> Arrays:
    return {key: array for key, array in arrays.items() if key != name}


ODD: dict[str, tuple[Callable[[Arrays], Arrays], str]] = {
    "losses are text": (
        lambda a: a | {"val_data_loss": a["val_data_loss"].astype(str)},
        "val_data_loss must be of real floats, got <U32",
    ),
    "losses are complex": (
        lambda a: a | {"val_data_loss": a["val_data_loss"] * 1j},
        "val_data_loss must be of real floats, got complex64",
    ),
    "losses are integers": (
        lambda a: a | {"val_data_loss": np.zeros(a["val_data_loss"].shape, int)},
        "val_data_loss must be of real floats, got int64",
    ),
    "losses are missing": (lambda a: without(a, "val_data_loss"), "val_data_loss is missing"),
    "an epoch is missing": (
        lambda a: a | {"penalty": a["penalty"][:, 1:]},
        "penalty must have the shape (5, 6, 3), got (5, 5, 3)",
    ),
    "a layer is missing": (
        lambda a: a | {"penalty": a["penalty"][..., 0]},
        "penalty must have the shape (5, 6, 3), got (5, 6)",
    ),
    "bins are missing": (
        lambda a: a | {"histogram": a["histogram"][..., 1:]},
        "histogram must have the shape (5, 6, 3, 9), got (5, 6, 3, 8)",
    ),
    "counts are floats": (
        lambda a: a | {"histogram": a["histogram"].astype(float)},
        "histogram must be of integers, got float64",
    ),
    "epochs run backwards": (
        lambda a: a | {"epochs": a["epochs"][::-1]},
        "epochs must rise, and be at least one",
    ),
    "epochs were not recorded": (
        lambda a: a | {"epochs": a["epochs"] + 1},
        "epochs must be recorded epochs of the experiment",
    ),
    "epochs are missing": (lambda a: without(a, "epochs"), "epochs is missing"),
    "epochs are none": (
        lambda a: a | {"epochs": a["epochs"][:0]},
        "epochs must rise, and be at least one",
    ),
    "more strengths than arrays": (
        lambda a: setting(a, strengths=[0.0, 1e-4, 1e-3, 9e-3, 0.1, 1.0]),
        "train_data_loss must have the shape (6, 6), got (5, 6)",
    ),
    "kernels of another shape": (
        lambda a: a | {"kernel.0": np.zeros((5, 1, 7), np.float32)},
        "kernel.0 must have the shape (5, 1, 6), got (5, 1, 7)",
    ),
    "a kernel is missing": (
        lambda a: without(a, "kernel.1"),
        "there must be 3 kernels, got kernel.0, kernel.2",
    ),
    "another network": (
        lambda a: setting(a, hidden=[6]),
        "layer_names must be ('dense_1', 'dense_2'), as the experiment says, got ('dense_1', ",
    ),
    "samples of no layer": (
        lambda a: a | {"context.sampled_layer": a["context.sampled_layer"] + 9},
        "sampled_layer must be from 0 to 2",
    ),
    "samples beyond a kernel": (
        lambda a: a | {"context.sampled_index": a["context.sampled_index"] + 900},
        "sampled_index must be a position in its kernel",
    ),
    "no context": (lambda a: without(a, "context"), "KeyError: "),
    "a context that is no JSON": (
        lambda a: a | {"context": np.array("{")},
        "Expecting property name",
    ),
    "a context that is a list": (lambda a: a | {"context": np.array("[]")}, "TypeError: "),
    "no thresholds": (lambda a: without(a, "context.thresholds"), "TypeError: "),
    "no experiment": (lambda a: context(a, experiment=None), "KeyError: 'experiment'"),
    "an experiment that is refused": (
        lambda a: setting(a, epochs=0),
        "epochs must be >= 1, got 0",
    ),
    "a setting that is none": (
        lambda a: setting(a, colour="red"),
        "colour must be a field of Experiment, got 'red'",
    ),
    "a context of Python objects": (
        lambda a: a | {"context": np.array([{}], dtype=object)},
        "Object arrays cannot be loaded",
    ),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("kind", [str, Path])
def test_a_file_with_odd_contents_is_refused(
    saved: Arrays, tmp_path: Path, name: str, kind: type
) -> None:
    change, reason = ODD[name]
    path = tmp_path / "odd.npz"
    np.savez(path, **change(dict(saved)))
    with pytest.raises(ValueError) as caught:
        Trajectory.load(kind(path))
    assert str(caught.value).startswith(f"{path} is not a saved trajectory: {reason}")
    assert type(caught.value) is ValueError


@pytest.mark.parametrize("contents", [b"", b"no file of ours", b"PK\x03\x04 no archive"])
def test_a_file_of_another_format_is_refused(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "odd.npz"
    path.write_bytes(contents)
    with pytest.raises(ValueError, match=r"odd\.npz is not a saved trajectory: "):
        Trajectory.load(path)


def test_a_single_array_and_another_archive_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.zeros(3))
    with zipfile.ZipFile(tmp_path / "words.zip", "w") as archive:
        archive.writestr("words.txt", "no array")
    for name in ("one.npy", "words.zip"):
        with pytest.raises(ValueError, match=f"{name} is not a saved trajectory: "):
            Trajectory.load(tmp_path / name)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read_whole(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "damaged.npz"
    trajectories.curve().save(path)
    contents = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        contents = contents[: data.draw(st.integers(0, len(contents) - 1))]
    else:
        for _ in range(data.draw(st.integers(1, 5))):
            contents[data.draw(st.integers(0, len(contents) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(contents))
    try:
        Trajectory.load(path)
    except ValueError as refusal:
        assert str(refusal).startswith(f"{path} is not a saved trajectory: ")


def test_a_file_that_is_not_there_is_not_called_odd(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Trajectory.load(str(tmp_path / "nothing.npz"))


def test_a_save_that_fails_keeps_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.npz"
    trajectories.curve(seed=1).save(str(path))
    before = path.read_bytes()
    write_array = np.lib.format.write_array

    def write_some(file: Any, array: Any, **options: Any) -> None:
        if array.ndim == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_array(file, array, **options)

    monkeypatch.setattr(file_format.np.lib.format, "write_array", write_some)
    with pytest.raises(OSError, match="No space left"):
        trajectories.curve(seed=2).save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["run.npz"]


def test_a_trajectory_prints_itself_in_one_line() -> None:
    assert repr(trajectories.curve()) == (
        "<Trajectory of curve: l2, 5 strengths, 6 recorded epochs up to 45>"
    )
