"""What cannot be drawn is said in one sentence, and leaves no file."""

from __future__ import annotations

import errno
import math
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import l2viz
from l2viz.__main__ import main
from l2viz.commands.pictures import names_of, numbers_of, size_of
from l2viz.pictures.arguments import LARGEST, SMALLEST, Shown, a_size
from l2viz.pictures.browser import Browser
from l2viz.pictures.gif import write_gif
from l2viz.pictures.video import VIDEOS, write_video
from l2viz.validation import InvalidValue
from tests.pictures.runs import needs_ffmpeg, run_of
from tests.pictures.test_films import png

_SHOT = png(np.zeros((20, 30, 3)))
STRENGTHS = "0, 0.0001, 0.001, 0.009, 0.1"


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a test that opens a browser."""

    def opened(_: Browser) -> Browser:
        raise AssertionError("a browser was opened before all was checked")

    monkeypatch.setattr(Browser, "__enter__", opened)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"charts": ["normz"]}, "charts must be charts of this run, like 'norm', got 'normz'"),
        ({"charts": []}, "charts must name at least one chart, got []"),
        (
            {"strength": 0.002},
            f"strength must be one of {STRENGTHS} (the nearest: 0.001), got 0.002",
        ),
        ({"a": 7}, f"a must be one of {STRENGTHS} (the nearest: 0.1), got 7.0"),
        ({"b": math.nan}, "b must be finite, got nan"),
        ({"epoch": 44}, "epoch must be a recorded one, 0 to 45 (the nearest: 45), got 44"),
        ({"epoch": -1}, "epoch must be a recorded one, 0 to 45 (the nearest: 0), got -1"),
        ({"epoch": 1.5}, "epoch must be an integer, got 1.5"),
        ({"formats": ["gif"]}, "formats must be one of png, svg, pdf, got 'gif'"),
        ({"formats": "png"}, "formats must be a tuple of formats, got 'png'"),
        ({"formats": []}, "formats must be some of png, svg, pdf, got []"),
        ({"size": (100, 450)}, "size must be >= 200, got 100"),
        ({"size": (800, 4001)}, "size must be <= 4000, got 4001"),
        ({"size": (800,)}, "size must be width and height, got (800,)"),
        ({"scale": 9}, "scale must be <= 8, got 9"),
        (
            {"scale": 4, "size": (4000, 300)},
            "scale must leave at most 10000 pixels on a side of 4000, got 4",
        ),
        ({"theme": "blue"}, "theme must be one of light, dark, print, got 'blue'"),
        ({"verbose": "yes"}, "verbose must be True or False, got 'yes'"),
    ],
)
def test_figures_that_cannot_be(
    arguments: dict[str, Any], message: str, no_browser: None, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValue) as caught:
        l2viz.save_figures(run_of("curve"), tmp_path / "new", **arguments)
    assert str(caught.value) == message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"over": "time"}, "over must be one of epochs, strengths, got 'time'"),
        ({"epoch": 0}, "epoch must be left out, as the film is over all epochs, got 0"),
        (
            {"over": "strengths", "strength": 0.0},
            "strength must be left out, as the film is over all strengths, got 0.0",
        ),
        ({"frames": 1}, "frames must be >= 2, got 1"),
        ({"frames": 601}, "frames must be <= 600, got 601"),
        ({"seconds": 0}, "seconds must be >= 0.1, got 0"),
        ({"seconds": 0.1}, "seconds must leave 0.02 for each of 6 frames, got 0.1"),
        ({"formats": ["svg"]}, "formats must be one of gif, mp4, webm, got 'svg'"),
    ],
)
def test_films_that_cannot_be(
    arguments: dict[str, Any], message: str, no_browser: None, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValue) as caught:
        l2viz.save_film(run_of("curve"), tmp_path / "new", chart="norms", **arguments)
    assert str(caught.value) == message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "strengths must be given, or epochs, and not both, got None"),
        ({"strengths": (0.0,)}, "strengths must be 2 to 8 of the run, got (0.0,)"),
        ({"epochs": (0,) * 9}, "epochs must be 2 to 8 of the run, got (0, 0, 0, 0, 0, 0, 0, 0, 0)"),
        ({"epochs": (0, 45), "epoch": 0}, "epoch must be left out beside epochs, got 0"),
        (
            {"strengths": (0.0, 0.1), "size": (200, 300)},
            "size must leave 120 pixels of width for each of 2 panels, got (200, 300)",
        ),
    ],
)
def test_strips_that_cannot_be(
    arguments: dict[str, Any], message: str, no_browser: None, tmp_path: Path
) -> None:
    with pytest.raises(InvalidValue) as caught:
        l2viz.save_strip(run_of("curve"), tmp_path / "new", chart="norms", **arguments)
    assert str(caught.value) == message
    assert list(tmp_path.iterdir()) == []


def test_places_that_cannot_be_written_are_named(no_browser: None, tmp_path: Path) -> None:
    run = run_of("curve")
    (tmp_path / "file").write_text("kept", encoding="utf-8")

    def refused(save: Any, into: object, **more: Any) -> str:
        with pytest.raises(InvalidValue) as caught:
            save(run, into, **more)
        assert caught.value.field == "into" and "\n" not in str(caught.value)
        return str(caught.value)

    assert "name a folder, not a file" in refused(l2viz.save_figures, tmp_path / "file")
    assert "be the path of a folder" in refused(l2viz.save_figures, 7)
    assert "Not a directory" in refused(l2viz.save_figures, tmp_path / "file" / "new")
    assert "that the system takes" in refused(l2viz.save_figures, "a\0b")
    chart = {"chart": "norms"}
    assert "end in one of .gif, .mp4, .webm" in refused(l2viz.save_film, "film.avi", **chart)
    nowhere = tmp_path / "none" / "film.gif"
    assert "in a folder that exists" in refused(l2viz.save_film, nowhere, **chart)
    both = {"formats": ("gif", "mp4"), **chart}
    assert "be a folder for gif, mp4" in refused(l2viz.save_film, tmp_path / "x.gif", **both)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"


def test_something_else_than_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"trajectory must be a Trajectory, got 'run\.npz'"):
        l2viz.save_figures("run.npz", tmp_path)  # type: ignore[arg-type]


class TestCommands:
    def test_exit_status_and_one_line(
        self, no_browser: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run, text = tmp_path / "run.npz", tmp_path / "text.npz"
        run_of("curve").save(run)
        text.write_text("no run", encoding="utf-8")
        into = ["--into", str(tmp_path / "x")]
        for arguments, status in (
            (["figures", str(run), "--chart", "normz", *into], 2),
            (["figures", str(run), "--size", "800", *into], 2),
            (["figures", str(run), "--epoch", "last", *into], 2),
            (["figures", str(text), *into], 1),
            (["figures", str(tmp_path / "none.npz"), *into], 1),
            (["film", str(run), "--chart", "norms", "--over", "time", *into], 2),
            (["strip", str(run), "--chart", "norms", "--strengths", "0,x", *into], 2),
        ):
            assert main(arguments) == status, arguments
            said = capsys.readouterr().err
            assert said.count("\n") == 1 and len(said) > 10
        assert sorted(path.name for path in tmp_path.iterdir()) == ["run.npz", "text.npz"]

    @pytest.mark.parametrize("missing", ["kaleido", "a browser", "ffmpeg"])
    def test_what_is_missing_is_said_in_a_sentence(
        self,
        missing: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        run_of("curve").save(tmp_path / "run.npz")
        if missing == "kaleido":
            monkeypatch.setitem(__import__("sys").modules, "kaleido", None)
        elif missing == "a browser":
            monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "chromium"))
        else:
            monkeypatch.setattr(shutil, "which", lambda name: None)
        into = str(tmp_path / "film.mp4")
        arguments = ["film", str(tmp_path / "run.npz"), "--chart", "norms", "--into", into]
        assert main(arguments) == 1
        said = capsys.readouterr().err
        assert {"kaleido": "pip install", "a browser": "Chromium", "ffmpeg": "ffmpeg"}[
            missing
        ] in said
        assert said.count("\n") == 1
        assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


@given(width=st.integers(0, 10**9 - 1), height=st.integers(0, 10**9 - 1))
def test_a_size_is_read_and_taken_or_refused(width: int, height: int) -> None:
    sides = size_of(f"{width}x{height}")
    assert sides == (width, height)
    if all(SMALLEST <= side <= LARGEST for side in sides):
        assert a_size(sides) == sides
    else:
        with pytest.raises(InvalidValue):
            a_size(sides)


@given(text=st.text(max_size=12))
def test_any_text_is_a_size_or_a_sentence(text: str) -> None:
    try:
        found = size_of(text)
    except InvalidValue as refusal:
        assert str(refusal).startswith("size must be WIDTHxHEIGHT")
    else:
        assert found is not None and len(found) == 2


@given(numbers=st.lists(st.floats(0, 1e6), min_size=1, max_size=5), text=st.text(max_size=8))
def test_numbers_with_commas_are_read_or_refused(numbers: list[float], text: str) -> None:
    assert numbers_of("strengths", ",".join(map(repr, numbers)), float) == tuple(numbers)
    try:
        numbers_of("epochs", text, int)
    except InvalidValue as refusal:
        assert str(refusal).startswith("epochs must be numbers with commas between them")
    assert all(names_of([text]))


@given(strength=st.floats() | st.integers(), epoch=st.integers() | st.floats())
def test_any_place_is_one_of_the_run_or_a_sentence(strength: Any, epoch: Any) -> None:
    run = run_of("curve")
    try:
        shown = Shown.of(run, strength=strength, epoch=epoch, theme="light")
    except InvalidValue as refusal:
        assert refusal.field in ("strength", "epoch")
    else:
        assert shown.strength in run.strengths and shown.epoch in run.epochs


def test_a_disk_that_is_full_leaves_the_old_film(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film.gif"
    path.write_text("old", encoding="utf-8")

    def full(self: Any, stream: Any, **_: Any) -> None:
        stream.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(InvalidValue, match="No space left on device"):
        write_gif(path, [_SHOT] * 2, 0.1, 0.5)
    assert [each.name for each in tmp_path.iterdir()] == ["film.gif"]
    assert path.read_text(encoding="utf-8") == "old"


@needs_ffmpeg
@pytest.mark.parametrize("form", VIDEOS)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_video_that_cannot_be_written_leaves_the_old_one(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(
        "l2viz.pictures.video.VIDEOS", {form: ("-c:v", "no-such-encoder", "-f", form)}
    )
    with pytest.raises(RuntimeError, match=f"ffmpeg could not write {form}: ") as caught:
        write_video(path, form, [_SHOT] * 3, 0.1, 0.5, "#FFFFFF")
    assert "\n" not in str(caught.value)
    assert [each.name for each in tmp_path.iterdir()] == ["film"]
    assert path.read_text(encoding="utf-8") == "old"
