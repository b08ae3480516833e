"""Colour-blind viewers can distinguish the traces of a chart by colour, or by style."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from l2viz.charts import charts_of
from l2viz.charts.core.theme import THEMES, base_layout, coloured
from l2viz.experiment.penalties import PENALTIES
from l2viz.trajectory import Array
from tests import trajectories
from tests.charts.every_chart import KINDS

JUST_APART = 10.0  # distance in L*a*b*: about four times the just noticeable difference
OWN = 15.0  # the same for colours that are not in one chart: they are not side by side
READABLE = 2.0  # contrast of a line with its background
TEXT = 4.5  # of text, by WCAG 2 at level AA

# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
SEEN_AS: dict[str, Array] = {
    "as it is": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(  # sRGB, D65, white at 1
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour: str) -> Array:
    levels = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)


def lab(colour: str, sight: str) -> Array:
    """Return CIE L*a*b* of a colour as seen with this colour vision."""
    seen = np.clip(SEEN_AS[sight] @ linear(colour), 0.0, 1.0)
    x, y, z = (
        np.cbrt(v) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116
        for v in TO_XYZ @ seen / TO_XYZ.sum(axis=1)
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_the_simulation_and_its_measure() -> None:
    """White stays white; pure red and green are similar without red or green cones."""
    for sight in SEEN_AS:
        assert lab("#FFFFFF", sight) == pytest.approx([100.0, 0.0, 0.0], abs=0.1)
    assert lab("#FF0000", "as it is") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    olive, khaki = "#A8A800", "#C8A000"
    assert distance(olive, khaki, "deuteranopia") < distance(olive, khaki, "as it is") / 2
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


# ---- every pair of traces that a viewer must distinguish

DRAWN = {
    (kind, chart.name): chart.drawing(path).traces
    for kind, path in {
        **KINDS,
        "all penalties": trajectories.digits(penalties=tuple(PENALTIES)),
    }.items()
    for chart in charts_of(path)
}


def style(trace: dict[str, Any]) -> tuple[Any, ...]:
    """Return the style of a trace without its colour."""
    if trace["mode"] == "markers":
        return ("markers", trace["marker"].get("symbol", "circle"))
    line = trace["line"]
    return (
        "line",
        line.get("dash", "solid"),
        bool(trace.get("fill")),
        line["width"] >= 2.5,
        line["width"] < 1.0,
    )


def is_seen(trace: dict[str, Any]) -> bool:
    """Return whether a trace is of lines or points: no text, nor points that only tell a name."""
    of_lines = trace["type"] == "scatter" and trace["mode"] != "text"
    return of_lines and trace["marker"].get("opacity") != 0


def colour_of(trace: dict[str, Any]) -> str:
    return str(trace["line" if trace.get("mode") == "lines" else "marker"]["color"])


def told_apart(traces: tuple[dict[str, Any], ...]) -> list[tuple[str, str, str, str]]:
    """Return names and colours of pairs of traces with the same style and axes."""
    lines = [trace for trace in traces if is_seen(trace) and style(trace)[-1] is not True]
    colour = {trace["name"]: colour_of(trace) for trace in lines}
    return [
        (one["name"], other["name"], colour[one["name"]], colour[other["name"]])
        for one, other in itertools.combinations(lines, 2)
        if one.get("yaxis") == other.get("yaxis") and style(one) == style(other)
    ]


@pytest.mark.parametrize("sight", sorted(SEEN_AS))
@pytest.mark.parametrize("theme", sorted(THEMES))
def test_traces_of_one_style_have_colours_that_are_told_apart(theme: str, sight: str) -> None:
    known: dict[tuple[str, str], float] = {}
    close = set()
    compared = 0
    for (_, chart), traces in DRAWN.items():
        for one, other, *roles in told_apart(traces):
            pair = tuple(coloured(roles, theme))
            known.setdefault(pair, distance(*pair, sight))
            compared += 1
            if known[pair] < JUST_APART:
                close.add((chart, one, other, round(known[pair], 1)))
    assert close == set()
    assert compared > 500


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_each_meaning_has_a_colour_of_its_own(theme: str) -> None:
    """But "no penalty", which is the grey of λ = 0, and ends of scales, which fill areas."""
    colours = THEMES[theme]
    areas = ("@class-", "@negative", "@positive", "@grid", "@ground", "@text", "@twin-none")
    meanings = [r for r in colours if not r.startswith(areas) and not r.endswith("-band")]
    assert {"@b", "@best", "@truth", "@layer-2", "@lies", "@train", "@ghost"} < set(meanings)
    assert len(meanings) == 19
    near = {
        (one, other): round(distance(colours[one], colours[other], "as it is"), 1)
        for one, other in itertools.combinations(meanings, 2)
        if distance(colours[one], colours[other], "as it is") < OWN
    }
    assert near == {}
    assert colours["@twin-none"] == colours["@ghost"]


@pytest.mark.parametrize("theme", sorted(THEMES))
def test_every_line_and_text_is_seen_on_its_ground(theme: str) -> None:
    ground = THEMES[theme]["@ground"]
    roles = {colour_of(trace) for traces in DRAWN.values() for trace in traces if is_seen(trace)}
    assert len(roles) > 15
    faint = {
        role: round(contrast(coloured(role, theme), ground), 2)
        for role in roles
        if contrast(coloured(role, theme), ground) < READABLE
    }
    assert faint == {}
    assert base_layout()["font"]["color"] == "@text"
    assert contrast(THEMES[theme]["@text"], ground) >= TEXT


@pytest.mark.parametrize("theme", sorted(THEMES))
@pytest.mark.parametrize("sight", sorted(SEEN_AS))
def test_the_ends_of_the_diverging_scales_are_opposites(theme: str, sight: str) -> None:
    colours = THEMES[theme]
    for low, high in (("@negative", "@positive"), ("@class-0-area", "@class-1-area")):
        assert distance(colours[low], colours[high], sight) > 2 * JUST_APART
    for number in (0, 1):  # points on the area of their class
        point, area = colours[f"@class-{number}"], colours[f"@class-{number}-area"]
        assert distance(point, area, sight) > JUST_APART


def test_the_ghost_is_the_same_grey_wherever_the_strength_is_zero() -> None:
    assert len({theme["@ghost"] for theme in THEMES.values()}) == 1
    ghosts = [
        trace
        for traces in DRAWN.values()
        for trace in traces
        if trace["name"].endswith("λ = 0") and trace["type"] in ("scatter", "bar")
    ]
    assert len(ghosts) > 20
    assert {colour_of(trace) for trace in ghosts} == {"@ghost"}
