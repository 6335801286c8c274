"""Two threshold sets on the same images: what one gains over the other, and how sure that is."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import cache
from dashboard.charts import BLUE, CLASS_LABELS, ORANGE, tidy
from dashboard.thresholds.score_file import score_file
from dashboard.thresholds.sets import offered_sets
from hpa_core.evaluation.bootstrap import Comparison, compare_calls
from hpa_core.evaluation.calls import apply_thresholds
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.thresholds import Fallback, ThresholdSet

GREY = "#8a8a8a"


def draw_compare(run: RunFolder, split: str) -> None:
    """Compare two sets of a run by a paired bootstrap over its images."""
    predictions = cache.predictions(run.id, split)
    if predictions.targets is None:
        st.info("Comparing sets needs the truth; these scores come without it.")
        return
    sets = {item.name: item for item in offered_sets(run)}
    first, second = _ask(list(sets))
    if first == second:
        st.info("Choose two different sets.")
        return
    compared = _compared(
        score_file(run.id, split).digest, run.id, split, _held(sets[first]), _held(sets[second])
    )
    low, high = compared.interval
    sure = "" if low > 0 or high < 0 else " The interval spans 0: these images do not tell."
    synthetic = " Synthetic cells." if run.info.synthetic else ""
    st.markdown(
        f"**Macro F1 {compared.difference:+.4f}** (95 %: {low:+.4f} to {high:+.4f}) for "
        f"**{second}** over **{first}**, on {len(predictions.ids):,} images of run `{run.id}`, "
        f"split {split}; higher in {100 * compared.wins:.0f} % of 1,000 redraws.{sure}{synthetic}"
    )
    st.caption(
        "Both sets are scored on the same redrawn images. A set chosen on these very images has "
        "an advantage that no redraw takes away: see Strategies."
    )
    st.plotly_chart(_chart(compared), key="compare-classes")


def _ask(names: list[str]) -> tuple[str, str]:
    left, right = st.columns(2)
    second = left.selectbox("Set", names, key="compare-second")
    first = right.selectbox(
        "compared with", names, index=min(1, len(names) - 1), key="compare-first"
    )
    return first, second


def _held(item: ThresholdSet) -> tuple[tuple[float, ...], Fallback]:
    return item.thresholds, item.fallback


@st.cache_data(max_entries=50, show_spinner="Redrawing the images\u2026")
def _compared(
    version: str,
    run_id: str,
    split: str,
    first: tuple[tuple[float, ...], Fallback],
    second: tuple[tuple[float, ...], Fallback],
) -> Comparison:
    """Compare once for each `version`, the hash of the scores."""
    predictions = cache.predictions(run_id, split)
    if predictions.targets is None:
        raise ValueError("a comparison needs the truth")
    calls = [
        apply_thresholds(predictions.probs, np.array(thresholds), fallback=fallback)
        for thresholds, fallback in (first, second)
    ]
    return compare_calls(predictions.targets, *calls)


def _chart(compared: Comparison) -> go.Figure:
    """A dot and its interval for each class, the largest gain on top."""
    table = pd.DataFrame(
        {"f1": compared.by_class, "low": compared.low, "high": compared.high}
        | {"support": compared.support, "label": CLASS_LABELS}
    ).sort_values("f1", ascending=False, kind="stable")
    better, worse = table["low"] > 0, table["high"] < 0
    figure = go.Figure(
        go.Scatter(
            x=table["f1"],
            y=[f"{row.label} ({row.support:,})" for row in table.itertuples()],
            error_x={
                "symmetric": False,
                "array": table["high"] - table["f1"],
                "arrayminus": table["f1"] - table["low"],
                "thickness": 1.2,
                "width": 0,
            },
            mode="markers",
            marker={"size": 8, "color": np.select([better, worse], [BLUE, ORANGE], GREY)},
            customdata=table[["low", "high"]],
            hovertemplate="%{y}<br>%{x:+.3f} (95 %: %{customdata[0]:+.3f} to "
            "%{customdata[1]:+.3f})<extra></extra>",
        )
    )
    figure.add_vline(x=0, line_width=1, line_color=GREY)
    figure.update_xaxes(
        title="F1 gained; blue better, orange worse, grey where the 95 % interval spans 0"
    )
    figure.update_yaxes(autorange="reversed", title="class (positives)")
    return tidy(figure, height=28 * 22 + 80)
