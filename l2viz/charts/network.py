"""The network: units as nodes, links as thick as their weights, on one scale for all strengths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from l2viz.analysis import metrics
from l2viz.charts.core.arrays import ChartArray, constant, epoch_first, of_path
from l2viz.charts.core.binding import CHOSEN, Bound, Ribbons, Selector, Sign, pinned
from l2viz.charts.core.chart import Chart
from l2viz.charts.core.drawing import Drawing, Sheet
from l2viz.charts.core.ghost import ghost_of
from l2viz.charts.core.traces import dots, line
from l2viz.trajectory import Array, Trajectory
from l2viz.trajectory.links import Column, Links, links_of
from l2viz.trajectory.pictures import PICTURE_LEVELS

_FACE = 0.42  # half the height of a unit's picture, with 1 from one unit to the next
_FACE_ACROSS = 0.12  # half its width, with 1 from one layer to the next
_DOT_ACROSS = 0.03  # the same of a unit without a picture
_THICKNESS = 0.26  # of a link whose weight is the largest that the histograms show
THICKEST = 0.7  # of any link
_WEIGHT = 0  # column of `link_facts`; the gradients of data loss and penalty follow
_DIGITS = 16  # binary ones of `link_facts`, which are a third of a small network's file
_HEADING = 1.1  # above the topmost unit


def has_network(trajectory: Trajectory) -> bool:
    """Return whether the links of the network were recorded."""
    return trajectory.link_weights is not None


def _draw(trajectory: Trajectory) -> Drawing:
    links = _links(trajectory)
    ghost = ghost_of(trajectory)
    limit = thickest_weight(trajectory)
    sheet = Sheet()

    def add_ribbons(name: str, colour: str, sign: Sign, strength: Selector, opacity: float) -> None:
        fill = f"{colour}-band" if sign == 0 else colour
        ribbons = line(name, colour, width=0, fill="toself", fillcolor=fill, hoverinfo="skip")
        thickness = Ribbons(
            ends="link_ends", column=_WEIGHT, sign=sign, limit=limit, width=THICKEST
        )
        sheet.add(
            {**ribbons, "opacity": opacity},
            x=Bound("link_corners"),
            y=Bound("link_facts", strength, ribbons=thickness),
        )

    behind = pinned("a", otherwise=ghost.strength)
    add_ribbons(f"A, or {ghost.label}", "@ghost", 0, behind, 1.0)
    add_ribbons("w > 0", "@positive", 1, CHOSEN, 0.8)
    add_ribbons("w < 0", "@negative", -1, CHOSEN, 0.8)
    hovered = {**_hovered(), "text": _names(links)}
    middle = {"x": Bound("link_middle_x"), "y": Bound("link_middle_y")}
    sheet.add(hovered, **middle, customdata=Bound("link_facts"))
    _add_units(sheet, trajectory, links)
    tall = max(float(_heights(column)[0]) for column in links.columns)
    headings = {
        "type": "scatter",
        "mode": "text",
        "name": "layers",
        "showlegend": False,
        "hoverinfo": "skip",
        "textfont": {"size": 10.5, "color": "@text"},
        "x": list(range(len(links.columns))),
        "y": [tall + _HEADING] * len(links.columns),
        "text": [_heading(column) for column in links.columns],
    }
    sheet.add(headings)
    hidden = {"visible": False, "fixedrange": True}
    return sheet.drawing(
        {
            "margin": {"l": 4, "r": 4, "t": 4, "b": 4},
            "xaxis": {**hidden, "range": [-0.45, len(links.columns) - 0.55]},
            "yaxis": {**hidden, "range": [-tall - 0.6, tall + 1.9]},
        }
    )


def _hovered() -> dict[str, Any]:
    """Return the points in the middle of the links, unseen, that tell what a link is."""
    text = (
        "%{text}: w = %{customdata[0]:.3g}<br>gradient of the data loss %{customdata[1]:.3g}<br>"
        "gradient of the penalty %{customdata[2]:.3g}"
    )
    return dots("links", "@text", 12, text, key=False, opacity=0)


def _names(links: Links) -> list[str]:
    """Return the name of each link: its kernel, and the position in it."""
    names = [column.name for column in links.columns]
    ends = zip(links.column, links.start, links.end, strict=True)
    return [f"{names[column + 1]} [{start}, {end}]" for column, start, end in ends]


def _add_units(sheet: Sheet, trajectory: Trajectory, links: Links) -> None:
    """Add a node for each drawn unit: with a picture of its answer or kernel, or a dot."""
    faces = _faces(trajectory, links)
    plain_x, plain_y = [], []
    number = 0
    for place, column in enumerate(links.columns):
        for unit, height in enumerate(_heights(column)):
            if place not in faces:
                plain_x.append(place)
                plain_y.append(height)
                continue
            face = _face(f"{column.name}[{unit}]", place, height, faces[place])
            sheet.add(face, z=Bound(faces[place].array, index=(number,)))
            number += 1
    if plain_x:
        node = dots("units", "@text", 9, "", key=False, line={"color": "@ground", "width": 1})
        sheet.add({**node, "x": plain_x, "y": plain_y})


class _Faces(NamedTuple):
    """The array that holds the pictures of units, rows and columns of each, colours, meaning."""

    array: str
    shape: tuple[int, int]
    colours: tuple[str, str]
    meaning: dict[str, Any]


def _faces(trajectory: Trajectory, links: Links) -> dict[int, _Faces]:
    """Return the pictures of each column that has some."""
    if trajectory.unit_answers is not None:
        rows, columns = trajectory.unit_answers.shape[-2:]
        meaning = {"z": "a ÷ (1 + |a|) of an answer a", "unit": 1 / PICTURE_LEVELS}
        found = _Faces("unit_answers", (rows, columns), ("@class-0", "@class-1"), meaning)
        return dict.fromkeys(range(1, len(links.columns)), found)
    if trajectory.context.picture_epochs:
        rows, columns = trajectory.experiment.input_shape
        unit = trajectory.context.picture_limit / PICTURE_LEVELS
        meaning = {"z": "weight", "unit": unit}
        return {0: _Faces("unit_faces", (rows, columns), ("@negative", "@positive"), meaning)}
    return {}


def _face(name: str, place: int, height: float, faces: _Faces) -> dict[str, Any]:
    rows, columns = faces.shape
    low, high = faces.colours
    dx, dy = 2 * _FACE_ACROSS / columns, 2 * _FACE / rows
    return {
        "type": "heatmap",
        "name": name,
        "x0": place - _FACE_ACROSS + dx / 2,
        "dx": dx,
        "y0": height - _FACE + dy / 2,
        "dy": dy,
        "zmin": -PICTURE_LEVELS,
        "zmax": PICTURE_LEVELS,
        "colorscale": [[0.0, low], [0.5, "@grid"], [1.0, high]],
        "showscale": False,
        "hoverinfo": "skip",
        "meta": faces.meaning,
    }


class Places(NamedTuple):
    """Where links begin and end, (N,) each: y of their left and right ends, x of both."""

    left: Array
    right: Array
    start: Array
    end: Array


def link_places(links: Links, widths: Sequence[float]) -> Places:
    """Return the places of links, 1 from one layer to the next and from one unit to the next.

    widths   half the width of a unit of each column
    """
    heights = [_heights(column) for column in links.columns]
    across = np.array(widths)
    return Places(
        left=np.array([heights[c][u] for c, u in zip(links.column, links.start, strict=True)]),
        right=np.array([heights[c + 1][u] for c, u in zip(links.column, links.end, strict=True)]),
        start=links.column + across[links.column],
        end=links.column + 1 - across[links.column + 1],
    )


def _heights(column: Column) -> Array:
    """Return y of each drawn unit, the first one on top."""
    heights: Array = (column.drawn - 1) / 2 - np.arange(column.drawn, dtype=float)
    return heights


def _heading(column: Column) -> str:
    count = f"{column.size}" if column.drawn == column.size else f"{column.drawn} of {column.size}"
    return f"{column.name}<br>{count}"


def thickest_weight(trajectory: Trajectory) -> float:
    """Return the weight that the thickest link stands for."""
    return float(trajectory.context.bin_edges[:, -1].max()) * THICKEST / _THICKNESS


def _links(trajectory: Trajectory) -> Links:
    links = links_of(trajectory.experiment)
    assert links is not None
    return links


def rounded(values: Array) -> Array:
    """Round to `_DIGITS`, by at most 2⁻¹⁶ of a value: hover texts say three decimal digits."""
    fraction, exponent = np.frexp(values)
    whole: Array = np.ldexp(np.round(fraction * 2.0**_DIGITS), exponent - _DIGITS)
    return whole


def _arrays(trajectory: Trajectory) -> Mapping[str, ChartArray]:
    links = _links(trajectory)
    assert trajectory.link_weights is not None and trajectory.link_gradients is not None
    faces = _faces(trajectory, links)
    widths = [_FACE_ACROSS if c in faces else _DOT_ACROSS for c in range(len(links.columns))]
    left, right, start, end = link_places(links, widths)
    facts = np.stack(
        [
            trajectory.link_weights,
            trajectory.link_gradients,
            metrics.penalty_gradient(trajectory, trajectory.link_weights, links.kernel),
        ],
        axis=-1,
    )
    third = 1.0 / 3.0  # of the way: in the middle many links cross
    arrays = {
        "link_facts": of_path(rounded(facts)),
        "link_ends": constant(np.stack([left, right], axis=1)),
        "link_corners": constant(Ribbons.corners(start, end)),
        "link_middle_x": constant(start + third * (end - start)),
        "link_middle_y": constant(left + third * (right - left)),
    }
    if trajectory.unit_answers is not None:
        arrays["unit_answers"] = of_path(trajectory.unit_answers)
    if trajectory.context.picture_epochs:
        arrays["unit_faces"] = _unit_faces(trajectory, links.columns[0].drawn)
    return arrays


def _unit_faces(trajectory: Trajectory, count: int) -> ChartArray:
    """Return the kernels of the first units as pictures, rows from below."""
    pictures = trajectory.unit_pictures
    if pictures is None:  # part of a run, without a picture
        shape = (len(trajectory.strengths), 0, count, *trajectory.experiment.input_shape)
        pictures = np.zeros(shape, dtype=np.int8)
    kept = trajectory.kept_pictures
    return ChartArray(values=epoch_first(pictures[:, :, :count, ::-1]), kept=kept)


NETWORK = Chart(
    name="network",
    slot="network",
    group="Weights",
    title="The network",
    caption="Links as thick as their weights: the penalty makes them thinner",
    about="Each link is as thick as its weight, and the penalty makes it thinner; grey is λ = 0. "
    "A square is what a unit answers at each point of the plane, or its kernel as a picture.",
    draw=_draw,
    arrays=_arrays,
)
