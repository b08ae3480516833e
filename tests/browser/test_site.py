"""A site in Chromium and Firefox: from the disk with the network cut, and below a sub-path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from l2viz.interop.conventions import translate
from l2viz.lesson import read_lesson
from l2viz.trajectory import Trajectory
from tests.browser.axe import assert_clean_with_what_keys_open, serious
from tests.browser.charts import assert_charts_stand_at
from tests.browser.conftest import PROJECTOR
from tests.browser.firefox import Firefox, found
from tests.browser.lab_page import LabPage
from tests.cases import others_slow, rest_slow
from tests.site.small_lesson import write_small_site
from tests.site.static_host import static_host

Opener = Callable[..., LabPage]
DIGITS = "digits-wrong-labels"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("host") / "sub" / "site"
    write_small_site(folder)
    return folder


@pytest.fixture(scope="module")
def offline(browser: Browser) -> Iterator[BrowserContext]:
    """Yield a profile without a network."""
    with browser.new_context(viewport=PROJECTOR, color_scheme="light", offline=True) as context:
        yield context


@pytest.fixture
def opened(offline: BrowserContext, site: Path) -> Iterator[Opener]:
    """Yield ``opened(file, hash="")``, which opens a page with a stage; none may have errors."""
    pages: list[LabPage] = []

    def open_file(name: str, view: str = "", context: BrowserContext | None = None) -> LabPage:
        page = LabPage((context or offline).new_page(), site / name)
        pages.append(page)
        return page.open(view)

    yield open_file
    assert [page.errors for page in pages] == [[] for _ in pages]
    for page in pages:
        if not page.page.is_closed():
            page.page.close()


@pytest.fixture
def text_page(offline: BrowserContext, site: Path) -> Iterator[Callable[[str], Page]]:
    """Yield ``text_page(file)``, which opens a page without a stage."""
    errors: list[str] = []
    page = offline.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: said.type in ("error", "warning") and errors.append(said.text))

    def open_file(name: str) -> Page:
        page.goto((site / name).as_uri())
        return page

    yield open_file
    assert errors == []
    page.close()


@pytest.fixture(scope="module")
def hosted(site: Path) -> Iterator[str]:
    """Serve the site below a sub-path; yield its address."""
    with static_host(site.parents[1]) as host:
        yield f"{host}sub/site/"


def test_the_start_page_is_one_picture_and_one_slider(
    opened: Opener, recorded: dict[str, Trajectory]
) -> None:
    run = recorded["curve"]
    page = opened("index.html")
    last = int(run.epochs[-1])
    assert_charts_stand_at(page, run, 0.0, last, count=2)
    page.set("Strength λ", 12)
    page.wait_for(strength=float(run.strengths[12]))
    assert_charts_stand_at(page, run, float(run.strengths[12]), last, count=2)
    expect(page.page.locator(".l2viz-transport")).to_be_hidden()
    assert page.page.get_by_role("heading", level=1).count() == 1


def test_a_scene_asks_first_and_then_answers(opened: Opener) -> None:
    page = opened("scene-define.html")
    page.wait_for(covered="true", epoch=0, strength=0.0, charts=4)
    answer = page.page.locator("[data-after]")
    expect(answer).to_be_hidden()
    page.page.get_by_role("button", name="Nearly all").click()
    page.wait_for(covered="false")
    expect(answer).to_contain_text("You said: Nearly all.")
    expect(page.page.locator("[data-before]")).to_be_hidden()
    page.page.reload()  # the guess is known as long as the tab is open
    page.wait_for(state="finished", covered="false")
    expect(answer).to_contain_text("You said: Nearly all.")


def test_a_guess_is_drawn_and_the_end_counts_it(opened: Opener) -> None:
    page = opened("scene-evaluate.html")
    drawing = page.page.get_by_role("slider", name="Your guess: the peak over λ")
    drawing.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.page.keyboard.press(key)
    answer = page.page.locator("[data-after] [data-said]:visible")
    expect(answer).to_contain_text("λ = 0.01")
    page.page.get_by_role("button", name="Show the charts").click()
    page.wait_for(covered="false")
    page.page.get_by_role("link", name="Next").click()
    page.wait_for(state="finished", covered="true")
    page.page.get_by_role("button", name="Show it without a guess").click()
    page.page.get_by_role("link", name="Next").click()
    page.page.wait_for_url("**/closing.html")
    expect(page.page.locator("[data-count]")).to_contain_text("You guessed in 1 of 3 scenes")
    (scene,) = (each for each in read_lesson().scenes if each.key == "evaluate")
    assert scene.question is not None
    line = page.page.locator("li[data-scene=evaluate]")
    expect(line).to_contain_text(scene.question.choices[scene.question.answer])
    assert line.get_attribute("data-guessed") in ("right", "other")


def test_keys_go_through_the_tour_and_keep_presenter_mode(opened: Opener) -> None:
    page = opened("scene-define.html", "#presenter=yes")
    page.wait_for(charts=2)
    page.page.keyboard.press("n")
    page.page.wait_for_url("**/scene-evaluate.html#presenter=yes")
    page.wait_for(state="finished", presenter="true")
    page.page.keyboard.press("Shift+N")
    page.page.wait_for_url("**/scene-define.html#presenter=yes")
    page.wait_for(state="finished", presenter="true")
    page.page.keyboard.press("p")
    page.wait_for(presenter="false")
    page.page.keyboard.press("?")
    keys = page.page.get_by_role("dialog", name="Keys").locator("dd").all_text_contents()
    assert "the guided tour, and its next scene" in keys
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("l")
    page.page.wait_for_url("**/tour.html")


def test_a_chart_beyond_the_first_ones_is_read_when_it_is_chosen(
    opened: Opener, recorded: dict[str, Trajectory]
) -> None:
    run = recorded["curve"]
    page = opened("lesson-curve.html")
    last = int(run.epochs[-1])
    assert_charts_stand_at(page, run, 0.0, last)
    assert len(page.page.evaluate("Object.keys(l2vizRuns)")) == 1
    strength = float(run.strengths[8])
    view = f"strength={strength!r}&charts=gap,network,norms"
    page.page.evaluate("view => { location.hash = view; }", view)
    page.wait_for(charts=3, strength=strength)
    page.settle()
    assert set(page.figures) == {"gap", "network", "norms"}
    assert_charts_stand_at(page, run, strength, last, count=3)
    assert len(page.page.evaluate("Object.keys(l2vizRuns)")) == 2


def test_the_address_holds_what_differs_from_the_pages_own_view(
    opened: Opener, recorded: dict[str, Trajectory]
) -> None:
    run = recorded[DIGITS]
    page = opened("scene-define.html")
    page.set("Epoch", len(run.epochs) - 1)
    page.wait_for_hash("#at_epoch=last")
    page.page.reload()
    page.wait_for(state="finished", epoch=int(run.epochs[-1]))
    page.set("Epoch", 0)
    page.wait_for_hash("")


@pytest.mark.parametrize("path", rest_slow(["scene-shrinks.html", "lesson-curve.html"], first=1))
def test_it_works_below_a_sub_path(hosted: str, browser: Browser, path: str) -> None:
    with browser.new_context(viewport=PROJECTOR) as context:
        page = context.new_page()
        failed: list[str] = []
        page.on("requestfailed", lambda request: failed.append(request.url))
        page.on("response", lambda got: got.status >= 400 and failed.append(got.url))
        page.on("console", lambda said: said.type == "error" and failed.append(said.text))
        page.goto(hosted + path)
        page.wait_for_selector("[data-l2viz-stage][data-state=finished][data-frame]")
        assert page.locator(".l2viz-panel").count() in (4, 6)
        page.get_by_role("link", name="l2viz", exact=True).click()
        page.wait_for_url(hosted + "index.html")
        page.wait_for_selector("[data-l2viz-stage][data-state=finished][data-frame]")
        assert failed == []


def test_a_part_that_is_missing_is_said_in_one_sentence(site: Path, browser: Browser) -> None:
    with browser.new_context(viewport=PROJECTOR) as context:
        context.route("**/runs/*", lambda route: route.abort())
        page = LabPage(context.new_page(), site / "lesson-curve.html")
        page.page.goto(page.address)
        page.wait_for_notice("A part of this page could not be read. Reload it to try again.")


def test_cards_open_when_they_are_judged(text_page: Callable[[str], Page]) -> None:
    page = text_page("misconceptions.html")
    card = page.locator("article").first
    expect(card.locator("[data-after]")).to_be_hidden()
    card.get_by_role("button", name="True").click()
    expect(card.locator("[data-after]")).to_contain_text("You said: true. It is not.")
    other = page.locator("article").nth(1)
    other.get_by_role("button", name="False").click()
    expect(other.locator("[data-after]")).to_be_visible()
    expect(other.locator("[data-believed]")).to_be_hidden()


def test_the_translator_calculates_and_refuses_in_words(text_page: Callable[[str], Page]) -> None:
    page = text_page("translator.html")
    cell = page.locator('[data-value="sklearn_ridge"]')
    words = page.locator("[data-strength]")
    expect(cell).to_have_text(f"{translate(0.01, to='sklearn_ridge', samples=300):.6g}")
    page.get_by_label("Samples").fill("1437")
    expect(cell).to_have_text(f"{translate(0.01, to='sklearn_ridge', samples=1437):.6g}")
    page.get_by_label("From").select_option("torch_sgd")
    expect(words).to_have_text("λ = 0.005 in Keras, regularizers.L2(0.005), equals:")
    for text in ("", "0", "1.5", "-3", "1e13", "many"):
        page.get_by_label("Samples").fill(text)
        expect(words).to_have_text("Samples must be a whole number from 1 to 1e+12.")
        expect(page.locator("table")).to_be_hidden()
    page.get_by_label("Samples").fill("10")
    page.get_by_label("From").select_option("sklearn_logistic")
    page.get_by_label("Its value").fill("0")
    expect(words).to_contain_text("the setting is too small or too large")
    page.get_by_label("Its value").fill("2")
    expect(page.locator("table")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(site: Path, browser: Browser, theme: str) -> None:
    with browser.new_context(viewport=PROJECTOR, color_scheme=theme) as context:
        page = LabPage(context.new_page(), site / "scene-define.html")
        page.open()
        assert_clean_with_what_keys_open(page)
        page.page.get_by_role("button", name="About half").click()
        assert serious(page) == []
        for name in ("index", "misconceptions", "translator", "reference", "plan-60", "closing"):
            page.page.goto((site / f"{name}.html").as_uri())
            assert serious(page) == [], name


@pytest.mark.parametrize("width", others_slow([390, 1024], quick=[390]))
def test_nothing_runs_out_of_a_narrow_window(site: Path, browser: Browser, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 768}) as context:
        page = context.new_page()
        for path in sorted(site.glob("*.html")):
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path.name


@pytest.mark.skipif(found() is None, reason="Firefox is not installed")
def test_firefox_shows_it_from_the_disk_too(site: Path, recorded: dict[str, Trajectory]) -> None:
    run = recorded["curve"]
    strength = float(run.strengths[9])
    stage = "document.querySelector('[data-l2viz-stage]')"
    with Firefox() as firefox:
        firefox.open(f"{(site / 'lesson-curve.html').as_uri()}#strength={strength!r}")
        firefox.wait_for(f"{stage}?.dataset.state === 'finished' && {stage}.dataset.frame > 0")
        assert firefox.evaluate(f"Number({stage}.dataset.strength)") == strength
        assert firefox.evaluate("document.querySelectorAll('.l2viz-panel').length") == 6
        drawn = firefox.evaluate(
            "document.querySelector('[data-chart=fitted_curve] .js-plotly-plot')"
            ".data.find(each => each.name === 'fit at λ').y.length"
        )
        assert drawn > 10
        firefox.open("about:blank")
        firefox.open((site / "scene-define.html").as_uri())
        firefox.wait_for(f"{stage}?.dataset.covered === 'true' && {stage}.dataset.frame > 0")
        firefox.evaluate("document.querySelector('.choices button').click()")
        firefox.wait_for(f"{stage}.dataset.covered === 'false'")
