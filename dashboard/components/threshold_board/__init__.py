"""The threshold board: 28 curves with a draggable threshold each, computed in the browser.

Scores reach it over `/hpa/scores/` once; thresholds go in with the page's data and come back when
a move has come to rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.components.assets import module_source, style_source
from hpa_core.classes import CLASS_NAMES
from hpa_core.evaluation.metrics import Scores
from hpa_core.runs.thresholds import Fallback

FOLDER = Path(__file__).parent
CORE_MODULES = ("score_file.js", "class_order.js", "threshold_state.js", "gain_interval.js")
"""The numeric modules; they touch no page and run under Node."""
PAGE_MODULES = (
    "elements.js",
    "format.js",
    "axis.js",
    "curve_paths.js",
    "history.js",
    "threshold_link.js",
    "plot.js",
    "needles.js",
    "slider.js",
    "row.js",
    "summary.js",
    "toolbar.js",
    "columns.js",
    "detail.js",
    "turns.js",
    "legend.js",
    "board.js",
    "index.js",
)
GROUPS = (
    {"label": "0 and 25", "classes": (0, 25)},
    {"label": "four largest", "classes": (0, 2, 21, 25)},
    {"label": "five rarest", "classes": (8, 9, 10, 15, 27)},
)
"""Classes that the report moved or copied together."""

_board = st.components.v2.component(
    "hpa_threshold_board",
    js=module_source(FOLDER, *CORE_MODULES, *PAGE_MODULES),
    css=style_source(FOLDER, "board.css", "rows.css", "needles.css"),
)


@dataclass(frozen=True, kw_only=True)
class BoardInput:
    """What the board shows.

    Attributes:
        address: of the score file, relative to the dashboard's root.
        split: the split that the scores are of.
        thresholds: one a class, in [0, 1].
        revision: grows when the thresholds were set elsewhere than on the board; only then does
            the board take them over, so that a late rerun never undoes a drag.
        sequence: number of the board's last result that `thresholds` follow.
        server: the exact figures of these thresholds; None without truth.
        part: whether the scores are of a part of the split. Of a part the board chooses no
            thresholds: that is done on the whole split.
    """

    address: str
    split: str
    thresholds: Sequence[float]
    fallback: Fallback
    revision: int
    sequence: int
    server: Scores | None
    part: bool = False


def threshold_board(shown: BoardInput, *, key: str, on_result: Callable[[], None]) -> None:
    """Draw the board; `on_result` runs when `st.session_state[key]["result"]` has changed.

    A result has `address`, `sequence`, `thresholds`, `fallback` (bool) and `strategy`.
    """
    server = shown.server and {
        "macro": shown.server.macro_f1,
        "micro": shown.server.micro_f1,
        "samples": shown.server.samples_f1,
    }
    data: dict[str, Any] = {
        "address": shown.address,
        "split": shown.split,
        "names": CLASS_NAMES,
        "groups": GROUPS,
        "thresholds": list(shown.thresholds),
        "fallback": shown.fallback == "top1",
        "revision": shown.revision,
        "sequence": shown.sequence,
        "server": server,
        "part": shown.part,
    }
    _board(key=key, data=data, on_result_change=on_result)
