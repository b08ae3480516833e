"""Colours and fonts of the charts. A drawing names a role ("@validation"), a theme its colour.

The data colours are based on those of Okabe and Ito, so that colour-blind viewers can distinguish
them: a test simulates colour blindness for every pair of colours in one chart. They are readable
on a light and on a dark background; line styles and markers repeat the distinction.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

# Colour and dash of each penalty.
_TWINS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "l2": ("#2F7FC1", "solid"),
        "none": ("#9AA0A6", "solid"),
        "l1": ("#D55E00", "dash"),
        "l1l2": ("#6B45E9", "dashdot"),
        "decay": ("#E69F00", "dot"),
        "kernel_decay": ("#6BBA87", "longdash"),
        "proximal_l1": ("#A64882", "longdashdot"),
    }
)


def _rgb(colour: str) -> str:
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))


_DATA = {
    "@train": "#4BA3DB",
    "@train-band": "rgba(86,180,233,0.45)",
    "@validation": "#D55E00",
    "@validation-band": "rgba(213,94,0,0.25)",
    "@ghost": "#9AA0A6",
    "@ghost-band": "rgba(154,160,166,0.30)",
    "@a": "#A4519C",
    "@b": "#1B8A3C",
    "@best": "#009E73",
    "@penalty": "#6B45E9",
    "@penalty-band": "rgba(107,69,233,0.14)",
    "@truth": "#6C6707",
    "@lies": "#B2182B",
    "@layer-0": "#2F7FC1",
    "@layer-1": "#E69F00",
    "@layer-2": "#00A37A",
    "@layer-3": "#AB86A5",
    "@layer-4": "#6C6707",
    "@layer-0-band": "rgba(47,127,193,0.55)",
    "@layer-1-band": "rgba(230,159,0,0.55)",
    "@layer-2-band": "rgba(0,163,122,0.55)",
    "@layer-3-band": "rgba(171,134,165,0.55)",
    "@layer-4-band": "rgba(108,103,7,0.55)",
    **{f"@twin-{name}": colour for name, (colour, _) in _TWINS.items()},
    **{f"@twin-{name}-band": f"rgba({_rgb(colour)},0.22)" for name, (colour, _) in _TWINS.items()},
    "@class-0": "#1F6FB0",
    "@class-1": "#C05A00",
    "@negative": "#2166AC",
    "@positive": "#B2182B",
}

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

THEMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "light": MappingProxyType(
            {
                **_DATA,
                **_LIGHT_AREAS,
                "@text": "#262730",
                "@grid": "#E6E8EC",
                "@ground": "#FFFFFF",
            }
        ),
        "dark": MappingProxyType(
            {
                **_DATA,
                **_DARK_AREAS,
                "@class-0": "#6FB4EC",
                "@class-1": "#F0A050",
                "@text": "#E8EAF0",
                "@grid": "#343845",
                "@ground": "#12151C",
            }
        ),
        "print": MappingProxyType(
            {
                **_DATA,
                **_LIGHT_AREAS,
                "@text": "#000000",
                "@grid": "#DDDDDD",
                "@ground": "#FFFFFF",
            }
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
    return _TWINS[penalty][1]


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
