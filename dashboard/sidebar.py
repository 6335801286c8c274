"""The pickers beside every page: which dataset, run, split, threshold set and filter are shown."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import cache
from dashboard.guard import as_written
from dashboard.menu import Entry
from dashboard.mirrors import mirror_key, read_mirror
from dashboard.selections.active import follow_filter
from dashboard.selections.field import draw_field
from dashboard.session import Session, session, write_link
from dashboard.synthetic import synthetic_part
from dashboard.threshold_link import linked_thresholds, threshold_word
from hpa_core.data.dataset import DatasetInfo, list_datasets
from hpa_core.runs.folder import RunFolder, list_runs
from hpa_core.runs.predictions import predicted_splits
from hpa_core.runs.thresholds import (
    UNSAVED,
    ThresholdSet,
    fixed_thresholds,
    known_thresholds,
)

NO_RUN = ""
OF_DATASET = {"image": None, "page": None, "pick": None}
"""What of the link another dataset takes out."""


def choose_context(page: Entry) -> None:
    """Draw the pickers beside `page`, and write what they say into the session and the link."""
    chosen = session()
    with st.sidebar:
        info = _choose_dataset(chosen)
        run = _choose_run(chosen)
        if run is not None:
            _choose_split(chosen, run)
            _choose_thresholds(chosen, run)
        filtered = follow_filter()
        draw_field(used=page.filtered)
        _tell_missing(chosen.missing)
        _mark_synthetic(info, run)
    left = OF_DATASET if "dataset" in chosen.turned else {}
    chosen.turned.clear()
    write_link(
        **left,
        **filtered,
        dataset=chosen.dataset,
        run=chosen.picked_run,
        split=chosen.split,
        thresholds=threshold_word(chosen.thresholds, run.id) if run else None,
    )


def _choose_dataset(chosen: Session) -> DatasetInfo | None:
    datasets = {info.name: info for info in list_datasets(cache.workspace())}
    _pick("Dataset", "dataset", list(datasets))
    return datasets.get(chosen.dataset or "")


def _choose_run(chosen: Session) -> RunFolder | None:
    """Offer the dataset's own runs first, then the scores that belong to no dataset.

    Such outside scores are shown only where somebody chooses them.
    """
    owner = chosen.dataset or ""
    runs = {
        run.id: run
        for run in list_runs(cache.workspace())
        if run.info.dataset in (owner, "") and predicted_splits(run)
    }
    own = [run.id for run in runs.values() if run.info.dataset == owner]
    outside = [run_id for run_id in runs if run_id not in own]
    options = [*own, *outside, NO_RUN] if own else [NO_RUN, *outside]
    if runs:
        _pick("Run", "picked_run", options, lambda name: _run_label(runs.get(name)))
    else:
        _miss(chosen, "Run", chosen.picked_run)
    if not own:  # Nobody has wanted none here: a run to come is chosen by itself.
        chosen.picked_run = chosen.run if runs else None
    return runs.get(chosen.run or NO_RUN)


def _run_label(run: RunFolder | None) -> str:
    if run is None:
        return "none: true labels only"
    return run.id if run.info.dataset else f"{run.id} (outside scores)"


def _choose_split(chosen: Session, run: RunFolder) -> None:
    splits = predicted_splits(run)
    if chosen.split not in splits and "validation" in splits:
        chosen.split = "validation"
    _pick("Split", "split", splits)


def _choose_thresholds(chosen: Session, run: RunFolder) -> None:
    """Offer the saved sets, the built-in ones, and the active set while it is not saved.

    A set stays active only for the run it was chosen on: another run starts from 0.5.
    """
    if chosen.thresholds_owner != run.id:
        chosen.thresholds, chosen.thresholds_owner = fixed_thresholds(0.5), run.id
    known = known_thresholds(run)
    word = chosen.linked_thresholds
    if word and word != threshold_word(chosen.thresholds, run.id):
        linked = linked_thresholds(word, run, known)
        if linked is None:
            _miss(chosen, "Thresholds", word)
        chosen.thresholds = linked or chosen.thresholds
    chosen.linked_thresholds = None
    unsaved = [chosen.thresholds] if chosen.thresholds.name == UNSAVED else []
    sets = [*unsaved, *known]
    _pick("Thresholds", "thresholds", sets, _threshold_label)


def _threshold_label(thresholds: ThresholdSet) -> str:
    fallback = " + top class" if thresholds.fallback == "top1" else ""
    return f"{thresholds.name}{fallback}"


def _pick(
    label: str, attribute: str, options: Sequence[Any], show: Callable[[Any], str] = str
) -> None:
    """Draw one picker over a field of the session, which owns the value; the widget mirrors it."""
    chosen = session()
    if not options:
        setattr(chosen, attribute, None)
        return
    if getattr(chosen, attribute) not in options:
        _miss(chosen, label, getattr(chosen, attribute))
        setattr(chosen, attribute, options[0])
    key = mirror_key(attribute, getattr(chosen, attribute))
    st.selectbox(label, options, key=key, format_func=show, on_change=_store, args=(attribute, key))


def _store(attribute: str, key: str) -> None:
    value, newest = read_mirror(attribute, key)
    if not newest:
        return
    chosen = session()
    setattr(chosen, attribute, value)
    chosen.missing.clear()
    chosen.turned.add(attribute)


def _miss(chosen: Session, label: str, wanted: str | None) -> None:
    if wanted and not chosen.turned:
        chosen.missing[label] = wanted


def _tell_missing(missing: Mapping[str, str]) -> None:
    """Say which of the things that a link or an earlier choice names are not here."""
    if not missing:
        return
    named = ", ".join(f"{label.lower()} {wanted[:40]!r}" for label, wanted in missing.items())
    st.warning(
        as_written(f"Not here: {named}. What the pickers say is shown in its place."),
        icon=":material/link_off:",
    )


def _mark_synthetic(info: DatasetInfo | None, run: RunFolder | None) -> None:
    part = synthetic_part(run, info)
    if part is None:
        return
    marked = [f"dataset {info.name}"] if info and info.synthetic else []
    marked += [f"run {run.id}"] if run and run.info.synthetic else []
    told = {
        "images": f"Synthetic cells in {' and '.join(marked)}: rendered, not microscopy. No score "
        "on them",
        "network": f"The images are real; the network of {' and '.join(marked)} learnt from "
        "synthetic cells. No score of it",
    }[part]
    st.warning(f"{told} says anything about the Human Protein Atlas.", icon=":material/science:")
