"""Pictures, films and strips of a run, as files: charts drawn by kaleido in one browser session."""

from l2viz.pictures.figures import save_figures
from l2viz.pictures.film import save_film
from l2viz.pictures.strip import save_strip

__all__ = ["save_figures", "save_film", "save_strip"]
