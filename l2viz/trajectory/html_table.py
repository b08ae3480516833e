"""A trajectory in a notebook: what each strength came to, as a table."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from l2viz.experiment.dataset_specs import dataset_words
from l2viz.experiment.number_text import number_text, share_text
from l2viz.experiment.penalties import PENALTIES
from l2viz.experiment.strength_grid import strength_text
from l2viz.trajectory.best import best_members
from l2viz.trajectory.recorded_model import RecordedModel
from l2viz.trajectory.snapshot import Array, Measured, RunContext

_COLUMNS: dict[str, tuple[str, Callable[[float], str]]] = {
    "train_data_loss": ("training data loss", number_text),
    "val_data_loss": ("validation data loss", number_text),
    "test_data_loss": ("test data loss", number_text),
    "train_accuracy": ("training accuracy", share_text),
    "val_accuracy": ("validation accuracy", share_text),
    "test_accuracy": ("test accuracy", share_text),
}
_CELL = 'style="text-align: right; font-weight: inherit"'


@dataclass(frozen=True)
class _Column:
    title: str
    texts: tuple[str, ...]  # of each strength


def html_table(context: RunContext, epoch: int, first: Measured) -> str:
    """Return a table of all strengths at the last epoch.

    context   of the run
    epoch     the last recorded one
    first     measurements (K, E+1, ...) of the first penalty and seed
    """
    columns = [_Column("λ", tuple(map(strength_text, context.trained.strengths)))]
    penalty = np.sum(first.penalty[:, -1], axis=-1)
    for name, (title, write) in _COLUMNS.items():
        values: Array | None = getattr(first, name)
        if values is None or not np.isfinite(values[:, -1]).any():
            continue
        columns.append(_Column(title, tuple(map(write, values[:, -1].tolist()))))
        if name == "train_data_loss":
            columns.append(_Column("penalty", tuple(map(number_text, penalty.tolist()))))
    best = _best(first)
    head = "".join(f'<th scope="col" {_CELL}>{each.title}</th>' for each in columns)
    rows = "\n".join(_row(columns, member, best) for member in range(len(columns[0].texts)))
    return (
        f"<table>\n<caption>{html.escape(_caption(context, epoch))}</caption>\n"
        f"<thead><tr>{head}<th></th></tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _best(first: Measured) -> int | None:
    """Return the member that is best on validation data; None if there is no such choice."""
    losses = first.val_data_loss[:, -1:]
    if len(losses) == 1 or not np.isfinite(losses).any():
        return None
    accuracies = None if first.val_accuracy is None else first.val_accuracy[:, -1:]
    return int(best_members(accuracies, losses)[0])


def _row(columns: list[_Column], member: int, best: int | None) -> str:
    """Return the row of one strength; the best one is bold, and says so."""
    first, *others = (html.escape(column.texts[member]) for column in columns)
    weight, said = ("bold", "best on validation data") if member == best else ("normal", "")
    cells = "".join(f"<td {_CELL}>{text}</td>" for text in others)
    return (
        f'<tr style="font-weight: {weight}"><th scope="row" {_CELL}>{first}</th>{cells}'
        f'<td style="text-align: left">{said}</td></tr>'
    )


def _caption(context: RunContext, epoch: int) -> str:
    """Say of what the numbers are."""
    trained = context.trained
    if isinstance(trained, RecordedModel):
        return f"{trained.name}: losses apart from the penalty, at epoch {epoch}"
    of = f"{PENALTIES[trained.penalties[0]].title}, seed {trained.seed}"
    more = len(trained.penalties) * trained.repeats - 1
    others = f" ({more} more with other penalties or seeds)" if more else ""
    return (
        f"{dataset_words(trained.dataset)}, {of}{others}: losses apart from the penalty, "
        f"at epoch {epoch}"
    )
