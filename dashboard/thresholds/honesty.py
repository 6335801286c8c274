"""The honesty meter: what of the active set's macro F1 is over-fitting, and where it fails."""

import streamlit as st

from dashboard import cache
from dashboard.session import session
from dashboard.thresholds.measured import Measured
from dashboard.thresholds.scores import score_set
from dashboard.thresholds.shift import Other, shifted_classes
from hpa_core.classes import N_CLASSES
from hpa_core.evaluation.estimates import Estimates
from hpa_core.evaluation.strategies import STRATEGIES
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import predicted_splits

OVERFITTED = 0.02
"""A claim so much above what is expected is called over-fitted."""


def draw_meter(run: RunFolder, split: str, estimates: Estimates | None) -> None:
    """Say what the active set claims here and will keep, and warn of what no estimate covers."""
    _draw_claim(run, split, estimates)
    for other in predicted_splits(run):
        new = Other(run.id, other)
        if other != split and cache.predictions(run.id, other).targets is None:
            _draw_shift(run, split, new)


def _draw_claim(run: RunFolder, split: str, estimates: Estimates | None) -> None:
    active = session().thresholds
    scores = score_set(active, Measured(run=run, split=split))
    if scores is not None and not active.origin_known:
        st.warning(
            f"Macro F1 **{scores.macro_f1:.4f}**, by thresholds **of unknown origin**. If they "
            "were tuned on these images, that is in-sample: what tuning claims here, and how much "
            "less to expect, the strategies below show.",
            icon=":material/warning:",
        )
        return
    if scores is None or (active.run, active.split) != (run.id, split):
        return  # Nothing was chosen on these images, so nothing can be over-fitted to them.
    name = active.strategy
    if active.fallback == "none":  # Under the highest class the board climbs: another strategy.
        name = name.replace("exact optimum", "exact")
    known = estimates.found.get(name) if estimates else None
    same = known is not None and known.honest.thresholds.tolist() == list(active.thresholds)
    if known is None or not same:
        told = (
            "What of it survives on new images shows once this strategy is estimated."
            if known is None and name in STRATEGIES
            else "What of it survives on new images is not known: it can be estimated of the "
            "strategies below, which choose anew on other images, and of no single choice."
        )
        st.markdown(
            f"In-sample macro F1 **{scores.macro_f1:.4f}**, chosen on these images "
            f"({active.strategy or 'by an unknown strategy'}). {told}"
        )
        return
    low, high = known.honest.interval
    lost = known.honest.in_sample - known.honest.expected
    sentence = (
        f"**{name}** claims macro F1 **{known.honest.in_sample:.4f}** on these images; on as many "
        f"new ones of the same source expect **{known.honest.expected:.3f}** (95 %: {low:.3f} to "
        f"{high:.3f})."
    )
    if lost > OVERFITTED:
        st.warning(
            f"{sentence} **{lost:.3f} of the claim is over-fitting.**", icon=":material/warning:"
        )
    else:
        st.markdown(sentence)


def _draw_shift(run: RunFolder, split: str, new: Other) -> None:
    count = shifted_classes(run, split, new)
    if count:
        st.warning(
            f"**The scores of split {new.split} come from elsewhere**: those of {count} of "
            f"{N_CLASSES} classes are distributed otherwise than here. There, expect less "
            "than any figure on this page says; see Shift.",
            icon=":material/warning:",
        )
