"""Figures of one chart -> one figure that shows them side by side.

Each panel keeps its own axes, which get new numbers and a part of the width. What panels share is
shown once: the key, the labels of equal axes on the left, and colour bars.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import plotly.graph_objects as go

_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 20, 110, 50  # margins, in pixels
_ACROSS = 0.12  # of a panel's width between two panels
_PANEL = 190  # pixels of a panel's width
_HEIGHT = 330  # pixels, of the whole
_HEADING, _HEADING_ROOM = 12, 20  # pixels of a heading's letters, and from the plot to the key
_TITLE_BELOW = -21  # pixels, from the plot to a title below all panels
_LETTER = 6  # pixels of a tick label's letter, about
_AXIS = re.compile(r"^([xy])(\d*)$")
_LAYOUT_AXIS = re.compile(r"^([xy])axis(\d*)$")
_TAG = re.compile(r"<[^>]*>")
_DRAWN = ("annotations", "shapes", "images")
# References to axes of the same figure, in traces, axes, annotations, shapes and images.
_REFERENCES = (
    *("xaxis", "yaxis", "anchor", "overlaying", "scaleanchor", "matches"),
    *("xref", "yref", "axref", "ayref"),
)


def usual_size(panels: int) -> tuple[int, int]:
    """Return the usual width and height in pixels of a row of panels."""
    width = _LEFT + _RIGHT + round(_PANEL * (panels + _ACROSS * (panels - 1)))
    return width, _HEIGHT


def side_by_side(
    figures: Sequence[go.Figure], headings: Sequence[str], title: str, size: tuple[int, int]
) -> go.Figure:
    """Join figures of one chart to one row.

    headings   shown above each of them
    title      of the whole
    size       width and height of the whole, in pixels
    """
    parts = [figure.to_plotly_json() for figure in figures]
    columns = list(_columns(len(parts)))
    stride = max(number for part in parts for number in _axes(part))
    width, height = (size[0] - _LEFT - _RIGHT, size[1] - _TOP - _BOTTOM)
    layout = _shared(parts[0]["layout"], title, height)
    drawn: dict[str, list[Any]] = {kind: [] for kind in _DRAWN}
    traces: list[dict[str, Any]] = []
    for number, (part, column) in enumerate(zip(parts, columns, strict=True)):
        panel = _Panel(number * stride, column, width, last=number == len(parts) - 1)
        traces += [panel.trace(trace) for trace in part["data"]]
        layout |= panel.axes(part["layout"])
        for kind, things in drawn.items():
            things += [panel.moved(thing) for thing in part["layout"].get(kind, ())]
        drawn["annotations"].append(_heading(headings[number], column))
    drawn["annotations"] += _long_title(layout, width * (columns[0][1] - columns[0][0]))
    layout |= {kind: things for kind, things in drawn.items() if things}
    return go.Figure(data=_keyed_once(traces), layout=layout)


def _shared(layout: dict[str, Any], title: str, height: int) -> dict[str, Any]:
    """Return the layout without what panels have of their own; the key stands above headings."""
    shared = {
        name: value
        for name, value in layout.items()
        if not _LAYOUT_AXIS.match(name) and name not in _DRAWN
    }
    above = 1.0 + _HEADING_ROOM / max(height, 1)
    return {
        **shared,
        "title": {**layout.get("title", {}), "text": title},
        "margin": {"l": _LEFT, "r": _RIGHT, "t": _TOP, "b": _BOTTOM},
        "legend": {**layout.get("legend", {}), "y": above, "yanchor": "bottom"},
    }


class _Panel:
    """One of the figures: how its axes are numbered, and which part of the width it has."""

    def __init__(self, offset: int, column: tuple[float, float], width: int, *, last: bool) -> None:
        self._offset, self._column, self._width, self._last = offset, column, width, last

    def axes(self, layout: dict[str, Any]) -> dict[str, Any]:
        """Return the figure's axes with their new names."""
        found: dict[str, Any] = {}
        for name, axis in layout.items():
            match = _LAYOUT_AXIS.match(name)
            if match is None:
                continue
            letter, number = match.groups()
            moved = self.moved(axis)
            if letter == "x":
                moved["domain"] = [self._across(end) for end in axis.get("domain", (0.0, 1.0))]
                low, high = moved["domain"]
                moved |= _thinned(moved, self._width * (high - low))
            elif self._is_hidden(axis, layout):
                moved |= {"showticklabels": False, "ticks": ""}
                moved["title"] = {**moved.get("title", {}), "text": ""}
            # An axis without an anchor has the first one of the other letter.
            moved.setdefault("anchor", self._renamed("y" if letter == "x" else "x"))
            found[f"{letter}axis{self._number(number)}"] = moved
        return found

    def trace(self, trace: dict[str, Any]) -> dict[str, Any]:
        """Return a trace on the panel's axes."""
        moved = self.moved(trace)
        for letter in ("x", "y"):
            moved.setdefault(f"{letter}axis", self._renamed(letter))
        if "colorbar" in moved and not self._last:
            moved["showscale"] = False
        return moved

    def moved(self, thing: dict[str, Any]) -> dict[str, Any]:
        """Return an axis, a trace, an annotation, a shape or an image in the panel."""
        moved = {
            key: self._renamed(value) if key in _REFERENCES and isinstance(value, str) else value
            for key, value in thing.items()
        }
        if thing.get("xref") == "paper":
            for end in ("x", "x0", "x1"):
                if end in thing:
                    moved[end] = self._across(thing[end])
        return moved

    def _is_hidden(self, axis: dict[str, Any], layout: dict[str, Any]) -> bool:
        """Return whether another panel has the same labels: all but the first on the left."""
        if axis.get("side") == "right":
            return not self._last
        across = layout.get(f"xaxis{axis.get('anchor', 'x').removeprefix('x')}", {})
        return self._offset > 0 and across.get("domain", (0.0, 1.0))[0] == 0.0

    def _renamed(self, reference: str) -> str:
        """Return the new name of "x2" or "x2 domain"; "paper", "free" and "pixel" stay."""
        name, space, rest = reference.partition(" ")
        match = _AXIS.match(name)
        if match is None:
            return reference
        return f"{match[1]}{self._number(match[2])}{space}{rest}"

    def _number(self, digits: str) -> str:
        number = int(digits or 1) + self._offset
        return "" if number == 1 else str(number)

    def _across(self, share: float) -> float:
        left, right = self._column
        return left + share * (right - left)


def _columns(count: int) -> Iterator[tuple[float, float]]:
    """Yield the ends of each panel, as shares of the width."""
    width = 1.0 / (count + _ACROSS * (count - 1))
    for number in range(count):
        left = number * width * (1.0 + _ACROSS)
        yield left, min(1.0, left + width)


def _axes(part: dict[str, Any]) -> Iterator[int]:
    """Yield the numbers of a figure's axes."""
    for name in ("xaxis", *part["layout"]):
        if match := _LAYOUT_AXIS.match(name):
            yield int(match[2] or 1)


def _heading(text: str, column: tuple[float, float]) -> dict[str, Any]:
    return {
        "text": f"<b>{text}</b>",
        "font": {"size": _HEADING},
        "xref": "paper",
        "yref": "paper",
        "x": sum(column) / 2,
        "y": 1.0,
        "xanchor": "center",
        "yanchor": "bottom",
        "showarrow": False,
    }


def _long_title(layout: dict[str, Any], pixels: float) -> list[dict[str, Any]]:
    """Take a title for which a panel is too narrow from all x axes; return it below the row."""
    titles = {
        name: axis["title"]
        for name, axis in layout.items()
        if name.startswith("xaxis")
        and _LETTER * len(axis.get("title", {}).get("text", "")) > pixels
    }
    for name, title in titles.items():
        layout[name] = {**layout[name], "title": {**title, "text": ""}}
    below = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.0, "yshift": _TITLE_BELOW}
    middle = {"xanchor": "center", "yanchor": "top", "showarrow": False}
    written = {title["text"]: title.get("font", {}) for title in titles.values()}
    return [{**below, **middle, "text": text, "font": font} for text, font in written.items()]


def _thinned(axis: dict[str, Any], pixels: float) -> dict[str, Any]:
    """Return ticks and labels that have room beside each other; the first one always has."""
    values, texts = axis.get("tickvals"), axis.get("ticktext")
    if values is None or texts is None or len(values) < 2 or "range" not in axis:
        return {}
    low, high = sorted(axis["range"])
    kept: list[int] = []
    end = -float("inf")
    for at in range(len(values)):
        half = 0.5 * _LETTER * (1 + len(_TAG.sub("", str(texts[at]))))
        middle = pixels * (float(values[at]) - low) / (high - low)
        if middle - half >= end:
            kept.append(at)
            end = middle + half
    return {"tickvals": [values[at] for at in kept], "ticktext": [texts[at] for at in kept]}


def _keyed_once(traces: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return traces of which each name is in the key once: the first one with data, if any.

    Plotly leaves a trace without data out of the key.
    """
    entries: dict[Any, int] = {}
    for number, trace in enumerate(traces):
        if trace.get("showlegend", trace["type"] != "heatmap"):
            found = entries.setdefault(trace.get("name"), number)
            if not _has_data(traces[found]) and _has_data(trace):
                entries[trace.get("name")] = number
    keyed = set(entries.values())
    return [{**trace, "showlegend": number in keyed} for number, trace in enumerate(traces)]


def _has_data(trace: dict[str, Any]) -> bool:
    arrays = [trace[key] for key in ("x", "y", "z") if trace.get(key) is not None]
    return bool(arrays) and all(len(array) for array in arrays)
