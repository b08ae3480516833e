"""Both sliders move every chart at once: what is drawn equals the chart Python defines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from l2viz.charts import charts_of
from l2viz.trajectory import Trajectory
from tests.browser.charts import assert_charts_stand_at
from tests.browser.page import ViewedPage
from tests.cases import others_slow

Viewer = Callable[..., ViewedPage]
PIXEL = 0.02  # Plotly writes paths with two digits
COLOUR_STEP = 2  # of 255: the stage rounds to 256 levels

# The first point of each line as Plotly painted it, and its position by the axes.
_PAINTED = """
name => {
  const plot = document.querySelector(`[data-chart="${name}"] .l2viz-plot`);
  const drawn = [...plot.querySelectorAll(".scatterlayer .trace")];
  return plot._fullData.flatMap((trace, number) => {
    const path = drawn.find(g => g.__data__[0].trace.index === number)
      ?.querySelector("path.js-line")?.getAttribute("d");
    if (!path || trace.line.shape !== "linear") return [];
    const [x, y] = path.match(/-?[\\d.]+/g).map(Number);
    const { [trace.xaxis.replace("x", "xaxis")]: across, [trace.yaxis.replace("y", "yaxis")]: up }
      = plot._fullLayout;
    const [wantedX, wantedY] = [across.d2p(trace.x[0]), up.d2p(trace.y[0])];
    const inside = wantedY >= 0 && wantedY <= up._length; // what is far outside is cut off
    return inside ? [{ name: trace.name, x: x - wantedX, y: y - wantedY }] : [];
  });
}
"""

_PIXELS = """
() => [...document.querySelectorAll('[data-chart="unit_pictures"] figure')].map(row => {
  const canvas = row.querySelector("canvas");
  const copy = document.createElement("canvas");
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, copy.width, copy.height);
  return { label: row.querySelector("figcaption").textContent, pixels: Array.from(data) };
})
"""


@pytest.mark.parametrize(
    "recording", others_slow(["curve", "digits-wrong-labels"], quick=["digits-wrong-labels"])
)
def test_every_chart_follows_both_sliders(
    viewer: Viewer, recorded: dict[str, Trajectory], recording: str
) -> None:
    trajectory = recorded[recording]
    page = viewer("?dataset=curve&seed=7" if recording == "curve" else "?dataset=digits")
    members, last = len(trajectory.strengths), len(trajectory.epochs) - 1
    assert page.slider("Strength λ").get_attribute("max") == str(members - 1)
    assert page.slider("Epoch").get_attribute("max") == str(last)
    positions = [
        (0, 0),
        (members - 1, last),
        (members // 2, last),
        (members // 2, 1),
        (7, last // 2),
    ]
    for member, epoch in positions:
        page.set("Epoch", epoch)
        page.set("Strength λ", member)
        strength, at_epoch = trajectory.strengths[member], int(trajectory.epochs[epoch])
        page.wait_for(strength=float(strength), epoch=at_epoch)
        assert_charts_stand_at(page, trajectory, strength, at_epoch)
        painted = [
            line
            for name in page.figures.keys() - {"unit_pictures"}
            for line in page.page.evaluate(_PAINTED, name)
        ]
        assert len(painted) > 8
        assert [line for line in painted if max(abs(line["x"]), abs(line["y"])) > PIXEL] == []


def test_pictures_of_units_have_plotlys_colours(
    viewer: Viewer, recorded: dict[str, Trajectory]
) -> None:
    """The canvases have Plotly's colours: each tile's level on the figure's colour scale."""
    trajectory = recorded["digits-wrong-labels"]
    page = viewer("?dataset=digits")
    (chart,) = (each for each in charts_of(trajectory) if each.name == "unit_pictures")
    last = int(trajectory.epochs[-1])
    for member in (0, 12, 24):
        strength = trajectory.strengths[member]
        page.set("Strength λ", member)
        page.wait_for(strength=float(strength))
        shown = page.page.evaluate(_PIXELS)
        figure = chart.at(trajectory, strength, last)
        assert [picture["label"] for picture in shown] == [trace.name for trace in figure.data]
        for picture, trace in zip(shown, figure.data, strict=True):
            levels = np.asarray(trace.z, float)
            pixels = np.array(picture["pixels"]).reshape(*levels.shape, 4)
            assert (pixels[..., 3] == 255).all()
            scale = [
                (at, [int(colour[i : i + 2], 16) for i in (1, 3, 5)])
                for at, colour in trace.colorscale
            ]
            at = np.clip((levels - trace.zmin) / (trace.zmax - trace.zmin), 0.0, 1.0)
            for channel in range(3):
                wanted = np.interp(at, [s for s, _ in scale], [c[channel] for _, c in scale])
                assert np.abs(pixels[..., channel] - wanted).max() <= COLOUR_STEP
        lively = [np.std(picture["pixels"]) for picture in shown]
        assert min(lively) > 0.0


def test_the_strength_slider_by_keyboard_mouse_and_event(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    strengths = [float(strength) for strength in recorded["curve"].strengths]
    page = curve
    slider = page.slider("Strength λ")
    slider.focus()
    for key, member in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 24)]:
        page.page.keyboard.press(key)
        page.wait_for(strength=strengths[member])
    box = slider.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + box["width"] - 9, middle)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] / 2, middle, steps=8)
    page.page.mouse.up()
    page.wait_for(strength=strengths[12])
    page.set("Strength λ", 5)
    page.wait_for(strength=strengths[5])
    spoken = slider.get_attribute("aria-valuetext").partition(", ")[0]
    assert spoken == page.page.evaluate(
        "`λ ${document.querySelector('.l2viz-lambda').textContent}`"
    )
    assert page.readouts()[0][0] == spoken.removeprefix("λ = ")


def test_dragging_paints_on_the_way(curve: ViewedPage) -> None:
    page = curve
    box = page.slider("Strength λ").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + 9, middle)
    page.page.mouse.down()
    seen = []
    for tenth in range(2, 10, 2):
        before = page.frame
        page.page.mouse.move(box["x"] + box["width"] * tenth / 10, middle)
        page.wait_for_frame(before)
        seen.append(page.strength)
    page.page.mouse.up()
    assert seen == sorted(set(seen))


def test_the_epoch_slider(curve: ViewedPage, recorded: dict[str, Trajectory]) -> None:
    epochs = [int(epoch) for epoch in recorded["curve"].epochs]
    page = curve
    page.slider("Epoch").focus()
    for key, position in [("ArrowLeft", -2), ("ArrowDown", -3), ("ArrowUp", -2), ("End", -1)]:
        page.page.keyboard.press(key)
        page.wait_for(epoch=epochs[position])
    page.set("Epoch", 3)
    page.wait_for(epoch=epochs[3])
    text = f"Epoch {epochs[3]} of {epochs[-1]}"
    assert page.page.locator(".l2viz-epoch output").text_content() == text
