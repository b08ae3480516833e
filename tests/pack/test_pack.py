"""The course pack, opened by zipfile, pandas, Pillow, and Python's own parsers."""

from __future__ import annotations

import ast
import errno
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import l2viz
from l2viz.__main__ import main
from l2viz.experiment import Experiment
from l2viz.lesson import read_lesson
from l2viz.pack import scene_files, write_pack
from l2viz.validation import InvalidValue

SCENE = "shrinks"


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Draw nothing; note what would be drawn."""
    asked: list[dict[str, Any]] = []

    def draw(run: l2viz.Trajectory, into: Path, **more: Any) -> None:
        into.mkdir(exist_ok=True)
        (into / "drawn.txt").write_text("drawn", encoding="utf-8")
        asked.append(more)

    monkeypatch.setattr(scene_files, "save_figures", draw)
    monkeypatch.setattr(scene_files, "save_film", draw)
    return asked


def test_every_file_is_what_its_readme_says(tmp_path: Path, undrawn: list[dict[str, Any]]) -> None:
    (scene,) = (each for each in read_lesson().scenes if each.key == SCENE)
    names = write_pack(tmp_path / "pack.zip", [SCENE])
    assert [path.name for path in tmp_path.iterdir()] == ["pack.zip"]
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        assert pack.testzip() is None
        assert tuple(pack.namelist()) == names
        files = {name.removeprefix(f"{SCENE}/"): pack.read(name) for name in names}
    readme = files["README.md"].decode()
    for name in files:
        kind = name.partition("/")[0] + ("/" if "/" in name else "")
        assert name == "README.md" or f"`{kind}`" in readme, name
    fields = json.loads(files["experiment.json"])
    assert Experiment.from_json(fields) == scene.experiment
    (tmp_path / "run.npz").write_bytes(files["run.npz"])
    run = l2viz.open(tmp_path / "run.npz")
    frame = pd.read_csv(io.BytesIO(files["measurements.csv"]))
    columns = ["penalty", "seed", "strength", "epoch", "layer", "quantity", "value"]
    assert list(frame) == columns and f"`measurements.csv`: {', '.join(columns)}" in readme
    of_first = frame.penalty == run.experiment.penalties[0]
    last = of_first & (frame.epoch == run.epochs[-1])
    losses = frame[last & (frame.quantity == "val_data_loss")]
    first = losses.groupby("strength").value.first().to_numpy(np.float32)
    np.testing.assert_allclose(first, run.twin().val_data_loss[:, -1], rtol=1e-6)
    script = files["keras_script.py"].decode()
    ast.parse(script)
    assert "keras" in script and "l2viz" not in script.partition('"""')[0]
    notebook = nbformat.reads(files["notebook.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    assert len(notebook.cells) > 3
    text = files["scene.md"].decode()
    assert scene.title in text and scene.question is not None and scene.question.why in text
    assert b"data-l2viz-stage" in files["lab.html"]
    assert [each["formats"] for each in undrawn] == [("png", "svg", "pdf"), ("gif",)]
    assert undrawn[0]["charts"] == scene.view.charts


def test_equal_packs_have_equal_bytes(tmp_path: Path, undrawn: list[dict[str, Any]]) -> None:
    for name in ("first.zip", "second.zip"):
        write_pack(tmp_path / name, [SCENE], film=False)
    first, second = ((tmp_path / name).read_bytes() for name in ("first.zip", "second.zip"))
    assert first == second
    assert b"film" not in first


def test_what_cannot_be_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", str(tmp_path / "pack.zip"), "--scene", "shrink"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("scene must be one of define, ") and "'shrink'" in said
    with pytest.raises(InvalidValue, match=r"^into must be in a folder that exists"):
        write_pack(tmp_path / "none" / "pack.zip")
    with pytest.raises(InvalidValue, match=r"^into must name a file, not a folder"):
        write_pack(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "problem", [OSError("no Chromium"), ImportError("to_frame needs pandas")], ids=repr
)
def test_what_is_missing_is_one_sentence_and_no_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    problem: Exception,
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr("l2viz.pack.pack.write_scene", missing)
    assert main(["pack", str(tmp_path / "pack.zip"), "--scene", SCENE]) == 1
    assert capsys.readouterr().err == f"{problem}\n"
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_the_old_pack(
    tmp_path: Path, undrawn: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "pack.zip"
    target.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(InvalidValue, match=r"No space left on device"):
        write_pack(target, [SCENE])
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["pack.zip"]


@pytest.mark.slow
def test_pictures_and_film_of_a_real_pack(tmp_path: Path) -> None:
    assert main(["pack", str(tmp_path / "pack.zip"), "--scene", SCENE]) == 0
    (scene,) = (each for each in read_lesson().scenes if each.key == SCENE)
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        pictures = [name for name in pack.namelist() if "/pictures/" in name]
        assert len(pictures) == 3 * len(scene.view.charts or ())
        for name in pictures:
            assert "_lambda-" in name and "_epoch-" in name
            if name.endswith(".png"):
                with Image.open(io.BytesIO(pack.read(name))) as picture:
                    assert picture.size == (1600, 900)
        (film,) = (name for name in pack.namelist() if name.endswith(".gif"))
        with Image.open(io.BytesIO(pack.read(film))) as frames:
            assert frames.size == (800, 450) and frames.n_frames > 5
