"""Which classes a training leaves behind, said in words below the curves of all classes."""

import numpy as np
import streamlit as st

from dashboard import cache
from dashboard.charts import CLASS_LABELS
from dashboard.training.charts import Record
from dashboard.wording import counted
from hpa_core.data.dataset import info_path
from hpa_core.evaluation.class_fates import Fall, fallen_classes, uncalled_classes
from hpa_core.runs.folder import RunFolder

MOST_NAMED = 5


def draw_fates(run: RunFolder, records: list[Record]) -> None:
    """Name the classes that fell while macro F1 did not, and those never found."""
    f1 = np.array([record["f1/validation"] for record in records])
    positives = _positives(run)
    if falls := fallen_classes(f1):
        st.warning(
            "Macro F1 did not fall, but these classes did, means of three epochs: "
            f"{_listed([_fall(fall, records, positives) for fall in falls])}.",
            icon=":material/trending_down:",
        )
    if never := [
        number for number in uncalled_classes(f1) if positives is None or positives[number]
    ]:
        named = [_named(number, positives) for number in never]
        st.caption(f"Never found at 0.5 in any epoch: {_listed(named)}.")


def _fall(fall: Fall, records: list[Record], positives: np.ndarray | None) -> str:
    return (
        f"{_named(fall.class_id, positives)} {fall.peak:.3f} in epoch "
        f"{records[fall.epoch]['epoch']}, now {fall.now:.3f}"
    )


def _named(number: int, positives: np.ndarray | None) -> str:
    count = "" if positives is None else f" ({counted(positives[number], 'positive')})"
    return f"**{CLASS_LABELS[number]}**{count}"


def _listed(parts: list[str]) -> str:
    more = f"; and {len(parts) - MOST_NAMED} more" if len(parts) > MOST_NAMED else ""
    return "; ".join(parts[:MOST_NAMED]) + more


def _positives(run: RunFolder) -> np.ndarray | None:
    """Count the validation split's positives; None where its dataset is not here."""
    name, split = run.info.settings.get("dataset", ""), run.info.settings.get("validation_split")
    if not name or not split or not info_path(cache.workspace(), name).is_file():
        return None
    counts: np.ndarray = cache.split_targets(name, split).sum(axis=0)
    return counts
