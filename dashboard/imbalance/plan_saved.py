"""Plans by name: keep the one shown, take one up again, delete one, train with one."""

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.guard import guarded
from dashboard.imbalance.plan_draft import SAVED, Draft, start_from
from dashboard.training import links
from dashboard.training.splits import split_choices
from hpa_core.data.dataset import Dataset
from hpa_core.errors import PlanError
from hpa_core.imbalance.plan_files import SavedPlan, delete_plan, write_plan
from hpa_core.imbalance.planning import make_plan
from hpa_core.imbalance.steps import steps_from_dicts


def draw_save(dataset: Dataset, draft: Draft, *, possible: bool) -> None:
    """Ask for a name and keep the plan under it, with its dataset."""
    with st.form("plan-save", border=False):
        name = st.text_input("Name of the plan", key="plan-name", placeholder="more-lysosomes")
        over = st.checkbox("Replace a plan of the same name", key="plan-over")
        if st.form_submit_button(
            "Save with the dataset", icon=":material/save:", disabled=not possible
        ):
            with guarded():
                _save(dataset, draft, name.strip(), over=over)
                st.rerun()


def draw_saved(dataset: Dataset, draft: Draft) -> None:
    """List the saved plans; the one selected can be taken up, deleted or trained with."""
    saved = cache.plans(dataset.info.name)
    if not saved:
        st.caption("No plan of this dataset is saved yet.")
        return
    picked = st.dataframe(
        _table(saved),
        hide_index=True,
        key=f"plan-saved-{len(saved)}",
        on_select="rerun",
        selection_mode="single-row",
        placeholder="-",
    )
    rows = picked["selection"]["rows"]
    chosen = saved[rows[0]] if rows and rows[0] < len(saved) else None
    if chosen is None:
        st.caption("Select a plan to load, delete or train with it.")
    elif not _trainable(dataset, chosen):
        st.caption(chosen.problem or "A training needs images, and a plan for a split with them.")
    with st.container(horizontal=True):
        _draw_buttons(dataset, draft, chosen)


def _draw_buttons(dataset: Dataset, draft: Draft, chosen: SavedPlan | None) -> None:
    plan = chosen.plan if chosen else None
    st.button(
        "Load",
        key="plan-load",
        icon=":material/upload:",
        disabled=plan is None,
        on_click=lambda: start_from(draft, dataset, f"{SAVED}{chosen.name if chosen else ''}"),
    )
    if st.button("Delete", key="plan-delete", icon=":material/delete:", disabled=chosen is None):
        with guarded():
            delete_plan(dataset, chosen.name if chosen else "")
            st.rerun()
    if chosen and plan and _trainable(dataset, chosen):
        st.page_link(
            "../pages/train.py",
            label="Train with it",
            icon=":material/model_training:",
            query_params={"dataset": dataset.info.name, links.PLAN: plan.name},
        )


def _trainable(dataset: Dataset, saved: SavedPlan) -> bool:
    offered = split_choices("train_split", dataset)
    usable = saved.plan is not None and saved.plan.split in offered and not saved.problem
    return usable and dataset.info.has_images


def _save(dataset: Dataset, draft: Draft, name: str, *, over: bool) -> None:
    if not over and any(item.name == name for item in cache.plans(dataset.info.name)):
        raise PlanError(
            f"Dataset {dataset.info.name!r} has a plan {name!r} already; tick Replace, or rename."
        )
    steps = steps_from_dicts(draft.plain)
    write_plan(dataset, make_plan(dataset, steps, split=draft.split, seed=draft.seed, name=name))
    draft.replace(draft.plain, origin=SAVED + name)


def _table(saved: list[SavedPlan]) -> pd.DataFrame:
    plans = [item.plan for item in saved]
    return pd.DataFrame(
        {
            "plan": [item.name for item in saved],
            "split": [plan.split if plan else None for plan in plans],
            "samples an epoch": [int(plan.copies.sum()) if plan else None for plan in plans],
            "steps": [
                ", ".join(str(step.get("step")) for step in plan.steps) if plan else None
                for plan in plans
            ],
            "usable": ["no" if item.problem else "yes" for item in saved],
        }
    )
