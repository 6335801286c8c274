"""What an experiment has shown: each variant's scores over its seeds, beside the report's."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import cache
from dashboard.charts import BLUE, ORANGE, SKY, tidy
from dashboard.guard import guarded
from dashboard.jobs import MOST_TOLD
from dashboard.leaks import draw_leak_badge
from dashboard.synthetic import synthetic_note
from dashboard.training.stopped import say_training_stopped
from hpa_core.experiments.experiment import Experiment, read_experiment
from hpa_core.experiments.kinds import Kind, kind_named
from hpa_core.experiments.results import VariantResult, judge, read_results
from hpa_core.jobs import open_backend
from hpa_core.jobs.trainings import Training, observe_training, start_training
from hpa_core.runs.folder import RunFolder

REFRESH_SECONDS = 3.0
COLUMNS = {
    name: st.column_config.NumberColumn(format="%.4f", help=told)
    for name, told in {
        "macro F1": "Mean over seeds, last epoch, validation, every threshold at 0.5",
        "low": "With high: 95 % t interval of the mean over seeds",
        "high": "With low: 95 % t interval of the mean over seeds",
        "tuned, in-sample": "With thresholds fitted on these very images",
        "the report": "Macro F1 on Kaggle's private test images",
    }.items()
}


def watch_experiment(name: str) -> None:
    """Show an experiment, again and again while one of its runs is active."""
    experiment = read_experiment(cache.workspace(), name)
    active = any(training.active for training in _trainings(experiment))
    live = st.fragment(_draw, run_every=REFRESH_SECONDS if active else None)
    live(experiment, was_active=active)


def _draw(experiment: Experiment, *, was_active: bool) -> None:
    with guarded():
        kind = kind_named(experiment.kind)
        results = read_results(cache.workspace(), experiment)
        trainings = _trainings(experiment)
        if was_active != any(training.active for training in trainings):
            st.rerun()
        states = Counter(training.state for training in trainings)
        made = synthetic_note(None, cache.dataset(experiment.dataset).info)
        st.markdown(
            f"**{kind.question}** Dataset {experiment.dataset}, split validation; "
            f"{', '.join(f'{count} {state}' for state, count in states.items())}.{made}"
        )
        _draw_stopped(trainings)
        st.markdown(_verdict(results, kind))
        for run in _differently_split(experiment):
            draw_leak_badge(run, run.info.settings.get("validation_split", "validation"))
        st.dataframe(_table(results), column_config=COLUMNS, hide_index=True, key="variants")
        st.plotly_chart(_chart(results), key="variant-scores")
        st.caption(
            "Dots: single seeds. Blue: their mean with its 95 % interval. Orange: the report, on "
            "Kaggle's private test images: compare directions, not heights."
        )


def _differently_split(experiment: Experiment) -> list[RunFolder]:
    """Return one run for each pair of splits that the experiment learns from and scores on."""
    runs = [cache.run(member.run) for member in experiment.members]
    settings = [run.info.settings for run in runs]
    named = [(each.get("train_split"), each.get("validation_split")) for each in settings]
    return list(dict(zip(named, runs, strict=True)).values())


def _verdict(results: Sequence[VariantResult], kind: Kind) -> str:
    verdict = judge(results)
    if verdict is None:
        return f"No two variants have finished yet. The report: {kind.finding}."
    sure = f"**{verdict.best}** is best here, {verdict.difference:+.4f} over {verdict.second}"
    if verdict.low is None:
        sure += "; one seed gives no interval"
    else:
        sure += f" (95 % over seeds: {verdict.low:+.4f} to {verdict.high:+.4f})"
        sure += "" if verdict.told else ", which these seeds do not tell from nothing"
    return f"{sure}. The report: {kind.finding}."


def _table(results: Sequence[VariantResult]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "variant": [result.variant for result in results],
            "seeds done": [f"{len(result.scores)} of {result.runs}" for result in results],
            "macro F1": [result.mean for result in results],
            "low": [result.low for result in results],
            "high": [result.high for result in results],
            "tuned, in-sample": [result.tuned for result in results],
            "the report": [result.reported for result in results],
        }
    )


def _chart(results: Sequence[VariantResult]) -> go.Figure:
    figure = go.Figure()
    seeds = [(result.variant, score) for result in results for score in result.scores.values()]
    figure.add_scatter(
        x=[score for _, score in seeds],
        y=[variant for variant, _ in seeds],
        mode="markers",
        marker={"color": SKY, "size": 7},
        name="one seed",
    )
    scored = [result for result in results if result.mean is not None]
    figure.add_scatter(
        x=[result.mean for result in scored],
        y=[result.variant for result in scored],
        error_x={"type": "data", "array": [result.reach for result in scored]},
        mode="markers",
        marker={"color": BLUE, "size": 12, "symbol": "line-ns-open", "line_width": 3},
        name="mean, 95 %",
    )
    reported = [result for result in results if result.reported is not None]
    figure.add_scatter(
        x=[result.reported for result in reported],
        y=[result.variant for result in reported],
        mode="markers",
        marker={"color": ORANGE, "size": 10, "symbol": "diamond"},
        name="the report",
    )
    figure.update_xaxes(title="macro F1 (0 to 1)", rangemode="tozero")
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=[result.variant for result in reversed(results)],
        title="variant",
    )
    figure.update_layout(legend={"orientation": "h", "y": 1.15})
    return tidy(figure, height=110 + 55 * len(results))


def _draw_stopped(trainings: Sequence[Training]) -> None:
    stopped = [training for training in trainings if training.state == "stopped"]
    if not stopped:
        return
    for training in stopped[:MOST_TOLD]:
        say_training_stopped(training)
    st.button(
        f"Resume {len(stopped)} of {len(trainings)} trainings",
        key="experiment-resume",
        icon=":material/replay:",
        on_click=_resume,
        args=([training.run for training in stopped],),
    )


def _resume(runs: Sequence[RunFolder]) -> None:
    with guarded():
        for run in runs:
            start_training(run, open_backend(cache.workspace()))


def _trainings(experiment: Experiment) -> list[Training]:
    backend = open_backend(cache.workspace())
    return [observe_training(cache.run(member.run), backend) for member in experiment.members]
