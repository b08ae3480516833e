"""Colours and fonts of the charts. A drawing names a role ("@validation"), a theme its colour.

Each meaning has a colour of its own, in every chart. Colour-blind viewers can distinguish those
that one chart shows in one style: a test simulates colour blindness for every such pair. Styles of
lines and markers repeat the distinction. The colours of Okabe and Ito were the start, from which a
search moved them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

# Dash of each penalty in charts that compare penalties.
_TWINS: Mapping[str, str] = MappingProxyType(
    {
        "l2": "solid",
        "none": "solid",
        "l1": "dash",
        "l1l2": "dashdot",
        "decay": "dot",
        "kernel_decay": "longdash",
        "proximal_l1": "longdashdot",
    }
)

# One meaning, one colour: those of a theme differ, for every kind of sight where a chart needs it.
_LIGHT = {
    "@train": "#3695CC",
    "@validation": "#CD5811",
    "@ghost": "#9AA0A6",
    "@a": "#97519C",
    "@b": "#22873C",
    "@best": "#E74D91",
    "@truth": "#1F9E96",
    "@lies": "#AC1220",
    "@layer-0": "#2C55A5",
    "@layer-1": "#E7A110",
    "@layer-2": "#8B5936",
    "@layer-3": "#AE8BAA",
    "@layer-4": "#706A0F",
    "@twin-l2": "#7142DE",
    "@twin-l1": "#C86E53",
    "@twin-l1l2": "#057376",
    "@twin-decay": "#CBB603",
    "@twin-kernel_decay": "#5BB686",
    "@twin-proximal_l1": "#C44F9A",
    "@class-0": "#1F6FB0",
    "@class-1": "#C05A00",
    "@negative": "#2166AC",
    "@positive": "#B2182B",
}
# The same hues, lighter where they were dark.
_DARK = {
    "@train": "#3296D1",
    "@validation": "#DC6817",
    "@ghost": "#9AA0A6",
    "@a": "#AE6EB6",
    "@b": "#38A255",
    "@best": "#EC4D95",
    "@truth": "#09A196",
    "@lies": "#DF4B46",
    "@layer-0": "#4A76CD",
    "@layer-1": "#E4A419",
    "@layer-2": "#A87350",
    "@layer-3": "#A584A0",
    "@layer-4": "#898026",
    "@twin-l2": "#975FFF",
    "@twin-l1": "#CF765D",
    "@twin-l1l2": "#238991",
    "@twin-decay": "#CFB604",
    "@twin-kernel_decay": "#5AB886",
    "@twin-proximal_l1": "#DB6DBA",
    "@class-0": "#6FB4EC",
    "@class-1": "#F0A050",
    "@negative": "#5B9BD8",
    "@positive": "#E5646C",
}

# Opacity of areas that have the colour of a line.
_BANDS = {"@train": 0.45, "@validation": 0.25, "@ghost": 0.30, "@layer": 0.55, "@twin": 0.22}

# Areas of a plane by predicted class: at probability 1, and just above 0.5.
_LIGHT_AREAS = {
    "@class-0-area": "#8FBCE6",
    "@class-0-faint": "#DCEAF7",
    "@class-1-area": "#F2B27A",
    "@class-1-faint": "#FBE8D6",
}
_DARK_AREAS = {
    "@class-0-area": "#1D4E7A",
    "@class-0-faint": "#172A3D",
    "@class-1-area": "#7A430F",
    "@class-1-faint": "#33261A",
}


def _theme(data: Mapping[str, str], others: Mapping[str, str]) -> Mapping[str, str]:
    """Return all roles: data colours, grey for no penalty, bands of them, and other colours."""
    data = {**data, "@twin-none": data["@ghost"]}
    bands = {
        f"{role}-band": f"rgba({_rgb(colour)},{opacity})"
        for role, colour in data.items()
        for start, opacity in _BANDS.items()
        if role.startswith(start)
    }
    return MappingProxyType({**data, **bands, **others})


def _rgb(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))


THEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "light": _theme(
            _LIGHT,
            {**_LIGHT_AREAS, "@text": "#262730", "@grid": "#E6E8EC", "@ground": "#FFFFFF"},
        ),
        "dark": _theme(
            _DARK,
            {**_DARK_AREAS, "@text": "#E8EAF0", "@grid": "#343845", "@ground": "#12151C"},
        ),
        "print": _theme(
            _LIGHT,
            {**_LIGHT_AREAS, "@text": "#000000", "@grid": "#DDDDDD", "@ground": "#FFFFFF"},
        ),
    }
)


def layer_colour(layer: int) -> str:
    """Return the role of a layer's colour, the same in every chart."""
    return f"@layer-{layer % 5}"


def twin_colour(penalty: str) -> str:
    """Return the role of a penalty's colour in charts that compare penalties."""
    return f"@twin-{penalty}"


def twin_dash(penalty: str) -> str:
    """Return the dash of a penalty in the same charts."""
    return _TWINS[penalty]


def coloured(value: Any, theme: str) -> Any:
    """Return `value`, a tree of dicts and lists, with each role replaced by the theme's colour."""
    if isinstance(value, str):
        return THEMES[theme].get(value, value) if value.startswith("@") else value
    if isinstance(value, Mapping):
        return {key: coloured(part, theme) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [coloured(part, theme) for part in value]
    return value


def base_layout() -> dict[str, Any]:
    """Return the layout that all charts share, without Plotly's own template of 3.7 kB."""
    return {
        "template": {},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": "@text", "size": 11},
        "margin": {"l": 46, "r": 16, "t": 5, "b": 34},
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": "@ground",
            "bordercolor": "@grid",
            "font": {"color": "@text", "size": 12},
            "align": "left",
        },
        "dragmode": False,
    }


def figure_layout(title: str) -> dict[str, Any]:
    """Return the layout that a figure has but a stage panel has not: title, key, background."""
    return {
        "showlegend": True,
        "legend": {
            "orientation": "h",
            "y": 1.0,
            "yanchor": "bottom",
            "x": 0.0,
            "xanchor": "left",
            "traceorder": "normal",
        },
        "margin": {"l": 60, "r": 20, "t": 96, "b": 50},
        "paper_bgcolor": "@ground",
        "title": {  # at the top, as the key above the axes may have three rows
            "text": title,
            "font": {"size": 15},
            "x": 0.0,
            "xref": "paper",
            "xanchor": "left",
            "yref": "container",
            "y": 1.0,
            "yanchor": "top",
            "pad": {"t": 8},
        },
    }
