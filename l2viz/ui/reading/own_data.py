"""Your data: a table or arrays of the viewer's own, trained like any other dataset.

What is uploaded stays in the viewer's session: nobody else can name it, no address holds it, and it
is gone with the session.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import TypeVar

import streamlit as st

from l2viz.data.array_file import read_arrays
from l2viz.data.array_file import to_table as arrays_to_table
from l2viz.data.brought import Table, bring
from l2viz.data.table_file import Column, read_columns, to_table
from l2viz.data.usable import (
    FEWEST_ROWS,
    LARGEST_CATEGORIES,
    LARGEST_COLUMNS,
    LARGEST_ROWS,
    UnusableData,
)
from l2viz.experiment import Experiment
from l2viz.trainer import Run
from l2viz.ui.session import Session

LARGEST_FILE = 20  # MB, in .streamlit/config.toml too
_ARRAYS = (".npz", ".npy")
_ASK = "Choose a file to begin."
_TASKS = {"classes": "classification", "values": "regression"}
_KEPT = "own_data.read"  # what the last files hold: each run of the script asks for it

Read = TypeVar("Read")


def draw(session: Session, run: Run) -> None:
    """Let the viewer choose a file, a target and a task, and train."""
    st.markdown(
        "Choose a **CSV file** (the first row names the columns), or **numpy arrays**: one `.npz` "
        "with `x` and `y` (Keras's own `mnist.npz` works), or two `.npy` files."
    )
    st.caption(
        f"Up to {LARGEST_FILE} MB, {FEWEST_ROWS} to {LARGEST_ROWS:,} rows (of more, a random "
        f"sample is used), {LARGEST_COLUMNS} inputs, {LARGEST_CATEGORIES} classes. The data stay "
        "in your session: no address and no other viewer gets them, and they go when you leave."
    )
    uploads = st.file_uploader(
        "File",
        ["csv", "tsv", "txt", "npz", "npy"],
        accept_multiple_files=True,
        key="own_data.files",
    )
    if not uploads:
        if session.table and st.button(f"Show {session.table.title} again", key="own_data.again"):
            _train(session)
        st.caption(_ASK)
        return
    try:
        table, notes = _chosen({upload.name: upload.getvalue() for upload in uploads})
    except UnusableData as problem:
        st.error(str(problem))
        return
    kind = f"{len(table.classes)} classes" if table.classes else "a number to predict"
    st.markdown(f"**{len(table.targets):,} examples, {table.inputs.shape[1]} inputs, {kind}.**")
    for note in notes:
        st.text(note)  # names of columns are no markup
    if st.button("Train on these data", type="primary", key="own_data.train"):
        session.table, session.dataset = table, bring(table)
        _train(session)


def _train(session: Session) -> None:
    session.page = session.scene = session.passage = ""
    session.request(Experiment(dataset=session.dataset))
    st.rerun()


def _chosen(files: Mapping[str, bytes]) -> tuple[Table, tuple[str, ...]]:
    """Return the table that the viewer has chosen, and sentences about it. Raises UnusableData."""
    name = next(iter(files))
    title = f"your data: {_plain(PurePath(name).stem)}"
    if name.lower().endswith(_ARRAYS):
        return _read_once(files, lambda: arrays_to_table(*read_arrays(files), title=title))
    if len(files) > 1:
        raise UnusableData("Choose one CSV file at a time.")
    columns: tuple[Column, ...] = _read_once(files, lambda: read_columns(files[name]))
    position = st.selectbox(
        "Target: what the network predicts",
        range(len(columns)),
        index=len(columns) - 1,
        format_func=lambda each: columns[each].name,
        key="own_data.target",
    )
    target = columns[position]
    task = st.segmented_control(
        "Task",
        list(_TASKS),
        default="classes" if target.is_classes else "values",
        format_func=_TASKS.__getitem__,
        required=True,
        key=f"own_data.task.{position}",
        help="Recognised by the target's values: texts and a few whole numbers are classes.",
    )
    return to_table(columns, target, classes=task == "classes", title=title)


def _read_once(files: Mapping[str, bytes], read: Callable[[], Read]) -> Read:
    """Return what these files hold, read at their first use. Raises UnusableData."""
    kept: tuple[Mapping[str, bytes], Read] | None = st.session_state.get(_KEPT)
    if kept is None or kept[0] != files:
        kept = (files, read())
        st.session_state[_KEPT] = kept
    return kept[1]


def _plain(name: str) -> str:
    """Return the name of a file without anything that could be markup."""
    return re.sub(r"[^\w .-]|_", " ", name)[:40].strip() or "a file"
