"""Source without annotations: everything else in it stays, and it is the engine's own classes."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest

from l2viz.codegen.class_source import engine_class
from l2viz.codegen.source_edits import definition, edited, without_annotations
from l2viz.engine.float32_draws import Float32Dropout, Float32Glorot
from l2viz.engine.gated_layer import Gated
from l2viz.engine.soft_threshold import SoftThreshold

SOURCE = '''
import functools

@functools.cache
def taken(
    λ: float, *, count: int = 2,  # both are numbers
    name: str = "a: b", plain=1, **rest: dict[str, int]
) -> dict[str, float]:
    """λ by name -> a comment follows."""
    found: dict[str, float] = {name: λ}  # "λ: float" stays

    def inner(x: int) -> int:
        return x

    return found

def other() -> None: ...
'''
WITHOUT = '''
def taken(
    strength, *, count=2,  # both are numbers
    name="a: b", plain=1, **rest
):
    """λ by name -> a comment follows."""
    found = {name: λ}  # "λ: float" stays

    def inner(x):
        return x

    return found
'''.strip()


def test_comments_lines_and_defaults_stay() -> None:
    source = definition(SOURCE, "taken")
    assert edited(source, without_annotations(ast.parse(source), {"λ": "strength"})) == WITHOUT


class Plain(ast.NodeTransformer):
    """Removes annotations from a tree."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node


@pytest.mark.parametrize("engines", [Gated, SoftThreshold, Float32Glorot, Float32Dropout])
def test_a_scripts_class_is_the_engines(engines: type[Any]) -> None:
    expected = Plain().visit(ast.parse(inspect.getsource(engines)))
    source = engine_class(engines.__name__)
    assert ast.dump(ast.parse(source)) == ast.dump(expected)
    assert "type: ignore" not in source
