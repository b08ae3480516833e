"""Programs in a new Python process, which has loaded nothing and finds this project."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import l2viz


def run_python(
    program: str,
    *arguments: str,
    environment: Mapping[str, str] = os.environ,
    check: bool = True,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program; return its exit code and what it printed. Raises CalledProcessError."""
    return subprocess.run(
        [sys.executable, "-P", "-c", program, *arguments],
        env={**environment, "PYTHONPATH": str(Path(l2viz.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=check,
        timeout=timeout,
    )
