"""Which rows a training learns from and which it is measured on: splits, or folds of a set."""

import streamlit as st

from dashboard import cache
from hpa_core.data.dataset import Dataset
from hpa_core.data.folds import fold_split

OTHER = {"train_split": "validation_split", "validation_split": "train_split"}


def split_choices(field: str, dataset: Dataset) -> list[str]:
    """Return the splits that a field offers; beside the dataset's own, folds or all but a fold."""
    sets = [saved.folds for saved in cache.folds(dataset.info.name) if saved.folds]
    folds = [item.split(number) for item in sets for number in range(item.count)]
    named = folds if field == "validation_split" else [fold.complement for fold in folds]
    return [*dataset.splits, *map(str, named)]


def keep_apart(preset: str, field: str) -> None:
    """Where one of the two fields was set to a fold, or back, make the other one fit it."""
    mine, theirs = (f"train-{preset}-{name}" for name in (field, OTHER[field]))
    fold = fold_split(st.session_state[mine])
    if fold:
        st.session_state[theirs] = str(fold.complement)
    elif fold_split(st.session_state[theirs]):
        st.session_state[theirs] = OTHER[field].removesuffix("_split")
