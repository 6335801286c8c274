"""The form for what a person knows or wants: a prevalence, or bounds on named classes."""

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.charts import CLASS_LABELS
from dashboard.guard import guarded
from dashboard.thresholds.active import take_up, unsaved_set
from dashboard.thresholds.prevalence import WANTED, ask_for_wanted
from hpa_core.evaluation.options import Constraint, Options
from hpa_core.evaluation.strategies import strategy_named
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.thresholds import Fallback

CLASS, PRECISION, MOST, TOP = "Class", "Least precision", "Most calls", "Top"
COLUMNS = {
    CLASS: st.column_config.SelectboxColumn(options=list(CLASS_LABELS), required=True),
    PRECISION: st.column_config.NumberColumn(
        min_value=0.0,
        max_value=1.0,
        step=0.01,
        help="Share of its calls expected to be right on new images",
    ),
    MOST: st.column_config.NumberColumn(
        min_value=0, step=1, help="Calls among the images at hand, at most"
    ),
    TOP: st.column_config.NumberColumn(
        min_value=0, step=1, help="Calls exactly so many highest scores; leave the others empty"
    ),
}


class ScoresAtHand(NamedTuple):
    """What the wishes are of.

    Attributes:
        estimate: starts the job that estimates a strategy on these scores.
    """

    run: RunFolder
    split: str
    fallback: Fallback
    estimate: Callable[..., None]


def draw_wishes(scores: ScoresAtHand) -> None:
    """Draw both forms; what they ask for can be used at once, or estimated as well."""
    with st.expander("A prevalence or bounds of your own", icon=":material/tune:"):
        left, right = st.columns(2, gap="large")
        with left, guarded():
            _draw_prevalence(scores)
        with right, guarded():
            _draw_constraints(scores)


def _draw_prevalence(scores: ScoresAtHand) -> None:
    st.markdown(f"{WANTED} As often as on these images is the strategy *prevalence* above.")
    shares = ask_for_wanted(scores.run)
    options = Options(prevalence=shares)
    words = [f"--prevalence={','.join(f'{share:.8g}' for share in shares or ())}"]
    _draw_buttons(scores, "prevalence-target", options, words)


def _draw_constraints(scores: ScoresAtHand) -> None:
    st.markdown("**Bound the calls of named classes.** The others get the strategy *auto*.")
    empty = pd.DataFrame(
        {
            CLASS: pd.Series(dtype=str),
            PRECISION: pd.Series(dtype=float),
            MOST: pd.Series(dtype="Int64"),
            TOP: pd.Series(dtype="Int64"),
        }
    )
    table = st.data_editor(
        empty, num_rows="dynamic", column_config=COLUMNS, key="wish-constraints", hide_index=True
    )
    constraints = constraints_of(table)
    words = [f"--constraint={each.text}" for each in constraints]
    options = Options(constraints=constraints)
    _draw_buttons(scores, "constrained", options, words)


def constraints_of(table: pd.DataFrame) -> tuple[Constraint, ...]:
    """Read the rows of the editor; a row without a number is not finished yet.

    Raises:
        ConfigError: the numbers of a row cannot be meant, or a class has two rows.
    """
    found = []
    for row in table.to_dict("records"):
        precision, most, top = (
            None if pd.isna(row[name]) else row[name] for name in (PRECISION, MOST, TOP)
        )
        if pd.isna(row[CLASS]) or (precision, most, top) == (None, None, None):
            continue
        found.append(
            Constraint(
                class_id=CLASS_LABELS.index(row[CLASS]),
                least_precision=precision,
                most_calls=None if most is None else int(most),
                top=None if top is None else int(top),
            )
        )
    return Options(constraints=tuple(found)).constraints


def _draw_buttons(scores: ScoresAtHand, name: str, options: Options, words: list[str]) -> None:
    ready = strategy_named(name).ready(options)
    with st.container(horizontal=True):
        st.button(
            "Use",
            key=f"wish-use-{name}",
            disabled=not ready,
            on_click=_use,
            args=(scores, name, options),
        )
        st.button(
            "Estimate",
            icon=":material/play_arrow:",
            key=f"wish-estimate-{name}",
            disabled=not ready,
            on_click=scores.estimate,
            args=(scores.run, scores.split, scores.fallback, f"--strategy={name}", *words),
            help="Adds it to the strategies above, as a job.",
        )


def _use(scores: ScoresAtHand, name: str, options: Options) -> None:
    run, split = scores.run, scores.split
    predictions = cache.predictions(run.id, split)
    if predictions.targets is None:
        raise ValueError("wishes are drawn for labelled scores only")
    with guarded():
        thresholds = strategy_named(name).fit(predictions.probs, predictions.targets, options)
        take_up(unsaved_set(run, split, thresholds, name))
