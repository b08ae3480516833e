"""The wheel in a new environment: it is complete, and its command opens the page."""

from __future__ import annotations

import email
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy
import pytest
from packaging.requirements import Requirement
from playwright.sync_api import Browser

from l2viz.charts.core.theme import THEMES
from tests.browser.page import ViewedPage
from tests.browser.server import ROOT, Server

WRITTEN = re.compile(r"\.(py|js|css|toml|md|npz|json|typed)$")

ONLY_FOR_CHECKS = {"jsconfig.json", "package.json"}  # settings of tsc and node, beside the scripts


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the project, as building leaves files."""
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    shutil.copytree(ROOT / "l2viz", tree / "l2viz", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".streamlit", "assets/requirements"):
        shutil.copytree(ROOT / name, tree / name)
    for name in ("pyproject.toml", "README.md", "LICENSE", "app.py"):
        shutil.copy(ROOT / name, tree)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(tree)],
        check=True,
    )
    (built,) = folder.glob("l2viz-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel in a new environment with this one's packages; return its bin folder."""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    (packages,) = [*environment.glob("lib/python*/site-packages"), *environment.glob("Lib/site-*")]
    borrowed = Path(numpy.__file__).parents[1]
    (packages / "borrowed.pth").write_text(f"{borrowed}\n", encoding="utf-8")
    programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
    options = ["-q", "--no-deps", "--no-index", "--ignore-installed", "--prefix", str(environment)]
    subprocess.run(
        [str(programs / "python"), "-m", "pip", "install", *options, str(wheel)], check=True
    )
    return programs


def test_the_wheel_has_all_that_the_package_has(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "l2viz").rglob("*")
        if path.is_file() and WRITTEN.search(path.name) and path.name not in ONLY_FOR_CHECKS
    }
    assert "l2viz/py.typed" in wanted
    assert any(name.endswith(".npz") for name in wanted)
    assert wanted <= inside
    assert not [name for name in inside if name.startswith("tests")]


def test_it_needs_the_page_only_as_an_extra(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as inside:
        (name,) = [name for name in inside.namelist() if name.endswith(".dist-info/METADATA")]
        said = email.message_from_bytes(inside.read(name))
    needs = [Requirement(text) for text in said.get_all("Requires-Dist", [])]

    def needed(extra: str) -> set[str]:
        return {n.name for n in needs if n.marker is None or n.marker.evaluate({"extra": extra})}

    assert {"keras", "numpy", "cachetools"} <= needed("")
    assert needed("app") - needed("") == {"streamlit", "httptools"} | (
        {"uvloop"} if sys.platform != "win32" else set()
    )
    assert needed("test") > needed("app")
    extras = {"app", "benchmark", "docs", "pictures", "site", "test"}
    assert set(said.get_all("Provides-Extra", [])) == extras
    assert {"Typing :: Typed"} <= set(said.get_all("Classifier", []))


def test_the_command_opens_the_page_from_an_empty_folder(
    installed: Path, tmp_path: Path, browser: Browser
) -> None:
    where = "import json, l2viz; print(json.dumps([l2viz.__file__, 'run' in dir(l2viz)]))"
    found = subprocess.run(
        [installed / "python", "-c", where],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    file, lists_run = json.loads(found.stdout)
    assert Path(file).is_relative_to(installed.parent) and lists_run
    with Server([str(installed / "l2viz"), "app"], folder=tmp_path) as server:
        context = browser.new_context(color_scheme="dark")
        page = ViewedPage(context.new_page(), server.address).open()
        assert page.data["charts"] == "6"
        ground = page.page.locator(".stApp").evaluate("e => getComputedStyle(e).backgroundColor")
        red, green, blue = (int(part) for part in re.findall(r"\d+", ground)[:3])
        assert f"#{red:02X}{green:02X}{blue:02X}" == THEMES["dark"]["@ground"]
        assert page.errors == []
        context.close()
