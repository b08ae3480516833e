"""The page against plain Streamlit, in one browser and one run, as a Markdown table.

    python -m tests.benchmarks.page [rounds]

Plain Streamlit draws the same charts of the same recorded run by `st.plotly_chart` in a fragment.
First chart: from the request to the first chart painted, each time in a new profile of the
browser, against a page of one chart. Slider: from the event to the end of the frame that shows it
in all visible charts. Frames: those that differ, while a run of 300 epochs trains and plays at full
speed, and those in which a chart had no traces; then while it plays once more, trained; plainly
while a fragment shows the epochs of a finished run as quickly as it can.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from l2viz.ui.server.trainer_service import RECORDINGS
from tests.benchmarks.command import repetitions
from tests.benchmarks.scrubbing import PAINTED_WITH, scrub
from tests.browser.chromium import launch_arguments
from tests.browser.server import ROOT, RUN, Server

VIEWPORT = {"width": 1280, "height": 720}
STAGE = "[data-l2viz-stage][data-frame]"
FIRST_CHART = ".l2viz-panel .scatterlayer .trace"
PLAIN_CHART = ".js-plotly-plot .scatterlayer .trace"
SCRUBS = 30
SCENES = {
    "curve, six charts": "dataset=curve&seed=7",
    "digits, six charts": "dataset=digits",
    "digits, four charts": "dataset=digits&charts=histogram_dense_1,norms,loss_ledger,accuracy",
    "circles, six charts with network and all strengths": (
        "dataset=circles&hidden=8-8&activation=tanh"
        "&charts=network,boundary,multiples,norms,accuracy,loss_ledger"
    ),
    "opening, curve": "story=curve",
    "opening, network": "story=network",
}

ONE_CHART = """
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
st.plotly_chart(go.Figure(go.Scatter(y=list(range(60)))))
"""
FOUR = ("histogram_dense_1", "norms", "loss_ledger", "accuracy")
FOUR_CHARTS = f"""
import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, {str(ROOT)!r})
from l2viz.charts import charts_of
from l2viz.trajectory import Trajectory

st.set_page_config(layout="wide")
run = st.cache_resource(Trajectory.load)(Path({str(RECORDINGS / "digits-wrong-labels.npz")!r}))
charts = {{chart.name: chart for chart in charts_of(run)}}
plays = "play" in st.query_params


@st.fragment(run_every=0.001 if plays else None)
def draw():
    place = st.slider("place", 0, len(run.strengths) - 1, 0)
    epoch = st.session_state.get("epoch", len(run.epochs)) - 1
    if plays:
        epoch = st.session_state["epoch"] = (epoch + 2) % len(run.epochs) or 1
    for column, name in zip(st.columns(4), {FOUR!r}):
        figure = charts[name].at(run, run.strengths[place], int(run.epochs[epoch]))
        figure.update_layout(title=f"place {{epoch if plays else place}}", height=300)
        column.plotly_chart(figure, key=name)


draw()
"""
_FRAMES = """
async () => {
  const stage = document.querySelector("[data-l2viz-stage]");
  const start = performance.now();
  let before = stage.dataset.frame;
  let frames = 0;
  let blank = 0;
  let looks = 0;
  const { state } = stage.dataset;
  while (stage.dataset.state === state && performance.now() - start < 4000) {
    await new Promise(requestAnimationFrame);
    looks += 1;
    if (stage.dataset.frame !== before) frames += 1;
    before = stage.dataset.frame;
    const empty = [...document.querySelectorAll(".l2viz-plot:not(.l2viz-picture)")]
      .some((plot) => !plot.querySelector(".scatterlayer .trace path"));
    if (empty) blank += 1;
  }
  const seconds = (performance.now() - start) / 1000;
  return { rate: frames / seconds, blank, looks };
}
"""
_PLAIN_FRAMES = """
async () => {
  const shown = () =>
    [...document.querySelectorAll(".js-plotly-plot .gtitle")].map((title) => title.textContent);
  const start = performance.now();
  let frames = 0;
  let before = "";
  while (performance.now() - start < 4000) {
    await new Promise(requestAnimationFrame);
    const titles = shown();
    const whole = titles.length === 4 && titles.every((title) => title === titles[0]);
    if (whole && titles[0] !== before) {
      frames += 1;
      before = titles[0];
    }
  }
  return frames / ((performance.now() - start) / 1000);
}
"""
_PLAIN_SHOWN = """
(place) => {
  const titles = [...document.querySelectorAll(".js-plotly-plot .gtitle")];
  return titles.length === 4 && titles.every((title) => title.textContent === `place ${place}`);
}
"""
_PLAIN_SCRUB = f"""
(place) => {{
  {PAINTED_WITH}
  const shown = {_PLAIN_SHOWN};
  window.taken = new Promise((done) => addEventListener("keydown", async () => {{
    const start = performance.now();
    await paintedWith(() => shown(place));
    done(performance.now() - start);
  }}, {{ capture: true, once: true }}));
}}
"""


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        plain = Path(folder)
        (plain / "one.py").write_text(ONE_CHART, encoding="utf-8")
        (plain / "four.py").write_text(FOUR_CHARTS, encoding="utf-8")
        browser = playwright.chromium.launch(**launch_arguments())
        with (
            Server() as page,
            Server((*RUN, "one.py"), plain) as one,
            Server((*RUN, "four.py"), plain) as four,
        ):
            _warm(browser, page)
            first = [
                (
                    first_chart(browser, page.address, FIRST_CHART),
                    first_chart(browser, one.address, PLAIN_CHART),
                )
                for _ in range(rounds)
            ]
            plain = _plain_scrubs(browser, four.address)
            scrubs = {
                (scene, label): _scrubs(browser, f"{page.address}?{query}", label)
                for scene, query in SCENES.items()
                for label in ("Strength λ", "Epoch")
                if label == "Strength λ" or not scene.startswith("opening")  # it has one slider
            }
            plain_rate = statistics.median(
                _plain_rate(browser, f"{four.address}?play=1") for _ in range(3)
            )
            frames = [
                _frames(browser, f"{page.address}?dataset=digits&epochs=300&seed={seed}")
                for seed in range(101, 106)
            ]
        browser.close()
    print(_table(first, plain, scrubs, frames, plain_rate))


def _warm(browser: Browser, server: Server) -> None:
    """Wait until the trainer has trained once, so that its start is not measured."""
    page = browser.new_page(viewport=VIEWPORT)
    page.goto(f"{server.address}?dataset=digits&epochs=5&seed=100")
    page.wait_for_selector(f"{STAGE}[data-state=finished]", timeout=120_000)
    page.close()


def first_chart(browser: Browser, address: str, chart: str) -> float:
    """Return the seconds from the request of a page to its first chart, in a new profile."""
    context = browser.new_context(viewport=VIEWPORT)
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(chart, timeout=60_000)
    taken = time.perf_counter() - start
    context.close()
    return taken


def _open(browser: Browser, address: str, state: str) -> Page:
    page = browser.new_page(viewport=VIEWPORT)
    page.goto(address)
    page.wait_for_selector(f"{STAGE}[data-state={state}]", timeout=60_000)
    return page


def _scrubs(browser: Browser, address: str, label: str) -> list[float]:
    page = _open(browser, address, "finished")
    scrub(page, label, 5)  # the first ones compile
    taken = scrub(page, label, SCRUBS)
    page.close()
    return taken


def _plain_scrubs(browser: Browser, address: str) -> list[float]:
    page = browser.new_page(viewport=VIEWPORT)
    page.goto(address)
    page.wait_for_function(_PLAIN_SHOWN, arg=0, timeout=60_000)
    page.locator("[data-testid=stSlider] [role=slider], [data-testid=stSlider] input").first.focus()
    taken: list[float] = []
    for place in range(1, 11):
        page.evaluate(_PLAIN_SCRUB, place)
        page.keyboard.press("ArrowRight")
        taken.append(page.evaluate("window.taken"))
    page.close()
    return taken


def _plain_rate(browser: Browser, address: str) -> float:
    """Return how many times a second all four charts show another epoch."""
    page = browser.new_page(viewport=VIEWPORT)
    page.goto(address)
    page.wait_for_function("document.querySelectorAll('.gtitle').length === 4", timeout=60_000)
    rate: float = page.evaluate(_PLAIN_FRAMES)
    page.close()
    return rate


def _frames(browser: Browser, address: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return the rates during training, and during a replay from the start."""
    page = _open(browser, address, "training")
    training: dict[str, float] = page.evaluate(_FRAMES)
    page.wait_for_selector(f"{STAGE}[data-state=finished]", timeout=60_000)
    page.keyboard.press("Home")
    playing: dict[str, float] = page.evaluate(_FRAMES)
    page.close()
    return training, playing


def _table(
    first: list[tuple[float, float]],
    plain: list[float],
    scrubs: dict[tuple[str, str], list[float]],
    frames: list[tuple[dict[str, float], dict[str, float]]],
    plain_rate: float,
) -> str:
    ours, theirs = (statistics.median(side) for side in zip(*first, strict=True))
    ratio = statistics.median(a / b for a, b in first)
    slow = statistics.median(plain)
    rows = [
        "| in Chromium, 1280 × 720 | l2viz | plain Streamlit | ratio |",
        "| --- | ---: | ---: | ---: |",
        f"| first chart painted | {ours:.2f} s | {theirs:.2f} s (one chart) | {ratio:.2f} |",
    ]
    for (scene, label), taken in scrubs.items():
        median, tail = statistics.median(taken), statistics.quantiles(taken, n=20)[-1]
        rows.append(
            f"| {scene}, {label}: event to last chart, median "
            f"(95th percentile) | {median:.0f} ms ({tail:.0f}) | {slow:.0f} ms (four charts) | "
            f"{median / slow:.2f} |"
        )
    training, playing = (
        statistics.median(f["rate"] for f in side) for side in zip(*frames, strict=True)
    )
    every = [frame for pair in frames for frame in pair]
    blank, looks = (sum(frame[name] for frame in every) for name in ("blank", "looks"))
    rows += [
        f"| frames per second while a run trains and plays | {training:.0f} | | |",
        (
            f"| frames per second while a finished run plays | {playing:.0f} | {plain_rate:.1f} "
            f"(four charts) | {playing / plain_rate:.0f} |"
        ),
        f"| blank frames in {looks:.0f} checks | {blank:.0f} | | |",
        "",
        (
            f"Medians of {len(first)} loads, {SCRUBS} slider events and {len(frames)} runs; "
            f"{os.cpu_count()} cores, software rendering."
        ),
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    main(repetitions(5))
