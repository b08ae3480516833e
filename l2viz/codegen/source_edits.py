"""Edits of Python source that keep its comments and line breaks: positions come from `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

Position = tuple[int, int]  # line from 1, byte in it from 0, as in ast
Edit = tuple[Position, Position, str]  # start, end, new text


def start(node: ast.expr | ast.arg) -> Position:
    """Return the position of a node's first byte."""
    return node.lineno, node.col_offset


def end(node: ast.expr | ast.arg) -> Position:
    """Return the position behind a node's last byte."""
    assert node.end_lineno is not None and node.end_col_offset is not None
    return node.end_lineno, node.end_col_offset


def definition(source: str, name: str) -> str:
    """Return the source of one function or class of a module, without decorators."""
    (node,) = (
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
    )
    return "\n".join(source.split("\n")[node.lineno - 1 : node.end_lineno])


def without_annotations(
    tree: ast.AST, parameters: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Edit]:
    """Yield the edits that remove all annotations.

    parameters   new names of some parameters, by their old names
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _plain_defaults(node.args)
            if node.returns is not None:
                line, column = start(node.returns)
                yield (line, column - len(" -> ")), end(node.returns), ""
        elif isinstance(node, ast.arg):
            yield start(node), end(node), parameters.get(node.arg, node.arg)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            yield end(node.target), start(node.value), " = "


def _plain_defaults(arguments: ast.arguments) -> Iterator[Edit]:
    """Yield the edits that turn `` = `` before a default into ``=``, as without annotation."""
    positional = [*arguments.posonlyargs, *arguments.args]
    first = len(positional) - len(arguments.defaults)
    for argument, default in (
        *zip(positional[first:], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ):
        if default is not None:
            yield end(argument), start(default), "="


def edited(source: str, edits: Iterable[Edit]) -> str:
    """Apply the edits; one that lies within another is ignored."""
    found = set(edits)
    outermost = [
        (first, last, text)
        for first, last, text in found
        if not any(
            other[0] <= first and last <= other[1] and other != (first, last, text)
            for other in found
        )
    ]
    lines = [line.encode() for line in source.split("\n")]  # ast counts columns in bytes
    for (first, left), (last, right), text in sorted(outermost, reverse=True):
        joined = lines[first - 1][:left] + text.encode() + lines[last - 1][right:]
        lines[first - 1 : last] = [joined]
    return b"\n".join(lines).decode()
