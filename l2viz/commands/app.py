"""The page: `l2viz app`, and `l2viz open` with runs on it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata, util
from pathlib import Path

from l2viz.trainer.settings import OPEN
from l2viz.trajectory import Trajectory
from l2viz.trajectory.merging import as_path

PACKAGE = Path(__file__).parents[1]


def app(options: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Run the page until it is stopped; `options` are Streamlit's."""
    if util.find_spec("streamlit") is None:
        print("The page needs Streamlit: pip install 'l2viz[app]'.", file=sys.stderr)
        return 1
    try:
        script = _app_script()
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    with contextlib.suppress(KeyboardInterrupt):  # Streamlit gets it too, and stops
        return subprocess.call(command, env=dict(environment))
    return 0


def open_runs(files: Sequence[Path], options: Sequence[str]) -> int:
    """Run the page with a recorded run on it, or with the path of several."""
    try:
        as_path([Trajectory.load(file) for file in files])
    except (OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    paths = os.pathsep.join(str(file.resolve()) for file in files)
    return app(options, os.environ | {OPEN: paths})


def _app_script() -> Path:
    """Return the path of app.py: in the checkout of this package, or as installed."""
    checkout = PACKAGE.parent / "app.py"
    if checkout.exists() and (checkout.parent / "pyproject.toml").exists():
        return checkout
    with contextlib.suppress(metadata.PackageNotFoundError):
        for file in metadata.files("l2viz") or ():
            if file.name == "app.py" and file.parent.name == "l2viz":
                return Path(str(file.locate())).resolve()
    raise FileNotFoundError("app.py was not installed with l2viz: install it again with pip.")
