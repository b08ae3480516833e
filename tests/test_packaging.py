"""What is installed: the library without the page, and each package in a range and for a reason."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.test_rooms import LOADS_STREAMLIT, MODULES, stands_in

ROOT = Path(__file__).parents[1]
LISTS = sorted((ROOT / "assets" / "requirements").glob("*.txt"))
IMPORTED_AS = {"scikit-learn": "sklearn", "tensorflow-cpu": "tensorflow"}
FOUND_BY_OTHERS = {"uvloop", "httptools"}  # by the server under Streamlit
WHERE_INSTALLED = {
    "jax",
    "torch",
    "pandas",
    "pdoc",
    "kaleido",
    "PIL",
    "markdown_it",
    "mdit_py_plugins",
    "latex2mathml",
}  # and only there, with a sentence where not


def requirements(name: str) -> list[Requirement]:
    """Return what a list names, for every system."""
    lines = (
        (ROOT / "assets" / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    )
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def needed(name: str) -> list[Requirement]:
    """Return what a list names for this system."""
    return [each for each in requirements(name) if each.marker is None or each.marker.evaluate()]


def with_all_they_need(wanted: list[Requirement]) -> set[str]:
    """Return the installed packages that these need, and those that they need, by their names."""
    found: set[str] = set()
    waiting = [each.name for each in wanted]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name not in found:
            found.add(name)
            others = [Requirement(text) for text in metadata.requires(name) or ()]
            waiting += [
                r.name for r in others if r.marker is None or r.marker.evaluate({"extra": ""})
            ]
    return found


def third_party(*, of_the_page: bool) -> set[str]:
    """Return the packages that the page's rooms import, or all other rooms."""
    found: set[str] = set()
    for module, path in MODULES.items():
        if stands_in(module, LOADS_STREAMLIT) is of_the_page:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    found.add((node.module or "").partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"l2viz"}


@pytest.mark.parametrize("name", ["library", "app", "pictures"])
def test_each_requirement_has_a_range_and_what_is_installed_is_in_it(name: str) -> None:
    assert len({each.name.removesuffix("-cpu") for each in needed(name)}) == len(needed(name))
    for requirement in needed(name):
        assert {specifier.operator for specifier in requirement.specifier} == {">=", "<"}
        assert requirement.specifier.contains(metadata.version(requirement.name))


def test_the_library_needs_what_its_rooms_import_and_no_more() -> None:
    named = {IMPORTED_AS.get(each.name, each.name) for each in needed("library")}
    assert third_party(of_the_page=False) - WHERE_INSTALLED == named


def test_the_page_needs_what_its_rooms_import_beside_them() -> None:
    imported = third_party(of_the_page=True) - third_party(of_the_page=False)
    assert imported == {"streamlit", "starlette", "anyio"}
    assert {"starlette", "anyio"} <= with_all_they_need([Requirement("streamlit")])
    assert {each.name for each in requirements("app")} == {"streamlit"} | FOUND_BY_OTHERS


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("linux", "x86_64", "tensorflow-cpu"),
        ("linux", "aarch64", "tensorflow"),
        ("win32", "AMD64", "tensorflow-cpu"),
        ("darwin", "arm64", "tensorflow"),
    ],
)
def test_each_system_takes_the_tensorflow_made_for_it(
    system: str, machine: str, expected: str
) -> None:
    chosen = [
        requirement.name
        for requirement in requirements("library")
        if requirement.name.startswith("tensorflow")
        and requirement.marker is not None
        and requirement.marker.evaluate({"sys_platform": system, "platform_machine": machine})
    ]
    assert chosen == [expected]


def test_every_list_is_installed_by_a_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    dynamic = project["tool"]["setuptools"]["dynamic"]
    extras = {name: set(extra["file"]) for name, extra in dynamic["optional-dependencies"].items()}
    library, page = "assets/requirements/library.txt", "assets/requirements/app.txt"
    assert dynamic["dependencies"]["file"] == [library]
    assert extras["app"] == {page}
    others = {f"assets/requirements/{name}.txt" for name in ("docs", "pictures")}
    assert extras["test"] >= {page, *others}, "the tests run the page, and make pictures"
    named = {library}.union(*extras.values())
    assert named == {path.relative_to(ROOT).as_posix() for path in LISTS}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    included = [line for line in lines if not line.startswith("#")]
    assert included == [f"-r {library}", f"-r {page}"]


@pytest.fixture(scope="module")
def library_alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return an environment in which no process can import what the page alone needs."""
    of_page = with_all_they_need(needed("app")) - with_all_they_need(needed("library"))
    assert {"streamlit", "starlette", "uvloop", "pandas"} <= of_page
    hidden = [
        module
        for module, packages in metadata.packages_distributions().items()
        if {re.sub(r"[-_.]+", "-", name).lower() for name in packages} <= of_page
    ]
    assert {"streamlit", "starlette", "anyio", "uvloop", "pandas"} <= set(hidden)
    folder = tmp_path_factory.mktemp("library")
    lines = ["import sys", *(f"sys.modules[{module!r}] = None" for module in hidden)]
    (folder / "sitecustomize.py").write_text("\n".join(lines), encoding="utf-8")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}


def ended(
    arguments: list[str], environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, and return how it ended and what it said."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


_LIBRARY = """
import keras, numpy as np
import l2viz
from l2viz.__main__ import main
from l2viz.charts.catalogue import charts_of

experiment = l2viz.Experiment(
    dataset="curve", hidden=(4,), strengths=(0.0, 0.01), epochs=1, train_size=20
)
trajectory = l2viz.run(experiment)
figures = [chart.at(trajectory, strength=0.01, epoch=1) for chart in charts_of(trajectory)]
assert len(figures) > 10
assert l2viz.keras_script(experiment, strength=0.01)

def build_model(strength):
    l2 = keras.regularizers.L2(strength)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_regularizer=l2)])
    model.compile("sgd", "mse")
    return model

data = np.ones((8, 2), "float32"), np.ones((8, 1), "float32")
model, recorder = build_model(0.1), l2viz.Recorder()
model.fit(*data, epochs=1, verbose=0, callbacks=[recorder])
recorder.save("own.npz")
assert l2viz.open("own.npz").penalty.shape == (1, 2, 1)
assert len(l2viz.sweep(build_model, data, (0.0, 0.1), epochs=1, verbose=0).strengths) == 2
assert l2viz.summary(l2viz.regularize(model, 0.2).model).penalty > 0.0
model.save("model.keras")
assert main(["summary", "model.keras"]) == 0
assert main(["train", "dataset=curve", "epochs=1", "strengths=0,0.01", "--into", "run.npz"]) == 0
"""

_PROCESSES = """
import l2viz

experiment = l2viz.Experiment(dataset="curve", strengths=(0.0, 0.01), epochs=2, train_size=20)
if __name__ == "__main__":
    one, two = (l2viz.run(experiment, workers=workers) for workers in (0, 2))
    assert (one.train_data_loss == two.train_data_loss).all()
"""


def test_the_library_works_without_the_page(library_alone: dict[str, str], tmp_path: Path) -> None:
    whole = ended(["-c", _LIBRARY], library_alone, tmp_path)
    assert whole.returncode == 0, whole.stderr
    assert "L2(l2=0.1)" in whole.stdout
    for command in (["app"], ["open", "run.npz"], ["open", "own.npz"]):
        page = ended(["-m", "l2viz", *command], library_alone, tmp_path)
        assert page.returncode == 1
        assert page.stderr == "The page needs Streamlit: pip install 'l2viz[app]'.\n"


@pytest.mark.slow
def test_processes_train_without_the_page(library_alone: dict[str, str], tmp_path: Path) -> None:
    whole = ended(["-c", _PROCESSES], library_alone, tmp_path)
    assert whole.returncode == 0, whole.stderr
