"""A recorded run of anyone's own model, on the stage of the page."""

from __future__ import annotations

import io
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from l2viz.charts import charts_of
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory import Trajectory
from l2viz.trajectory.merging import merge
from tests.browser.page import ViewedPage
from tests.browser.server import Server
from tests.recorded_runs import recorded

Viewer = Callable[..., ViewedPage]
HOSTILE = "<img src=x onerror=alert(1)> **own** model"
CURVE = '.l2viz-panel[data-chart="fitted_curve"]'
STRENGTHS = (0.0, 0.001, 0.01)


def saved(run: Trajectory, folder: Path, name: str) -> Path:
    run.save(folder / name)
    return folder / name


def upload(page: ViewedPage, *files: Path) -> None:
    page.page.locator(".st-key-reading input[type=file]").set_input_files(list(files))


@pytest.fixture
def runs() -> list[Trajectory]:
    return [recorded(strength, name=HOSTILE) for strength in STRENGTHS]


@pytest.mark.slow
def test_the_runs_of_several_strengths_are_a_path_on_the_stage(
    viewer: Viewer, server: Server, runs: list[Trajectory], tmp_path: Path
) -> None:
    page = viewer("?page=run")
    before = page.run_ids[-1]
    upload(page, *(saved(run, tmp_path, f"{at}.npz") for at, run in enumerate(runs)))
    page.page.locator(".st-key-reading").get_by_text("3 strengths, 3 epochs").wait_for()
    page.wait_for(strength=STRENGTHS[1], state="finished")
    path = merge(runs)
    names = {chart.name for chart in charts_of(path)}
    assert set(page.figures) <= names
    for member, strength in enumerate(STRENGTHS):
        page.set("Strength λ", member)
        page.wait_for(strength=strength)
        (row,) = page.readouts()
        assert row[0].endswith(strength_text(strength))
        ledger = page.figures["loss_ledger"]
        assert ledger is not None
        data = next(trace for trace in ledger if trace["name"] == "data loss")
        np.testing.assert_allclose(data["y"], path.train_data_loss[member], rtol=1e-6)
    assert page.button("Retrain").is_disabled()
    assert "own" not in page.page.url  # nothing of the run is in the address
    assert page.page.locator("img[src=x]").count() == 0
    opened = page.run_ids[-1]
    assert opened != before
    assert opened.startswith("opened-")
    page.page.get_by_role("button", name="Close").first.click()
    page.page.get_by_role("tab", name="Data").wait_for()
    page.page.wait_for_selector(CURVE)
    page.page.get_by_role("button", name="Your run").click()
    page.page.wait_for_selector(CURVE, state="detached")
    page.wait_for(state="finished")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{server.address}l2viz/runs/opened-{'a' * 22}")


@pytest.mark.slow
def test_what_is_no_run_is_said_and_the_stage_stays(viewer: Viewer, tmp_path: Path) -> None:
    page = viewer("?page=run")
    before = page.run_ids[-1]
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"PK\x03\x04 and nothing more")
    bomb = tmp_path / "bomb.npz"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        array = io.BytesIO()
        np.save(array, np.zeros(2**21, dtype=np.float32))
        for part in range(30):
            archive.writestr(f"{part}.npy", array.getvalue())
    one = saved(recorded(0.01), tmp_path, "one.npz")
    for files, said in (
        ([broken], "broken.npz is not a saved trajectory"),
        ([bomb], "the run must take at most 200 MB, got '240 MB'"),
        ([one, saved(recorded(0.02), tmp_path, "two.npz")], "trajectories must"),
    ):
        upload(page, *files)
        page.page.locator(".st-key-reading [role=alert]").get_by_text(said).wait_for()
        page.page.reload()
        page.wait_for(state="finished")
    assert page.run_ids[-1] == before
