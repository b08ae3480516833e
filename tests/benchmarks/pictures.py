"""Pictures and films by l2viz, and by calls of kaleido as one would write them.

python -m tests.benchmarks.pictures [repetitions]

Each repetition times all sides, one after another, on the same frames; the table has medians.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import kaleido
import plotly.graph_objects as go

import l2viz
from l2viz.charts import get_chart
from tests import trajectories
from tests.benchmarks.command import repetitions

FRAMES, SIZE = 60, {"width": 800, "height": 450}
ALONE = 6  # of the frames are written each by a call of its own, and the time is multiplied
CHART, STRENGTH = "histogram_dense_1", 1e-3
RUN = trajectories.digits(epochs=FRAMES - 1)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def figures() -> list[go.Figure]:
    """Return the frames as figures, as a user makes them."""
    chart = get_chart(RUN, CHART)
    return [chart.at(RUN, STRENGTH, int(epoch)) for epoch in RUN.epochs]


def film(folder: Path) -> None:
    l2viz.save_film(
        RUN, folder / "film.gif", chart=CHART, strength=STRENGTH, frames=FRAMES, verbose=False
    )


def one_by_one(folder: Path) -> None:
    """Write some frames by a call of its own each, which starts a browser."""
    for number, figure in enumerate(figures()[:ALONE]):
        figure.write_image(folder / f"{number}.png", **SIZE)


def by_the_server(folder: Path) -> None:
    """Write each frame by kaleido's own server, which has one browser."""
    kaleido.start_sync_server(mathjax=False)
    try:
        for number, figure in enumerate(figures()):
            kaleido.write_fig_sync(figure, folder / f"{number}.png", opts=SIZE)
    finally:
        kaleido.stop_sync_server()


def one_picture(folder: Path) -> None:
    l2viz.save_figures(
        RUN, folder, charts=[CHART], strength=STRENGTH, scale=1, theme="light", verbose=False
    )


def one_call(folder: Path) -> None:
    figure = get_chart(RUN, CHART).at(RUN, STRENGTH, int(RUN.epochs[-1]))
    figure.write_image(folder / "one.png", **SIZE)


def table(count: int) -> str:
    """Return the medians as a Markdown table."""
    times: dict[str, list[float]] = {}
    for _ in range(count):
        for side in (film, by_the_server, one_by_one, one_picture, one_call):
            with tempfile.TemporaryDirectory() as folder:
                taken = seconds(lambda side=side, into=Path(folder): side(into))
            whole = FRAMES / ALONE if side is one_by_one else 1
            times.setdefault(side.__name__, []).append(whole * taken)
    median = {name: statistics.median(each) for name, each in times.items()}
    rows = [
        (f"{FRAMES} frames, 800 × 450: `l2viz.save_film`, with the GIF", "film", "film"),
        ("`kaleido.write_fig_sync` with its server, no GIF", "by_the_server", "film"),
        (f"`figure.write_image` for each, no GIF (from {ALONE} frames)", "one_by_one", "film"),
        ("one chart as PNG: `l2viz.save_figures`", "one_picture", "one_picture"),
        ("`figure.write_image`", "one_call", "one_picture"),
    ]
    lines = ["| pictures | seconds | compared with l2viz |", "| --- | ---: | ---: |"]
    for text, side, ours in rows:
        ratio = "" if side == ours else f"{median[side] / median[ours]:.2f} ×"
        lines.append(f"| {text} | {median[side]:.1f} | {ratio} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(repetitions(1)))
