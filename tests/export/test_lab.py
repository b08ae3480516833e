"""The file of a lab: what is in it, what is not, and where it can be written."""

from __future__ import annotations

import base64
import errno
import gzip
import html
import json
import os
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl, urlsplit

import nbclient
import nbformat
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import l2viz
from l2viz.charts import LOSS_LEDGER, charts_of, usual_charts
from l2viz.data.brought import Table, bring
from l2viz.engine.training import run as trained
from l2viz.experiment.url import from_query
from l2viz.export.one_file import LARGEST_FILE, Lab
from l2viz.lesson import FILES
from l2viz.stage.files import COMPILED_AT_ONCE, FRONTEND, PLOTLY, STYLES, VENDORED
from l2viz.trajectory import Trajectory
from l2viz.validation import InvalidValue
from tests import trajectories
from tests.cases import rest_slow
from tests.recorded_runs import recorded

ROOT = Path(l2viz.__file__).parents[1]
RUNS: dict[str, Callable[[], Trajectory]] = {
    "curve": trajectories.curve,
    "digits": trajectories.digits,
    "plane": trajectories.plane,
    "twins": lambda: trajectories.digits(penalties=("l2", "l1"), repeats=2),
    "a recorded path": lambda: l2viz.merge([recorded(strength) for strength in (0.0, 0.01)]),
    "one recorded run": recorded,
    "a bare recorded run": lambda: recorded(sample=False, validated=False, accuracy=False),
}
PRESETS = sorted(path.stem for path in (FILES / "presets").glob("*.toml"))


def inlined(page: str, name: str) -> bytes:
    """Return what the page has in itself under this name."""
    (text,) = re.findall(rf'data-l2viz-inlined="{name}">\n([\w+/=]*)\n</script>', page)
    return gzip.decompress(base64.b64decode(text))


def header(lab: Lab) -> dict[str, Any]:
    """Return the words of the run in a lab's page."""
    packed = inlined(lab.html, "run")
    return json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])


@pytest.mark.parametrize("name", RUNS)
def test_every_kind_of_run_becomes_a_page_with_all_its_charts(name: str) -> None:
    run = RUNS[name]()
    lab = l2viz.lab(run)
    assert lab.charts == tuple(chart.name for chart in charts_of(run))
    assert lab.left_out == ()
    sent = header(lab)
    assert [chart["name"] for chart in sent["charts"]] == list(lab.charts)
    assert all(chart["traces"] for chart in sent["charts"])
    assert sent["strengths"] == run.strengths.tolist()
    assert len(lab.html.encode()) < LARGEST_FILE
    assert repr(lab) == f"<Lab of {len(lab.charts)} charts: {run!r}>"


@pytest.mark.parametrize("preset", rest_slow(PRESETS, first=2))
def test_the_file_of_a_lesson_has_at_most_8_mb_and_the_usual_charts(preset: str) -> None:
    run = Trajectory.load(FILES / "recordings" / f"{preset}.npz")
    lab = l2viz.lab(run)
    assert len(lab.html.encode()) <= LARGEST_FILE
    assert {chart.name for chart in usual_charts(charts_of(run))} <= set(lab.charts)
    assert len(lab.charts) >= 30
    left = [chart.heading for chart in charts_of(run) if chart.name in lab.left_out]
    assert all(html.escape(heading) in lab.html for heading in left)


def test_plotly_is_the_stage_s_own() -> None:
    script = inlined(l2viz.lab(trajectories.curve()).html, "plotly")
    assert script == COMPILED_AT_ONCE + (VENDORED / PLOTLY).read_bytes()


def test_the_page_asks_nobody_for_anything() -> None:
    whole = l2viz.lab(trajectories.digits()).html
    page = re.sub(r"(<script[^>]*>).*?(?=</script>)", r"\1", whole, flags=re.DOTALL)
    addresses = re.findall(r"""(?:src|href|action|srcset)\s*=\s*["']?([^"'\s>]+)""", page)
    assert set(addresses) == {"data:,"}
    assert "default-src 'none'" in html.unescape(page)
    assert re.findall(r"@import|url\(", page) == []


def test_named_charts_are_the_ones_in_the_file() -> None:
    run = trajectories.digits()
    lab = l2viz.lab(run, charts=["gap", "norms", "gap"])
    assert lab.charts == ("gap", "norms")
    assert {chart["name"] for chart in header(lab)["charts"]} == {"gap", "norms"}
    assert len(lab.html) < len(l2viz.lab(run).html)


def test_what_cannot_be_done_without_python_is_not_offered() -> None:
    run = trajectories.plane()
    sent = header(l2viz.lab(run))
    traces = [trace for chart in sent["charts"] for trace in chart["traces"]]
    assert not any("edits" in trace.get("meta", {}) for trace in traces)
    assert not any("Drag a point" in chart["about"] for chart in sent["charts"])


def test_the_page_says_what_it_is_and_how_to_train_more() -> None:
    run = trajectories.digits(seed=5)
    page = html.unescape(l2viz.lab(run).html)
    assert "<title>What the strength λ does: digits</title>" in page
    assert f"One network for each of {len(run.strengths)} strengths" in page
    assert "dense 11-5" in page
    (address,) = re.findall(r"l2viz app</code> and open <code>([^<]+)</code>", page)
    query = dict(parse_qsl(urlsplit(address).query))
    opened = from_query(query, opening=l2viz.Experiment(dataset="curve"))
    assert opened.experiment == run.experiment
    assert opened.ignored == ()


def test_a_title_and_a_models_name_are_escaped() -> None:
    name = "</script><script>alert(1)</script>{strength}"
    page = l2viz.lab(recorded(name=name), title="<b>Mine</b> & yours").html
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;Mine&lt;/b&gt; &amp; yours" in page


def test_weights_and_examples_that_no_chart_shows_are_not_in_the_file() -> None:
    run = trajectories.curve()
    assert run.context.train_points is not None
    secret = np.float32(12345.678)
    run.context.train_points[:] = secret
    for kernel in run.kernels:
        kernel[:] = secret
    packed = inlined(l2viz.lab(run, charts=["gap"]).html, "run")
    assert secret.tobytes() not in packed
    assert b"12345" not in packed


def test_of_a_viewers_own_data_there_are_only_measurements() -> None:
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(60, 3)).round(4)
    targets = (inputs[:, 0] > 0).astype(np.int32)
    classes = ("refused-class", "granted-class")
    table = Table(title="secret-title", inputs=inputs, targets=targets, classes=classes, shape=(3,))
    name = bring(table)
    settings = {"hidden": (4,), "epochs": 4, "record_every": 2, "strengths": (0.0, 0.1)}
    lab = l2viz.lab(trained(l2viz.Experiment(dataset=name, **settings)))
    header(lab)  # is there
    packed = inlined(lab.html, "run")
    text = packed[: 4 + int.from_bytes(packed[:4], "little")].decode(errors="replace") + lab.html
    for secret in (name, *classes, "secret-title", *map(str, inputs.ravel()[:20])):
        assert secret not in text
    assert "What the strength λ does: your data" in text
    assert "choose your data there again" in text


# ---- arguments and paths


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"charts": "gap"}, "charts must be a tuple of names of charts, got 'gap'"),
        ({"charts": []}, "charts must name at least one chart, got []"),
        ({"charts": [3]}, "charts must be names of charts, got [3]"),
        ({"charts": ["gapp"]}, "charts must be charts of this run, like 'gap', got 'gapp'"),
        ({"title": ""}, "title must be text of 1 to 200 characters, got ''"),
        ({"title": 3}, "title must be text of 1 to 200 characters, got 3"),
    ],
)
def test_bad_arguments_are_refused_in_a_sentence(arguments: Any, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        l2viz.lab(trajectories.curve(), **arguments)
    assert str(caught.value) == message


def test_something_else_than_a_trajectory_is_refused() -> None:
    with pytest.raises(InvalidValue) as caught:
        l2viz.lab("run.npz")  # type: ignore[arg-type]
    assert str(caught.value) == "trajectory must be a Trajectory, got 'run.npz'"


@pytest.fixture(scope="module")
def small() -> Lab:
    return l2viz.lab(trajectories.curve(), charts=["gap"])


def refused(lab: Lab, path: Any) -> str:
    with pytest.raises(InvalidValue) as caught:
        lab.save(path)
    assert caught.value.field == "path"
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_is_written_and_replaced(small: Lab, tmp_path: Path) -> None:
    for path in (tmp_path / "lab.html", str(tmp_path / "name with spaces.htm")):
        Path(path).write_text("old", encoding="utf-8")
        small.save(path)
        assert Path(path).read_text(encoding="utf-8") == small.html
    assert len(list(tmp_path.iterdir())) == 2


def test_bad_paths_are_refused_in_a_sentence(small: Lab, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept", encoding="utf-8")
    folder = str(tmp_path)
    assert refused(small, folder) == f"path must name a file, not a folder, got {folder!r}"
    missing = str(tmp_path / "none" / "lab.html")
    assert refused(small, missing).startswith("path must be in a folder that exists, got ")
    assert refused(small, tmp_path / "file" / "lab.html").startswith("path must be in a folder")
    assert refused(small, 7) == "path must be the path of a file, got 7"
    assert refused(small, "") == "path must name a file, not a folder, got ''"
    assert "File name too long" in refused(small, tmp_path / ("x" * 300))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "kept"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_may_not_be_written_is_named(small: Lab, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "Permission denied" in refused(small, tmp_path / "lab.html")


def test_a_full_disk_leaves_the_old_file_and_no_half_of_a_new_one(
    small: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lab.html"
    path.write_text("old", encoding="utf-8")
    opened = Path.open

    class Full:
        """A stream on a disk that is full after a few bytes."""

        def __init__(self, stream: IO[bytes]) -> None:
            self.stream = stream

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.stream.close()

        def write(self, _: bytes) -> int:
            self.stream.write(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(
        Path, "open", lambda self, mode="r", **named: Full(opened(self, mode, **named))
    )
    message = refused(small, path)
    monkeypatch.undo()
    assert "No space left on device" in message
    assert [each.name for each in tmp_path.iterdir()] == ["lab.html"]
    assert path.read_text(encoding="utf-8") == "old"


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(name=st.text(max_size=300))
def test_any_text_as_a_path_is_a_file_or_a_sentence(
    small: Lab, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = tmp_path_factory.mktemp("paths")
    path = f"{folder}/{name.replace('..', '').replace('/', '')}"
    try:
        small.save(path)
    except InvalidValue as problem:
        assert problem.field == "path"
        assert list(folder.iterdir()) == []
    else:
        assert Path(path).read_text(encoding="utf-8") == small.html
        Path(path).unlink()


# ---- its colours


def test_its_colours_are_those_of_the_page() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    style = (FRONTEND / "lab.css").read_text(encoding="utf-8")
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    for part, theme in ((light, "light"), (dark, "dark")):
        given = dict(re.findall(r"--st-([\w-]+): (#\w+);", part))
        expected = {
            re.sub(r"(?=[A-Z])", "-", name).lower(): colour
            for name, colour in settings["theme"][theme].items()
            if isinstance(colour, str)
        }
        assert given == expected


def test_every_variable_of_the_theme_that_the_stage_reads_is_given() -> None:
    read = set()
    for name in (*STYLES, "lab.css"):
        read |= set(re.findall(r"var\((--st-[\w-]+)", (FRONTEND / name).read_text("utf-8")))
    given = set(re.findall(r"(--st-[\w-]+):", (FRONTEND / "lab.css").read_text("utf-8")))
    assert read <= given


# ---- in a notebook


def test_a_cell_shows_the_page_in_a_frame(small: Lab) -> None:
    shown = small._repr_html_()
    (source,) = re.findall(r'<iframe srcdoc="([^"]*)"', shown)
    assert html.unescape(source) == small.html


def test_a_chart_shows_itself() -> None:
    figure = LOSS_LEDGER.at(trajectories.digits(), strength=0.001, epoch=2)
    assert "Plotly.newPlot" in figure._repr_html_()


def test_a_notebook_runs_with_all_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trajectories.digits().save(tmp_path / "run.npz")
    # The kernel runs in another folder.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(map(str, [ROOT, *filter(None, sys.path)])))
    cells = [
        'import l2viz; run = l2viz.open("run.npz"); run',
        "run.to_frame().quantity.unique()",
        "from l2viz.charts import NORMS; NORMS.at(run, strength=0.001, epoch=2)",
        "l2viz.lab(run)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    place = {"metadata": {"path": tmp_path}}
    nbclient.NotebookClient(notebook, timeout=120, resources=place).execute()
    shown = ["".join(str(output.get("data")) for output in cell.outputs) for cell in notebook.cells]
    assert "best on validation data" in shown[0]
    assert "val_data_loss" in shown[1]
    assert "plotly" in shown[2]
    assert "srcdoc" in shown[3]
