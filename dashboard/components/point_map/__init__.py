"""The point map: images as points of a plane, painted by the GPU, with a lasso.

Points reach it over `/hpa/points/` once; what colours them comes with the page's data, one byte a
point. Only an outline, or the number of one point, goes back.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from jaxtyping import UInt8

from dashboard.components.assets import module_source, style_source

NOT_SHOWN = 255
"""Level of a point that is not drawn and cannot be picked."""

_FOLDER = Path(__file__).parent
NUMERIC_MODULES = ("viewport.js", "outline.js", "layers.js")
"""They touch no page and run under Node."""
_map = st.components.v2.component(
    "hpa_point_map",
    js=module_source(
        _FOLDER,
        "element.js",
        *NUMERIC_MODULES,
        "legend.js",
        "painter.js",
        "glimpse.js",
        "point_map.js",
    ),
    css=style_source(_FOLDER, "point_map.css"),
)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """What levels mean where they are amounts."""

    title: str
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Colouring:
    """How points are coloured.

    Attributes:
        mode: its name; another one shows hidden levels again.
        levels: of each point, an index into `colours`, or `NOT_SHOWN`; higher ones lie above.
        colours: as `#rrggbb`.
        labels: of each level; empty where there is a scale.
        shapes: of each level's points: 0 a disc, 1 a ring, 2 a cross, 3 a square; discs if empty.
        scale: where levels are amounts, from the first colour to the last.
    """

    mode: str
    levels: UInt8[np.ndarray, " N"]
    colours: Sequence[str]
    labels: Sequence[str] = ()
    shapes: Sequence[int] = ()
    scale: Scale | None = None


def point_map(
    address: str,
    colouring: Colouring,
    *,
    tiles: str | None,
    key: str,
    on_pick: Callable[[dict[str, Any]], None],
) -> None:
    """Draw the map.

    Args:
        address: of the points, relative to the dashboard's root.
        colouring: of as many points.
        tiles: address of a dataset's tiles, to show the image under the pointer; None without.
        key: of the component.
        on_pick: called with `outline` ([[x, y], ...]) and `hidden` (levels), or with `point`, the
            number of one.
    """
    data = {
        "address": address,
        "tiles": tiles,
        "mode": colouring.mode,
        "levels": b64encode(colouring.levels.tobytes()).decode(),
        "colours": list(colouring.colours),
        "labels": list(colouring.labels),
        "shapes": list(colouring.shapes),
        "scale": vars(colouring.scale) if colouring.scale else None,
    }
    _map(key=key, data=data, on_picked_change=lambda: on_pick(st.session_state[key]["picked"]))
