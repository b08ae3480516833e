"""The first chart of the site, of a lab file and of the app, in one browser and one run.

    python -m tests.benchmarks.first_paint [rounds] [--playground FOLDER]

From the request to the first chart painted, each time in a new profile of the browser: a lesson of
a site behind a static server of Python and from the disk, the same run as one file, and the app.
FOLDER: TensorFlow Playground as it is published (the branch gh-pages of tensorflow/playground),
behind a static server too; its first chart is there when its output is painted.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

import l2viz
from l2viz.ui.server.trainer_service import RECORDINGS
from tests.benchmarks.command import repetitions_and_folder
from tests.benchmarks.page import FIRST_CHART, first_chart
from tests.browser.chromium import launch_arguments
from tests.browser.server import Server
from tests.site.small_lesson import write_small_site
from tests.site.static_host import static_host

LESSON = "lesson-curve.html"
PLAYGROUND = "TensorFlow Playground, local static server"
ITS_FIRST_CHART = "#heatmap canvas"
# Playground asks for fonts, which this browser is told not to find.
_ALONE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"


def main(rounds: int, playground: Path | None) -> None:
    """Time the pages in turn and print a table."""
    with tempfile.TemporaryDirectory() as made, Server() as app, contextlib.ExitStack() as hosts:
        folder = Path(made) / "site"
        write_small_site(folder)
        l2viz.lab(l2viz.open(RECORDINGS / "curve.npz")).save(folder / "lab.html")
        with static_host(folder) as web, sync_playwright() as playwright:
            pages = {
                "site, local static server": f"{web}{LESSON}",
                "site, from the disk": (folder / LESSON).as_uri(),
                "one file, from the disk": (folder / "lab.html").as_uri(),
                "app": f"{app.address}?dataset=curve&seed=7",
            }
            if playground:
                pages[PLAYGROUND] = hosts.enter_context(static_host(playground))
            launched = launch_arguments()
            launched["args"] = [*launched["args"], _ALONE]
            browser = playwright.chromium.launch(**launched)
            taken: dict[str, list[float]] = {name: [] for name in pages}
            for _ in range(rounds + 1):
                for name, address in pages.items():
                    chart = ITS_FIRST_CHART if name == PLAYGROUND else FIRST_CHART
                    taken[name].append(first_chart(browser, address, chart))
            browser.close()
    print(_table({name: times[1:] for name, times in taken.items()}))  # the first round warms up


def _table(taken: dict[str, list[float]]) -> str:
    lines = ["| first chart painted, curve lesson | seconds | compared with the app |"]
    lines.append("| --- | ---: | ---: |")
    for name, times in taken.items():
        ratio = statistics.median(a / b for a, b in zip(times, taken["app"], strict=True))
        lines.append(f"| {name} | {statistics.median(times):.2f} | {ratio:.2f} |")
    count = len(taken["app"])
    lines += ["", f"Medians of {count} loads; {os.cpu_count()} cores, software rendering."]
    return "\n".join(lines)


if __name__ == "__main__":
    words = "the published files of TensorFlow Playground"
    main(*repetitions_and_folder(5, "--playground", words))
