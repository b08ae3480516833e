"""JavaScript in node, which a machine may not have."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

# Where tests/run.sh puts what the package.json of the scripts names.
PACKAGES = Path(__file__).parents[1] / ".venv-test/node/node_modules"
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
needs_packages = pytest.mark.skipif(
    not PACKAGES.is_dir(), reason="npm is missing, or could not install them"
)


def in_node(module: str, *arguments: str, sent: str = "") -> str:
    """Run the text of a module, and return what it prints. It reads `sent` as its input."""
    ran = subprocess.run(
        ["node", "--input-type=module", "--eval", module, *arguments],
        input=sent.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout.decode()
