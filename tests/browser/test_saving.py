"""What the stage saves: pictures of the right size, text as text, and exact data."""

from __future__ import annotations

import base64
import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator
from plotly.colors import hex_to_rgb

from l2viz.charts import Chart, charts_of
from l2viz.charts.core.theme import THEMES
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Trajectory
from tests.browser.charts import WIRE
from tests.browser.conftest import PROJECTOR
from tests.browser.expected_table import csv_text, positional
from tests.browser.page import ViewedPage

SVG = "{http://www.w3.org/2000/svg}"
CURVE = "curve, 15 examples; dense 64-64-1; adam 0.01; L2 on all kernels; 2000 epochs, seed 7. "


def save(page: ViewedPage, opener: Locator, kind: str) -> tuple[str, bytes]:
    """Return name and bytes of the file that this button's menu saves."""
    opener.click()
    with page.page.expect_download() as download:
        page.page.get_by_role("button", name=kind, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def of_chart(page: ViewedPage, name: str) -> Locator:
    panel = page.page.locator(f'.l2viz-panel[data-chart="{name}"]')
    return panel.get_by_role("button", name="Save this chart")


def png_size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def ordered_texts(svg: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in ET.fromstring(svg).iter(f"{SVG}text")]


def texts(svg: bytes) -> set[str]:
    return set(ordered_texts(svg))


def assert_same_table(saved: bytes, wanted: str, pinned: int) -> None:
    rows, expected = (
        [list(row) for row in csv.reader(io.StringIO(text))] for text in (saved.decode(), wanted)
    )
    places = ["x_name", "x", "y_name", "y", "z_name", "z"]
    assert rows[0] == ["strength", "epoch", "trace", "row", "column", *places]
    for words in (slice(0, 5), slice(5, 10, 2)):
        assert [row[words] for row in rows] == [row[words] for row in expected]
    assert len({row[2] for row in rows[1:]} & {"A", "B"}) == pinned
    for column in (6, 8, 10):
        values, right = ([float(row[column] or "nan") for row in t[1:]] for t in (rows, expected))
        np.testing.assert_allclose(values, right, rtol=WIRE, atol=1e-12)


def chart(trajectory: Trajectory, name: str) -> Chart:
    return next(chart for chart in charts_of(trajectory) if chart.name == name)


def test_pictures_of_the_stage_say_what_they_show(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    trajectory = recorded["curve"]
    strengths = [float(s) for s in trajectory.strengths]
    curve.set("Strength λ", 4)
    curve.button("pin A").click()
    curve.set("Strength λ", 9)
    curve.wait_for(strength=strengths[9])
    whole = curve.button("Save stage")
    for scale in (2, 4):
        name, png = save(curve, whole, f"PNG, {scale} ×")
        assert (
            name
            == f"l2viz_curve_seed-7_stage_lambda-{positional(strengths[9])}_epoch-2000_{scale}x.png"
        )
        assert png_size(png) == (1280 * scale, 720 * scale)  # 16:9
    name, svg = save(curve, whole, "SVG")
    assert name == f"l2viz_curve_seed-7_stage_lambda-{positional(strengths[9])}_epoch-2000.svg"
    shown = texts(svg)
    headings = {chart(trajectory, name).heading for name in curve.figures}
    assert len(headings) == 6
    place = f"λ = {strength_text(strengths[9])}, epoch 2000"
    pin = f"A: λ = {strength_text(strengths[4])}"
    assert headings | {f"{CURVE}{place}, {pin}", pin} <= shown  # in the footer, and in keys
    assert {"validation", "dense_1", "chosen λ"} <= shown  # as do the traces


def test_a_chart_is_saved_as_a_picture_and_as_its_data(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    trajectory = recorded["curve"]
    strengths = [float(s) for s in trajectory.strengths]
    curve.set("Strength λ", 20)
    curve.button("pin B").click()
    curve.set("Strength λ", 6)
    curve.set("Epoch", 11)
    epoch = int(trajectory.epochs[11])
    curve.wait_for(strength=strengths[6], epoch=epoch)
    name, svg = save(curve, of_chart(curve, "norms"), "SVG")
    assert name == f"l2viz_curve_seed-7_norms_lambda-{positional(strengths[6])}_epoch-{epoch}.svg"
    assert {
        "Norms and validation",
        f"B: λ = {strength_text(strengths[20])}",
    } <= texts(svg)
    place = (
        f"λ = {strength_text(strengths[6])}, epoch {epoch}, B: λ = {strength_text(strengths[20])}"
    )
    assert CURVE + place in " ".join(ordered_texts(svg))  # in one line or two
    name, png = save(curve, of_chart(curve, "norms"), "PNG, 2 ×")
    assert png_size(png) == (1600, 900)
    for name in curve.figures:
        _, saved = save(curve, of_chart(curve, name), "CSV of its data")
        wanted = csv_text(chart(trajectory, name), trajectory, strengths[6], epoch, b=strengths[20])
        assert_same_table(saved, wanted, pinned=name == "norms")


def images(tree: ET.Element) -> list[ET.Element]:
    return list(tree.iter(f"{SVG}image"))


def assert_same_colours(image: str, trace: go.Heatmap, *, down: bool) -> None:
    """Compare the middle of each cell with the colour of its number on the figure's own scale."""
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(image.partition(",")[2]))))
    values = np.asarray(trace.z, float)[:: 1 if down else -1]
    factor = pixels.shape[0] // len(values)
    middles = pixels[factor // 2 :: factor, factor // 2 :: factor, :3]
    shares = np.clip((values - trace.zmin) / (trace.zmax - trace.zmin), 0.0, 1.0)
    stops = [(at, hex_to_rgb(colour)) for at, colour in trace.colorscale]
    places, channels = zip(*stops, strict=True)
    wanted = np.stack([np.interp(shares, places, each) for each in np.transpose(channels)], axis=-1)
    if trace.zsmooth:  # an even number of pixels has none in the middle
        assert np.abs(middles - wanted).mean() < 3
    else:
        np.testing.assert_allclose(middles, wanted, atol=2)  # of 255: the stage has 256 levels


def test_pictures_that_are_painted_on_a_canvas_are_saved_too(
    viewer: Callable[..., ViewedPage], recorded: dict[str, Trajectory]
) -> None:
    trajectory = recorded["moons"]
    page = viewer("?dataset=moons&charts=boundary,matrix_dense_2,network")
    page.wait_for(charts=3)
    strength, last = page.strength, page.epoch
    for name, pictures in (("boundary", 1), ("matrix_dense_2", 2), ("network", 18)):
        _, svg = save(page, of_chart(page, name), "SVG")
        tree = ET.fromstring(svg)
        assert len(images(tree)) >= pictures
        assert chart(trajectory, name).heading in texts(svg)
        _, saved = save(page, of_chart(page, name), "CSV of its data")
        assert_same_table(saved, csv_text(chart(trajectory, name), trajectory, strength, last), 0)
        figure = chart(trajectory, name).at(trajectory, strength, last, theme="print")
        drawn = [trace for trace in figure.data if trace.type == "heatmap"]
        saved_images = [each.attrib["{http://www.w3.org/1999/xlink}href"] for each in images(tree)]
        for trace, image in zip(drawn, saved_images[-len(drawn) :], strict=True):
            assert_same_colours(image, trace, down=name == "matrix_dense_2")
    table = csv_text(chart(trajectory, "boundary"), trajectory, strength, last)
    cells = [row for row in csv.DictReader(io.StringIO(table)) if row["z"]]
    assert {(row["x_name"], row["z_name"]) for row in cells} == {
        ("input x₁", "probability of class 1")
    }
    left, right, *_ = trajectory.context.grid_extent or ()
    xs, zs = ([float(row[name]) for row in cells] for name in "xz")
    assert (min(xs), max(xs)) == (pytest.approx(left), pytest.approx(right))
    assert 0 <= min(zs) < 0.1 < 0.9 < max(zs) <= 1


def test_a_table_has_the_strengths_themselves(recorded: dict[str, Trajectory]) -> None:
    trajectory = recorded["curve"]
    table = csv_text(chart(trajectory, "norms"), trajectory, 0.0, 2000)
    rows = [row for row in csv.DictReader(io.StringIO(table)) if row["trace"] == "dense_1"]
    found = [float(row["x"]) for row in rows]
    np.testing.assert_allclose(found, trajectory.strengths, rtol=1e-6)
    assert {(row["x_name"], row["y_name"]) for row in rows} == {("strength λ", "‖w‖₂")}


def choose(page: ViewedPage, opener: Locator, **choice: str | bool) -> None:
    """Set the fields of the sheet that this button opens, and close it again."""
    opener.click()
    sheet = page.page.get_by_role("dialog", name="Save as")
    for name, value in choice.items():
        field = sheet.locator(f"[name={name}]")
        if isinstance(value, bool):
            field.set_checked(value)
        else:
            field.select_option(value)
    page.page.keyboard.press("Escape")


def test_a_picture_has_the_size_ground_and_parts_that_were_chosen(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    whole = curve.button("Save stage")
    heading = chart(recorded["curve"], "norms").heading
    try:
        choose(curve, whole, size="column", ground="dark", text="large")
        _, png = save(curve, whole, "PNG, 2 ×")
        assert png_size(png) == (2 * 510, 2 * 6 * 310)  # one below the other
        _, svg = save(curve, whole, "SVG")
        (ground,) = (rect for rect in ET.fromstring(svg).findall(f"{SVG}rect"))
        assert ground.get("fill") == THEMES["dark"]["@ground"]
        large = size_of(svg, heading)

        choose(curve, whole, ground="transparent", text="small", title=False, footer=False)
        _, svg = save(curve, whole, "SVG")
        assert ET.fromstring(svg).findall(f"{SVG}rect") == []
        assert heading not in texts(svg)
        assert CURVE not in " ".join(ordered_texts(svg))
        choose(curve, whole, title=True)
        _, svg = save(curve, whole, "SVG")
        assert size_of(svg, heading) < 0.7 * large

        choose(curve, whole, size="screen")
        box = curve.page.locator(".l2viz-panels").bounding_box()
        assert box is not None
        _, png = save(curve, whole, "PNG, 2 ×")
        assert png_size(png) == (2 * round(box["width"]), 2 * round(box["height"]))
    finally:
        usual = {"size": "slide", "ground": "white", "text": "medium"}
        choose(curve, whole, **usual, title=True, footer=True)


def size_of(svg: bytes, words: str) -> float:
    found = [t for t in ET.fromstring(svg).iter(f"{SVG}text") if "".join(t.itertext()) == words]
    return float(found[0].get("font-size", "nan"))


def test_no_place_of_a_picture_is_empty(viewer: Callable[..., ViewedPage]) -> None:
    """Five charts stand in rows of three and two, which are equally wide."""
    page = viewer("?dataset=curve&seed=7&charts=penalty,norms,gap,error,loss_ledger")
    page.wait_for(charts=5)
    _, svg = save(page, page.button("Save stage"), "SVG")
    plots = [plot for plot in ET.fromstring(svg).iter(f"{SVG}svg") if plot.get("y")]
    assert [float(plot.get("width", "0")) for plot in plots] == [427, 427, 427, 640, 640]
    rows = [{plot.get("y") for plot in row} for row in (plots[:3], plots[3:])]
    assert [len(heads) for heads in rows] == [1, 1]  # the plots of a row begin at one height


def test_a_picture_is_copied(viewer: Callable[..., ViewedPage], browser: Browser) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    with browser.new_context(viewport=PROJECTOR, permissions=allowed) as context:
        page = viewer("?dataset=curve&seed=7", context=context)
        of_chart(page, "norms").click()
        sheet = page.page.get_by_role("dialog", name="Save as")
        sheet.get_by_role("button", name="Copy picture").click()
        sheet.get_by_text("Copied: paste it into your slides.").wait_for()
        width, height = page.page.evaluate(
            """async () => {
                 const [item] = await navigator.clipboard.read();
                 const picture = await createImageBitmap(await item.getType("image/png"));
                 return [picture.width, picture.height];
               }"""
        )
        assert (width, height) == (1600, 900)


def test_where_copying_is_not_possible_the_sheet_says_so(curve: ViewedPage) -> None:
    curve.page.evaluate("window.kept = window.ClipboardItem; delete window.ClipboardItem")
    of_chart(curve, "norms").click()
    sheet = curve.page.get_by_role("dialog", name="Save as")
    sheet.get_by_role("button", name="Copy picture").click()
    sheet.get_by_text("Copying needs an address with https. Save a PNG instead.").wait_for()
    curve.page.evaluate("void (window.ClipboardItem = window.kept)")
    curve.page.keyboard.press("Escape")
