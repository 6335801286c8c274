"""What each way of choosing thresholds claims on these images, and what to expect on new ones."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.session import UNSAVED, session
from dashboard.thresholds.score_file import score_file
from hpa_core.evaluation.honesty import Honest, cross_fitted
from hpa_core.evaluation.strategies import Strategy, strategy_named
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.thresholds import Fallback, ThresholdSet

AT_ONCE = 1_000
"""Up to so many samples the estimate is made unasked; with more, moves would wait for it."""

ASKED = "hpa-estimates-asked"

COMPARED = ("fixed-0.5", "fixed-0.15", "single", "exact", "prevalence", "shrunk", "auto")
"""What is estimated side by side; `thresholds fit` offers the slower ones too."""

COLUMNS = {
    name: st.column_config.NumberColumn(format="%.4f", help=told)
    for name, told in {
        "In-sample": "Macro F1 on the very images that the thresholds were chosen on",
        "Expected": "Macro F1 to expect on new images: chosen on one half, scored on the other",
        "Low": "With Expected and High: 95 % interval for as many new images of the same source",
        "High": "With Expected and Low: 95 % interval for as many new images of the same source",
    }.items()
}


def draw_strategies(run: RunFolder, split: str) -> None:
    """Compare the ways to choose thresholds by what survives on new images; one can be taken."""
    predictions = cache.predictions(run.id, split)
    if predictions.targets is None:
        st.info("Choosing thresholds needs the truth; these scores come without it.")
        return
    samples = len(predictions.ids)
    st.subheader("What survives on new images")
    st.caption(
        "Thresholds chosen on these images flatter themselves. Expected: chosen on one half, "
        "scored on the other. Other plates or another prevalence cost more than any interval "
        "here says."
    )
    fallback = session().thresholds.fallback
    version = score_file(run.id, split).digest
    asked = st.session_state.setdefault(ASKED, set())
    if samples > AT_ONCE and version not in asked:
        label = f"Estimate on {samples:,} images (takes a while)"
        st.button(label, key="estimate", on_click=asked.add, args=(version,))
        return
    estimates = _estimates(version, run.id, split, fallback)
    picked = st.dataframe(
        _table([strategy_named(name) for name in COMPARED], estimates),
        key=f"strategies-{run.id}-{split}-{fallback}",
        hide_index=True,
        column_config=COLUMNS,
        on_select="rerun",
        selection_mode="single-row",
    )
    rows = picked["selection"]["rows"]
    name = COMPARED[rows[0]] if rows else ""
    st.button(
        f"Use {name}" if rows else "Select a way to use its thresholds",
        disabled=not rows,
        key="use-strategy",
        on_click=_use,
        args=(run, split, name, estimates[rows[0] if rows else 0]),
    )


def _estimates(version: str, run_id: str, split: str, fallback: Fallback) -> list[Honest]:
    bar = st.progress(0.0)
    estimates = []
    for done, name in enumerate(COMPARED):
        bar.progress(done / len(COMPARED), text=f"Estimating {name}")
        estimates.append(_estimate(version, run_id, split, fallback, name))
    bar.empty()
    return estimates


@st.cache_data(max_entries=100, show_spinner=False)
def _estimate(version: str, run_id: str, split: str, fallback: Fallback, name: str) -> Honest:
    """Estimate once for each `version`, the hash of the scores."""
    predictions = cache.predictions(run_id, split)
    if predictions.targets is None:
        raise ValueError(f"{run_id} has no truth for {split}: nothing can be estimated")
    return cross_fitted(
        predictions.probs,
        predictions.targets,
        strategy=strategy_named(name),
        fallback=fallback,
    )


def _use(run: RunFolder, split: str, name: str, honest: Honest) -> None:
    chosen = session()
    fixed = name.startswith("fixed")
    chosen.thresholds = ThresholdSet(
        name=UNSAVED,
        thresholds=tuple(honest.thresholds.tolist()),
        fallback=chosen.thresholds.fallback,
        run="" if fixed else run.id,
        split="" if fixed else split,
        strategy=name,
        data_hash="" if fixed else run.info.dataset_hash,
    )


def _table(strategies: Sequence[Strategy], estimates: Sequence[Honest]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Way": [strategy.name for strategy in strategies],
            "What it does": [strategy.summary for strategy in strategies],
            "In-sample": [honest.in_sample for honest in estimates],
            "Expected": [honest.expected for honest in estimates],
            "Low": [honest.interval[0] for honest in estimates],
            "High": [honest.interval[1] for honest in estimates],
        }
    )
