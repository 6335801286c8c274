"""The section of splits: those in force, saved folds, and new folds seen before they are saved."""

import numpy as np
import streamlit as st
from jaxtyping import Int
from streamlit.delta_generator import DeltaGenerator

from dashboard import cache
from dashboard.imbalance.coverage import Shown, draw_table, draw_verdict
from dashboard.synthetic import counted_samples
from dashboard.wording import counted
from hpa_core.data.dataset import INFO, Dataset
from hpa_core.data.dealing import dealt_rows
from hpa_core.data.folds import NO_FOLD, SavedFolds, delete_folds, write_folds
from hpa_core.imbalance.coverage import Coverage, measure_coverage

IN_FORCE, NEW = "splits in force", "new folds"
DRAFT, DEALT, WANTED = "splits-draft", "splits-dealt", "splits-wanted"
MOST_FOLDS = 20
GROUPED_HELP = (
    "Identical and duplicate images stay in one fold, so that none is validated on what was "
    "learnt. The section Duplicates finds them."
)
Deal = tuple[int, int, bool]
"""Folds, seed, and whether groups are kept together."""


def draw_splits(dataset: Dataset) -> None:
    """Draw the choice of a split, its coverage, and what can be done with it."""
    if wanted := st.session_state.pop(WANTED, None):
        st.session_state["folds"] = wanted
    saved = {item.name: item for item in cache.folds(dataset.info.name)}
    above = _row()
    chosen = above.selectbox(
        "Show",
        [IN_FORCE, *saved, NEW],
        key="folds",
        bind="query-params",
        width=420,
        help="The dataset's own splits, a saved set of folds, or new folds, seen before saving.",
    )
    if chosen == IN_FORCE:
        _draw(dataset, _in_force(dataset), IN_FORCE)
    elif chosen == NEW:
        _draw_new(dataset)
    else:
        with above:
            _offer_deletion(dataset, chosen)
        _draw_saved(dataset, saved[chosen])


def _draw_new(dataset: Dataset) -> None:
    """Ask how to deal; once that was done, offer to save it and show what came of it."""
    asked = _ask(dataset)
    if asked is None:
        return
    fold = cache.dealt_folds(dataset.info.name, *asked)
    folds, seed, grouped = asked
    suggested = f"{folds}-folds-seed-{seed}{'' if grouped else '-ungrouped'}"
    with _row():
        name = st.text_input("Name", suggested, key=f"splits-name-{suggested}", width=240).strip()
        if st.button("Save", icon=":material/save:", type="primary", key="splits-save"):
            write_folds(dataset.folder, name, dataset.ids, fold)
            _go_to(name)
    _draw(dataset, _of_folds(fold), f"{asked}")


def _ask(dataset: Dataset) -> Deal | None:
    """Draw the settings; return them once these very folds have been dealt."""
    kept = st.session_state.setdefault(DRAFT, {"folds": 5, "seed": 0, "grouped": True})
    with _row():
        kept["folds"] = st.number_input(
            "Folds", 2, MOST_FOLDS, kept["folds"], key="splits-folds", width=140
        )
        kept["seed"] = st.number_input(
            "Seed", 0, 2**31 - 1, kept["seed"], key="splits-seed", width=140
        )
        kept["grouped"] = st.toggle(
            "Keep copies together", kept["grouped"], key="splits-grouped", help=GROUPED_HELP
        )
        pressed = st.button(
            f"Deal {counted(len(dealt_rows(dataset)), 'sample')}",
            icon=":material/casino:",
            key="splits-deal",
        )
    asked = (kept["folds"], kept["seed"], kept["grouped"])
    dealt = st.session_state.setdefault(DEALT, set())
    if pressed:
        dealt.add((dataset.info.hash, *asked))
    return asked if (dataset.info.hash, *asked) in dealt else None


def _draw_saved(dataset: Dataset, saved: SavedFolds) -> None:
    if saved.folds is None:
        st.error(saved.problem, icon=":material/error:")
        return
    if dataset.info.has_images:
        fold = saved.folds.split(0)
        st.markdown(
            f"Each fold is a split: choose `{fold}` to validate on and `{fold.complement}`, the "
            "other folds, to train on; both are on the Train page, and in `python -m hpa_core "
            f"train {dataset.info.name} --fold {fold}`."
        )
    _draw(dataset, _of_folds(saved.folds.fold), saved.folds.hash)


def _offer_deletion(dataset: Dataset, name: str) -> None:
    with st.popover("Delete", icon=":material/delete:", key="splits-delete"):
        st.write("Runs that rest on these folds keep their scores, but cannot be trained further.")
        if st.button(f"Delete {name}", key="splits-delete-sure"):
            delete_folds(dataset.folder, name)
            _go_to(IN_FORCE)


def _draw(dataset: Dataset, shown: Shown, version: str) -> None:
    """Draw what a split covers.

    Args:
        dataset: whose split.
        shown: the split.
        version: names the split among all of this state of the dataset.
    """
    written = cache.version_of(dataset.folder / INFO)
    coverage, copies = _covered(f"{dataset.info.hash} {written} {version}", dataset, shown)
    labelled = counted_samples(dataset.info, int(coverage.sizes.sum()), "labelled ")
    st.caption(
        f"{labelled} of dataset {dataset.info.name!r}, {counted(copies, 'group')} of copies among "
        f"them: {shown.told(coverage)}."
    )
    draw_verdict(coverage, shown)
    draw_table(coverage, shown)


@st.cache_resource(max_entries=16, show_spinner=False)
def _covered(key: str, _dataset: Dataset, _shown: Shown) -> tuple[Coverage, int]:
    """Measure the coverage, and count the groups of several samples, once for each split."""
    inside = _shown.part >= 0
    _, groups = np.unique(_dataset.manifest["group"].to_numpy()[inside], return_inverse=True)
    coverage = measure_coverage(_dataset.targets[inside], _shown.part[inside], groups)
    return coverage, int((np.bincount(groups) > 1).sum())


def _in_force(dataset: Dataset) -> Shown:
    """Return the dataset's own splits, of labelled samples alone."""
    split = dataset.manifest["split"].to_numpy(dtype=str)
    labelled = dataset.targets.any(axis=1)
    names = [name for name in dataset.splits if (labelled & (split == name)).any()]
    part = np.select([split == name for name in names], range(len(names)), NO_FOLD)
    return Shown(part=np.where(labelled, part, NO_FOLD), names=names, folds=False)


def _of_folds(fold: Int[np.ndarray, " N"]) -> Shown:
    names = [f"fold {number}" for number in range(int(fold.max()) + 1)]
    return Shown(part=fold, names=names, folds=True)


def _row() -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="bottom")


def _go_to(chosen: str) -> None:
    st.session_state[WANTED] = chosen
    st.rerun()
