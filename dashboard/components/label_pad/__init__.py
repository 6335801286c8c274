"""The label pad: one image, or a grid of them, labelled by keys in the browser.

The page sends what is asked and who answers; images to label and decisions travel over the labels
route (`dashboard.routes.labels`), so that no key press waits for a rerun.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.components.assets import module_source, style_source
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import DatasetInfo
from hpa_core.runs.thresholds import ThresholdSet

KEY = "label-pad"
FOLDER = Path(__file__).parent
_VIEWER = "../channel_viewer"
LOGIC_MODULES = (
    f"{_VIEWER}/mixer_state.js",
    f"{_VIEWER}/shortcuts.js",
    "key_map.js",
    "outbox.js",
    "desk.js",
    "wire.js",
    "task_feed.js",
    "browser_memory.js",
    "contest.js",
)
"""What touches no page and runs under Node."""
_PAGE_MODULES = (
    f"{_VIEWER}/composite.js",
    f"{_VIEWER}/contrast.js",
    f"{_VIEWER}/mixer_store.js",
    f"{_VIEWER}/element.js",
    f"{_VIEWER}/fault.js",
    f"{_VIEWER}/tile_loader.js",
    f"{_VIEWER}/stage_view.js",
    f"{_VIEWER}/shown_image.js",
    f"{_VIEWER}/limit_editor.js",
    f"{_VIEWER}/channel_strip.js",
    f"{_VIEWER}/mixer_bar.js",
    f"{_VIEWER}/class_chips.js",
    f"{_VIEWER}/gallery.js",
    f"{_VIEWER}/image_stage.js",
    "label_client.js",
    "pad_keys.js",
    "class_rows.js",
    "key_editor.js",
    "conflicts.js",
    "pad_mixer.js",
    "status_line.js",
    "one_view.js",
    "question_grid.js",
    "label_pad.js",
)
_STYLES = (
    f"{_VIEWER}/viewer.css",
    f"{_VIEWER}/gallery.css",
    f"{_VIEWER}/image.css",
    "pad.css",
    "question.css",
)
_pad = st.components.v2.component(
    "hpa_label_pad",
    js=module_source(FOLDER, *LOGIC_MODULES, *_PAGE_MODULES),
    css=style_source(FOLDER, *_STYLES),
)


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """What the pad asks of whom.

    Attributes:
        annotator: whose decisions they are.
        ticket: proves to the route that the page knows the annotator.
        queue: what the route needs to find the next images; a new value begins anew.
        question: the class that a grid asks about; None shows one image at a time.
        thresholds: decide which probabilities are the model's suggestion.
        settles: whether the labels decided settle a dispute, a reviewer's act.
    """

    annotator: str
    ticket: str
    queue: dict[str, Any]
    question: int | None
    thresholds: ThresholdSet
    settles: bool = False


def label_pad(info: DatasetInfo, assignment: Assignment) -> None:
    """Draw the pad over a dataset that has images."""
    _pad(key=KEY, data=_data(info, assignment, CLASS_NAMES))


def _data(info: DatasetInfo, assignment: Assignment, classes: Sequence[str]) -> dict[str, Any]:
    return {
        "tiles": f"hpa/tiles/{info.name}/{info.hash}",
        "labels": f"hpa/labels/{info.name}",
        "hash": info.hash,
        "imageSize": info.image_size,
        "classes": classes,
        "annotator": assignment.annotator,
        "ticket": assignment.ticket,
        "queue": assignment.queue,
        "question": assignment.question,
        "settles": assignment.settles,
        "thresholds": list(assignment.thresholds.thresholds),
        "fallback": assignment.thresholds.fallback == "top1",
    }
