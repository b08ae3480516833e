"""The regularizers of a model, row by row: table and sums, as text and as HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SummaryRow:
    """One variable of a layer, or a layer without any.

    layer          its path: the names of the models and layers around it, then its own
    kind           its class
    output_shape   of the layer, "?" if unknown to Keras
    variable       "kernel", "bias", ...; empty for a layer without variables
    shape          of the variable
    parameters     number of elements of the variable
    trainable      False for frozen variables and for statistics: Keras ignores their penalty
    regularizer    as source code, "L2(l2=0.01)"; empty if there is none
    strengths      the numbers in the regularizer's settings, {"l2": 0.01}
    penalty        its current term in Keras's loss; None if that depends on a batch, or fails
    problem        why the regularizer fails; empty if it does not
    decay          the optimizer's weight decay of this variable; 0 for none
    place          number of its layer in the model; two layers may have the same name
    """

    layer: str
    kind: str
    output_shape: str
    variable: str = ""
    shape: tuple[int, ...] = ()
    parameters: int = 0
    trainable: bool = True
    regularizer: str = ""
    strengths: Mapping[str, float]
    penalty: float | None = 0.0
    problem: str = ""
    decay: float = 0.0
    place: int = 0

    @property
    def regularized(self) -> bool:
        """Return whether it is trained with a penalty; one of strength 0 is none."""
        off = bool(self.strengths) and not any(self.strengths.values()) and self.penalty == 0.0
        return self.trainable and bool(self.regularizer) and not off


@dataclass(frozen=True, kw_only=True)
class OptimizerDecay:
    """The optimizer that decays weights itself: its class, and its learning rate now."""

    optimizer: str
    learning_rate: float


@dataclass(frozen=True, kw_only=True)
class ModelSummary:
    """The regularizers of a model: rows in the order of its layers, and their sums.

    ``print`` shows it as a table of text, a notebook as a table in HTML.

    Attributes
    ----------
    name : str
        The model's name.
    rows : tuple of SummaryRow
        One for each variable, or layer without variables.
    data_loss : float or None
        The loss without penalty, if given.
    remarks : tuple of str
        Where a layer's settings differ from what its weights have: a sentence each.
    decay : OptimizerDecay or None
        Of the model's optimizer, if it decays a variable.
    """

    name: str
    rows: tuple[SummaryRow, ...]
    data_loss: float | None = None
    remarks: tuple[str, ...] = ()
    decay: OptimizerDecay | None = None

    @property
    def parameters(self) -> int:
        """Return the number of all parameters."""
        return sum(row.parameters for row in self.rows)

    @property
    def trainable_parameters(self) -> int:
        """Return the number of parameters in trainable variables."""
        return sum(row.parameters for row in self.rows if row.trainable)

    @property
    def regularized_parameters(self) -> int:
        """Return the number of parameters in trainable variables with a penalty."""
        return sum(row.parameters for row in self.rows if row.regularized)

    @property
    def decayed_parameters(self) -> int:
        """Return the number of parameters that the optimizer decays."""
        return sum(row.parameters for row in self.rows if row.decay)

    @property
    def penalty(self) -> float:
        """Σ of the rows' penalties: ``sum(model.losses)``, without those that are not known."""
        return sum(row.penalty for row in self.rows if row.penalty is not None)

    @property
    def total_loss(self) -> float | None:
        """Data loss + penalty; None without a data loss."""
        return None if self.data_loss is None else self.data_loss + self.penalty

    @property
    def depends_on_a_batch(self) -> tuple[SummaryRow, ...]:
        """Return the rows whose penalty is not in the sum, as no batch was given."""
        return tuple(row for row in self.rows if row.penalty is None and not row.problem)

    @property
    def failing(self) -> tuple[SummaryRow, ...]:
        """Return the rows whose regularizer fails; their penalty is not in the sum."""
        return tuple(row for row in self.rows if row.problem)

    def share_of_penalty(self, row: SummaryRow) -> float | None:
        """Penalty of the row ÷ penalty of all rows; None if that is 0."""
        return _share(row.penalty, self.penalty)

    def share_of_total_loss(self, row: SummaryRow) -> float | None:
        """Penalty of the row ÷ total loss; None without a data loss."""
        return _share(row.penalty, self.total_loss)

    def table(self) -> tuple[tuple[str, ...], ...]:
        """Return the cells as text, header first; shares only if they are known."""
        head = ["Layer", "Output shape", "Variable", "Shape", "Parameters", "Regularizer"]
        head += ["Penalty now", "Of penalty"]
        if self.total_loss is not None:
            head.append("Of total loss")
        if self.decay is not None:
            head.append(_DECAY)
        cells = [self._cells(row) for row in self.rows]
        for above, (position, row) in zip(self.rows, enumerate(self.rows[1:], 1), strict=False):
            if row.place == above.place:  # the layer is named once
                cells[position] = ("", "", *cells[position][2:])
        return (tuple(head), *cells)

    def notes(self) -> tuple[str, ...]:
        """Return the lines below the table: the sums, and what is not in them."""
        counts = f"{self.parameters:,} parameters, {self.trainable_parameters:,} trainable"
        sums = f"penalty {self.penalty:.6g}"
        if self.data_loss is not None:
            sums += f" + data loss {self.data_loss:.6g} = total loss {self.total_loss:.6g}"
        lines = [f"{counts}, {self.regularized_parameters:,} regularized", sums]
        left_out = ", ".join(f"{row.regularizer} of {row.layer}" for row in self.depends_on_a_batch)
        if left_out:
            lines.append(f"not in the penalty, as it depends on a batch: {left_out}")
        lines += [
            f"not in the penalty, as it fails: {row.regularizer} of {row.layer}.{row.variable} "
            f"({row.problem})"
            for row in self.failing
        ]
        if self.decay is not None:
            lines.append(
                f"not in any loss: in each step {self.decay.optimizer} subtracts learning rate "
                f"({self.decay.learning_rate:g}) × decay × weight from "
                f"{self.decayed_parameters:,} parameters"
            )
        return (*lines, *self.remarks)

    def __str__(self) -> str:
        return "\n".join([self.name, text_table(self.table(), _NUMBERS), *self.notes()])

    def _repr_html_(self) -> str:
        head, *body = self.table()
        titles = "".join(f"<th>{html.escape(title)}</th>" for title in head)
        rows = "".join(f"<tr>{_html_cells(head, cells)}</tr>" for cells in body)
        notes = "<br>".join(html.escape(line) for line in self.notes())
        return (
            f"<table><caption>{html.escape(self.name)}</caption>"
            f"<thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table><p>{notes}</p>"
        )

    def _cells(self, row: SummaryRow) -> tuple[str, ...]:
        frozen = "" if row.trainable else " (not trained)"
        cells = [
            f"{row.layer} ({row.kind})",
            row.output_shape,
            row.variable,
            str(row.shape) if row.parameters else "",
            f"{row.parameters:,}",
            (row.regularizer or "–" if row.variable else "") + frozen,
            _penalty_cell(row),
            _percent(self.share_of_penalty(row) if row.regularizer else None),
        ]
        if self.total_loss is not None:
            cells.append(_percent(self.share_of_total_loss(row) if row.regularizer else None))
        if self.decay is not None:
            cells.append(f"{row.decay:g}" if row.decay else "")
        return tuple(cells)


def text_table(table: tuple[tuple[str, ...], ...], numbers: tuple[str, ...]) -> str:
    """Return aligned lines of cells, header first, between rules; `numbers` are right-aligned."""
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if title in numbers else cell.ljust(width)
            for cell, width, title in zip(cells, widths, table[0], strict=True)
        ).rstrip()
        for cells in table
    ]
    rule = "─" * max(len(line) for line in lines)
    return "\n".join([lines[0], rule, *lines[1:], rule])


def written(class_name: str, settings: Mapping[str, object]) -> str:
    """Return the source code that makes an object: "L2(l2=0.01)"."""
    return f"{class_name}({', '.join(f'{name}={_shown(v)}' for name, v in settings.items())})"


def _shown(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= 30 else f"{text[:29]}…"


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or whole is None or whole <= 0.0 else part / whole


def _penalty_cell(row: SummaryRow) -> str:
    if not row.regularizer:
        return ""
    if row.problem:
        return "fails"
    return "?" if row.penalty is None else f"{row.penalty:.6g}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


_DECAY = "Optimizer's decay"
_NUMBERS = ("Parameters", "Penalty now", "Of penalty", "Of total loss", _DECAY)


def _html_cells(head: tuple[str, ...], cells: tuple[str, ...]) -> str:
    return "".join(
        f'<td style="text-align:{"right" if title in _NUMBERS else "left"}">'
        f"{html.escape(cell)}</td>"
        for title, cell in zip(head, cells, strict=True)
    )
