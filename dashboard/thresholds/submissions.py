"""Handing in: the active set's calls in the order asked for; scoring what was handed in."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import cache
from dashboard.charts import CLASS_LABELS
from dashboard.guard import guarded
from dashboard.session import session
from dashboard.wording import counted
from hpa_core.data.submission import ordered_like, read_submission, write_submission
from hpa_core.evaluation.calls import calls_of
from hpa_core.evaluation.metrics import Scores, evaluate
from hpa_core.runs.folder import RunFolder
from hpa_core.targets import read_id_table

Read = TypeVar("Read")


def draw_submissions(run: RunFolder, split: str) -> None:
    """Offer a submission in the order of a sample, and score one against another table."""
    write, score = st.columns(2, gap="large")
    with write, guarded():
        st.subheader("Hand in")
        _draw_writing(run, split)
    with score, guarded():
        st.subheader("Score")
        _draw_scoring()


def _draw_writing(run: RunFolder, split: str) -> None:
    active = session().thresholds
    predictions = cache.predictions(run.id, split)
    st.write(
        f"The calls of set **{active.name}** on {counted(len(predictions.ids), 'image')} of run "
        f"`{run.id}`, split {split}, as `Id,Predicted`."
    )
    sample = st.file_uploader(
        "In the order of a sample submission (its ids must be exactly these)",
        type=["csv"],
        key="submission-sample",
    )
    ids, calls = predictions.ids.tolist(), calls_of(active.rule, predictions.probs)
    if sample is not None:
        wanted, _ = _read(sample, read_id_table)
        ids, calls = ordered_like(wanted, ids, calls, name=sample.name)
        st.success(f"All {len(ids):,} ids of {sample.name} are here.", icon=":material/check:")
    st.download_button(
        "Submission (CSV)",
        lambda: _written(ids, calls),
        file_name=f"{run.id}-{split}-{active.name}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="submission-download",
    )


def _draw_scoring() -> None:
    st.write("A submission against a solution (`Id,Target`), or against another submission.")
    mine = st.file_uploader("Submission", type=["csv"], key="score-submission")
    other = st.file_uploader("Solution, or another submission", type=["csv"], key="score-solution")
    if mine is None or other is None:
        return
    ids, calls = _read(mine, read_submission)
    wanted, truth = _read(other, read_submission)
    _, calls = ordered_like(wanted, ids, calls, name=other.name)
    scores = evaluate(truth, calls)
    differ = int((truth != calls).any(axis=1).sum())
    st.markdown(
        f"**Macro F1 {scores.macro_f1:.5f}**, micro {scores.micro_f1:.5f}, samples "
        f"{scores.samples_f1:.5f}: {mine.name} against {other.name}. {differ:,} of "
        f"{len(wanted):,} images are called otherwise."
    )
    st.dataframe(_table(scores), hide_index=True, key="score-classes")


def _table(scores: Scores) -> pd.DataFrame:
    each = scores.per_class
    return pd.DataFrame(
        {"class": CLASS_LABELS, "positives": each.support, "F1": each.f1.round(4)}
        | {"TP": each.tp, "FP": each.fp, "FN": each.fn}
    )


def _read(upload: UploadedFile, read: Callable[[Path], Read]) -> Read:
    """Read an upload by a function that takes a path; its own name stands in any message."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(upload.name).name
        path.write_bytes(upload.getvalue())
        return read(path)


def _written(ids: list[str], calls: np.ndarray) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "submission.csv"
        write_submission(path, ids, calls)
        return path.read_bytes()
