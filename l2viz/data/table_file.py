"""The bytes of a CSV file -> columns -> a Table. A file is text alone, and nothing in it is run."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from l2viz.data.brought import Table
from l2viz.data.dataset import Floats
from l2viz.data.usable import (
    FEWEST_ROWS,
    LARGEST_CATEGORIES,
    LARGEST_COLUMNS,
    LARGEST_NUMBER,
    LARGEST_ROWS,
    UnusableData,
    are_classes,
    sampled_rows,
)

LONGEST_NAME = 60
_LONGEST_FILE = 1_000_000  # lines
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-", "."})
_MOSTLY = 0.9  # of a column's values are numbers: the others count as missing


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """A column of a file.

    texts     (N,) as they stand in the file; "" where a value is missing
    numbers   (N,) with NaN where a value is missing; None if the column has other values
    """

    name: str
    texts: tuple[str, ...]
    numbers: Floats | None

    @property
    def missing(self) -> int:
        """Return how many values are missing."""
        if self.numbers is not None:
            return int(np.isnan(self.numbers).sum())
        return self.texts.count("")

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the different values: numbers by size, others by name."""
        if self.numbers is not None:
            known = np.unique(self.numbers[np.isfinite(self.numbers)])
            return tuple(f"{value:.15g}" for value in known)
        return tuple(sorted(set(self.texts) - {""}))

    @property
    def is_classes(self) -> bool:
        """Return whether its values, as a target, are more likely classes than numbers."""
        if self.numbers is None:
            return True
        return are_classes(np.unique(self.numbers[np.isfinite(self.numbers)]))


def read_columns(content: bytes) -> tuple[Column, ...]:
    """Return the columns of a file. Raises UnusableData."""
    rows = list(_rows(_text(content)))
    if not rows:
        raise UnusableData("The file is empty. Choose one with a row of names and rows of values.")
    names, rows = _header(rows)
    if len(names) < 2:
        raise UnusableData(
            "The file has one column. A target and at least one more column are needed, separated "
            "by commas, semicolons or tabs."
        )
    for number, row in enumerate(rows, start=2):
        if len(row) > len(names):
            raise UnusableData(
                f"Row {number} has {len(row)} values, and the first row {len(names)}. Give every "
                "row as many, with quotation marks around texts that hold the separator."
            )
    if len(rows) < FEWEST_ROWS:
        raise UnusableData(f"The file has {len(rows)} rows. At least {FEWEST_ROWS} are needed.")
    rows = _sampled(rows)
    filled = [(*row, *[""] * (len(names) - len(row))) for row in rows]
    return tuple(_column(name, texts) for name, *texts in zip(names, *filled, strict=True))


def to_table(
    columns: Sequence[Column], target: Column, *, classes: bool, title: str
) -> tuple[Table, tuple[str, ...]]:
    """Return the table that predicts a target from the other columns, and sentences about it.

    classes   whether the values of the target are classes
    """
    known = np.array([bool(text) for text in target.texts])
    if target.numbers is not None:
        known = np.isfinite(target.numbers)
    notes = []
    if not known.all():
        notes.append(f"{int((~known).sum())} rows without a target are left out.")
    if known.sum() < FEWEST_ROWS:
        raise UnusableData(
            f"The target has {int(known.sum())} values. At least {FEWEST_ROWS} are needed: choose "
            "another one."
        )
    values, labels = _values_of(target, known, classes)
    inputs, of_inputs = _inputs_of([c for c in columns if c is not target], known)
    table = Table(
        title=title, inputs=inputs, targets=values, classes=labels, shape=(inputs.shape[1],)
    )
    return table, (*notes, *of_inputs)


# ---- reading


def _text(content: bytes) -> str:
    """Decode UTF-8, UTF-16 with its mark, or else Windows-1252, in which every Western file is."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
        break
    raise UnusableData("This is no text file. Save the table as CSV, in UTF-8, and choose that.")


def _rows(text: str) -> Iterator[list[str]]:
    """Yield the rows that are not empty."""
    try:
        dialect = csv.Sniffer().sniff(text[:20_000], delimiters=",;\t|")
        delimiter = dialect.delimiter
    except csv.Error:  # one column, or text
        delimiter = ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        for row in reader:
            if reader.line_num > _LONGEST_FILE:
                raise UnusableData(
                    f"The file has more than {_LONGEST_FILE:,} lines. Take a sample of its rows: "
                    f"{LARGEST_ROWS:,} are used."
                )
            if any(value.strip() for value in row):
                yield [value.strip() for value in row]
    except csv.Error as problem:
        raise UnusableData(
            f"Line {reader.line_num} cannot be read ({problem}). Is it a CSV file?"
        ) from None


def _header(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Return a name for each column, none of them twice, and the rows below."""
    first = rows[0]
    if all(_number(value) is not None for value in first):
        given, rest = [""] * len(first), rows
    else:
        given, rest = first, rows[1:]
    seen: Counter[str] = Counter()
    names = []
    for position, name in enumerate(given, start=1):
        name = " ".join(name.split())[:LONGEST_NAME] or f"column {position}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names, rest


def _sampled(rows: list[list[str]]) -> list[list[str]]:
    """Return all rows, or a random sample of them in their order."""
    if len(rows) <= LARGEST_ROWS:
        return rows
    return [rows[position] for position in sampled_rows(len(rows))]


def _column(name: str, texts: Sequence[str]) -> Column:
    known = ["" if text.lower() in _MISSING else text for text in texts]
    numbers = [_number(text) for text in known]
    count = sum(number is not None for number in numbers)
    values = None
    if count and count >= _MOSTLY * sum(map(bool, known)):
        values = np.array([math.nan if number is None else number for number in numbers])
        if np.nanmax(np.abs(values)) > LARGEST_NUMBER:
            raise UnusableData(
                f"The column “{name}” has numbers beyond ±{LARGEST_NUMBER:g}. Write it in another "
                "unit, or leave it out."
            )
    return Column(name=name, texts=tuple(known), numbers=values)


def _number(text: str) -> float | None:
    """Return a finite number, with a point or a comma before its decimals."""
    if "_" in text or len(text) > 40:
        return None
    for spelling in (text, text.replace(",", ".")):
        try:
            value = float(spelling)
        except ValueError:
            continue
        return value if math.isfinite(value) else None
    return None


# ---- of the columns


def _values_of(
    target: Column, known: np.ndarray, classes: bool
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the target's values and the names of its classes. Raises UnusableData."""
    if not classes:
        if target.numbers is None:
            raise UnusableData(
                f"“{target.name}” is no column of numbers, which a regression predicts. Choose "
                "classification, or another target."
            )
        values = target.numbers[known]
        if values.min() == values.max():
            raise UnusableData(f"“{target.name}” has one value only: choose another target.")
        return values, ()
    labels = target.categories
    if not 2 <= len(labels) <= LARGEST_CATEGORIES:
        raise UnusableData(
            f"“{target.name}” has {len(labels)} different values; a classification needs 2 to "
            f"{LARGEST_CATEGORIES} classes. Choose another target"
            + (", or regression." if target.numbers is not None else ".")
        )
    spelled = target.texts
    if target.numbers is not None:
        spelled = tuple(f"{value:.15g}" for value in target.numbers)
    position = {label: number for number, label in enumerate(labels)}
    chosen = [position[text] for text, is_known in zip(spelled, known, strict=True) if is_known]
    return np.array(chosen, dtype=np.int32), labels


def _inputs_of(columns: Sequence[Column], known: np.ndarray) -> tuple[Floats, tuple[str, ...]]:
    """Return the inputs, (N, F) with NaN where a value is missing, and sentences about them."""
    parts: list[Floats] = []
    left_out, gaps = [], []
    for column in columns:
        values = _encoded(column, known)
        if values is None:
            left_out.append(column.name)
            continue
        parts.append(values)
        if column.missing:
            gaps.append(f"{column.name} ({column.missing})")
    notes = []
    if left_out:
        notes.append(
            f"Left out, as they have one value only, or more than {LARGEST_CATEGORIES} different "
            f"texts: {_listed(left_out)}."
        )
    if gaps:
        notes.append(
            f"Missing values are replaced by the median, or count as zero: {_listed(gaps)}."
        )
    if not parts:
        raise UnusableData("No column is left to predict from. Choose a file with more columns.")
    inputs = np.concatenate(parts, axis=1)
    if inputs.shape[1] > LARGEST_COLUMNS:
        raise UnusableData(
            f"The table has {inputs.shape[1]} inputs, with one for each category. At most "
            f"{LARGEST_COLUMNS} are used: leave some columns out."
        )
    return inputs, tuple(notes)


def _encoded(column: Column, known: np.ndarray) -> Floats | None:
    """Return (N, 1) numbers or (N, categories) of 0 and 1; None if the column tells nothing."""
    if column.numbers is not None:
        numbers = column.numbers[known]
        finite = numbers[np.isfinite(numbers)]
        if not finite.size or finite.min() == finite.max():
            return None
        return numbers[:, None]
    labels = column.categories
    if not 2 <= len(labels) <= LARGEST_CATEGORIES:
        return None
    texts = np.array(column.texts, dtype=object)[known]
    encoded: Floats = (texts[:, None] == np.array(labels, dtype=object)).astype(float)
    return encoded


def _listed(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
