"""A lesson of a few parts, so that its site is written in seconds."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from pathlib import Path

import pytest

from l2viz.lesson import LessonContent, read_lesson
from l2viz.lesson.content import Preset
from l2viz.lesson.presets import presets
from l2viz.site import site, write_site
from l2viz.site.frame import Page
from l2viz.site.run_files import RunFiles

SCENES = ("define", "evaluate", "shrinks")  # chosen, drawn, a claim
PRESETS = ("curve",)


def small_lesson(
    lessons: tuple[str, ...] = PRESETS,
) -> tuple[LessonContent, tuple[Preset, ...]]:
    """Return the first passage, three scenes and some presets, and what speaks of them alone."""
    whole = read_lesson()
    kept = {each.key for each in whole.scenes if each.key in SCENES}
    content = dataclasses.replace(
        whole,
        opening=whole.opening[:1],
        tour=tuple(each for each in whole.tour if each.key in kept),
        claims=tuple(
            dataclasses.replace(each, counter="") for each in whole.claims if each.key in kept
        ),
        cards=tuple(dataclasses.replace(card, scene=SCENES[0]) for card in whole.cards[:2]),
        reference=tuple(term for term in whole.reference if term.scene in kept),
    )
    return content, tuple(each for each in presets() if each.key in lessons)


@functools.cache
def small_contents(
    lessons: tuple[str, ...] = PRESETS,
) -> tuple[list[Page], Mapping[str, bytes]]:
    """Return the pages of the small lesson and the parts of its runs, made once."""
    runs = RunFiles()
    return list(site._pages(*small_lesson(lessons), runs)), runs.files


def write_small_site(folder: Path, *, address: str = "", lessons: tuple[str, ...] = PRESETS) -> int:
    """Write the site of the small lesson; return the number of its pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "_contents", lambda progress: small_contents(lessons))
        return write_site(folder, address=address)
