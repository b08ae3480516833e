"""A picture of every chart in light, dark and print: ``python -m tests.browser.gallery [folder]``.

Light and dark as a panel of the page at 1280 × 720, print as `l2viz.save_figures` saves it. Trains
what is not recorded, and writes a page beside the pictures that shows them all.
"""

from __future__ import annotations

import dataclasses
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import l2viz
from l2viz import Experiment, Trajectory
from l2viz.analysis.metrics import best_strength
from l2viz.charts import Chart, charts_of
from l2viz.experiment.url import View, to_query
from tests.browser.chromium import launch_arguments
from tests.browser.page import ViewedPage
from tests.browser.server import ROOT, Server

WINDOW = {"width": 1280, "height": 720}
PRINTED = (640, 420)
MOST = 4  # panels at once
LONGEST = 600_000  # milliseconds of a run
COLOURS = 96  # in a picture's palette: a third of the bytes without a visible difference


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A run, and prefixes of the names of the charts to show; all charts if there are none."""

    name: str
    experiment: Experiment
    kinds: tuple[str, ...] = ()


DIGITS = Experiment(dataset="digits")
SCENES = (
    Scene(name="digits", experiment=DIGITS),
    Scene(
        name="curve",
        experiment=Experiment(dataset="curve", seed=7),
        kinds=("fitted_curve", "error", "norms", "gap", "tug_of_war", "multiples", "score_path"),
    ),
    Scene(name="moons", experiment=Experiment(dataset="moons"), kinds=("boundary", "multiples")),
    Scene(
        name="circles",
        experiment=Experiment(dataset="circles", hidden=(8, 8), activation="tanh"),
        kinds=("network",),
    ),
    Scene(
        name="linear",
        experiment=Experiment(dataset="linear", penalties=("l2", "l1")),
        kinds=("geometry", "curvature", "coefficients_dense"),
    ),
    Scene(
        name="step",
        experiment=dataclasses.replace(
            DIGITS, schedule="step", schedule_epoch=40, schedule_from=DIGITS.strengths[12]
        ),
        kinds=("accuracy", "histogram", "unit_pictures"),
    ),
    Scene(
        name="sgd",
        experiment=dataclasses.replace(DIGITS, optimizer="sgd", learning_rate=0.3),
        kinds=("half_life", "gradient_norms"),
    ),
    Scene(
        name="twins",
        experiment=dataclasses.replace(DIGITS, penalties=("l2", "l1", "decay")),
        kinds=("compare_validation", "compare_norm", "sparsity", "velocity"),
    ),
    Scene(
        name="repeats",
        experiment=dataclasses.replace(DIGITS, repeats=5),
        kinds=("compare_validation", "compare_gap", "coefficients_dense"),
    ),
)


def charts_shown(scene: Scene, trajectory: Trajectory) -> list[Chart]:
    """Return one chart of each kind: of those that differ only by their layer, the first."""
    sorts: dict[str, Chart] = {}
    for chart in charts_of(trajectory):
        if not scene.kinds or chart.name.startswith(scene.kinds):
            sorts.setdefault(chart.name.partition("_dense")[0], chart)
    return list(sorts.values())


def stages(charts: list[Chart]) -> Iterator[list[Chart]]:
    """Split charts into groups for the stage, without two of the same slot in a group."""
    left = charts
    while left:
        stage: dict[str, Chart] = {}
        for chart in left:
            if len(stage) < MOST:
                stage.setdefault(chart.slot, chart)
        yield list(stage.values())
        left = [chart for chart in left if chart not in stage.values()]


def shoot_panels(
    browser: Browser, server: Server, scene: Scene, trajectory: Trajectory, folder: Path
) -> None:
    strength = float(trajectory.strengths[best_strength(trajectory.twin())])
    last = int(trajectory.epochs[-1])
    for theme in ("light", "dark"):
        page = browser.new_page(viewport=WINDOW, color_scheme=theme)
        for stage in stages(charts_shown(scene, trajectory)):
            names = tuple(chart.name for chart in stage)
            query = to_query(scene.experiment, View(strength=strength, charts=names))
            viewed = ViewedPage(page, server.address)
            open_trained(viewed, "?" + "&".join(f"{key}={value}" for key, value in query.items()))
            viewed.wait_for(charts=len(names), strength=strength, epoch=last)
            page.evaluate("document.fonts.ready")
            for name in names:
                panel = page.locator(f'.l2viz-panel[data-chart="{name}"]')
                save(panel.screenshot(), picture(folder, theme, scene, name))
        page.close()


def open_trained(viewed: ViewedPage, address: str) -> None:
    """Open an address, and press Train where its run takes so long here that it waits for that."""
    viewed.open(address)
    if viewed.data["stale"] == "true":
        viewed.button("Train").click()
        viewed.wait_for(state="finished", stale="false", timeout=LONGEST)
        viewed.open(address)


def print_figures(scene: Scene, trajectory: Trajectory, folder: Path) -> None:
    names = [chart.name for chart in charts_shown(scene, trajectory)]
    with tempfile.TemporaryDirectory() as made:
        files = l2viz.save_figures(trajectory, made, charts=names, size=PRINTED, scale=1)
        for name, file in zip(names, files, strict=True):
            save(file.read_bytes(), picture(folder, "print", scene, name))


def save(png: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(png)) as shot:
        shot.convert("RGB").quantize(COLOURS).save(path, optimize=True)


def picture(folder: Path, theme: str, scene: Scene, name: str) -> Path:
    return folder / theme / f"{scene.name}-{name}.png"


def index(shown: list[tuple[Scene, list[Chart]]]) -> str:
    """Return a Markdown page of all pictures."""
    lines = ["# Every chart, in light, dark and print", ""]
    lines += ["Made by `python -m tests.browser.gallery`.", ""]
    for scene, charts in shown:
        lines += [f"## {scene.name}", ""]
        for chart in charts:
            title = chart.title + (f" ({chart.variant})" if chart.variant else "")
            files = [
                f"{theme}/{scene.name}-{chart.name}.png" for theme in ("light", "dark", "print")
            ]
            lines += [f"**{title}.** {chart.about}", ""]
            lines += [" ".join(f"![{title}]({file})" for file in files), ""]
    return "\n".join(lines)


def main(folder: Path) -> None:
    """Make all pictures in a new folder, and replace the old folder by it."""
    with tempfile.TemporaryDirectory() as made, Server() as server:
        new = Path(made) / "gallery"
        shown = []
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_arguments())
            for scene in SCENES:
                trajectory = l2viz.run(scene.experiment)
                shown.append((scene, charts_shown(scene, trajectory)))
                shoot_panels(browser, server, scene, trajectory, new)
                print_figures(scene, trajectory, new)
                print(f"{scene.name}: {len(shown[-1][1])} charts", flush=True)
            browser.close()
        (new / "README.md").write_text(index(shown), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(new, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "assets" / "gallery")
