"""The form of a new experiment: a question, the settings of every run, the seeds."""

from dataclasses import replace

import streamlit as st

from dashboard import cache
from dashboard.wording import counted
from hpa_core.config import PRESETS
from hpa_core.data.dataset import Dataset
from hpa_core.experiments.experiment import create_experiment, start_experiment
from hpa_core.experiments.kinds import KINDS
from hpa_core.jobs import open_backend

MOST_SEEDS = 10


def new_experiment(dataset: Dataset) -> str | None:
    """Ask for an experiment; return its name once it was started.

    Raises:
        HpaError: the settings do not fit together, or the name is taken.
    """
    if not dataset.info.has_images:
        st.info(f"Dataset {dataset.info.name!r} holds labels only, and a network needs images.")
        return None
    kind = KINDS[
        st.selectbox(
            "Question",
            list(KINDS),
            format_func=lambda name: KINDS[name].question,
            key="experiment-kind",
        )
    ]
    left, middle, right = st.columns(3)
    preset = left.selectbox("Settings of every run", list(PRESETS), index=3, key="experiment-base")
    epochs = middle.number_input("Epochs", 1, 1000, 10, key="experiment-epochs")
    count = right.number_input(
        "Seeds", 1, MOST_SEEDS, 3, key="experiment-seeds", help="One gives no interval."
    )
    variants = ", ".join(kind.variants)
    st.caption(
        f"{counted(len(kind.variants) * count, 'training')} on dataset {dataset.info.name}, one "
        "after "
        f"another: {variants}, each with {counted(count, 'seed')}. The report: {kind.finding}."
    )
    name = st.text_input("Name", key="experiment-name", placeholder=f"{kind.name}-1").strip()
    if not st.button("Start", type="primary", key="experiment-start", icon=":material/play_arrow:"):
        return None
    workspace = cache.workspace()
    made = create_experiment(
        workspace,
        dataset,
        kind,
        base=replace(PRESETS[preset](dataset.info.name), epochs=int(epochs)),
        seeds=range(int(count)),
        name=name or f"{kind.name}-1",
    )
    start_experiment(workspace, made, open_backend(workspace))
    return made.name
