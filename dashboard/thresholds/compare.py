"""Two threshold sets on the same images: what one gains over the other, and how sure that is."""

import streamlit as st

from dashboard.synthetic import synthetic_note
from dashboard.thresholds.gain_chart import gain_chart
from dashboard.thresholds.measured import Measured
from dashboard.thresholds.sets import offered_sets
from hpa_core.evaluation.bootstrap import Comparison, compare_calls
from hpa_core.evaluation.calls import calls_of
from hpa_core.runs.predictions import Predictions
from hpa_core.runs.thresholds import Rule


def draw_compare(measured: Measured) -> None:
    """Compare two sets of a run by a paired bootstrap over its images."""
    run, predictions = measured.run, measured.predictions
    if predictions.targets is None:
        st.info("Comparing sets needs the truth; these scores come without it.")
        return
    sets = {item.name: item for item in offered_sets(run)}
    first, second = _ask(list(sets))
    if first == second:
        st.info("Choose two different sets.")
        return
    compared = _compared(measured.address, sets[first].rule, sets[second].rule, predictions)
    low, high = compared.interval
    sure = "" if low > 0 or high < 0 else " The interval spans 0: these images do not tell."
    st.markdown(
        f"**Macro F1 {compared.difference:+.4f}** (95 %: {low:+.4f} to {high:+.4f}) for "
        f"**{second}** over **{first}**, on {measured.count}: run `{run.id}`, "
        f"split {measured.split}; higher in {100 * compared.wins:.0f} % of 1,000 redraws.{sure}"
        f"{synthetic_note(run)}"
    )
    st.caption(
        "Both sets are scored on the same redrawn images. A set chosen on these very images has "
        "an advantage that no redraw takes away: see Strategies."
    )
    chart = gain_chart(compared.by_class, compared.low, compared.high, positives=compared.support)
    st.plotly_chart(chart, key="compare-classes")


def _ask(names: list[str]) -> tuple[str, str]:
    left, right = st.columns(2)
    second = left.selectbox("Set", names, key="compare-second")
    first = right.selectbox(
        "compared with", names, index=min(1, len(names) - 1), key="compare-first"
    )
    return first, second


@st.cache_data(max_entries=50, show_spinner="Redrawing the images\u2026")
def _compared(key: str, first: Rule, second: Rule, _predictions: Predictions) -> Comparison:
    """Compare once for each `key`, which names the version of the scores and the images."""
    if _predictions.targets is None:
        raise ValueError("a comparison needs the truth")
    calls = [calls_of(rule, _predictions.probs) for rule in (first, second)]
    return compare_calls(_predictions.targets, *calls)
