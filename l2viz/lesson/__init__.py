"""The lesson as data: presets, scenes, misconceptions and terms, in files a teacher can edit."""

from l2viz.lesson.content import Card, Passage, Preset, Question, Scene, Term
from l2viz.lesson.loader import FILES, LessonContent, LessonError, read_lesson, read_presets

__all__ = [
    "FILES",
    "Card",
    "LessonContent",
    "LessonError",
    "Passage",
    "Preset",
    "Question",
    "Scene",
    "Term",
    "read_lesson",
    "read_presets",
]
