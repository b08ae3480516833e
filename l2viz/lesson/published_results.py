"""The measured numbers in texts: written by ``python -m l2viz measure``, never by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).parent / "published_results.json"

Results = Mapping[str, Mapping[str, float]]  # results by name, for each study by its name


def read_results(file: Path = FILE) -> Results:
    """Read the results. Raises OSError or ValueError where the file cannot be read."""
    results: Results = json.loads(file.read_text(encoding="utf-8"))
    return results


def write_results(results: Results, file: Path = FILE) -> None:
    """Write results with four significant digits, so that measuring again changes few of them."""
    rounded = {
        name: {key: float(f"{value:.4g}") for key, value in of_one.items()}
        for name, of_one in results.items()
    }
    file.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
