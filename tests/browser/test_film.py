"""Films of a chart: what a player finds in them, in the app and in a page without a server."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

import l2viz
from l2viz.trajectory import Trajectory
from tests.browser.axe import serious
from tests.browser.conftest import PROJECTOR
from tests.browser.expected_table import positional
from tests.browser.lab_page import LabPage
from tests.browser.page import WAIT, ViewedPage
from tests.browser.test_saving import of_chart, save

SMALL = (800, 450)  # pixels of the pictures that are compared
player = pytest.mark.skipif(
    not (shutil.which("ffprobe") and shutil.which("ffmpeg")), reason="ffmpeg reads the films"
)


@dataclass(frozen=True)
class Film:
    """What ffprobe and ffmpeg say of a film.

    duration   seconds
    times      of its pictures, in seconds
    pictures   grey, as numbers from 0 to 255
    """

    name: str
    width: int
    height: int
    duration: float
    times: np.ndarray
    pictures: np.ndarray


@pytest.fixture
def lab(
    browser: Browser, recorded: dict[str, Trajectory], tmp_path: Path
) -> Iterator[Callable[[str, str], LabPage]]:
    """Yield ``lab(lesson, view)``: the page of a lesson, with the network cut."""
    with browser.new_context(viewport=PROJECTOR, offline=True) as context:
        pages: list[LabPage] = []

        def open_lab(lesson: str, view: str = "") -> LabPage:
            path = tmp_path / f"{lesson}.html"
            l2viz.lab(recorded[lesson]).save(path)
            pages.append(LabPage(context.new_page(), path))
            return pages[-1].open(view)

        yield open_lab
        assert [page.errors for page in pages] == [[] for _ in pages]


def filmed(page: ViewedPage, chart: str, over: str, folder: Path) -> Film:
    """Let the page make a film of a chart, and open it."""
    of_chart(page, chart).click()
    with page.page.expect_download(timeout=2 * WAIT) as download:
        page.page.get_by_role("button", name=f"Film over {over} (WebM)").click()
        page.set("Strength λ", 2)  # the page stays in use, and the film is of what was shown
    path = folder / "film.webm"
    download.value.save_as(path)
    expect(page.page.locator(".l2viz-film")).to_be_hidden()
    return opened(path, download.value.suggested_filename)


def opened(path: Path, name: str) -> Film:
    ask = "stream=width,height:format=duration:packet=pts_time"
    said = subprocess.run(
        ["ffprobe", "-v", "error", "-of", "json", "-show_entries", ask, str(path)],
        capture_output=True,
        check=True,
    )
    facts = json.loads(said.stdout)
    (stream,) = facts["streams"]
    width, height = SMALL
    raw = ["-vf", f"scale={width}:{height}", "-f", "rawvideo", "-pix_fmt", "gray"]
    read = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), *raw, "-fps_mode", "passthrough", "-"],
        capture_output=True,
        check=True,
    )
    return Film(
        name=name,
        width=stream["width"],
        height=stream["height"],
        duration=float(facts["format"]["duration"]),
        times=np.array([float(packet["pts_time"]) for packet in facts["packets"]]),
        pictures=np.frombuffer(read.stdout, np.uint8).reshape(-1, height, width).astype(float),
    )


def shown(png: bytes) -> np.ndarray:
    picture = Image.open(io.BytesIO(png)).convert("L").resize(SMALL, Image.Resampling.BICUBIC)
    return np.asarray(picture, float)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean difference of two pictures, of 255."""
    return float(np.abs(one - other).mean())


@player
def test_a_film_over_epochs_shows_each_at_its_time(
    curve: ViewedPage, recorded: dict[str, Trajectory], tmp_path: Path
) -> None:
    run = recorded["curve"]
    strength, last = float(run.strengths[9]), int(run.epochs[-1])
    curve.set("Strength λ", 9)
    curve.wait_for(strength=strength)
    _, png = save(curve, of_chart(curve, "norms"), "PNG, 2 ×")
    film = filmed(curve, "norms", "epochs", tmp_path)
    place = f"lambda-{positional(strength)}_epoch-{last}"
    assert film.name == f"l2viz_curve_seed-7_norms_{place}_over-epochs.webm"
    assert (film.width, film.height) == (1600, 900)
    assert film.duration == pytest.approx(4.0, abs=0.01)
    assert len(film.pictures) == len(film.times) == 61
    np.testing.assert_allclose(film.times[:-1], np.arange(60) / 15, atol=0.001)
    assert difference(film.pictures[-1], shown(png)) < 1.0
    assert difference(film.pictures[0], film.pictures[-1]) > 3.0
    steps = [difference(picture, film.pictures[-1]) for picture in film.pictures]
    assert np.mean(steps[:10]) > np.mean(steps[20:40]) > np.mean(steps[50:60]) > steps[60] == 0
    axes = film.pictures[:, 40:420, :50]
    assert max(difference(axes[0], each) for each in axes) < 1.0


@pytest.mark.slow
@player
def test_a_page_without_a_server_makes_films_too(
    lab: Callable[[str, str], LabPage], recorded: dict[str, Trajectory], tmp_path: Path
) -> None:
    run = recorded["moons"]
    strongest = float(run.strengths[-1])
    page = lab("moons", f"#charts=boundary,network&strength={strongest!r}&at_epoch=300")
    page.wait_for(charts=2, epoch=300)
    _, png = save(page, of_chart(page, "boundary"), "PNG, 2 ×")
    film = filmed(page, "boundary", "strengths", tmp_path)
    place = f"lambda-{positional(strongest)}_epoch-300"
    assert film.name == f"l2viz_moons_seed-0_boundary_{place}_over-strengths.webm"
    assert film.duration == pytest.approx(4.0, abs=0.01)
    count = len(run.strengths)
    assert len(film.pictures) == count + 1
    np.testing.assert_allclose(film.times[:-1], np.arange(count) * 4 / count, atol=0.001)
    assert difference(film.pictures[-1], shown(png)) < 1.5
    assert difference(film.pictures[0], film.pictures[-1]) > 5.0


@player
@pytest.mark.slow
def test_a_film_has_the_size_ground_and_length_that_were_chosen(
    lab: Callable[[str, str], LabPage], tmp_path: Path
) -> None:
    page = lab("curve", "#charts=error,norms")
    of_chart(page, "error").click()
    sheet = page.page.get_by_role("dialog", name="Save as")
    for name, value in {"size": "column", "ground": "dark", "seconds": "8"}.items():
        sheet.locator(f"[name={name}]").select_option(value)
    page.page.keyboard.press("Escape")
    film = filmed(page, "error", "strengths", tmp_path)
    assert (film.width, film.height) == (1020, 620)
    assert film.duration == pytest.approx(8.0, abs=0.01)
    assert np.median(film.pictures) < 40


def test_a_film_is_cancelled_and_one_is_made_at_a_time(curve: ViewedPage) -> None:
    sheet = curve.page.get_by_role("dialog", name="Save as")
    box = curve.page.get_by_role("group", name="Film")
    over = sheet.get_by_role("button", name="Film over epochs (WebM)")
    saved: list[str] = []
    curve.page.on("download", lambda download: saved.append(download.suggested_filename))
    of_chart(curve, "norms").click()
    over.click()
    expect(box.get_by_role("status")).to_contain_text("Norms and validation, film over epochs: ")
    assert serious(curve) == []
    of_chart(curve, "error").click()
    expect(over).to_be_disabled()
    expect(sheet.get_by_role("status")).to_have_text("Another film is being made.")
    curve.page.keyboard.press("Escape")
    box.get_by_role("button", name="Cancel").click()
    expect(box).to_be_hidden()
    of_chart(curve, "error").click()
    expect(over).to_be_enabled()
    curve.page.keyboard.press("Escape")
    assert saved == []


def test_a_browser_that_cannot_record_says_so(curve: ViewedPage) -> None:
    curve.page.evaluate("window.kept = window.MediaRecorder; delete window.MediaRecorder")
    of_chart(curve, "norms").click()
    sheet = curve.page.get_by_role("dialog", name="Save as")
    for over in ("epochs", "strengths"):
        expect(sheet.get_by_role("button", name=f"Film over {over} (WebM)")).to_be_disabled()
    expect(sheet.get_by_role("status")).to_have_text("This browser cannot record films in WebM.")
    curve.page.evaluate("void (window.MediaRecorder = window.kept)")
    curve.page.keyboard.press("Escape")


def test_the_stage_and_what_is_covered_cannot_be_filmed(curve: ViewedPage) -> None:
    curve.button("Save stage").click()
    films = curve.page.get_by_role("button", name="Film over")
    assert films.count() == 0
    curve.page.keyboard.press("Escape")
    curve.focus_nothing()
    curve.page.keyboard.press("h")
    assert not of_chart(curve, "norms").is_visible()
    curve.page.keyboard.press("h")
    assert of_chart(curve, "norms").is_visible()
