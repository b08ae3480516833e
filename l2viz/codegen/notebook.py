"""Member -> the same script as a notebook."""

from __future__ import annotations

import json
from typing import Any

from l2viz.codegen.member import Member
from l2viz.codegen.script import headline, sections, what_it_is
from l2viz.experiment import Experiment


def keras_notebook(experiment: Experiment, *, strength: float, penalty: str | None = None) -> str:
    """Write the script of `keras_script` as a notebook, with a cell for each of its parts.

    It runs from top to bottom, and its last cell prints the JSON object. Equal arguments give
    equal text.

    Parameters
    ----------
    experiment
        The settings of the run; with repeats, the first is trained.
    strength
        λ, from 0 to 1e6; it need not be one of ``experiment.strengths``.
    penalty
        One of ``experiment.penalties``, or None for the first.

    Returns
    -------
    str
        The text of an .ipynb file, nbformat 4.5.

    Raises
    ------
    ExperimentError
        If the strength or the penalty is not valid, or a script cannot make the data.
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
