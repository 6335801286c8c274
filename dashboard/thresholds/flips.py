"""What the last move changed, or the way from another set to this one: counts, then the images."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from jaxtyping import Bool

from dashboard import cache
from dashboard.charts import CLASS_LABELS
from dashboard.images.gallery import draw_gallery
from dashboard.samples import scored_samples
from dashboard.session import session, write_link
from dashboard.synthetic import synthetic_note
from dashboard.thresholds.board import held_before
from dashboard.thresholds.measured import Measured
from dashboard.thresholds.sets import offered_sets
from dashboard.wording import counted
from hpa_core.evaluation.calls import calls_of
from hpa_core.evaluation.contract import Targets
from hpa_core.evaluation.flips import (
    KINDS,
    UNJUDGED,
    Flips,
    find_flips,
    flipped_rows,
    macro_f1_gain,
)
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.thresholds import Rule

Calls = Bool[np.ndarray, "N C"]
LAST_MOVE = "the last move"
ANY = "any"
MEANINGS = KINDS | UNJUDGED


class Comparison(NamedTuple):
    """Another state of the thresholds, by the name it is offered under."""

    name: str
    rule: Rule | None


def draw_flips(measured: Measured) -> None:
    """Draw which calls differ from another state of the thresholds, and on which images."""
    run, predictions = measured.run, measured.predictions
    others = _comparisons(run)
    name = st.selectbox(
        "Compared with", [other.name for other in others], key="flips-base", width=320
    )
    rule = next(each.rule for each in others if each.name == name)
    if rule is None:
        st.info("Nothing has moved yet. Move a threshold above, or compare with another set.")
        return
    now = session().thresholds.rule
    before, after = calls_of(rule, predictions.probs), calls_of(now, predictions.probs)
    flips = find_flips(before, after, predictions.targets)
    changed = flipped_rows(flips)
    cells = ", ".join(
        f"**{int(count):,}** {kind}"
        for kind, count in zip(flips.kinds, flips.counts().sum(axis=1), strict=True)
    )
    st.markdown(
        f"**{len(changed):,} of {len(predictions.ids):,} images** change: {cells}. "
        f"{_worth(before, after, predictions.targets)} ({measured.count}: run `{run.id}`, split "
        f"{measured.split})."
    )
    if not len(changed):
        return
    st.dataframe(
        _table(flips, rule.thresholds, now.thresholds),
        hide_index=True,
        key="flips-table",
        column_config={
            kind: st.column_config.NumberColumn(help=MEANINGS[kind]) for kind in flips.kinds
        },
    )
    _draw_images(measured, rule)


def _comparisons(run: RunFolder) -> list[Comparison]:
    """The last move first, then every set that differs from the active one."""
    active, *others = offered_sets(run)
    different = [Comparison(item.name, item.rule) for item in others if item.rule != active.rule]
    return [Comparison(LAST_MOVE, held_before()), *different]


def _worth(before: Calls, after: Calls, targets: Targets | None) -> str:
    if targets is None:
        return "These scores come without the truth: no change is right or wrong"
    return f"Macro F1 {macro_f1_gain(before, after, targets):+.5f} on these images"


def _table(flips: Flips, before: Sequence[float], after: Sequence[float]) -> pd.DataFrame:
    counts = flips.counts()
    rows = flips.classes()
    return pd.DataFrame(
        {"class": [CLASS_LABELS[row] for row in rows]}
        | {"threshold before": np.round(before, 4)[rows], "after": np.round(after, 4)[rows]}
        | {kind: counts[number, rows] for number, kind in enumerate(flips.kinds)}
    )


def _draw_images(measured: Measured, before: Rule) -> None:
    """Show the images that change, those that change for the better first where it is judged."""
    chosen = session()
    dataset = cache.dataset(chosen.dataset) if chosen.dataset else None
    samples = scored_samples(chosen, dataset) if dataset else None
    if dataset is None or samples is None or not dataset.info.has_images:
        st.info("The images of these scores are not in the dataset chosen beside.")
        return
    if samples.probs is None or samples.calls is None:
        raise ValueError("scored samples have scores and calls")
    truth = None if measured.predictions.targets is None else samples.targets
    flips = find_flips(calls_of(before, samples.probs), samples.calls, truth)
    kinds, classes = st.columns([3, 2], vertical_alignment="bottom")
    kind = kinds.segmented_control(
        "Change",
        [ANY, *flips.kinds],
        default=ANY,
        required=True,
        key="flips-kind",
        on_change=lambda: write_link(page=None),
        help="; ".join(f"{kind}: {MEANINGS[kind]}" for kind in flips.kinds),
    )
    touched = np.sort(flips.classes())
    number = classes.selectbox(
        "Class",
        [None, *touched.tolist()],
        format_func=lambda each: ANY if each is None else CLASS_LABELS[each],
        key="flips-class",
        on_change=lambda: write_link(page=None),
    )
    order = flipped_rows(flips, kind=None if kind == ANY else kind, class_id=number)
    if measured.rows is not None:
        order = order[np.isin(samples.ids[order], measured.predictions.ids)]
    st.caption(
        f"{counted(len(order), 'image')} of dataset {dataset.info.name}, under the active set."
        f"{synthetic_note(measured.run, dataset.info)}"
    )
    draw_gallery(dataset, samples, order, thresholds=chosen.thresholds)
