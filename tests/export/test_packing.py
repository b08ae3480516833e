"""What Python packs, the browser's module restores to the last bit."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from l2viz.export.packing import Parts
from l2viz.stage.files import FRONTEND
from l2viz.trajectory import Trajectory
from tests import trajectories
from tests.recorded_runs import recorded
from tests.stage.answers import answer

HARNESS = Path(__file__).with_name("unpack.mjs")

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="node is not installed: inlined_run.js cannot be run"
)


def diverged() -> Trajectory:
    """Return a run with numbers of every kind that float32 has."""
    run = trajectories.curve()
    run.val_data_loss[-1, 1] = np.nan
    run.train_data_loss[-1, 2:] = np.inf
    run.kernel_norm[0, 0] = [-0.0, np.finfo(np.float32).tiny, 3e38]
    return run


RUNS: dict[str, Callable[[], Trajectory]] = {
    "curve": trajectories.curve,
    "digits": trajectories.digits,
    "few pictures": lambda: trajectories.digits(picture_epochs=(0, 2, 5)),
    "plane": trajectories.plane,
    "twins": lambda: trajectories.digits(penalties=("l2", "l1"), repeats=2),
    "one strength": lambda: trajectories.digits(strengths=(0.0,)),
    "diverged": diverged,
    "recorded": recorded,
}


@pytest.mark.parametrize("name", RUNS)
def test_an_answer_is_restored_to_the_last_bit(name: str, tmp_path: Path) -> None:
    sent = answer(RUNS[name]())
    packed, restored = tmp_path / "packed", tmp_path / "restored"
    packed.write_bytes(Parts.of(sent).packed())
    command = ["node", str(HARNESS), str(FRONTEND), str(packed), str(restored)]
    subprocess.run(command, check=True, timeout=60)
    assert restored.read_bytes() == sent
