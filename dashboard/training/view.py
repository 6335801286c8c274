"""One training, live: how it stands, its curves, its log, and the buttons that steer it."""

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.leaks import draw_leak_badge
from dashboard.training.charts import (
    FIGURES,
    Curves,
    class_curves,
    class_heatmap,
    epoch_curves,
)
from dashboard.training.comparison import draw_comparison
from dashboard.training.fates import draw_fates
from dashboard.training.stopped import say_training_stopped
from hpa_core.jobs import open_backend
from hpa_core.jobs.trainings import Training, observe_training, start_training
from hpa_core.progress import read_progress
from hpa_core.runs.metrics import METRICS, read_metrics

REFRESH_SECONDS = 1.5
LOG_KEY, LOG_TAIL_BYTES, LOG_LINES, LOG_HEIGHT = "train-log", 20_000, 200, 240
COLOURS: dict[str, Literal["gray", "violet", "blue", "orange", "green", "red"]] = {
    "new": "gray",
    "queued": "violet",
    "running": "blue",
    "stopping": "orange",
    "finished": "green",
    "stopped": "orange",
    "failed": "red",
}
ICONS = {
    "new": ":material/radio_button_unchecked:",
    "queued": ":material/schedule:",
    "running": ":material/play_circle:",
    "stopping": ":material/pending:",
    "finished": ":material/check_circle:",
    "stopped": ":material/stop_circle:",
    "failed": ":material/error:",
}


def watch_training(run_id: str, compared: Sequence[str], classes: Sequence[int]) -> None:
    """Show a training, again and again while it is active.

    Args:
        run_id: the training.
        compared: runs whose curves are drawn beside its own.
        classes: class numbers whose F1 is drawn; none draws all of them as a heat map.
    """
    active = observe_training(cache.run(run_id), open_backend(cache.workspace())).active
    live = st.fragment(_draw, run_every=REFRESH_SECONDS if active else None)
    live(run_id, compared, classes, was_active=active)


def _draw(
    run_id: str, compared: Sequence[str], classes: Sequence[int], *, was_active: bool
) -> None:
    with guarded():
        training = observe_training(cache.run(run_id), open_backend(cache.workspace()))
        if training.active != was_active:
            st.rerun()
        records = read_metrics(training.run.path / METRICS)
        _draw_state(training)
        _draw_progress(training)
        _draw_figures(training, records)
        draw_leak_badge(training.run, training.run.info.settings.get("validation_split", ""))
        _draw_curves(training, records, compared, classes)
        _draw_log(training)


def _draw_state(training: Training) -> None:
    said, steer = st.columns([5, 2], vertical_alignment="center")
    with said.container(horizontal=True, vertical_alignment="center"):
        st.badge(training.state, icon=ICONS[training.state], color=COLOURS[training.state])
        if training.run.info.synthetic:
            st.badge("synthetic cells", icon=":material/science:", color="orange")
        settings = training.run.info.settings
        learnt_from = settings.get("dataset", training.run.info.dataset)
        plan = f" by plan {settings['plan']}" if settings.get("plan") else ""
        st.caption(
            f"{settings.get('model', 'network')}, trained{plan} and validated on {learnt_from}"
        )
    with steer.container(horizontal=True, horizontal_alignment="right"):
        _draw_buttons(training)
    if training.state == "failed":
        st.error(f"It failed: {training.message}", icon=":material/error:")
    elif training.state == "stopped" and training.job:
        say_training_stopped(training)
    elif training.state in ("queued", "stopping", "stopped") and training.message:
        st.info(training.message.capitalize(), icon=ICONS[training.state])


def _draw_buttons(training: Training) -> None:
    backend = open_backend(cache.workspace())
    stoppable = training.active and training.job is not None and not training.in_terminal
    if stoppable:
        stop = st.button(
            "Stop",
            icon=":material/stop:",
            key=f"train-stop-{training.run.id}",
            disabled=training.state == "stopping",
            help="Saves a checkpoint, then ends; Resume goes on from there.",
        )
        if stop:
            backend.stop(training.run.id)
            st.rerun()
    if training.state in ("stopped", "failed", "new"):
        resume = st.button(
            "Start" if training.state == "new" else "Resume",
            icon=":material/play_arrow:",
            key=f"train-resume-{training.run.id}",
            help="Goes on from the last checkpoint, or begins where there is none.",
        )
        if resume:
            start_training(training.run, backend)
            st.rerun()


def _draw_progress(training: Training) -> None:
    if training.state not in ("running", "stopping"):
        return
    report, status = read_progress(training.run.path), training.status
    if report is None or not report.total:
        st.progress(0.0, text=training.message or "starting")
        return
    parts = [f"epoch {status.epoch} of {status.epochs}"] if status else []
    parts.append(f"{report.done:,} of {report.total:,} {report.unit}")
    if report.rate_per_second and report.seconds_left is not None:
        parts.append(f"{report.rate_per_second:,.1f} {report.unit} a second")
        parts.append(f"about {duration(report.seconds_left)} left")
    st.progress(min(report.done / report.total, 1.0), text=" · ".join(parts))


def _draw_figures(training: Training, records: list[dict[str, Any]]) -> None:
    if not records:
        return
    last = records[-1]
    best = max(records, key=lambda record: record.get("f1_macro/validation", 0.0))
    epochs = training.run.info.settings.get("epochs", last["epoch"])
    columns = st.columns(5)
    columns[0].metric("Epochs", f"{last['epoch']} of {epochs}")
    columns[1].metric("Loss, validation", _figure(last, "loss/validation", ".4f"))
    columns[2].metric(
        "Macro F1 at 0.5",
        _figure(last, "f1_macro/validation", ".4f"),
        help=f"On the validation split. Best: {_figure(best, 'f1_macro/validation', '.4f')} "
        f"in epoch {best['epoch']}.",
    )
    columns[3].metric(
        "Tuned, in-sample",
        _figure(last, "f1_macro_tuned/validation", ".4f"),
        help="Macro F1 with each class's threshold fitted on the very labels that it is scored "
        "on. Expect less on new data; the Thresholds page estimates how much less.",
    )
    columns[4].metric("Images a second", _figure(last, "rate/train(images/s)", ",.0f"))


def _draw_curves(
    training: Training,
    records: list[dict[str, Any]],
    compared: Sequence[str],
    classes: Sequence[int],
) -> None:
    if not records:
        st.caption("The curves begin with the first finished epoch.")
        return
    own = Curves(training.run.id, records)
    others = [Curves(other, read_metrics(cache.run(other).path / METRICS)) for other in compared]
    if others:
        st.caption("Solid: validation. Dotted: training. One colour a run.")
    for row in (FIGURES[:2], FIGURES[2:]):
        for column, figure in zip(st.columns(2, gap="medium"), row, strict=True):
            column.markdown(f"**{figure.title}**")
            column.plotly_chart(
                epoch_curves(figure, [own, *others]), key=f"train-curve-{figure.key}"
            )
    if "f1/validation" in records[0]:
        st.markdown("**F1 of each class**")
        chart = class_curves(own, classes) if classes else class_heatmap(own)
        st.plotly_chart(chart, key=f"train-classes-{bool(classes)}")
        draw_fates(training.run, records)
    if compared:
        draw_comparison(training.run.id, compared)


def _draw_log(training: Training) -> None:
    text = _log_tail(training)
    if text:
        with st.expander("Log", expanded=training.state != "finished", key="train-log-open"):
            st.code(text, language=None, height=LOG_HEIGHT, wrap_lines=True)


def _log_tail(training: Training) -> str:
    """Read what was printed since the last look, and return the last lines of everything."""
    if training.job is None:
        return "It runs in a terminal; its log is there." if training.active else ""
    owner, offset, seen = st.session_state.get(LOG_KEY, ("", -LOG_TAIL_BYTES, ""))
    if owner != training.run.id:
        offset, seen = -LOG_TAIL_BYTES, ""
    text, offset = open_backend(cache.workspace()).logs(training.run.id, offset)
    lines = (seen + text).splitlines(keepends=True)[-LOG_LINES:]
    st.session_state[LOG_KEY] = (training.run.id, offset, "".join(lines))
    return "".join(lines)


def duration(seconds: float) -> str:
    """Say a time span as people do.

    >>> duration(42.4), duration(150), duration(7300)
    ('42 s', '2 min 30 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _figure(record: dict[str, Any], key: str, spec: str) -> str:
    value = record.get(key)
    return "-" if value is None else format(value, spec)
