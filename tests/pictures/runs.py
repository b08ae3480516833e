"""Small runs of each kind, and what foreign programs say of a file."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import l2viz
from l2viz.charts import Chart, charts_of
from l2viz.trajectory import Trajectory
from tests import trajectories
from tests.recorded_runs import recorded

RUNS: dict[str, Callable[[], Trajectory]] = {
    "curve": trajectories.curve,
    "digits": trajectories.digits,
    "plane": trajectories.plane,
    "linear": trajectories.linear,
    "both": lambda: trajectories.digits(penalties=("l1", "proximal_l1"), repeats=2),
    "a recorded path": lambda: l2viz.merge([recorded(strength) for strength in (0.0, 0.01)]),
    "one recorded run": recorded,
}
needs_poppler = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler-utils is not installed"
)
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffmpeg is not installed")


@functools.cache
def run_of(kind: str) -> Trajectory:
    return RUNS[kind]()


@functools.cache
def sorts(kind: str) -> tuple[Chart, ...]:
    """Return one chart of each sort: of those that differ only by their layer, the first."""
    found: dict[str, Chart] = {}
    for chart in charts_of(run_of(kind)):
        found.setdefault(chart.name.partition("_dense")[0], chart)
    return tuple(found.values())


def every_sort(kinds: Iterable[str]) -> list[tuple[str, Chart]]:
    """Return each sort of chart once, with the first of these kinds that has it."""
    found: dict[str, tuple[str, Chart]] = {}
    for kind in kinds:
        for chart in sorts(kind):
            found.setdefault(chart.name.partition("_dense")[0], (kind, chart))
    return list(found.values())


def words(text: str) -> str:
    """Return letters and digits alone: programs set spaces and superscripts in their own ways."""
    plain = unicodedata.normalize("NFKC", text)  # a PDF may have ligatures
    return "".join(letter for letter in plain if letter.isalnum())


def svg_words(path: Path) -> str:
    """Return all text of an SVG file, by an XML parser."""
    return words("".join(ElementTree.parse(path).getroot().itertext()))


def pdf_words(path: Path) -> str:
    done = subprocess.run(
        ["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True
    )
    return words(done.stdout)


def pdf_facts(path: Path) -> dict[str, str]:
    done = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True)
    pairs = (line.partition(":") for line in done.stdout.splitlines())
    return {name: value.strip() for name, _, value in pairs}


def video_facts(path: Path) -> dict[str, Any]:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    facts = json.loads(done.stdout)
    (stream,) = facts["streams"]
    return stream | {"seconds": float(facts["format"]["duration"])}


def axis_titles(figure: Any) -> list[str]:
    """Return the titles of a figure's axes."""
    layout = figure.to_plotly_json()["layout"]
    axes = [value for name, value in layout.items() if name[1:5] == "axis"]
    shown = [axis for axis in axes if axis.get("visible", True)]
    return [text for axis in shown if (text := axis.get("title", {}).get("text"))]
