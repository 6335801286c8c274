"""Which training the Train page shows, and what beside it; mirrored in the link as `job`."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.charts import CLASS_LABELS
from dashboard.guard import guarded
from dashboard.session import write_link
from hpa_core.jobs import open_backend
from hpa_core.jobs.trainings import Training, list_trainings
from hpa_core.runs.metrics import METRICS, read_metrics

CHOSEN, COMPARED, CLASSES = "train-chosen", "train-compared", "train-classes"
LINK = "job"
MOST, REFRESH_SECONDS = 6, 3.0
ROWS_IN_SIGHT, TABLE_HEIGHT = 5, 190
COLUMNS = {
    "plan": st.column_config.TextColumn(
        help="Resampling plan of its training rows; none: an epoch shows every row once."
    ),
    "macro F1 at 0.5": st.column_config.NumberColumn(format="%.4f"),
    "tuned, in-sample": st.column_config.NumberColumn(
        format="%.4f", help="Thresholds fitted and scored on the same labels."
    ),
}


def every_training() -> list[Training]:
    """Return the trainings of the workspace, newest first."""
    return list_trainings(cache.workspace(), open_backend(cache.workspace()))


def choose_training(run_id: str) -> None:
    """Show this training from now on."""
    st.session_state[CHOSEN] = run_id


def ask_trainings(trainings: Sequence[Training]) -> tuple[str, list[str], list[int]]:
    """Draw the pickers; return the training, those to compare it with, and the classes."""
    known = {training.run.id: training for training in trainings}
    left, middle, right = st.columns([3, 3, 3])
    with left:
        chosen = _ask_training(known)
    others = [item for item in known if item != chosen and _has_figures(known[item])]
    with middle:
        compared = _ask_many("Compare with", COMPARED, others, "no other training")
    with right:
        names = _ask_many("Classes", CLASSES, list(CLASS_LABELS), "all, as a heat map")
    return chosen, compared, [CLASS_LABELS.index(name) for name in names]


def draw_trainings() -> None:
    """List every training, again and again while one is active; a click on a row shows it."""
    active = any(training.active for training in every_training())
    st.fragment(_draw_table, run_every=REFRESH_SECONDS if active else None)()


def _draw_table() -> None:
    with guarded():
        trainings = every_training()
        st.dataframe(
            training_table(trainings),
            hide_index=True,
            placeholder="-",
            height="auto" if len(trainings) <= ROWS_IN_SIGHT else TABLE_HEIGHT,
            key="train-table",
            on_select=_choose_row,
            selection_mode="single-row",
            column_config=COLUMNS,
        )


def training_table(trainings: Sequence[Training]) -> pd.DataFrame:
    """One row a training."""
    last = [(read_metrics(item.run.path / METRICS) or [{}])[-1] for item in trainings]
    return pd.DataFrame(
        {
            "training": [item.run.id for item in trainings],
            "state": [item.state for item in trainings],
            "dataset": [item.run.info.dataset for item in trainings],
            "model": [item.run.info.settings.get("model", "") for item in trainings],
            "plan": [item.run.info.settings.get("plan") or None for item in trainings],
            "epochs": [
                f"{record.get('epoch', 0)} of {item.run.info.settings.get('epochs', '?')}"
                for item, record in zip(trainings, last, strict=True)
            ],
            "macro F1 at 0.5": [record.get("f1_macro/validation") for record in last],
            "tuned, in-sample": [record.get("f1_macro_tuned/validation") for record in last],
            "data": ["SYNTHETIC" if item.run.info.synthetic else "real" for item in trainings],
            "message": [item.message for item in trainings],
        }
    )


def _choose_row() -> None:
    for row in st.session_state["train-table"].selection.rows:
        choose_training(every_training()[row].run.id)


def _ask_training(known: dict[str, Training]) -> str:
    wanted = st.session_state.get(CHOSEN) or st.query_params.get(LINK)
    chosen = wanted if wanted in known else next(iter(known))
    st.session_state["train-pick"] = chosen

    def label(run_id: str) -> str:
        return f"{run_id} ({known[run_id].state})"

    st.selectbox(
        "Training",
        list(known),
        key="train-pick",
        format_func=label,
        on_change=lambda: choose_training(st.session_state["train-pick"]),
    )
    choose_training(chosen)
    write_link(**{LINK: chosen})
    return chosen


def _ask_many(label: str, key: str, options: list[str], none: str) -> list[str]:
    """Draw a picker of several things, which are kept under a key that no widget owns."""
    widget = f"{key}-pick"
    kept = [item for item in st.session_state.get(key, []) if item in options]
    st.session_state[widget] = kept

    def keep() -> None:
        st.session_state[key] = st.session_state[widget]

    st.multiselect(
        label, options, key=widget, on_change=keep, max_selections=MOST, placeholder=none
    )
    return kept


def _has_figures(training: Training) -> bool:
    return (training.run.path / METRICS).exists()
