"""Experiment -> the code that makes its data: the functions of l2viz.data, as plain source.

The source is that of the functions themselves, so that a dataset is defined once, with everything
they use: other functions, constants, imports. Annotations are removed, and a namespace with the few
settings that they read takes the place of the Experiment.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from l2viz import data
from l2viz.codegen.source_edits import Edit, definition, edited, end, start, without_annotations
from l2viz.codegen.spelling import argument, call, literal
from l2viz.experiment import Experiment
from l2viz.experiment.dataset_specs import is_brought
from l2viz.validation import ExperimentError

_PACKAGE = "l2viz"
_SETTINGS = "settings"  # replaces the parameter `experiment`
_CONSTANTS = (bool, int, float, str, tuple)


@dataclass(frozen=True, kw_only=True)
class DataCode:
    """imports: whole lines; code: the functions, and a variable `data` with the arrays."""

    imports: tuple[str, ...]
    code: str


def data_code(experiment: Experiment) -> DataCode:
    """Return the code that makes the experiment's data.

    Raises ExperimentError if the data depends on objects that cannot be written as source.
    """
    if is_brought(experiment.dataset):
        raise ExperimentError(
            "dataset",
            "be one that a script can make: yours is in your session alone. The diff is the same "
            "for any data",
            "your data",
        )
    loader = data.LOADERS[experiment.dataset]
    collected = _Collected(experiment.dataset)
    collected.add_function(loader)
    settings = {name: getattr(experiment, name) for name in sorted(collected.settings)}
    for name, value in settings.items():
        _refuse_unless_constant(experiment.dataset, name, value)
    arguments = [argument(name, value) for name, value in settings.items()]
    stream = data.DATA_STREAM
    lines = [
        *(f"{name} = {literal(value)}" for name, value in collected.constants.items()),
        *([""] if collected.constants else []),
        *(f"\n{source}\n" for source in collected.functions.values()),
        "",
        call(f"{_SETTINGS} = SimpleNamespace", arguments),
        f"data = {_public(loader.__name__)}({_SETTINGS}, np.random.default_rng([SEED, {stream}]))",
    ]
    imports = {"import numpy as np", "from types import SimpleNamespace", *collected.imports}
    return DataCode(imports=tuple(sorted(imports)), code="\n".join(lines).strip("\n"))


@dataclass
class _Collected:
    """The sources of a function and of everything that it uses, callees first."""

    dataset: str
    imports: set[str] = field(default_factory=set)
    constants: dict[str, Any] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    settings: set[str] = field(default_factory=set)

    def add_function(self, function: Callable[..., Any]) -> None:
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
        source = definition(source, function.__name__)
        tree = ast.parse(source).body[0]
        assert isinstance(tree, ast.FunctionDef)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and _is_name(node.value, "experiment"):
                self.settings.add(node.attr)
        for name in sorted(_used_names(tree)):
            if name in function.__globals__:
                self._add(name, function.__globals__[name])
        self.functions[function.__name__] = edited(source, _edits(tree))

    def _add(self, name: str, value: Any) -> None:
        if value is data.Dataset or name in self.functions:
            return
        if isinstance(value, types.ModuleType):
            own = name == value.__name__
            self.imports.add(f"import {name}" if own else f"import {value.__name__} as {name}")
        elif isinstance(value, types.FunctionType) and _is_ours(value.__module__):
            self.add_function(value)
        elif isinstance(value, types.FunctionType | type) and not _is_ours(value.__module__):
            self.imports.add(f"from {value.__module__} import {name}")
        else:
            _refuse_unless_constant(self.dataset, name, value)
            self.constants[_public(name)] = value


def _refuse_unless_constant(dataset: str, name: str, value: object) -> None:
    parts = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(part, _CONSTANTS) for part in parts):
        raise ExperimentError(
            "dataset", f"be one that a script can make: {name} is not a plain constant", dataset
        )


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == _PACKAGE


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _public(name: str) -> str:
    return name.lstrip("_")


def _used_names(tree: ast.FunctionDef) -> set[str]:
    """Return the names that the function reads when it runs, without those of annotations."""
    skipped = {id(node) for root in _annotations(tree) for node in ast.walk(root)}
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in skipped
    }


def _annotations(tree: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef) and node.returns is not None:
            yield node.returns


def _edits(tree: ast.FunctionDef) -> Iterator[Edit]:
    """Yield the edits: no annotations, `experiment` is the settings, names without underscore."""
    yield from without_annotations(tree, {"experiment": _SETTINGS})
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            line, column = node.lineno, node.col_offset + len("def ")
            yield (line, column), (line, column + len(node.name)), _public(node.name)
        elif isinstance(node, ast.Name):
            name = {"experiment": _SETTINGS, "Dataset": "SimpleNamespace"}.get(node.id, node.id)
            if node.id.startswith("_") and node.id != "_":
                name = _public(name)
            if name != node.id:
                yield start(node), end(node), name
