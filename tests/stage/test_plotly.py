"""The plotly.js of the stage: of the wheel's version, whole, and able to draw every chart.

To take a newer one, name its version in the package.json of the scripts, run tests/run.sh, and copy
plotly-cartesian.min.js and LICENSE from .venv-test/node/node_modules/plotly.js-cartesian-dist-min.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import plotly
import pytest
from playwright.sync_api import sync_playwright

from l2viz.charts import charts_of
from l2viz.lesson import FILES
from l2viz.stage.files import FRONTEND, PLOTLY
from l2viz.trajectory import Trajectory
from tests.browser.chromium import launch_arguments

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / ".venv-test/node/node_modules/plotly.js-cartesian-dist-min"
WHEEL = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def version(script: Path) -> str:
    found = re.search(r"plotly\.js .*?v([\d.]+)", script.read_text(encoding="utf-8")[:200])
    assert found
    return found[1]


def test_it_is_of_the_version_that_saves_pictures_and_that_is_checked() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    named = wanted["devDependencies"]["plotly.js-cartesian-dist-min"]
    assert version(PLOTLY) == version(WHEEL) == named


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="npm is missing, or could not install it")
@pytest.mark.parametrize("name", [PLOTLY.name, "LICENSE"])
def test_it_is_the_published_file(name: str) -> None:
    assert (PLOTLY.parent / name).read_bytes() == (PUBLISHED / name).read_bytes()


def test_it_draws_every_kind_of_trace_that_the_lessons_have() -> None:
    kinds = set()
    for path in sorted((FILES / "recordings").glob("*.npz")):
        run = Trajectory.load(path)
        for chart in charts_of(run):
            kinds |= {trace["type"] for trace in chart.drawing(run).traces}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        page = browser.new_page()
        page.add_script_tag(path=PLOTLY)
        drawn = set(page.evaluate("Object.keys(Plotly.PlotSchema.get().traces)"))
        browser.close()
    assert {"scatter", "bar", "heatmap"} <= kinds <= drawn
