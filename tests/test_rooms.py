"""Rooms import in one direction, and only the folders that train load Keras."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import l2viz
from tests.fresh_process import run_python

PACKAGE = Path(l2viz.__file__).parent

# A room is a folder, or a top-level module, of the package. Each may import from itself and from
# the rooms listed for it, all of which are listed before it.
ROOMS: dict[str, tuple[str, ...]] = {
    "validation": (),
    "progress": (),
    "writing": ("validation",),
    "experiment": ("validation",),
    "data": ("experiment",),
    "trajectory": ("validation", "experiment", "writing"),
    "path": ("experiment", "trajectory"),
    "engine": ("experiment", "data", "trajectory", "path"),
    "analysis": ("validation", "experiment", "data", "trajectory"),
    "lesson": ("validation", "experiment"),
    "codegen": ("validation", "experiment", "data", "lesson"),
    "interop": ("validation",),
    "recorder": ("validation", "trajectory", "interop"),
    "sweeps": ("validation", "progress", "trajectory", "engine", "interop", "recorder"),
    "charts": ("validation", "experiment", "trajectory", "analysis"),
    "pictures": (
        *("validation", "progress", "writing", "experiment", "trajectory", "analysis", "charts"),
    ),
    "studies": (
        *("validation", "experiment", "data", "trajectory", "engine", "analysis", "lesson"),
    ),
    "stage": ("experiment", "trajectory", "analysis", "charts"),
    "export": ("validation", "writing", "experiment", "trajectory", "charts", "stage"),
    "site": (
        *("validation", "experiment", "trajectory", "analysis", "lesson", "interop", "charts"),
        *("stage", "export"),
    ),
    "pack": (
        *("validation", "writing", "experiment", "trajectory", "analysis", "lesson", "codegen"),
        *("charts", "pictures", "export", "site"),
    ),
    "trainer": (
        *("validation", "writing", "experiment", "data", "trajectory", "path", "engine"),
        "analysis",
    ),
    "": (
        *("validation", "experiment", "trajectory", "path", "engine", "codegen", "interop"),
        *("recorder", "sweeps", "pictures", "export", "trainer"),
    ),
    "ui": (
        *("validation", "experiment", "data", "trajectory", "analysis", "lesson", "codegen"),
        *("charts", "interop", "stage", "export", "trainer"),
    ),
    "commands": (
        *("validation", "experiment", "trajectory", "engine", "analysis", "lesson", "interop"),
        *("studies", "pictures", "export", "site", "pack", "trainer", ""),
    ),
    "__main__": ("", "commands"),
}
# Folders whose modules load TensorFlow when they are imported: these, and no others.
LOADS_TENSORFLOW = ("engine", "studies", "trainer/worker", "recorder", "sweeps")
LOADS_STREAMLIT = ("stage", "ui")


def module_name(path: Path) -> str:
    """Return the dotted name of a file of the package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}
RUN_WHEN_IMPORTED = {
    name for name, path in MODULES.items() if path.name in ("__main__.py", "script.py")
}


def room_of(module: str) -> str:
    """Return the first part of a module's name below the package, or "" for the package."""
    return module.removeprefix("l2viz").removeprefix(".").partition(".")[0]


def stands_in(module: str, folders: tuple[str, ...]) -> bool:
    """Return whether a module's file lies in one of these folders."""
    file = MODULES[module].relative_to(PACKAGE).as_posix()
    return any(file.startswith(f"{folder}/") for folder in folders)


def imported(path: Path) -> set[str]:
    """Return the modules of l2viz that a file imports, anywhere in it, for types included."""
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


def test_the_table_is_of_the_folders_that_are_there() -> None:
    assert {room_of(module) for module in MODULES} == set(ROOMS)


def test_the_table_names_no_import_that_nobody_makes() -> None:
    made = {room: set[str]() for room in ROOMS}
    for module, path in MODULES.items():
        made[room_of(module)] |= {room_of(other) for other in imported(path)}
    for room, allowed in ROOMS.items():
        assert set(allowed) <= made[room], f"{room} does not import {set(allowed) - made[room]}"


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    room = room_of(module)
    for other in imported(MODULES[module]):
        target = room_of(other)
        assert target == room or target in ROOMS[room], f"{module} ({room}) imports {other}"


@pytest.mark.parametrize("module", MODULES)
def test_only_training_folders_import_what_loads_tensorflow(module: str) -> None:
    if not stands_in(module, LOADS_TENSORFLOW):
        for node in ast.parse(MODULES[module].read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and (node.module or "") in MODULES:
                assert not stands_in(node.module or "", LOADS_TENSORFLOW), node.module


@pytest.mark.parametrize("folder", LOADS_TENSORFLOW)
def test_every_folder_that_is_said_to_load_tensorflow_does(folder: str) -> None:
    themselves = folder in ("engine", "recorder", "sweeps")
    loads = ("keras", "tensorflow") if themselves else ("l2viz.engine",)
    assert any(
        (isinstance(node, ast.Import) and node.names[0].name.startswith(loads))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(loads))
        for module, path in MODULES.items()
        if stands_in(module, (folder,))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
    )


LIGHT = [  # modules outside the folders that load TensorFlow
    module
    for module in MODULES
    if not stands_in(module, LOADS_TENSORFLOW) and module not in RUN_WHEN_IMPORTED
]
APART = [module for module in LIGHT if not stands_in(module, LOADS_STREAMLIT)]

STAGES = {
    "without the page": [f"import {module}" for module in APART],
    "the page": [f"import {module}" for module in LIGHT],
    "a light public name": ["l2viz.Experiment"],
    "a heavy public name": ["l2viz.train"],
}


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """Return all that a fresh process has loaded after each stage."""
    lines = ["import sys"]
    for stage in STAGES.values():
        lines += [*stage, "print(*sys.modules)"]
    printed = run_python("\n".join(lines)).stdout
    modules = [set(line.split()) for line in printed.splitlines()]
    return dict(zip(STAGES, modules, strict=True))


def test_only_the_page_loads_streamlit(loaded: dict[str, set[str]]) -> None:
    assert "streamlit" not in loaded["without the page"]
    assert "streamlit" in loaded["the page"]


def test_only_the_folders_that_train_load_keras(loaded: dict[str, set[str]]) -> None:
    assert {"l2viz.trajectory", "l2viz.ui.main_page", "l2viz.interop.model_summary"} <= set(LIGHT)
    assert set(LIGHT) <= loaded["the page"]
    assert not {"keras", "tensorflow"} & loaded["the page"]


def test_the_public_names_load_keras_only_when_asked_for(loaded: dict[str, set[str]]) -> None:
    assert "keras" not in loaded["a light public name"]
    assert {"keras", "l2viz.engine.training"} <= loaded["a heavy public name"]
    with pytest.raises(AttributeError) as caught:
        _ = l2viz.alpha
    assert str(caught.value) == "module 'l2viz' has no attribute 'alpha'"
