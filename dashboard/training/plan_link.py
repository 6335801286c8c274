"""A link to the Train page that names a resampling plan: the form begins with it."""

import streamlit as st

from dashboard import cache
from dashboard.session import write_link
from dashboard.training.form import Entry, prefill, starts
from hpa_core.data.dataset import Dataset
from hpa_core.data.folds import fold_split
from hpa_core.imbalance.plan import Plan

LINK, FOLLOWED = "plan", "train-followed"


def follow_link(dataset: Dataset) -> bool:
    """Take the plan that the link names, and its split, into the form; a name unknown is passed by.

    Returns:
        Whether a plan came by a link, and no training was started since.
    """
    if wanted := st.query_params.get(LINK):
        write_link(**{LINK: None})
        for saved in cache.plans(dataset.info.name):
            if saved.name == wanted and saved.plan:
                prefill(_settings(saved.plan))
                st.session_state[FOLLOWED] = starts()
    return bool(st.session_state.get(FOLLOWED) == starts())


def _settings(plan: Plan) -> Entry:
    fold = fold_split(plan.split)
    validation = {"validation_split": str(fold.complement)} if fold else {}
    return {"plan": plan.name, "train_split": plan.split, **validation}
