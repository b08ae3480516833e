"""Every chart of both lessons, six at a time on the page, against its definition in Python."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

import l2viz
from l2viz import Experiment
from l2viz.trajectory import Trajectory
from tests.browser.charts import assert_charts_stand_at, stages
from tests.browser.page import ViewedPage

Viewer = Callable[..., ViewedPage]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "recording"),
    [("?dataset=curve&seed=7", "curve"), ("?dataset=digits", "digits-wrong-labels")],
)
def test_every_chart_draws_what_python_defines(
    viewer: Viewer, recorded: dict[str, Trajectory], query: str, recording: str
) -> None:
    trajectory = recorded[recording]
    generator = np.random.default_rng(3)
    last = int(trajectory.epochs[-1])
    for names in stages(trajectory):
        page = viewer(f"{query}&charts={','.join(names)}")
        page.wait_for(charts=len(names), epoch=last)
        for _ in range(4):
            member = int(generator.integers(0, len(trajectory.strengths)))
            position = int(generator.integers(0, len(trajectory.epochs)))
            strength, epoch = float(trajectory.strengths[member]), int(trajectory.epochs[position])
            page.set("Strength λ", member)
            page.set("Epoch", position)
            page.wait_for(strength=strength, epoch=epoch)
            assert_charts_stand_at(page, trajectory, strength, epoch, count=len(names))
        assert list(page.figures) == names
        page.page.close()


@pytest.mark.slow
def test_exact_charts_of_a_linear_model_draw_what_python_defines(viewer: Viewer) -> None:
    settings = "dataset=linear&epochs=50&penalties=l2,l1"
    experiment = Experiment(dataset="linear", epochs=50, penalties=("l2", "l1"))
    trajectory = l2viz.run(experiment)
    for names in (["geometry_l2", "curvature"], ["geometry_l1"]):
        page = viewer(f"?{settings}&charts={','.join(names)}")
        for member, position in ((0, 0), (9, 1), (24, 2)):
            strength, epoch = float(trajectory.strengths[member]), int(trajectory.epochs[position])
            page.set("Strength λ", member)
            page.set("Epoch", position)
            page.wait_for(strength=strength, epoch=epoch)
            assert_charts_stand_at(page, trajectory, strength, epoch, count=len(names))
        assert list(page.figures) == names


def test_a_chart_put_on_the_stage_later_is_read_then(
    curve: ViewedPage, recorded: dict[str, Trajectory]
) -> None:
    """Charts that are not on the stage are not sent."""
    trajectory = recorded["curve"]
    requested: list[str] = []
    curve.page.on("request", lambda request: requested.append(request.url))
    curve.button("Charts").click()
    chooser = curve.page.get_by_role("dialog", name="Charts on the stage")
    for title in ("Fitted curve", "Weights", "Sparsity", "Tug-of-war"):
        chooser.get_by_role("checkbox", name=title, exact=True).click()
    curve.button("Close").click()
    curve.wait_for(charts=6)
    names = [url.partition("charts=")[2].partition("&")[0] for url in requested if "/runs/" in url]
    widest = "dense_2"
    assert names == [f"sparsity_{widest}", "tug_of_war_dense_1"]
    strength, last = float(trajectory.strengths[7]), int(trajectory.epochs[-1])
    curve.set("Strength λ", 7)
    curve.wait_for(strength=strength)
    assert_charts_stand_at(curve, trajectory, strength, last)
    for title in ("Sparsity", "Tug-of-war"):  # removed and added: the data is cached
        for _ in range(2):
            curve.button("Charts").click()
            chooser.get_by_role("checkbox", name=title, exact=True).click()
            curve.button("Close").click()
    curve.wait_for(charts=6)
    assert len([url for url in requested if "/runs/" in url]) == len(names)


@pytest.mark.parametrize("name", ["distance from balance"])
def test_numbers_of_a_chart_stand_in_its_key(
    viewer: Viewer, recorded: dict[str, Trajectory], name: str
) -> None:
    trajectory = recorded["curve"]
    page = viewer("?dataset=curve&seed=7&charts=tug_of_war_dense_2")
    page.wait_for(charts=1)
    shown = []
    for member, position in itertools.product((3, 20), (10, 80)):
        page.set("Strength λ", member)
        page.set("Epoch", position)
        strength, epoch = float(trajectory.strengths[member]), int(trajectory.epochs[position])
        page.wait_for(strength=strength, epoch=epoch)
        followed = trajectory.context.sampled_layer == 1
        data = trajectory.sampled_gradients[member, position, followed].astype(float)
        pull = 2 * strength * trajectory.sampled_weights[member, position, followed].astype(float)
        wanted = np.linalg.norm(data + pull) / (np.linalg.norm(data) + np.linalg.norm(pull))
        number = page.page.locator(".l2viz-key span", has_text=name).locator("b").text_content()
        assert float(number) == pytest.approx(wanted, rel=6e-3)
        shown.append(number)
    assert len(set(shown)) == len(shown)
