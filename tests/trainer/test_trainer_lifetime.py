"""The page's process: it loads no TensorFlow, and however it ends, no process stays behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import l2viz
from tests.cases import others_slow

SECONDS = 3.0  # for everything to end, as one Ctrl-C must

PAGE = """
import os, sys, time
sys.path.insert(0, sys.argv[1])  # not by PYTHONPATH: the training process must find it all the same
from l2viz import Experiment
from l2viz.trainer import Trainer

def experiment(**fields):
    settings = {"dataset": "curve", "hidden": (4,), "epochs": 40, "record_every": 10}
    return Experiment(**(settings | {"strengths": (0.0, 1e-3)} | fields))

def wait_until(holds):
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)

trainer = Trainer()
trainer.start()
"""

TRAINS = """
run = trainer.submit(experiment(), client="a")
wait_until(lambda: run.state.ended)
assert run.trajectory() is not None
loaded = sorted(name for name in sys.modules if name.split(".")[0] in (
    "keras", "tensorflow", "streamlit", "sklearn", "multiprocessing"))
trainer.close()
print(run.state.status, loaded)
"""

TRAINING = """
run = trainer.submit(experiment(train_size=50, batch_size=1, epochs=10_000), client="a")
wait_until(lambda: len(run.state.snapshots) > 2)
"""

# Each prints when the moment has come, and then waits for its own end.
MOMENTS = {
    "booting": "",
    "training": TRAINING,
    "importing TensorFlow": """
def imports():
    with open(f"/proc/self/task/{os.getpid()}/children") as children:
        maps = [open(f"/proc/{pid}/maps").read() for pid in children.read().split()]
    return any("tensorflow" in each for each in maps)
wait_until(imports)
""",
}
WAITS = "\nprint('now', flush=True)\nsys.stdin.read()\n"
CLOSES = "\nprint('now', flush=True)\nsys.stdin.read()\ntrainer.close()\n"


def start(script: str, tmp_path: Path) -> subprocess.Popen[str]:
    """Start a page's process in a folder that holds a false `random.py`.

    The training process shares its stderr.
    """
    (tmp_path / "cwd").mkdir()
    (tmp_path / "cwd" / "random.py").write_text("raise SystemExit('the wrong random')")
    (tmp_path / "page.py").write_text(PAGE + script)
    return subprocess.Popen(
        [sys.executable, str(tmp_path / "page.py"), str(Path(l2viz.__file__).parents[1])],
        cwd=tmp_path / "cwd",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_page_trains_without_tensorflow_or_keras(tmp_path: Path) -> None:
    page = start(TRAINS, tmp_path)
    said, complaints = page.communicate(timeout=120)
    assert (said, complaints, page.returncode) == ("finished []\n", "", 0)


@pytest.mark.parametrize("moment", others_slow(MOMENTS, quick=["training"]))
def test_a_killed_page_leaves_no_training_process(tmp_path: Path, moment: str) -> None:
    if moment == "importing TensorFlow" and sys.platform != "linux":
        pytest.skip("seen through /proc")
    with start(MOMENTS[moment] + WAITS, tmp_path) as page:
        assert page.stdout is not None
        assert page.stdout.readline() == "now\n"
        page.kill()
        # stderr ends only when the training process, which writes to it too, is gone as well
        _, complaints = page.communicate(timeout=SECONDS)
        assert complaints == ""


@pytest.mark.parametrize("moment", others_slow(["booting", "training"], quick=["training"]))
def test_closing_leaves_no_training_process(tmp_path: Path, moment: str) -> None:
    with start(MOMENTS[moment] + CLOSES, tmp_path) as page:
        assert page.stdout is not None
        assert page.stdout.readline() == "now\n"
        _, complaints = page.communicate(input="", timeout=SECONDS)
        assert (complaints, page.returncode) == ("", 0)


@pytest.mark.parametrize("moment", others_slow(["booting", "training"], quick=["booting"]))
def test_a_page_that_forgets_to_close_leaves_none_either(tmp_path: Path, moment: str) -> None:
    with start(MOMENTS[moment] + WAITS, tmp_path) as page:
        assert page.stdout is not None
        assert page.stdout.readline() == "now\n"
        _, complaints = page.communicate(input="", timeout=SECONDS)
        assert (complaints, page.returncode) == ("", 0)
