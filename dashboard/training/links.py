"""Links to the Train page that bring a resampling plan or settings: the form begins with them."""

import streamlit as st

from dashboard import cache
from dashboard.session import write_link
from dashboard.training.form import Entry, prefill_form, started_trainings
from hpa_core.config import TrainConfig, parse_settings
from hpa_core.data.dataset import Dataset
from hpa_core.data.folds import fold_split
from hpa_core.imbalance.plan import Plan

PLAN, SETTINGS, FOLLOWED = "plan", "settings", "train-followed"
"""The link's keys: the name of a plan, and settings as JSON."""


def take_linked_settings(dataset: Dataset) -> bool:
    """Take what the link brings into the form, once; a plan that is not known is passed by.

    Returns:
        Whether anything came by a link, and no training was started since.

    Raises:
        ConfigError: a setting has a value that cannot be meant.
    """
    plan, settings = (st.query_params.get(key) for key in (PLAN, SETTINGS))
    write_link(**{PLAN: None, SETTINGS: None})
    if settings:
        values = parse_settings(settings)
        TrainConfig.from_dict({**values, "dataset": dataset.info.name})
        _begin_with(values)
    for saved in cache.plans(dataset.info.name) if plan else []:
        if saved.name == plan and saved.plan:
            _begin_with(_settings_of(saved.plan))
    return bool(st.session_state.get(FOLLOWED) == started_trainings())


def _begin_with(values: Entry) -> None:
    prefill_form(values)
    st.session_state[FOLLOWED] = started_trainings()


def _settings_of(plan: Plan) -> Entry:
    fold = fold_split(plan.split)
    validation = {"validation_split": str(fold.complement)} if fold else {}
    return {"plan": plan.name, "train_split": plan.split, **validation}
