"""Films: their frames, times and sizes, as Pillow and ffprobe read them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

import l2viz
from l2viz.pictures.film import HELD
from l2viz.pictures.gif import write_gif
from tests.pictures.runs import every_sort, needs_ffmpeg, run_of, video_facts

SIZE = (401, 301)


def frames_of(path: Path) -> tuple[list[Any], list[int]]:
    """Return the frames of a GIF and how long each stays, in milliseconds."""
    frames, times = [], []
    with Image.open(path) as film:
        assert film.format == "GIF" and film.info["loop"] == 0
        for number in range(film.n_frames):
            film.seek(number)
            frames.append(film.convert("RGB"))
            times.append(film.info["duration"])
    return frames, times


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a film of a run's six epochs after its first."""
    into = tmp_path_factory.mktemp("films") / "new"
    l2viz.save_film(
        run_of("digits"), into, chart="histogram_dense_1", size=SIZE, seconds=2, verbose=False
    )
    return into


def test_a_gif_has_a_frame_for_each_epoch_and_holds_the_last(folder: Path) -> None:
    (path,) = folder.iterdir()
    assert re.fullmatch(
        r"l2viz_digits_seed-0_histogram_dense_1_lambda-[\d.]+_epoch-0-to-6.gif", path.name
    )
    frames, times = frames_of(path)
    assert {frame.size for frame in frames} == {SIZE}
    assert len(frames) == 7
    assert sum(times) == pytest.approx(1000 * (2 + HELD), abs=10)
    assert times[-1] == pytest.approx(times[0] + 1000 * HELD, abs=10)
    assert max(times[:-1]) - min(times[:-1]) <= 10


def test_what_does_not_change_is_the_same_in_all_frames(folder: Path) -> None:
    (path,) = folder.iterdir()
    frames, _ = frames_of(path)
    assert frames[0].getpixel((2, 2)) == (255, 255, 255)
    for other in frames[1:]:
        changed = ImageChops.difference(frames[0], other).convert("L")
        assert changed.getbbox() is not None
        labels = changed.crop((0, 40, 55, SIZE[1]))  # of the y axis
        assert labels.getbbox() is None
        below = changed.crop((0, SIZE[1] - 45, *SIZE))  # the labels of the x axis
        assert below.getbbox() is None


def test_no_axis_moves_between_frames() -> None:
    for kind, chart in every_sort(["digits", "curve", "plane", "both", "linear"]):
        run = run_of(kind)
        places = [(run.strengths[0], run.epochs[-1]), (run.strengths[-1], run.epochs[-1])]
        places += [(run.strengths[2], run.epochs[0]), (run.strengths[2], run.epochs[-1])]
        layouts = []
        for strength, epoch in places:
            layout = chart.at(run, float(strength), int(epoch)).to_plotly_json()["layout"]
            layouts.append({key: value for key, value in layout.items() if key != "title"})
            for name, axis in layout.items():
                if name[1:5] == "axis":  # pictures have one shape at all places
                    assert "range" in axis or axis.get("constrain") == "domain", chart.name
        assert all(layout == layouts[0] for layout in layouts), chart.name


@needs_ffmpeg
def test_videos_have_even_sides_and_last_as_long(tmp_path: Path) -> None:
    run = run_of("curve")
    files = l2viz.save_film(
        run,
        tmp_path,
        chart="fitted_curve",
        over="strengths",
        formats=["mp4", "webm", "gif"],
        size=SIZE,
        seconds=1,
        verbose=False,
    )
    assert [path.suffix for path in files] == [".mp4", ".webm", ".gif"]
    assert {path.stem for path in files} == {
        "l2viz_curve_seed-0_fitted_curve_lambda-0-to-0.1_epoch-45"
    }
    for path, codec in zip(files[:2], ("h264", "vp9"), strict=True):
        facts = video_facts(path)
        assert (facts["codec_name"], facts["pix_fmt"]) == (codec, "yuv420p")
        assert (facts["width"], facts["height"]) == (402, 302)
        assert facts["seconds"] == pytest.approx(1 + HELD, abs=0.1)
    frames, _ = frames_of(files[2])
    assert len(frames) == len(run.strengths)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in files)


def test_frames_are_evenly_spaced_and_at_most_so_many(tmp_path: Path) -> None:
    into = tmp_path / "film.gif"
    l2viz.save_film(run_of("curve"), into, chart="norm", frames=3, size=(300, 250), verbose=False)
    frames, times = frames_of(into)
    assert len(frames) == 3
    assert sum(times) == pytest.approx(7500, abs=10)


def png(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(array.astype(np.uint8)).save(stream, format="PNG")
    return stream.getvalue()


def test_colours_of_a_few_are_kept_to_the_last_bit_and_of_many_nearly(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    few = [generator.integers(0, 2, (20, 30, 1)) * np.array([10, 200, 31]) + 7 for _ in range(4)]
    smooth = np.linspace(0, 255, 90 * 90 * 3).reshape(90, 90, 3)
    many = [np.roll(smooth, step, axis=1) for step in range(5)]
    for arrays, off in ((few, 0), (many, 6)):
        path = tmp_path / "film.gif"
        write_gif(path, [png(each) for each in arrays], 0.1, 0.5)
        frames, times = frames_of(path)
        assert sum(times) == 100 * len(arrays) + 500
        for frame, array in zip(frames, arrays, strict=True):
            assert np.abs(np.asarray(frame, int) - array.astype(np.uint8)).max() <= off * 4
            assert np.abs(np.asarray(frame, int) - array.astype(np.uint8)).mean() <= off


@given(pause=st.floats(0.02, 3.0), count=st.integers(2, 600))
def test_times_of_frames_are_hundredths_that_sum_up(pause: float, count: int) -> None:
    from l2viz.pictures.gif import _durations

    times = _durations(count, pause)
    assert all(time % 10 == 0 and time > 0 for time in times)
    assert sum(times) == pytest.approx(1000 * pause * count, abs=10)
