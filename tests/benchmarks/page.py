"""Speed of the page beside plain Streamlit pages: ``python -m tests.benchmarks.page``.

Prints a Markdown table. Both sides run on the same machine at the same time, by turns, as a ratio
says more than seconds of a machine that may be busy.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import launch_arguments
from tests.browser.frames import watch, watched
from tests.browser.page import WAIT, ViewedPage
from tests.browser.server import Server

PROJECTOR = {"width": 1280, "height": 720}
OPENINGS = 5
EVENTS = 30
LESSONS = {"curve": "?dataset=curve&seed=7", "digits": "?dataset=digits"}
LIVE_RUN = "?dataset=digits&epochs=300"

ONE_CHART = """
import plotly.graph_objects as go
import streamlit as st

st.plotly_chart(go.Figure(go.Scatter(x=list(range(100)), y=[i**2 for i in range(100)])))
"""
FOUR_CHARTS = """
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(layout="wide")
k = st.slider("k", 0, 40, 0)
columns = st.columns(2)
for chart in range(4):
    lines = [
        go.Scatter(x=list(range(100)), y=[i * (line + 1) + k for i in range(100)], name=str(k))
        for line in range(3)
    ]
    columns[chart % 2].plotly_chart(go.Figure(lines, {"height": 250}), key=f"chart {chart}")
"""

# When the first line of a chart is in the document, in milliseconds since the navigation.
_FIRST_CHART = """
const look = () => {
  if (document.querySelector('.scatterlayer .trace path[d]:not([d=""])'))
    window.firstChart = performance.now();
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
_PAINTED = """
const painted = () => new Promise(resolve => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = resolve;
  channel.port2.postMessage(0);
}));
"""
_SLIDER_EVENT = f"""
async ([name, position]) => {{
  {_PAINTED}
  const stage = document.querySelector("[data-l2viz-stage]");
  const slider = stage.querySelector(`input[aria-label="${{name}}"]`);
  await painted();
  const before = Number(stage.dataset.frame);
  const drawn = new Promise(resolve => {{
    const observer = new MutationObserver(() => {{
      if (Number(stage.dataset.frame) > before) {{ observer.disconnect(); resolve(); }}
    }});
    observer.observe(stage, {{ attributes: true }});
  }});
  const started = performance.now();
  slider.value = position;
  slider.dispatchEvent(new Event("input", {{ bubbles: true }}));
  await drawn;
  await painted();
  return performance.now() - started;
}}
"""
# The key's own time, and when all four charts hold the new value and are painted.
_STREAMLIT_EVENT = f"""
async value => {{
  {_PAINTED}
  window.keyAt = null;
  addEventListener("keydown", () => {{ window.keyAt = performance.now(); }},
    {{ capture: true, once: true }});
  window.took = (async () => {{
    const there = () => [...document.querySelectorAll(".js-plotly-plot")].filter(plot =>
      plot.data?.[0]?.name === value &&
      plot.querySelector('.scatterlayer .trace path[d]:not([d=""])')).length === 4;
    while (!there()) await painted();
    await painted();
    return performance.now() - window.keyAt;
  }})();
  return null;
}}
"""


@dataclass(frozen=True)
class Row:
    """One line of the table; `kept` is None where there is no bar."""

    what: str
    measured: str
    bar: str
    kept: bool | None


def main() -> None:
    print(f"Load of the machine at the start: {_load()}\n")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        one, four = Path(folder) / "one.py", Path(folder) / "four.py"
        one.write_text(ONE_CHART)
        four.write_text(FOUR_CHARTS)
        with Server() as app, Server(one) as plain, Server(four) as charts:
            browser = playwright.chromium.launch(**launch_arguments())
            rows = _first_charts(browser, app, plain)
            rows += _slider_events(browser, app, charts)
            rows += _live_frames(browser, app)
            browser.close()
    print("| measured | result | bar | kept |\n| --- | --- | --- | --- |")
    for row in rows:
        kept = {True: "yes", False: "**no**", None: ""}[row.kept]
        print(f"| {row.what} | {row.measured} | {row.bar} | {kept} |")
    print(f"\nLoad of the machine at the end: {_load()}")


# ---- the first chart


def _first_charts(browser: Browser, app: Server, plain: Server) -> list[Row]:
    """Each opening in a profile of its own, with nothing cached."""
    for server in (app, plain):  # the first request of a server is not what is measured
        _first_chart(browser, server.address)
    ours, theirs = [], []
    for _ in range(OPENINGS):
        ours.append(_first_chart(browser, app.address))
        theirs.append(_first_chart(browser, plain.address))
    median, other = statistics.median(ours), statistics.median(theirs)
    ratio = median / other
    return [
        Row(
            f"first chart, median of {OPENINGS}: l2viz ÷ a Streamlit page of one chart",
            f"{ratio:.2f} ({median:.0f} ms ÷ {other:.0f} ms)",
            "≤ 1.5",
            ratio <= 1.5,
        )
    ]


def _first_chart(browser: Browser, address: str) -> float:
    with browser.new_context(viewport=PROJECTOR) as context:
        context.add_init_script(_FIRST_CHART)
        page = context.new_page()
        page.goto(address)
        page.wait_for_function("window.firstChart", timeout=WAIT)
        return page.evaluate("window.firstChart")


# ---- from slider to charts


def _slider_events(browser: Browser, app: Server, charts: Server) -> list[Row]:
    rows, medians = [], []
    with browser.new_context(viewport=PROJECTOR) as context:
        others = _plain_slider(context, charts)
        for lesson, query in LESSONS.items():
            page = ViewedPage(context.new_page(), app.address).open(query)
            for slider in ("Strength λ", "Epoch"):
                times = _events(page.page, slider)
                medians.append(statistics.median(times))
                rows.append(
                    Row(
                        f"{lesson}, {slider} slider to last chart painted, {EVENTS} events",
                        f"median {medians[-1]:.0f} ms, 95 % {_percentile(times):.0f} ms",
                        "median ≤ 60 ms",
                        medians[-1] <= 60,
                    )
                )
            page.page.close()
    other = statistics.median(others)
    rows.append(
        Row(
            f"the same with four `st.plotly_chart`, {len(others)} keys",
            f"median {other:.0f} ms, 95 % {_percentile(others):.0f} ms: "
            f"{other / max(medians):.1f} to {other / min(medians):.1f} times as long",
            "",
            None,
        )
    )
    return rows


def _events(page: Page, slider: str) -> list[float]:
    """Positions far apart and all different from the one before."""
    steps = (
        int(
            page.locator(f'[data-l2viz-stage] input[aria-label="{slider}"]').get_attribute("max")
            or 0
        )
        + 1
    )
    positions = [(7 * event + event // steps) % steps for event in range(1, EVENTS + 3)]
    times = [page.evaluate(_SLIDER_EVENT, [slider, position]) for position in positions]
    return times[2:]


def _plain_slider(context: BrowserContext, charts: Server) -> list[float]:
    page = context.new_page()
    page.goto(charts.address)
    page.wait_for_function(
        "document.querySelectorAll('.js-plotly-plot .scatterlayer').length === 4", timeout=WAIT
    )
    page.get_by_role("slider").focus()
    times = []
    for value in range(1, EVENTS + 3):
        page.evaluate(_STREAMLIT_EVENT, str(value))
        page.keyboard.press("ArrowRight")
        times.append(page.evaluate("window.took"))
    page.close()
    return times[2:]


# ---- while a run trains


def _live_frames(browser: Browser, app: Server) -> list[Row]:
    """A run is trained anew, so that the page is there from its first epoch to its last."""
    with browser.new_context(viewport=PROJECTOR) as context:
        page = ViewedPage(context.new_page(), app.address).open(LIVE_RUN)
        page.wait_for(epoch=300)
        watch(page)
        page.button("Train anew").click()
        page.wait_for(state="training")
        page.wait_for(state="finished", epoch=300)
        seen = watched(page)
        moments = [each["at"] for each in seen["painted"] if each["state"] == "training"]
        rate = (len(moments) - 1) / (moments[-1] - moments[0]) * 1000
        blank = sum(fewest == 0 for fewest in seen["fewest"].values())
        seconds = (moments[-1] - moments[0]) / 1000
    return [
        Row(
            f"displayed frames while digits train 300 epochs ({seconds:.1f} s)",
            f"{rate:.0f} frames/s",
            "≥ 15",
            rate >= 15,
        ),
        Row(
            f"charts that were ever blank, in {seen['frames']} frames of the browser",
            str(blank),
            "0",
            blank == 0,
        ),
    ]


def _percentile(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _load() -> str:
    if not hasattr(os, "getloadavg"):
        return "unknown here"
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


if __name__ == "__main__":
    main()
