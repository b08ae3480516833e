"""The scripts of others: as published, and plotly.js of the wheel's version.

To take a newer one, name its version in the package.json of the scripts, run tests/run.sh, and
copy the files from .venv-test/node/node_modules, as `PUBLISHED` below says. That Plotly draws every
chart is seen in tests/browser.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import plotly
import pytest

from l2viz.stage.files import FRONTEND, PLOTLY, VENDORED
from tests.node import PACKAGES, needs_packages

PUBLISHED = {
    PLOTLY: "plotly.js-basic-dist-min/plotly-basic.min.js",
    "plotly-LICENSE": "plotly.js-basic-dist-min/LICENSE",
    "qrcode.js": "qrcode-generator/dist/qrcode.mjs",
}
WHEEL = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"


def version(script: Path) -> str:
    found = re.search(r"plotly\.js .*?v([\d.]+)", script.read_text(encoding="utf-8")[:200])
    assert found
    return found[1]


def test_plotly_is_of_the_version_that_saves_pictures_and_that_is_checked() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    named = wanted["devDependencies"]["plotly.js-basic-dist-min"]
    assert version(VENDORED / PLOTLY) == version(WHEEL) == named


@needs_packages
@pytest.mark.parametrize("name", sorted(path.name for path in VENDORED.iterdir()))
def test_each_is_the_published_file(name: str) -> None:
    assert (VENDORED / name).read_bytes() == (PACKAGES / PUBLISHED[name]).read_bytes()
