"""Colours and type of the charts. A drawing names a role ("@validation"), a theme its colour.

The data colours are those of Okabe and Ito, chosen to be told apart by colour-blind viewers,
and readable on light and dark ground alike; line styles repeat what they say.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_DATA = {
    "@train": "#4BA3DB",
    "@train-band": "rgba(86,180,233,0.45)",
    "@validation": "#D55E00",
    "@ghost": "#9AA0A6",
    "@ghost-band": "rgba(154,160,166,0.30)",
    "@a": "#A4519C",
    "@b": "#1B8A3C",
    "@best": "#009E73",
    "@layer-0": "#2F7FC1",
    "@layer-1": "#E69F00",
    "@layer-2": "#00A37A",
    "@layer-3": "#CC79A7",
    "@layer-4": "#8C7BD0",
    "@layer-0-band": "rgba(47,127,193,0.55)",
    "@layer-1-band": "rgba(230,159,0,0.55)",
    "@layer-2-band": "rgba(0,163,122,0.55)",
    "@layer-3-band": "rgba(204,121,167,0.55)",
    "@layer-4-band": "rgba(140,123,208,0.55)",
    "@negative": "#2166AC",
    "@positive": "#B2182B",
}

THEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "light": MappingProxyType(
            {**_DATA, "@text": "#262730", "@grid": "#E6E8EC", "@ground": "#FFFFFF"}
        ),
        "dark": MappingProxyType(
            {**_DATA, "@text": "#E8EAF0", "@grid": "#343845", "@ground": "#12151C"}
        ),
        "print": MappingProxyType(
            {**_DATA, "@text": "#000000", "@grid": "#DDDDDD", "@ground": "#FFFFFF"}
        ),
    }
)


def layer_colour(layer: int) -> str:
    """The role of a layer's colour, the same in every chart."""
    return f"@layer-{layer % 5}"


def coloured(value: Any, theme: str) -> Any:
    """`value`, a tree of dicts and lists, with every role replaced by the theme's colour."""
    if isinstance(value, str):
        return THEMES[theme].get(value, value) if value.startswith("@") else value
    if isinstance(value, Mapping):
        return {key: coloured(part, theme) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [coloured(part, theme) for part in value]
    return value


def base_layout() -> dict[str, Any]:
    """What all charts share; Plotly's own template is left out, as it weighs 3.7 kB."""
    return {
        "template": {},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": "@text", "size": 11},
        "margin": {"l": 46, "r": 10, "t": 5, "b": 34},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
    }


def axis(title: str, **settings: Any) -> dict[str, Any]:
    """An axis in the project's style; large and small numbers as 10⁵ or 10 k, not as 0.5e+4."""
    return {
        "title": {"text": title, "standoff": 4, "font": {"size": 11}},
        "gridcolor": "@grid",
        "zeroline": False,
        "linecolor": "@grid",
        "ticks": "outside",
        "tickcolor": "@grid",
        "ticklen": 3,
        "exponentformat": "power" if settings.get("type") == "log" else "SI",
        "minexponent": 5,
        "fixedrange": True,
        **settings,
    }
