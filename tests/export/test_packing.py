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
    run.kernel_norm[0, 0] = [-0.0, np.finfo(np.float32).tiny, 3e18]
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


def restored(packed: bytes, folder: Path) -> bytes:
    """Return what the stage's module makes of a packed answer."""
    sent, received = folder / "packed", folder / "restored"
    sent.write_bytes(packed)
    command = ["node", str(HARNESS), str(FRONTEND), str(sent), str(received)]
    subprocess.run(command, check=True, timeout=60)
    return received.read_bytes()


@pytest.mark.parametrize("name", RUNS)
def test_an_answer_is_restored_to_the_last_bit(name: str, tmp_path: Path) -> None:
    sent = answer(RUNS[name]())
    assert restored(Parts.of(sent).packed(), tmp_path) == sent


def test_frames_of_any_bits_are_restored(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    frames = generator.integers(0, 2**32, (7, 50), dtype=np.uint64).astype("<u4")
    frames[:, 0] = [0, 2**31, 2**32 - 1, 0, 2**31 - 1, 2**31, 1]
    kept = generator.integers(0, 256, 3 * 8, dtype=np.uint8).tobytes()
    places = [
        {"name": "a", "frame": i, "dtype": "int8", "offset": frames.nbytes + 8 * i, "length": 7}
        for i in range(3)
    ]
    arrays = [
        {"name": "b", "dtype": "uint8", "offset": 8, "length": 13},
        {"name": "c", "dtype": "float32", "offset": 24, "length": 40},
        {"name": "d", "dtype": "int8", "offset": 184, "length": 16},
    ]
    header = {"frames": 7, "frame_bytes": 200, "kept": places, "arrays": arrays}
    back = restored(Parts(header, frames, kept).packed(), tmp_path)
    assert back[-len(kept) :] == kept
    assert back[-len(kept) - frames.nbytes : -len(kept)] == frames.tobytes()
