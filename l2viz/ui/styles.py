"""The page's own CSS: all .css files in the folder of this module."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def _read() -> str:
    files = sorted(FOLDER.rglob("*.css"))
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


STYLES = f"<style>\n{_read()}</style>"
