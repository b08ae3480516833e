"""The rooms know each other in one direction, and only those that train load Keras."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import l2viz

PACKAGE = Path(l2viz.__file__).parent

# Each room, and those it may import from: only rooms that stand above it. A room is a module or
# a package of l2viz; a module that may know more than its package stands apart, after it.
ROOMS: dict[str, tuple[str, ...]] = {
    "validation": (),
    "experiment": ("validation",),
    "trajectory": ("experiment",),
    "data": ("experiment",),
    "engine": ("experiment", "trajectory", "data"),
    "lesson": ("validation", "experiment"),
    "interop": ("validation",),
    "codegen": ("validation", "experiment", "data", "lesson"),
    "": ("validation", "experiment", "trajectory", "engine", "interop", "codegen"),
    "analysis": ("validation", "experiment", "trajectory", "data"),
    "studies": ("validation", "experiment", "trajectory", "data", "engine", "analysis"),
    "charts": ("experiment", "trajectory", "data", "analysis"),
    "stage": ("trajectory", "analysis", "charts"),
    "trainer": ("experiment", "trajectory", "", "analysis"),
    "trainer.worker": ("experiment", "data", "engine"),
    "ui": (
        "validation",
        "experiment",
        "trajectory",
        "lesson",
        "interop",
        "codegen",
        "analysis",
        "stage",
        "trainer",
    ),
    "__main__": ("trajectory", "engine", "lesson", "studies", "ui"),
}
TRAINING_ROOMS = ("trainer.worker", "engine", "studies")
TRAINING_MODULES = ("l2viz.trainer.worker.jobs", "l2viz.trainer.worker")
STREAMLIT_ROOMS = ("stage", "ui")
RUN_WHEN_IMPORTED = ("l2viz.ui.script", "l2viz.__main__", "l2viz.trainer.worker.__main__")


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room_of(module: str) -> str:
    """The most particular room of ROOMS that holds a module."""
    name = module.removeprefix("l2viz").removeprefix(".")
    while name not in ROOMS:
        assert "." in name, f"{module} stands in no room: give it a line in ROOMS"
        name = name.rpartition(".")[0]
    return name


def imported(path: Path) -> set[str]:
    """The modules of l2viz a file imports, wherever in it, types alone included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports by a relative name"
            module = node.module or ""
            for alias in node.names:
                longer = f"{module}.{alias.name}"
                found.add(longer if longer in MODULES else module)
    return {name for name in found if name.partition(".")[0] == "l2viz"}


def test_the_table_has_one_direction() -> None:
    above: list[str] = []
    for room, allowed in ROOMS.items():
        assert set(allowed) <= set(above), f"{room} may import from rooms below it"
        above.append(room)


def test_the_table_names_rooms_that_are_there() -> None:
    assert {room_of(module) for module in MODULES} == set(ROOMS)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    room = room_of(module)
    package = room.partition(".")[0]
    for other in imported(MODULES[module]):
        target = room_of(other)
        known = target in (room, package) or target in ROOMS[room]
        assert known, f"{module} ({room}) imports {other} ({target})"


def loaded_after(modules: list[str]) -> set[str]:
    """What a fresh process has loaded once it has imported these modules."""
    script = "import sys\n" + "".join(f"import {module}\n" for module in modules)
    result = subprocess.run(
        [sys.executable, "-P", "-c", script + "print(*sys.modules)"],
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(result.stdout.split())


def light_modules() -> list[str]:
    return [
        module
        for module in MODULES
        if room_of(module) not in TRAINING_ROOMS and module not in RUN_WHEN_IMPORTED
    ]


def test_only_the_rooms_that_train_load_keras() -> None:
    light = light_modules()
    assert "l2viz.trajectory" in light
    assert "l2viz.ui.main_page" in light
    loaded = loaded_after(light)
    assert set(light) <= loaded
    assert not {"keras", "tensorflow"} & loaded
    assert "keras" in loaded_after(["l2viz.engine.training"]), "a process that trains does load it"


def test_only_the_page_loads_streamlit() -> None:
    apart = [module for module in light_modules() if room_of(module) not in STREAMLIT_ROOMS]
    assert "streamlit" not in loaded_after(apart)


def test_the_public_names_load_keras_only_when_asked_for() -> None:
    script = "import sys, l2viz; l2viz.Experiment; before = 'keras' in sys.modules; l2viz.run; "
    result = subprocess.run(
        [sys.executable, "-P", "-c", script + "print(before, 'keras' in sys.modules)"],
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == ["False", "True"]
    with pytest.raises(AttributeError) as caught:
        _ = l2viz.alpha
    assert str(caught.value) == "module 'l2viz' has no attribute 'alpha'"
