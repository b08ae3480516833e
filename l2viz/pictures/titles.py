"""Titles that fit into a picture: Plotly cuts off what is wider."""

from __future__ import annotations

import plotly.graph_objects as go

_LARGEST, _SMALLEST = 15.0, 7.0  # pixels of a title's letters
_LETTER = 0.62  # width of a letter, as a share of its height
_BESIDE = 70  # pixels that are left free


def fit_title(figure: go.Figure, width: int, letters: int | None = None) -> go.Figure:
    """Make a figure's title as small as a picture of this width needs, and return the figure.

    letters   of the longest title of several pictures, which then have one size
    """
    count = len(figure.layout.title.text) if letters is None else letters
    room = (width - _BESIDE) / (_LETTER * max(count, 1))
    figure.layout.title.font.size = max(_SMALLEST, min(_LARGEST, room))
    return figure
