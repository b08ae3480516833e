"""The sidebar: one Streamlit widget for each setting, from the table, in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import streamlit as st

from l2viz.experiment import LARGEST_GRID, SETTINGS
from l2viz.experiment.fields import TABS
from l2viz.experiment.kinds import Choice, Flag, Names, Real, Strengths, Units, Whole
from l2viz.experiment.multipliers import Multipliers
from l2viz.experiment.setting import Setting
from l2viz.lesson.presets import presets
from l2viz.ui.sidebar.settings import LESSON, Settings

_DECADES = tuple(float(f"{digit}e{power}") for power in range(-6, 2) for digit in (1, 2, 5))


def draw(settings: Settings, next_steps: Callable[[], None]) -> None:
    """Draw all settings; `next_steps` draws the next steps in the tab of λ."""
    st.pills(
        "Lesson",
        [lesson.name for lesson in presets()],
        key=settings.key(LESSON),
        help="Changes all settings to the lesson's, and shows its run.",
    )
    _draw_setting(SETTINGS["dataset"], settings, st)
    for name, tab in zip(TABS, st.tabs(TABS), strict=True):
        with tab:
            for row in _rows(name, settings):
                places = st.columns(len(row)) if len(row) > 1 else [st]
                for setting, place in zip(row, places, strict=True):
                    _draw_setting(setting, settings, place)
            if name == SETTINGS["train_size"].tab:
                _draw_points(settings)
            if name == SETTINGS["strengths"].tab:
                next_steps()


def _draw_points(settings: Settings) -> None:
    """Say that the training points are the viewer's own, with a button that draws them again."""
    points = settings.values["points"]
    if points:
        st.caption(f"You moved the training points: {len(points)} points of your own.")
        st.button("Draw new points", key="draw_points", on_click=settings.draw_points)


def _rows(tab: str, settings: Settings) -> Iterator[Sequence[Setting]]:
    """Yield the rows of a tab: one setting that applies, or two that are paired."""
    waiting: list[Setting] = []
    for setting in SETTINGS.values():
        # Evaluated row by row: the widget above may have just changed which settings apply.
        if setting.tab != tab or not setting.applies_to(settings.values):
            continue
        waiting.append(setting)
        if not setting.paired or len(waiting) == 2:
            yield waiting
            waiting = []


def _draw_setting(setting: Setting, settings: Settings, place: Any) -> None:
    """Draw the widget of a setting's kind."""
    name, kind, values = setting.name, setting.kind, settings.values
    if isinstance(kind, Strengths):
        _draw_strengths(setting, settings)
        return
    if isinstance(kind, Choice) and kind.offered:
        names = kind.offered(values)
        if values[name] not in names:
            settings.set_one(name, names[0])
    common = {"label": setting.label, "help": setting.help or None, "key": settings.key(name)}
    if isinstance(kind, Choice):
        names = kind.offered(values) if kind.offered else kind.names
        place.selectbox(options=names, format_func=kind.titles.__getitem__, **common)
    elif isinstance(kind, Names):
        place.pills(
            options=list(kind.titles),
            selection_mode="multi",
            format_func=kind.titles.__getitem__,
            **common,
        )
    elif isinstance(kind, Flag):
        place.toggle(**common)
    elif isinstance(kind, Units | Multipliers):
        place.text_input(**common)
    elif isinstance(kind, Real) and kind.offered:
        _draw_numbers(kind.offered, values[name], place, **common)
    elif isinstance(kind, Whole | Real):
        place.number_input(**_limits(kind, values), **common)


def _limits(kind: Whole | Real, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return bounds, step and format for a number's widget."""
    if isinstance(kind, Whole):
        smallest, largest = kind.bounds(values)
        smallest = smallest if kind.least_shown is None else kind.least_shown
        return {"min_value": smallest, "max_value": largest}
    ends = {"min_value": kind.smallest, "max_value": kind.largest}
    return ends | {"step": kind.step, "format": kind.digits}


def _draw_numbers(offered: Sequence[float], present: float, place: Any, **common: Any) -> None:
    """Draw a list of numbers to choose from, including the current one."""
    numbers = sorted({*offered, present})
    place.selectbox(options=numbers, format_func=lambda number: f"{number:g}", **common)


def _draw_strengths(setting: Setting, settings: Settings) -> None:
    """Draw the ends and the size of a log-spaced grid, or the strengths as a list."""
    key = settings.key
    kind = st.segmented_control(
        "Strength grid", ["log-spaced", "list"], key=key("grid"), required=True
    )
    if kind == "list":
        st.text_input(setting.label, key=key("strengths"), help=setting.help)
        return
    for column, end in zip(st.columns(2), ("smallest", "largest"), strict=True):
        name = f"grid_{end}"
        present = settings.values[name]
        label = f"{end.capitalize()} λ"
        _draw_numbers(_DECADES, present, column, label=label, key=key(name))
    st.number_input("Number of strengths above 0", 2, LARGEST_GRID - 1, key=key("grid_count"))
