"""A lab's file, and a site's lessons, opened from file:// with the network cut: the app's stage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

import l2viz
from l2viz.charts import charts_of
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Trajectory
from tests import trajectories
from tests.browser.axe import assert_clean_with_what_keys_open
from tests.browser.charts import assert_charts_stand_at
from tests.browser.conftest import PROJECTOR
from tests.browser.expected_table import csv_text, positional
from tests.browser.lab_page import LabPage
from tests.browser.page import ViewedPage
from tests.browser.test_saving import (
    assert_same_table,
    chart,
    of_chart,
    png_size,
    save,
    texts,
)
from tests.cases import rest_slow
from tests.recorded_runs import recorded as recorded_model
from tests.site.small_lesson import write_small_site

Opener = Callable[..., LabPage]

_SHOWS_CHARTS = """
names => String([...document.querySelectorAll(".l2viz-panel")].map(({ dataset }) => dataset.chart))
  === String(names)
"""


@pytest.fixture(scope="module")
def offline(browser: Browser) -> Iterator[BrowserContext]:
    """Yield a profile without a network."""
    with browser.new_context(viewport=PROJECTOR, color_scheme="light", offline=True) as context:
        yield context


@pytest.fixture(scope="module")
def saved(
    tmp_path_factory: pytest.TempPathFactory, recorded: dict[str, Trajectory]
) -> Callable[[str], Path]:
    """Return the file of a recorded lesson, by its name."""
    folder = tmp_path_factory.mktemp("labs")

    def of(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            l2viz.lab(recorded[name]).save(path)
        return path

    return of


@pytest.fixture
def opened(offline: BrowserContext, saved: Callable[[str], Path]) -> Iterator[Opener]:
    """Yield ``opened(name_or_path, hash="")``, which opens a file; no page may have errors."""
    pages: list[LabPage] = []

    def open_file(
        name: str | Path, view: str = "", *, context: BrowserContext | None = None
    ) -> LabPage:
        path = name if isinstance(name, Path) else saved(name)
        page = LabPage((context or offline).new_page(), path)
        pages.append(page)
        return page.open(view)

    yield open_file
    assert [page.errors for page in pages] == [[] for _ in pages]
    for page in pages:
        if not page.page.is_closed():
            page.page.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a site with the lessons that these tests open."""
    folder = tmp_path_factory.mktemp("host") / "site"
    write_small_site(folder, lessons=("curve", "digits-wrong-labels", "moons"))
    return folder


@pytest.fixture(params=["file", pytest.param("site", marks=pytest.mark.slow)])
def lesson(request: pytest.FixtureRequest, opened: Opener) -> Opener:
    """Return ``lesson(name, hash="")``, which opens a lesson's file, or its page in a site."""
    if request.param == "file":
        return opened
    folder: Path = request.getfixturevalue("site")
    return lambda name, *rest, **more: opened(folder / f"lesson-{name}.html", *rest, **more)


def test_sliders_move_all_charts_as_python_defines_them(
    lesson: Opener, recorded: dict[str, Trajectory]
) -> None:
    run = recorded["curve"]
    page = lesson("curve")
    strengths = [float(strength) for strength in run.strengths]
    assert_charts_stand_at(page, run, 0.0, int(run.epochs[-1]))
    for member, at in ((7, 3), (24, 40), (12, 0)):
        page.set("Strength λ", member)
        page.set("Epoch", at)
        page.wait_for(strength=strengths[member], epoch=int(run.epochs[at]))
        assert_charts_stand_at(page, run, strengths[member], int(run.epochs[at]))


def test_pins_and_the_best_strength(lesson: Opener, recorded: dict[str, Trajectory]) -> None:
    run = recorded["digits-wrong-labels"]
    page = lesson("digits-wrong-labels")
    last, strengths = int(run.epochs[-1]), [float(strength) for strength in run.strengths]
    page.set("Strength λ", 4)
    page.button("pin A").click()
    page.button("best").click()
    best = int(np.argmax(run.val_accuracy[:, -1]))
    page.wait_for(strength=strengths[best])
    assert_charts_stand_at(page, run, strengths[best], last, a=strengths[4])
    assert [row[0] for row in page.readouts()] == [
        strength_text(strengths[best]),
        f"A: {strength_text(strengths[4])}",
    ]


def test_it_plays_by_its_keys(lesson: Opener, recorded: dict[str, Trajectory]) -> None:
    run = recorded["digits-wrong-labels"]
    page = lesson("digits-wrong-labels")
    page.page.get_by_label("Pace").select_option(label="full speed")
    page.focus_nothing()
    keyboard = page.page.keyboard
    keyboard.press("Home")
    page.page.wait_for_function(
        "() => Number(document.querySelector('[data-l2viz-stage]').dataset.epoch) < 80"
    )
    page.wait_for(epoch=int(run.epochs[-1]))
    keyboard.press("ArrowRight")
    page.wait_for(strength=float(run.strengths[1]))
    keyboard.press("ArrowDown")
    page.wait_for(epoch=int(run.epochs[-2]))
    keyboard.press("t")  # there is nothing to train
    keyboard.press("p")
    page.wait_for(charts=2)
    assert not page.page.locator("header").is_visible()
    keyboard.press("p")
    page.wait_for(charts=6)
    keyboard.press("h")
    assert page.data["covered"] == "true"
    keyboard.press("0")
    page.wait_for(strength=0.0, epoch=int(run.epochs[-1]), covered="false")


def test_what_needs_python_is_not_there(lesson: Opener) -> None:
    page = lesson("curve")
    assert not page.button("Train").is_visible()
    assert not page.button("Stop").is_visible()
    assert page.page.locator(".l2viz-points button").count() == 0
    page.focus_nothing()
    page.page.keyboard.press("?")
    keys = page.page.get_by_role("dialog", name="Keys")
    keys.wait_for()
    listed = keys.locator("dd").all_text_contents()
    assert "play or pause" in listed
    assert not any("train" in each or "tour" in each for each in listed)


def test_a_file_on_a_disk_says_how_phones_can_open_it(opened: Opener) -> None:
    page = opened("curve", "#presenter=yes")
    page.button("QR code").click()
    sheet = page.page.get_by_role("dialog", name="QR code of this page")
    expect(sheet.get_by_role("status")).to_contain_text("Put it on a web server")
    assert not sheet.get_by_role("img").is_visible()


def test_the_chooser_offers_the_charts_of_the_file(
    lesson: Opener, recorded: dict[str, Trajectory]
) -> None:
    run = recorded["curve"]
    page = lesson("curve")
    page.focus_nothing()
    page.page.keyboard.press("c")
    chooser = page.page.get_by_role("dialog", name="Charts on the stage")
    chooser.wait_for()
    kept = l2viz.lab(run).charts
    labels = [each.strip() for each in chooser.locator("label span").all_text_contents()]
    assert sorted(labels) == sorted({each.title for each in charts_of(run) if each.name in kept})
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("1")
    page.wait_for(charts=5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["moons", "digits-wrong-labels"])
def test_every_chart_of_a_file_is_drawn(
    lesson: Opener, recorded: dict[str, Trajectory], name: str
) -> None:
    run = recorded[name]
    strength, epoch = float(run.strengths[9]), int(run.epochs[len(run.epochs) // 2])
    slots: dict[str, list[str]] = {}
    kept = l2viz.lab(run).charts
    for each in charts_of(run):
        if each.name in kept:
            slots.setdefault(each.slot, []).append(each.name)
    page = lesson(name)
    while slots:
        names = [slots[slot].pop() for slot in list(slots)[:6]]
        slots = {slot: left for slot, left in slots.items() if left}
        view = f"strength={strength!r}&at_epoch={epoch}&charts={','.join(names)}"
        page.page.evaluate("view => { location.hash = view; }", view)
        page.page.wait_for_function(_SHOWS_CHARTS, arg=names)
        page.wait_for(strength=strength, epoch=epoch, charts=len(names))
        assert_charts_stand_at(page, run, strength, epoch, count=len(names))


def test_the_address_holds_the_view(lesson: Opener, recorded: dict[str, Trajectory]) -> None:
    run = recorded["curve"]
    strength = float(run.strengths[9])
    page = lesson("curve")
    page.set("Strength λ", 9)
    page.set("Epoch", 4)
    page.button("pin B").click()
    expected = f"#strength={strength!r}&at_epoch={run.epochs[4]}&b={strength!r}"
    page.wait_for_hash(expected)
    page.page.reload()
    page.wait_for(state="finished", strength=strength, epoch=int(run.epochs[4]))
    assert_charts_stand_at(page, run, strength, int(run.epochs[4]), b=strength)
    page.page.evaluate("location.hash = 'charts=gap,norms&large=gap'")  # a link within the page
    page.wait_for(charts=1, strength=0.0)
    assert list(page.figures) == ["gap"]
    page.page.go_back()
    page.wait_for(charts=6, strength=strength)


@pytest.mark.parametrize(
    "view", ["#strength=x&at_epoch=-3&a=&charts=none,%3Cb%3E&large=%20&presenter=2", "#&&=&%"]
)
def test_an_address_that_cannot_be_read_opens_the_run(lesson: Opener, view: str) -> None:
    page = lesson("curve", view)
    page.wait_for(strength=0.0, epoch=2000, charts=6)


def test_what_it_saves_is_what_the_app_saves(
    lesson: Opener, recorded: dict[str, Trajectory]
) -> None:
    run = recorded["curve"]
    strength, epoch = float(run.strengths[6]), int(run.epochs[11])
    page = lesson("curve", f"#strength={strength!r}&at_epoch={epoch}")
    place = f"lambda-{positional(strength)}_epoch-{epoch}"
    name, png = save(page, page.button("Save stage"), "PNG, 2 ×")
    assert name == f"l2viz_curve_seed-7_stage_{place}_2x.png"
    assert png_size(png) == (2560, 1440)
    name, svg = save(page, of_chart(page, "norms"), "SVG")
    assert name == f"l2viz_curve_seed-7_norms_{place}.svg"
    assert "Norms and validation" in texts(svg)
    name, table = save(page, of_chart(page, "norms"), "CSV of its data")
    assert name == f"l2viz_curve_seed-7_norms_{place}.csv"
    assert_same_table(table, csv_text(chart(run, "norms"), run, strength, epoch), 0)


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(lesson: Opener, browser: Browser, theme: str) -> None:
    with browser.new_context(viewport=PROJECTOR, color_scheme=theme, offline=True) as context:
        page = lesson("curve", "#a=0", context=context)
        assert page.data["theme"] == theme
        assert page.errors == []
        assert_clean_with_what_keys_open(page)
        page.errors.clear()  # axe asks for a site's style sheet, which the page's policy forbids


def test_browsers_without_base64_of_their_own_read_it_too(lesson: Opener, browser: Browser) -> None:
    with browser.new_context(viewport=PROJECTOR, offline=True) as context:
        context.add_init_script("delete Uint8Array.fromBase64")
        page = lesson("curve", context=context)
        assert page.page.evaluate("() => Uint8Array.fromBase64 === undefined")
        page.set("Strength λ", 3)
        page.wait_for(charts=6)


def test_it_follows_the_systems_scheme(lesson: Opener) -> None:
    page = lesson("curve")
    page.page.emulate_media(color_scheme="dark")
    page.wait_for(theme="dark")
    background = page.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(18, 21, 28)"
    page.page.emulate_media(color_scheme="light")
    page.wait_for(theme="light")


@pytest.mark.parametrize("name", rest_slow(["a path", "one run", "a bare run"], first=1))
def test_a_recorded_model_has_the_stage_too(opened: Opener, tmp_path: Path, name: str) -> None:
    runs = {
        "a path": lambda: l2viz.merge([recorded_model(s) for s in (0.0, 0.001, 0.1)]),
        "one run": recorded_model,
        "a bare run": lambda: recorded_model(sample=False, validated=False, accuracy=False),
    }
    run = runs[name]()
    l2viz.lab(run).save(tmp_path / "lab.html")
    page = opened(tmp_path / "lab.html")
    strength, epoch = float(run.strengths[-1]), int(run.epochs[-1])
    page.set("Strength λ", len(run.strengths) - 1)
    page.wait_for(strength=strength, epoch=epoch)
    count = int(page.data["charts"])
    assert_charts_stand_at(page, run, strength, epoch, count=count)


def test_a_phone_has_both_sliders_and_no_sideways_scrolling(
    lesson: Opener, browser: Browser
) -> None:
    phone = {"width": 390, "height": 844}
    with browser.new_context(viewport=phone, offline=True) as context:
        page = lesson("curve", context=context)
        assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.page.mouse.wheel(0, 1500)
        page.page.wait_for_function("() => scrollY > 500")
        for name in ("Strength λ", "Epoch"):
            top = page.slider(name).evaluate("slider => slider.getBoundingClientRect().top")
            assert 0 <= top < 150


def test_a_notebooks_cell_holds_the_stage(offline: BrowserContext, tmp_path: Path) -> None:
    run = trajectories.digits()
    cell = l2viz.lab(run)._repr_html_()
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!DOCTYPE html><body>{run._repr_html_()}{cell}{cell}", encoding="utf-8")
    page = offline.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: said.type in ("error", "warning") and errors.append(said.text))
    page.goto(notebook.as_uri())
    for frame in page.frames[1:]:
        frame.wait_for_selector("[data-l2viz-stage][data-state=finished][data-frame]")
        slider = frame.locator('input[type=range][aria-label="Strength λ"]')
        slider.fill("3")
        stage = f'[data-l2viz-stage][data-strength="{float(run.strengths[3])}"]'
        frame.wait_for_selector(stage)
    assert len(page.frames) == 3
    assert errors == []
    page.close()


# ---- out of the app


def test_the_apps_stage_saves_itself_as_this_file(
    curve: ViewedPage, opened: Opener, tmp_path: Path
) -> None:
    name, page = save(curve, curve.button("Save stage"), "Page with all charts")
    assert name == "l2viz_curve_seed-7.html"
    curve.page.keyboard.press("Escape")
    (tmp_path / name).write_bytes(page)
    alone = opened(tmp_path / name)
    for stage in (curve, alone):
        stage.set("Strength λ", 11)
        stage.set("Epoch", 30)
    curve.settle()
    alone.wait_for(strength=curve.strength, epoch=curve.epoch)
    assert curve.figures == alone.figures
    assert curve.readouts() == alone.readouts()
    assert curve.notice == alone.notice


def test_the_page_is_offered_for_the_stage_and_not_for_one_chart(
    curve: ViewedPage, opened: Opener
) -> None:
    item = "Page with all charts"
    of_chart(curve, "norms").click()
    assert not curve.page.get_by_role("button", name=item).is_visible()
    curve.page.keyboard.press("Escape")
    alone = opened("curve")
    alone.button("Save stage").click()
    assert alone.page.get_by_role("button", name="SVG").is_visible()
    assert not alone.page.get_by_role("button", name=item).is_visible()
