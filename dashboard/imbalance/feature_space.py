"""The section of oversampling in feature space: retrain a run's head with synthetic rows, compare.

The comparison is a job that runs `python -m hpa_core oversample`; the page shows the report that it
leaves in the run.
"""

from dataclasses import Field, fields
from typing import Any

import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.imbalance import feature_charts
from dashboard.jobs import NOTHING_KEPT, is_busy, offer_stopped, submit_job, watch_jobs
from dashboard.leaks import draw_leak_badge
from dashboard.session import session
from dashboard.synthetic import synthetic_note
from dashboard.wording import counted
from hpa_core.data.dataset import Dataset
from hpa_core.oversampling.report import Report, read_report, report_path
from hpa_core.oversampling.settings import Settings
from hpa_core.oversampling.wording import LEVELS, SEEN, findings, pair_name
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions

FEATURES = {"embeddings": "embeddings", "scores": "the 28 scores"}


def draw_feature_space(dataset: Dataset) -> None:
    """Draw what it is about, the form, the job under way, and what the last one found."""
    st.caption(
        "MLSMOTE makes synthetic rows of the rare classes: points between neighbours in the space "
        "of a network's embeddings. The head alone, 28 linear outputs, is retrained with them and "
        "without, and scored on samples held back. No image is made."
    )
    chosen = session()
    if chosen.run is None or chosen.split is None:
        st.info(
            f"Choose a run beside. None of dataset {dataset.info.name!r} has predictions yet: "
            "train one, then `python -m hpa_core predict RUN --split validation` makes its "
            "embeddings.",
            icon=":material/info:",
        )
        return
    run, split = cache.run(chosen.run), chosen.split
    predictions = cache.predictions(run.id, split)
    if predictions.targets is None:
        st.info(f"The truth of run {run.id}, split {split}, is not known: nothing can be scored.")
        return
    draw_leak_badge(run, split)
    _draw_form(run, split, predictions)
    with guarded():
        offer_stopped({("oversample", run.id, f"--split={split}"): NOTHING_KEPT})
        watch_jobs()
    report = _report(run, split)
    if report is not None:
        _draw_report(run, report)


def _draw_form(run: RunFolder, split: str, predictions: Predictions) -> None:
    kinds = list(FEATURES) if predictions.embeddings is not None else ["scores"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        features = st.segmented_control(
            "Features of the head",
            kinds,
            default=kinds[0],
            required=True,
            format_func=FEATURES.__getitem__,
            key=f"feature-space-features-{len(kinds)}",
            help="Where there are no embeddings, the log-odds of the run's 28 scores can serve.",
        )
        with st.popover("Settings", icon=":material/tune:"):
            for item in fields(Settings):
                _ask(item, getattr(Settings(), item.name))
        title = f"Compare heads of {run.id}, {split}"
        st.button(
            "Compare again" if report_path(run, split).exists() else "Compare",
            type="primary",
            icon=":material/play_arrow:",
            key="feature-space-start",
            disabled=is_busy(title),
            on_click=_start,
            args=(title, run, split, features),
            help="Runs as a job of its own: minutes for some hundred samples, hours for tens of "
            "thousands of samples with a thousand features.",
        )
    if predictions.embeddings is None:
        st.info(
            f"Run {run.id} has no embeddings of {split}. "
            + (
                "Its scores were made elsewhere, so nothing here can make them."
                if run.info.kind == "scores"
                else f"`python -m hpa_core predict {run.id} --split {split}` makes them."
            ),
            icon=":material/info:",
        )


def _key(item: Field[Any]) -> str:
    return f"feature-space-{item.name}"


def _ask(item: Field[Any], default: Any) -> None:
    """Draw the widget of one setting; it keeps its value while other pages are shown."""
    told, choices = item.metadata["help"], item.metadata["choices"]
    if choices:
        names = list(choices)
        st.selectbox(
            told,
            names,
            index=names.index(default),
            format_func=lambda name: f"{name}: {choices[name]}",
            key=_key(item),
            persist_state="session",
        )
        return
    low, high = item.metadata["low"], item.metadata["high"]
    st.number_input(told, low, high, default, key=_key(item), persist_state="session")


def _start(title: str, run: RunFolder, split: str, features: str) -> None:
    """Start with the settings as they stand at the click, which may be quicker than a rerun."""
    values = {item.name: st.session_state[_key(item)] for item in fields(Settings)}
    with guarded():
        Settings(**values)
        options = [f"--{name}={value}" for name, value in values.items()]
        command = ("oversample", run.id, f"--split={split}", f"--features={features}")
        submit_job(title, *command, *options, makes=report_path(run, split))


def _report(run: RunFolder, split: str) -> Report | None:
    with guarded():
        return _read(run.id, split, cache.version_of(report_path(run, split)))
    return None


@st.cache_resource(max_entries=8)
def _read(run_id: str, split: str, version: int) -> Report | None:
    return read_report(cache.run(run_id), split)


def _draw_report(run: RunFolder, report: Report) -> None:
    st.subheader("What the last comparison found")
    st.caption(_about(run, report))
    if cache.predictions_hash(run.id, report.split) != report.data_hash:
        st.warning("The predictions were made anew since: compare again.", icon=":material/update:")
    if report.seen:
        st.warning(SEEN, icon=":material/visibility:")
    chart, said = st.columns([4, 5], gap="large")
    chart.plotly_chart(feature_charts.macro_chart(report), key="feature-space-macro")
    for found in findings(report):
        said.markdown(f"- **{found.question}: {found.verdict}.** {found.figures}")
    st.dataframe(feature_charts.macro_table(report), hide_index=True, key="feature-space-pairs")
    _draw_classes(report)


def _draw_classes(report: Report) -> None:
    st.subheader("Class by class")
    pairs = list(dict.fromkeys((one.variant, one.against) for one in report.comparisons))
    names = {f"{new}-{old}": pair_name(new, old) for new, old in pairs}
    left, right = st.columns([3, 2])
    pair = left.selectbox(
        "Compare",
        list(names),
        format_func=names.__getitem__,
        key="oversampling",
        bind="query-params",
    )
    kind = right.segmented_control(
        "Thresholds",
        list(LEVELS),
        default="fitted",
        required=True,
        format_func=LEVELS.__getitem__,
        key="oversampling-thresholds",
        bind="query-params",
    )
    new, old = dict(zip(names, pairs, strict=True))[pair]
    one = report.comparison(new, old, kind)
    st.plotly_chart(feature_charts.class_chart(report, one), key="feature-space-classes")
    with st.expander("As a table", key="feature-space-as-table"):
        st.dataframe(
            feature_charts.class_table(report, one),
            column_config=feature_charts.CLASS_COLUMNS,
            hide_index=True,
            key="feature-space-class-table",
        )


def _about(run: RunFolder, report: Report) -> str:
    settings = report.settings
    of = f" of dataset {report.dataset}" if report.dataset else ""
    groups = (
        ""
        if report.groups == report.samples
        else f" in {counted(report.groups, 'group')} kept whole"
    )
    features = "embedding features" if report.features == "embeddings" else "scores' log-odds"
    return (
        f"Run {report.run}, split {report.split}{of}: {report.samples:,} samples{groups}, "
        f"{report.width} {features}. {settings.folds} folds, dealt "
        f"{counted(settings.repeats, 'time')}; "
        f"{settings.k} neighbours, {settings.times} synthetic or copied for each row of classes "
        f"{', '.join(map(str, report.minority)) or 'none'} (IRLbl above MeanIR); fitted "
        f"thresholds: {settings.strategy}. Made on {report.created[:16].replace('T', ' ')} UTC in "
        f"{report.seconds:,.0f} s.{synthetic_note(run)}"
    )
