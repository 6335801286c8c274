"""Every strategy for thresholds: what it claims here, what to expect of it on new images.

The estimates are a job that runs `python -m hpa_core thresholds estimate`; the page shows what it
has written so far.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import cache
from dashboard.charts import BLUE, CLASS_LABELS, ORANGE, tidy
from dashboard.guard import guarded
from dashboard.jobs import is_busy, last_of, say_stopped, submit_job, watch_jobs
from dashboard.session import session
from dashboard.synthetic import synthetic_note
from dashboard.thresholds.active import take_up, unsaved_set
from dashboard.thresholds.gain_chart import gain_chart
from dashboard.thresholds.honesty import draw_meter
from dashboard.thresholds.prevalence import draw_prevalence_match
from dashboard.thresholds.wishes import ScoresAtHand, draw_wishes
from dashboard.wording import counted
from hpa_core.evaluation.estimates import Estimate, Estimates, estimates_path, read_estimates
from hpa_core.evaluation.honesty import UNFITTED
from hpa_core.evaluation.strategies import STRATEGIES, ready_strategies, strategy_named
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.thresholds import Fallback

USED = "strategies-used"
EXPECTED = "Macro F1 to expect on as many new images of the same source: chosen on one half of "
EXPECTED += "these, scored on the other"
COLUMNS = {
    name: st.column_config.NumberColumn(format="%.4f", help=told)
    for name, told in {
        "In-sample": "Macro F1 on the very images that the thresholds were chosen on",
        "Expected": EXPECTED,
        "Low": "With High: 95 % interval of what as many new images of the same source will show",
        "High": "With Low: 95 % interval of what as many new images of the same source will show",
    }.items()
} | {
    "Noise": st.column_config.NumberColumn(
        help=f"Classes whose expected gain over {UNFITTED} cannot be told from luck", width="small"
    ),
    "What it does": st.column_config.TextColumn(width="large"),
}


def draw_strategies(run: RunFolder, split: str) -> None:
    """Draw the meter, the estimates as far as they have come, and the form for wishes."""
    predictions = cache.predictions(run.id, split)
    if predictions.targets is None:
        st.info(
            "These scores come without truth, which every strategy but one needs; nothing is "
            "scored."
        )
        draw_prevalence_match(run, split)
        return
    fallback = session().thresholds.fallback
    st.subheader("What survives on new images")
    st.caption(
        "Thresholds chosen on these images flatter themselves. Expected: chosen on one half, "
        "scored on the other. Other plates or another prevalence cost more than any interval "
        "here says."
    )
    estimates = estimates_of(run, split, fallback)
    draw_meter(run, split, estimates)
    _draw_start(run, split, fallback, estimates)
    if estimates is not None and estimates.found:
        _draw_estimates(run, estimates)
    draw_wishes(ScoresAtHand(run, split, fallback, start_estimating))


def estimates_of(run: RunFolder, split: str, fallback: Fallback) -> Estimates | None:
    """Return what was estimated on these scores under this rule so far."""
    version = cache.version_of(estimates_path(run, split, fallback))
    scored = cache.predictions_version(run.id, split)
    return _estimates(run.id, split, fallback, (version, scored)) if version else None


def start_estimating(run: RunFolder, split: str, fallback: Fallback, *options: str) -> None:
    """Start the job; `options` are those of `thresholds estimate`."""
    command = ("thresholds", "estimate", run.id, f"--split={split}", f"--fallback={fallback}")
    with guarded():
        makes = estimates_path(run, split, fallback)
        submit_job(_title(run, split, fallback), *command, *options, makes=makes)


def _draw_start(
    run: RunFolder, split: str, fallback: Fallback, estimates: Estimates | None
) -> None:
    names = [strategy.name for strategy in ready_strategies()]
    missing = [name for name in names if estimates is None or name not in estimates.found]
    title = _title(run, split, fallback)
    busy, stopped = is_busy(title), last_of(title, "stopped")
    if stopped:
        say_stopped(stopped, "Every strategy that was done by then was kept.")
    if missing or not busy:
        others = counted(len(missing), "strategy", "strategies")
        count = "all strategies" if len(missing) == len(names) else f"the other {others}"
        st.button(
            f"Estimate {count}" if missing else "Estimate all strategies anew",
            type="primary" if missing else "secondary",
            icon=":material/replay:" if stopped else ":material/play_arrow:",
            key="estimate",
            disabled=busy,
            on_click=start_estimating,
            args=(run, split, fallback, *(f"--strategy={name}" for name in missing or names)),
            help="A job of its own that can be stopped: a minute for some thousand images. "
            "Strategies appear below as they are done, and stay in the run.",
        )
    if failed := last_of(title, "failed"):
        st.error(f"{title} failed: {failed.message}", icon=":material/error:")
    if busy:  # Only then: what looks every second would be felt by a hand on the board.
        with guarded():
            watch_jobs()
        path = estimates_path(run, split, fallback)
        _watch(path, cache.version_of(path))


@st.fragment(run_every=1.0)
def _watch(path: Path, shown: int) -> None:
    if cache.version_of(path) != shown:
        st.rerun(scope="app")


def _draw_estimates(run: RunFolder, estimates: Estimates) -> None:
    found = {name: estimates.found[name] for name in STRATEGIES if name in estimates.found}
    use = st.column_config.ButtonColumn(
        "", width=70, on_click=_use_clicked, args=(run, estimates.split, found), key=USED
    )
    st.dataframe(
        _table(found),
        key=f"strategies-{run.id}-{estimates.split}-{estimates.fallback}",
        hide_index=True,
        column_config={**COLUMNS, "Use": use},
        height="content",
    )
    chart, classes = st.columns([4, 5], gap="large")
    chart.plotly_chart(_chart(found), key="strategies-chart")
    best = max(found, key=lambda name: found[name].honest.expected)
    with classes:
        picked = st.selectbox(
            f"Class by class: what is expected over {UNFITTED} for all",
            list(found),
            index=list(found).index(best),
            key="gains-strategy",
        )
        st.caption(f"{picked}: {strategy_named(picked).summary}")
        _say_noise(run, estimates, picked)
        st.button(
            f"Use {picked}",
            key="use-strategy",
            on_click=_use,
            args=(run, estimates.split, found, picked),
        )
    with st.expander(f"What every class gains by {picked}, with its interval"):
        gains, positives = found[picked].honest.gains, np.array(estimates.positives)
        chart = gain_chart(gains.value, gains.low, gains.high, positives=positives)
        st.plotly_chart(chart, key="gains-chart")


def _say_noise(run: RunFolder, estimates: Estimates, name: str) -> None:
    gains, positives = estimates.found[name].honest.gains, estimates.positives
    noise = gains.noise.nonzero()[0].tolist()
    listed = ", ".join(f"{CLASS_LABELS[each]} ({positives[each]:,})" for each in noise)
    said = (
        f"**Noise in {len(noise)} of {len(positives)} classes** (positives): {listed}."
        if noise
        else "Every class's interval leaves 0 out."
    )
    st.markdown(
        f"{said} Where the interval spans 0, these {estimates.samples:,} images of run "
        f"`{run.id}`, split {estimates.split}, do not tell a better threshold from luck."
        f"{synthetic_note(run)}"
    )


def _use_clicked(run: RunFolder, split: str, found: dict[str, Estimate]) -> None:
    _use(run, split, found, list(found)[st.session_state[USED]["row"]])


def _use(run: RunFolder, split: str, found: dict[str, Estimate], name: str) -> None:
    chosen, fixed = found[name].honest.thresholds, strategy_named(name).fixed
    take_up(unsaved_set(run, split, chosen, name, fixed=fixed))


def _table(found: dict[str, Estimate]) -> pd.DataFrame:
    honest = [each.honest for each in found.values()]
    return pd.DataFrame(
        {
            "Use": ["Use"] * len(found),
            "Way": list(found),
            "In-sample": [each.in_sample for each in honest],
            "Expected": [each.expected for each in honest],
            "Low": [each.interval[0] for each in honest],
            "High": [each.interval[1] for each in honest],
            "Noise": [int(each.gains.noise.sum()) for each in honest],
            "What it does": [strategy_named(name).summary for name in found],
        }
    )


def _chart(found: dict[str, Estimate]) -> go.Figure:
    """Expected macro F1 with its interval, and beside it what is claimed in-sample."""
    names, honest = list(found), [each.honest for each in found.values()]
    expected = [each.expected for each in honest]
    figure = go.Figure(
        [
            go.Scatter(
                name="expected, 95 %",
                x=expected,
                y=names,
                mode="markers",
                marker={"size": 8, "color": BLUE},
                error_x={
                    "symmetric": False,
                    "array": [each.interval[1] - each.expected for each in honest],
                    "arrayminus": [each.expected - each.interval[0] for each in honest],
                    "thickness": 1.4,
                    "width": 0,
                },
                hovertemplate="%{y}: %{x:.4f} expected<extra></extra>",
            ),
            go.Scatter(
                name="claimed in-sample",
                x=[each.in_sample for each in honest],
                y=names,
                mode="markers",
                marker={"size": 9, "color": ORANGE, "symbol": "diamond-open"},
                hovertemplate="%{y}: %{x:.4f} in-sample<extra></extra>",
            ),
        ]
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title="macro F1")
    figure.update_layout(legend={"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0})
    return tidy(figure, height=26 * (len(names) + 1) + 80)


def _title(run: RunFolder, split: str, fallback: Fallback) -> str:
    rule = "" if fallback == "none" else f", {fallback}"
    return f"Estimate thresholds of {run.id}, {split}{rule}"


@st.cache_resource(max_entries=20, show_spinner=False)
def _estimates(
    run_id: str, split: str, fallback: Fallback, version: tuple[int, int]
) -> Estimates | None:
    """Read once for each version of the estimates and of the predictions they are of."""
    return read_estimates(cache.run(run_id), split, fallback)
