"""The texts above and on the stage: the lesson, the address, and changed settings."""

from __future__ import annotations

import re

import streamlit as st

from l2viz.experiment import SETTINGS, Experiment
from l2viz.experiment.dataset_specs import DATASETS, dataset_words, is_brought
from l2viz.experiment.kinds import Strengths
from l2viz.experiment.number_text import short_number_text
from l2viz.experiment.setting import Setting
from l2viz.experiment.strength_grid import strength_text
from l2viz.lesson.presets import preset_of


def draw_ignored(ignored: tuple[str, ...]) -> None:
    """Show the names of parameters in the address that could not be read."""
    if ignored:
        st.warning(
            f"Ignored in the address, as it could not be read: {_plain(ignored)}.",
            icon=":material/link_off:",
        )


def draw(shown: Experiment) -> None:
    """Draw the text about the run above the stage."""
    lesson = preset_of(shown)
    if lesson:
        st.markdown(f"**{lesson.title}.** {lesson.text} {lesson.finding}")
    else:
        title = DATASETS[shown.dataset].title
        if not is_brought(shown.dataset):
            title = f"the dataset *{title.partition(':')[0]}*"
        noise = f" {100 * shown.label_noise:.3g} % of the training labels are re-drawn at random."
        said = noise if shown.label_noise else ""
        st.markdown(f"**Your own experiment** on {title}.{said}{_multiplied(shown)}")


def _multiplied(shown: Experiment) -> str:
    """Return a sentence about the strength of each layer, or "" if it is λ in all of them."""
    if not shown.strength_multipliers:
        return ""
    plans = [plan for plan in shown.layers if plan.regularized]
    strengths = [
        f"{short_number_text(plan.multiplier)} λ in {plan.name}"
        if plan.multiplier
        # The kernel is measured, and has no penalty.
        else f"none in {plan.name}"
        for plan in plans
    ]
    return f" Each layer has a strength of its own: {', '.join(strengths)}."


def _plain(names: tuple[str, ...]) -> str:
    """Return names from an address, which is untrusted input, without markup and shortened."""
    shown = ", ".join(re.sub(r"[^\w.-]", "?", name)[:30] or "?" for name in names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown


def stale_sentence(shown: Experiment, draft: Experiment) -> str:
    """Return a sentence about settings of the run that differ from the controls, or ""."""
    changed = [
        f"{setting.words} {_short(getattr(shown, name), setting)}"
        for name, setting in SETTINGS.items()
        if getattr(shown, name) != getattr(draft, name)
    ]
    if not changed:
        return ""
    named = ", ".join(changed[:3]) + (" and more" if len(changed) > 3 else "")
    return f"The charts show a run with other settings ({named}). Press Train to use yours."


def _short(value: object, setting: Setting) -> str:
    if isinstance(value, str):
        return dataset_words(value)
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return f"({len(value)} of your own)"
    if isinstance(value, tuple) and len(value) > 4 and isinstance(setting.kind, Strengths):
        return f"0 to {strength_text(value[-1])} in {len(value)}"
    if isinstance(value, tuple):
        return "-".join(_short(part, setting) for part in value) or "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
