"""The measured figures that texts quote: made by ``python -m l2viz evidence``, never typed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).parent / "published_results.json"

Figures = Mapping[str, Mapping[str, float]]  # of each verdict by its name


def read_figures(file: Path = FILE) -> Figures:
    """Raises OSError or ValueError where there is no such file, or none that can be read."""
    figures: Figures = json.loads(file.read_text(encoding="utf-8"))
    return figures


def write_figures(figures: Figures, file: Path = FILE) -> None:
    """Each to four significant digits, so that a repeated measurement changes little."""
    rounded = {
        name: {key: float(f"{value:.4g}") for key, value in of_one.items()}
        for name, of_one in figures.items()
    }
    file.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
