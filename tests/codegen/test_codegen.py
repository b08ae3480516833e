"""Exported code: run by itself, it has the results that the page shows."""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import keras
import nbclient
import nbformat
import numpy as np
import pytest
from hypothesis import strategies

from l2viz import data
from l2viz.codegen import keras_diff, keras_notebook, keras_script
from l2viz.codegen.data_source import data_code
from l2viz.engine.model import build_model
from l2viz.engine.training import run
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import DATASETS
from l2viz.validation import ExperimentError
from tests.cases import others_slow
from tests.experiments import experiments as any_experiment

pytestmark = pytest.mark.usefixtures("one_thread")

STRENGTH = 0.01
MODELS: dict[str, dict[str, Any]] = {
    "dense": {},
    "conv2d": {"model": "conv2d", "train_size": 150},
    "custom": {"model": "custom", "hidden": (32,)},
}
WHOLE = {"dense": {"epochs": 80}, "conv2d": {"epochs": 20}, "custom": {"epochs": 40}}

# One epoch or a few for each setting that changes the code.
CASES: dict[str, dict[str, Any]] = {
    "curve": {"dataset": "curve", "epochs": 5},
    "points of a plane": {"dataset": "spirals", "epochs": 5},
    "linear": {"dataset": "linear", "epochs": 5},
    "a table": {"dataset": "wine"},
    "L1": {"penalties": ("l1",)},
    "L1L2, biases too": {"penalties": ("l1l2",), "bias_regularizer": True},
    "no penalty": {"penalties": ("none",)},
    "decay": {"penalties": ("decay",), "optimizer": "sgd", "learning_rate": 0.1},
    "decay beside AdamW's own": {"penalties": ("decay",), "optimizer": "adamw"},
    "kernel decay, last layer": {"penalties": ("kernel_decay",), "regularized": "last"},
    "kernel decay, AdamW, custom": {
        "penalties": ("kernel_decay",),
        "optimizer": "adamw",
        "model": "custom",
    },
    "proximal L1": {
        "penalties": ("proximal_l1",),
        "optimizer": "sgd",
        "momentum": 0.5,
        "learning_rate": 0.05,
    },
    "AdamW, first layer": {"optimizer": "adamw", "weight_decay": 0.1, "regularized": "first"},
    "RMSprop with momentum": {"optimizer": "rmsprop", "momentum": 0.5, "learning_rate": 1e-3},
    "BatchNorm and Dropout": {"batch_norm": True, "dropout": 0.3, "activation": "elu"},
    "convolutions, BatchNorm, Dropout": {
        "model": "conv2d",
        "train_size": 70,
        "batch_norm": True,
        "dropout": 0.3,
    },
    "gates, BatchNorm, Dropout": {"model": "custom", "batch_norm": True, "dropout": 0.2},
    "warm-up": {"schedule": "warmup", "schedule_epoch": 3, "epochs": 4},
    "step of L1L2": {
        "penalties": ("l1l2",),
        "schedule": "step",
        "schedule_epoch": 2,
        "schedule_from": 0.1,
        "epochs": 4,
    },
    "warm-up of decay": {
        "penalties": ("decay",),
        "optimizer": "adamw",
        "schedule": "warmup",
        "schedule_epoch": 3,
        "epochs": 4,
    },
    "step of proximal L1": {
        "penalties": ("proximal_l1",),
        "optimizer": "sgd",
        "learning_rate": 0.05,
        "schedule": "step",
        "schedule_epoch": 1,
        "epochs": 3,
    },
    "no hidden layer": {"hidden": ()},
    "clipped gradients": {"clip_value": 0.003},
    "multipliers": {"strength_multipliers": (1.0, 0.3, 0.0)},
    "multipliers of L1L2, biases too": {
        "penalties": ("l1l2",),
        "bias_regularizer": True,
        "strength_multipliers": (0.0, 3.0, 1 / 3),
    },
    "multipliers of proximal L1": {
        "penalties": ("proximal_l1",),
        "optimizer": "sgd",
        "learning_rate": 0.05,
        "strength_multipliers": (2.0, 0.0, 0.1),
    },
    "kernel decay but for one layer": {
        "penalties": ("kernel_decay",),
        "optimizer": "adamw",
        "strength_multipliers": (1.0, 0.0, 1.0),
    },
    "warm-up of multipliers": {
        "model": "custom",
        "hidden": (8, 6),
        "strength_multipliers": (0.3, 0.0, 2.0),
        "schedule": "warmup",
        "schedule_epoch": 3,
        "epochs": 4,
    },
    "step of proximal L1, multipliers": {
        "penalties": ("proximal_l1",),
        "optimizer": "sgd",
        "learning_rate": 0.05,
        "strength_multipliers": (0.7, 1.0, 0.0),
        "schedule": "step",
        "schedule_epoch": 1,
        "schedule_from": 0.3,
        "epochs": 3,
    },
    "warm-up of kernel decay but for one layer": {
        "penalties": ("kernel_decay",),
        "strength_multipliers": (1.0, 0.0, 1.0),
        "schedule": "warmup",
        "schedule_epoch": 2,
        "epochs": 3,
    },
}
QUICK = (
    *("points of a plane", "kernel decay, AdamW, custom", "proximal L1"),
    *("convolutions, BatchNorm, Dropout", "warm-up", "multipliers of L1L2, biases too"),
)


def experiment_of(fields: dict[str, Any]) -> Experiment:
    settings = {"epochs": 1, "strengths": (0.0, STRENGTH)} | fields
    return Experiment(**settings, record_every=settings["epochs"])


def of_the_path(experiment: Experiment, penalty: str | None = None) -> dict[str, Any]:
    """Train the path; return the results of the member at STRENGTH, named as in the script."""
    path = run(experiment).twin(penalty)
    accuracy = path.val_accuracy
    return {
        "val_data_loss": float(path.val_data_loss[1, -1]),
        "val_accuracy": None if accuracy is None else float(accuracy[1, -1]),
        "penalty": float(path.penalty[1, -1].sum()),
        "kernel_norm": path.kernel_norm[1, -1].tolist(),
    }


def assert_equal(result: dict[str, Any], expected: dict[str, Any], within: float = 1e-4) -> None:
    assert list(result) == ["val_data_loss", "val_accuracy", "penalty", "kernel_norm"]
    if expected["val_accuracy"] is None:
        assert result["val_accuracy"] is None
    else:
        assert result["val_accuracy"] == pytest.approx(expected["val_accuracy"], abs=1e-6)
    for name in ("val_data_loss", "penalty", "kernel_norm"):
        assert result[name] == pytest.approx(expected[name], rel=within, abs=within), name


RUN_EACH = """
import runpy, sys
for path in sys.argv[1:]:
    runpy.run_path(path, run_name="__main__")
"""


def run_apart(scripts: Sequence[str], folder: Path) -> list[dict[str, Any]]:
    """Run the scripts in a new process that cannot import this project; return what they print."""
    paths = [folder / f"member_{number}.py" for number in range(len(scripts))]
    for path, script in zip(paths, scripts, strict=True):
        path.write_text(script, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    ran = subprocess.run(
        [sys.executable, "-P", "-c", RUN_EACH, *map(str, paths)],
        cwd=folder,
        env=environment | {"PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2_000:]
    return [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]


def run_here(code: str) -> dict[str, Any]:
    """Run the code in this process, where TensorFlow is loaded; return its last line."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "script", "exec"), {"__name__": "__main__"})
    return json.loads(printed.getvalue().strip().splitlines()[-1])


@pytest.fixture
def floatx() -> Iterator[None]:
    """Restore Keras's float types after a script has set them."""
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


class TestScript:
    def test_in_a_fresh_interpreter_it_is_the_member_after_one_epoch(self, tmp_path: Path) -> None:
        experiments = [experiment_of(fields) for fields in MODELS.values()]
        scripts = [keras_script(experiment, strength=STRENGTH) for experiment in experiments]
        results = run_apart(scripts, tmp_path)
        for experiment, result in zip(experiments, results, strict=True):
            assert_equal(result, of_the_path(experiment))

    @pytest.mark.slow
    @pytest.mark.parametrize("model", MODELS)
    def test_in_float64_it_is_the_member_after_the_whole_run(
        self, model: str, tmp_path: Path
    ) -> None:
        experiment = experiment_of(MODELS[model] | WHOLE[model] | {"dtype": "float64"})
        (result,) = run_apart([keras_script(experiment, strength=STRENGTH)], tmp_path)
        assert_equal(result, of_the_path(experiment), within=1e-8)

    @pytest.mark.slow
    @pytest.mark.parametrize("model", MODELS)
    def test_in_float32_a_whole_run_stays_within_what_its_comment_says(
        self, model: str, tmp_path: Path
    ) -> None:
        experiment = experiment_of(MODELS[model] | WHOLE[model])
        script = keras_script(experiment, strength=STRENGTH)
        comment = " ".join(script.replace("# ", "").split())
        spread = float(comment.split("`fit` ends up to ")[1].split()[0])
        assert 0.0 < spread < 0.05
        (result,), expected = run_apart([script], tmp_path), of_the_path(experiment)
        assert result["val_data_loss"] == pytest.approx(expected["val_data_loss"], abs=spread)

    @pytest.mark.parametrize("case", others_slow(CASES, quick=QUICK))
    def test_whatever_the_settings_it_is_the_member(self, case: str) -> None:
        experiment = experiment_of(CASES[case])
        assert_equal(run_here(keras_script(experiment, strength=STRENGTH)), of_the_path(experiment))

    @pytest.mark.slow
    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.usefixtures("floatx")
    def test_whatever_the_settings_it_is_the_member_in_float64(self, case: str) -> None:
        """Longer, where an error would grow: 1e-8 after six epochs."""
        experiment = experiment_of(CASES[case] | {"dtype": "float64", "epochs": 6})
        result = run_here(keras_script(experiment, strength=STRENGTH))
        assert_equal(result, of_the_path(experiment), within=1e-8)

    def test_a_twin_is_named(self) -> None:
        experiment = experiment_of({"penalties": ("l2", "l1"), "train_size": 40})
        result = run_here(keras_script(experiment, strength=STRENGTH, penalty="l1"))
        assert_equal(result, of_the_path(experiment, "l1"))

    def test_of_several_repeats_it_is_the_first(self) -> None:
        experiment = experiment_of({"repeats": 2, "train_size": 60})
        script = keras_script(experiment, strength=STRENGTH)
        assert "first of its repeats" in " ".join(script.split())
        assert_equal(run_here(script), of_the_path(experiment))

    def test_it_holds_what_the_member_is_made_of(self) -> None:
        experiment = Experiment(seed=11, dropout=0.25)
        script = keras_script(experiment, strength=0.00375)
        assert "STRENGTH = 0.00375 " in script
        assert "SEED = 11\n" in script
        for stream, count in ((2, 3), (3, 2)):  # three kernels and two Dropouts
            for seed in np.random.SeedSequence([11, stream]).generate_state(count):
                assert f"seed={seed})" in script
        assert "np.random.default_rng(SEED)" in script

    def test_equal_members_give_equal_text(self) -> None:
        assert keras_script(Experiment(), strength=0.01) == keras_script(
            Experiment(), strength=0.01
        )


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_data_is_that_of_the_experiment(dataset: str, dtype: str) -> None:
    experiment = Experiment(dataset=dataset, seed=3, dtype=dtype)
    code = data_code(experiment)
    names: dict[str, Any] = {"SEED": 3}
    exec("\n".join([*code.imports, code.code]), names)
    expected = data.load(experiment)
    for part in ("train", "val", "test"):
        for kind in ("inputs", "targets"):
            ours = getattr(names["data"], f"{part}_{kind}")
            theirs = getattr(expected, f"{part}_{kind}")
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs)


def test_data_that_a_script_cannot_make_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_own_file(experiment: Experiment, generator: np.random.Generator) -> data.Dataset:
        return DATASETS[experiment.dataset]  # type: ignore[return-value]

    monkeypatch.setitem(data.LOADERS, "digits", load_own_file)
    with pytest.raises(ExperimentError) as caught:
        keras_script(Experiment(), strength=0.01)
    assert str(caught.value) == (
        "dataset must be one that a script can make: DATASETS is not a plain constant, got 'digits'"
    )
    assert caught.value.field == "dataset"


@pytest.mark.parametrize("write", [keras_script, keras_notebook, keras_diff])
class TestRefusals:
    def test_a_strength_that_no_path_has(self, write: Any) -> None:
        with pytest.raises(ExperimentError) as caught:
            write(Experiment(), strength=-0.1)
        assert str(caught.value) == "strength must be >= 0, got -0.1"

    def test_a_penalty_that_is_no_twin(self, write: Any) -> None:
        with pytest.raises(ExperimentError) as caught:
            write(Experiment(), strength=0.1, penalty="l1")
        assert str(caught.value) == "penalty must be one of l2, got 'l1'"


CONSTANT = {"schedule": "constant", "schedule_epoch": 0, "schedule_from": 0.0}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.usefixtures("floatx")
def test_its_model_is_the_engines(case: str, dtype: str) -> None:
    """Layers, initial weights, regularizers, and where training starts, bit by bit."""
    experiment = experiment_of(CASES[case] | CONSTANT | {"dtype": dtype})
    names: dict[str, Any] = {"__name__": "__main__"}
    script = keras_script(experiment, strength=STRENGTH)
    exec(compile(script.partition("# COMPILE")[0], "script", "exec"), names)
    theirs, ours = names["model"], build_model(experiment, strength=STRENGTH)
    for one, other in zip(ours.layers, theirs.layers, strict=True):
        assert type(one).__name__ == type(other).__name__
        assert one.compute_dtype == other.compute_dtype == dtype
        assert one.output.shape == other.output.shape
    for one, other in zip(ours.variables, theirs.variables, strict=True):
        assert (one.name, one.dtype) == (other.name, other.dtype)
        np.testing.assert_array_equal(one.numpy(), other.numpy())
        assert type(one.regularizer) is type(other.regularizer)
        if one.regularizer is not None:
            assert one.regularizer.get_config() == other.regularizer.get_config()


def names_without_a_source(tree: ast.Module) -> set[str]:
    """Return names that are read but neither defined in the code nor built in."""
    made = {
        alias.asname or alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return (
        read - made - set(dir(__builtins__) if not isinstance(__builtins__, dict) else __builtins__)
    )


class TestWholeSpace:
    @hypothesis.given(any_experiment(), strategies.floats(0.0, 10.0))
    def test_every_script_is_whole_and_plain(self, experiment: Experiment, strength: float) -> None:
        penalty = experiment.penalties[-1]
        script = keras_script(experiment, strength=strength, penalty=penalty)
        tree = ast.parse(script)
        assert names_without_a_source(tree) == set()
        modules = {
            name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (
                [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module]
            )
        }
        assert {name.split(".")[0] for name in modules} <= {
            "json",
            "os",
            "types",
            "keras",
            "numpy",
            "sklearn",
        }
        assert max(len(line) for line in script.splitlines()) <= 100
        assert not any(line != line.rstrip() for line in script.splitlines())
        assert ast.unparse(tree.body[-1]) == "print(json.dumps(result))"

    @hypothesis.given(any_experiment(), strategies.floats(0.0, 10.0))
    def test_every_notebook_is_the_script(self, experiment: Experiment, strength: float) -> None:
        notebook = json.loads(keras_notebook(experiment, strength=strength))
        script = ast.parse(keras_script(experiment, strength=strength))
        cells = [ast.parse(code) for code in code_cells(notebook)]
        statements = [ast.dump(each) for cell in cells for each in cell.body]
        assert statements == [ast.dump(each) for each in script.body[1:]]  # without its docstring

    @hypothesis.given(any_experiment(), strategies.floats(0.0, 10.0))
    def test_every_diff_ends_in_code(self, experiment: Experiment, strength: float) -> None:
        penalty = experiment.penalties[-1]
        lines = keras_diff(experiment, strength=strength, penalty=penalty).splitlines()
        ast.parse("\n".join(line[1:] for line in lines[3:] if line[0] != "-"))
        ast.parse("\n".join(line[1:] for line in lines[3:] if line[0] != "+"))
        assert bool(lines) == (penalty != "none")


def code_cells(notebook: dict[str, Any]) -> list[str]:
    return ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]


class TestNotebook:
    def test_a_kernel_runs_it_from_top_to_bottom(self, tmp_path: Path) -> None:
        experiment = experiment_of({"train_size": 60})
        notebook = nbformat.reads(keras_notebook(experiment, strength=STRENGTH), as_version=4)
        place = {"metadata": {"path": str(tmp_path)}}
        nbclient.NotebookClient(notebook, timeout=120, resources=place).execute()
        printed = [each.text for each in notebook.cells[-1].outputs if each.get("name") == "stdout"]
        assert_equal(json.loads("".join(printed)), of_the_path(experiment))

    def test_it_is_a_notebook(self) -> None:
        text = keras_notebook(Experiment(), strength=0.01)
        nbformat.validate(nbformat.reads(text, as_version=4))
        notebook = json.loads(text)
        assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
        assert notebook["metadata"]["kernelspec"]["language"] == "python"
        identities = [cell["id"] for cell in notebook["cells"]]
        assert len(set(identities)) == len(identities) > 8
        for cell in notebook["cells"]:
            assert cell["metadata"] == {}
            expected = {"id", "cell_type", "metadata", "source"}
            if cell["cell_type"] == "code":
                expected |= {"outputs", "execution_count"}
                assert cell["outputs"] == [] and cell["execution_count"] is None
            assert set(cell) == expected
        assert "".join(notebook["cells"][0]["source"]).startswith("# L2, λ = 0.01, on the digits")
        assert text == keras_notebook(Experiment(), strength=0.01)


DIFF = """\
--- without a penalty
+++ L2, λ = 0.01
@@ -1,12 +1,12 @@
 model = keras.Sequential(
     [
         keras.Input((64,)),
-        layers.Dense(64, activation="relu"),
-        layers.Dense(32, activation="relu"),
-        layers.Dense(10, activation="softmax"),
+        layers.Dense(64, activation="relu", kernel_regularizer=regularizers.L2(0.01)),
+        layers.Dense(32, activation="relu", kernel_regularizer=regularizers.L2(0.01)),
+        layers.Dense(10, activation="softmax", kernel_regularizer=regularizers.L2(0.01)),
     ]
 )
~
 optimizer = keras.optimizers.Adam(learning_rate=0.003)
~
 model.fit(train_inputs, train_targets, epochs=80, verbose=0)
""".replace("~", " ")  # a line of a diff may end in a blank


class TestDiff:
    def test_the_lessons(self) -> None:
        assert keras_diff(Experiment(), strength=0.01) == DIFF

    def test_decay_changes_the_optimizer_alone(self) -> None:
        experiment = Experiment(penalties=("decay",))
        lines = keras_diff(experiment, strength=0.01).splitlines()[3:]
        assert [line for line in lines if line[0] != " "] == [
            "-optimizer = keras.optimizers.Adam(learning_rate=0.003)",
            "+optimizer = keras.optimizers.Adam(learning_rate=0.003, weight_decay=2 * 0.01)",
        ]

    def test_a_layer_that_is_left_out_stays_as_it_is(self) -> None:
        experiment = Experiment(strength_multipliers=(0.5, 0, 1))
        added = [
            line[1:].strip()
            for line in keras_diff(experiment, strength=0.01).splitlines()[3:]
            if line[0] == "+"
        ]
        assert added == [
            'layers.Dense(64, activation="relu", kernel_regularizer=regularizers.L2(0.5 * 0.01)),',
            'layers.Dense(10, activation="softmax", kernel_regularizer=regularizers.L2(0.01)),',
        ]

    def test_the_code_without_a_penalty_is_the_same_for_all(self) -> None:
        one = Experiment(penalties=("l1",))
        for penalty in ("l2", "l1l2"):
            other = dataclasses.replace(one, penalties=(penalty,))
            removed = [
                [line for line in keras_diff(each, strength=0.5).splitlines() if line[0] == "-"]
                for each in (one, other)
            ]
            assert removed[0] == removed[1]
