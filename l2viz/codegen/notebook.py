"""Member -> the same script as a notebook."""

from __future__ import annotations

import json
from typing import Any

from l2viz.codegen.member import Member
from l2viz.codegen.script import headline, sections, what_it_is
from l2viz.experiment import Experiment


def keras_notebook(experiment: Experiment, *, strength: float, penalty: str | None = None) -> str:
    """The script of `keras_script`, part by part, as a notebook: the text of an .ipynb file.

    nbformat 4.5; it runs from top to bottom, and its last cell prints the JSON object. Equal
    arguments give equal bytes. Raises ExperimentError as `keras_script` does.
    """
    member = Member.of(experiment, strength, penalty)
    cells = [_cell("markdown", f"# {headline(member).rstrip('.')}\n\n{what_it_is(member)}")]
    for section in sections(member):
        if section.title:
            cells.append(_cell("markdown", f"## {section.title}\n\n{section.words}".strip()))
        cells.append(_cell("code", section.code))
    for number, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{number}"
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": kind,
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
