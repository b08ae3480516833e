"""Pictures of charts, opened by programs that this project did not write."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import plotly
import pytest
from PIL import Image
from playwright.sync_api import Page, sync_playwright

import l2viz
from l2viz.analysis.metrics import best_strength
from l2viz.charts import charts_of, get_chart
from l2viz.experiment.strength_grid import strength_text
from l2viz.pictures.browser import Browser, Picture
from l2viz.trajectory import Trajectory
from tests.browser.chromium import launch_arguments
from tests.pictures.runs import (
    RUNS,
    axis_titles,
    needs_poppler,
    pdf_facts,
    pdf_words,
    run_of,
    svg_words,
    words,
)

SIZE = (620, 400)
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def name_of(run: Trajectory, chart: str) -> str:
    strength = float(run.strengths[best_strength(run.twin())])
    return f"{chart}_lambda-{strength:g}_epoch-{run.epochs[-1]}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with three charts of a run in each format, made in one session."""
    into = tmp_path_factory.mktemp("made") / "new" / "pictures"
    files = l2viz.save_figures(
        run_of("digits"),
        into,
        charts=["loss_ledger", "norms", "unit_pictures"],
        formats=["png", "svg", "pdf"],
        size=SIZE,
        scale=1.5,
        a=0.0,
        verbose=False,
    )
    assert [path.parent for path in files] == [into] * 9
    assert sorted(files) == sorted(into.iterdir())
    return into


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        yield browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
        browser.close()


def test_names_say_run_chart_strength_epoch_and_pins(folder: Path) -> None:
    run = run_of("digits")
    names = {path.stem for path in folder.iterdir()}
    charts = ("loss_ledger", "norms", "unit_pictures")
    assert names == {f"l2viz_digits_seed-0_{name_of(run, chart)}_a-0" for chart in charts}


def test_a_png_has_its_size_and_scale_and_ground(folder: Path) -> None:
    for path in folder.glob("*.png"):
        with Image.open(path) as image:
            image.load()
            assert image.size == (930, 600)
            assert image.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
            assert len(image.convert("RGB").getcolors(10**6)) > 20


def test_an_svg_has_its_size_and_its_text_as_text(folder: Path) -> None:
    for path in folder.glob("*.svg"):
        root = ElementTree.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert (root.get("width"), root.get("height")) == tuple(map(str, SIZE))
        check_words(svg_words(path), chart_in(path))


@needs_poppler
def test_a_pdf_is_one_page_of_its_size_with_its_text_as_text(folder: Path) -> None:
    for path in folder.glob("*.pdf"):
        facts = pdf_facts(path)
        assert facts["Pages"] == "1"
        sides = [float(side) for side in re.findall(r"[\d.]+", facts["Page size"])[:2]]
        assert sides == pytest.approx([0.75 * side for side in SIZE], abs=1.0)  # points
        check_words(pdf_words(path), chart_in(path))


def chart_in(path: Path) -> str:
    found = re.search(r"seed-0_(\w+)_lambda", path.stem)
    assert found is not None
    return found[1]


def check_words(found: str, name: str, kind: str = "digits") -> None:
    """Check that title, titles of axes and λ of a chart are in a text."""
    run = run_of(kind)
    chart = get_chart(run, name)
    strength = float(run.strengths[best_strength(run.twin())])
    figure = chart.at(run, strength, int(run.epochs[-1]))
    place = f"λ = {strength_text(strength)}, epoch {run.epochs[-1]}"
    for text in (chart.heading, place, *axis_titles(figure)):
        assert words(re.sub(r"<[^>]+>", "", text)) in found, (name, text)


def pixels(png: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"), dtype=int)


@pytest.mark.slow
def test_an_svg_in_a_browser_is_the_png(folder: Path, page: Page, tmp_path: Path) -> None:
    (svg,) = folder.glob("*norms*.svg")
    (png,) = l2viz.save_figures(
        run_of("digits"), tmp_path, charts=["norms"], size=SIZE, scale=1, a=0.0, verbose=False
    )
    page.goto(svg.as_uri())
    assert np.abs(pixels(page.screenshot()) - pixels(png.read_bytes())).mean() < 0.5


def test_a_picture_is_what_the_browser_draws_itself(page: Page, tmp_path: Path) -> None:
    run = run_of("digits")
    for name in ("norms", "unit_pictures"):
        figure = get_chart(run, name).at(run, 0.001, 6, theme="dark")
        (png,) = l2viz.save_figures(
            *(run, tmp_path),
            charts=[name],
            strength=0.001,
            theme="dark",
            size=SIZE,
            scale=1,
            verbose=False,
        )
        page.goto("about:blank")
        page.set_content('<body style="margin: 0"><div id="figure"></div></body>')
        page.add_script_tag(path=PLOTLY)
        figure.update_layout(width=SIZE[0], height=SIZE[1])
        page.evaluate(
            "async text => { const { data, layout } = JSON.parse(text);"
            " await Plotly.newPlot('figure', data, layout, { displayModeBar: false }); }",
            figure.to_json(),
        )
        shown = pixels(page.locator("#figure").screenshot())
        drawn = pixels(png.read_bytes())
        assert shown.shape == drawn.shape
        apart = np.abs(shown - drawn).max(axis=-1)
        assert apart.mean() < 0.5, name
        assert (apart > 60).mean() < 0.002, name


def test_one_session_draws_in_order_and_a_figure_that_fails_says_so() -> None:
    run = run_of("curve")
    figures = [get_chart(run, "norms").at(run, float(each), 45) for each in run.strengths]
    with Browser() as browser:
        pictures = [Picture(figure=each, format="svg", size=SIZE) for each in figures]
        texts = [content.decode() for content in browser.drawn(pictures)]
        marked = [
            f"λ = {strength_text(each)}, epoch" in text
            for each, text in zip(run.strengths, texts, strict=True)
        ]
        assert all(marked)
        wrong = Picture(figure="no figure", format="png", size=SIZE)  # type: ignore[arg-type]
        with pytest.raises(OSError, match="could not draw") as caught:
            list(browser.drawn([wrong]))
        assert "\n" not in str(caught.value)
        (again,) = browser.drawn(pictures[:1])
        assert again.startswith(b"<svg")


@pytest.mark.slow
@pytest.mark.parametrize("kind", RUNS)
def test_every_chart_of_every_kind_of_run(kind: str, tmp_path: Path) -> None:
    run = run_of(kind)
    formats = ("png", "svg", "pdf")
    files = l2viz.save_figures(run, tmp_path, formats=formats, size=SIZE, scale=1, verbose=False)
    charts = charts_of(run)
    assert len(files) == len(formats) * len(charts) == len(list(tmp_path.iterdir()))
    for chart, (png, svg, pdf) in zip(charts, zip(*[iter(files)] * 3, strict=True), strict=True):
        assert name_of(run, chart.name) in png.name
        with Image.open(png) as image:
            assert image.size == SIZE
        check_words(svg_words(svg), chart.name, kind)
        if needs_poppler.args[0] is False:
            assert pdf_facts(pdf)["Pages"] == "1"
            check_words(pdf_words(pdf), chart.name, kind)
