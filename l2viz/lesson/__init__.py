"""The lesson as data: scenes, misconceptions and terms, read from files that a teacher can edit."""

from l2viz.lesson.content import Card, Question, Scene, Term
from l2viz.lesson.loader import FILES, Lesson, LessonError, read_lesson

__all__ = ["FILES", "Card", "Lesson", "LessonError", "Question", "Scene", "Term", "read_lesson"]
