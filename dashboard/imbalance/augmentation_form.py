"""What a preview of augmentation shall show: sample, settings, epochs and copies.

What was chosen is kept under a key that no widget owns, so that it survives a visit elsewhere.
"""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import cache
from dashboard.imbalance.augmentation_jobs import MOST_VARIANTS, Request
from dashboard.training.fields import ask_field
from dashboard.training.splits import split_choices
from hpa_core.classes import CLASS_NAMES
from hpa_core.config import TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.data.previews import Preview

DRAFT = "augment-draft"
COLUMNS, CANDIDATES = 5, 40
COPIES_HELP = (
    "How often an epoch shows the sample, as a resampling plan would: every copy is drawn for "
    "itself, so that copies differ."
)
STARTING_POINT: dict[str, Any] = {
    "turns": True,
    "intensity": 0.3,
    "offset": 0.05,
    "noise": 0.05,
    "affine": 0.1,
    "cutout": 0.15,
    "mixup": 0.3,
    "cutmix": 0.3,
    "mix_alpha": 1.0,
    "image_size": 128,
    "seed": 0,
}
"""The settings that change what a training shows, each with a value at which it can be seen."""


def ask_request(dataset: Dataset) -> Request:
    """Draw the form and return what it asks for.

    Raises:
        ConfigError: a setting cannot be meant, or there would be too many variants.
        DatasetError: the dataset cannot be read.
    """
    split, sample = _ask_sample(dataset)
    places = _places()
    settings = {**_ask_settings(dataset, places), "train_split": split}
    TrainConfig.from_dict({"dataset": dataset.info.name, **settings})
    return Request(
        dataset=dataset.info.name,
        content=dataset.info.hash,
        sample=sample,
        settings=settings,
        epochs=_ask_count(next(places), "Epochs", 8, "How many epochs to show, from the first."),
        copies=_ask_count(next(places), "Copies", 1, COPIES_HELP),
    )


def recall_preview(preview: Preview) -> None:
    """Let the form, which is not drawn yet, begin with what a preview shows."""
    settings = preview.settings
    for name in (*STARTING_POINT, "plan"):
        _keep(f"augment-{name}", settings[name])
    _keep("augment-split", settings["train_split"])
    _keep(_sample_key(preview.dataset_hash, settings["train_split"]), preview.sample)
    _keep("augment-epochs", preview.epochs)
    _keep("augment-copies", preview.copies)


def _ask_sample(dataset: Dataset) -> tuple[str, str]:
    left, right = st.columns([1, 4])
    splits = split_choices("train_split", dataset)
    if _begin_with("augment-split", splits[0]) not in splits:
        st.session_state["augment-split"] = splits[0]
    split = left.selectbox(
        "Split", splits, key="augment-split", help="The split that the training learns from."
    )
    names = _candidates(dataset, split)
    key = _sample_key(dataset.info.hash, split)
    chosen = _begin_with(key, next(iter(names)))
    sample = right.selectbox(
        "Sample",
        list(names) if chosen in names else [chosen, *names],
        key=key,
        format_func=lambda name: f"{name}: {names[name]}" if name in names else name,
        accept_new_options=True,
        help=f"The {len(names)} samples with the most labels; type any other id of the split.",
    )
    _keep("augment-split", split)
    _keep(key, sample)
    return split, sample


def _sample_key(content: str, split: str) -> str:
    return f"augment-sample-{content[:12]}-{split}"


def _candidates(dataset: Dataset, split: str) -> dict[str, str]:
    """Return ids of the samples with the most labels, and the labels in words."""
    rows = dataset.rows(split)
    counts = dataset.targets[rows].sum(axis=1)
    most = rows[np.argsort(-counts, kind="stable")[:CANDIDATES]]
    return {
        str(dataset.ids[row]): ", ".join(
            CLASS_NAMES[number] for number in np.flatnonzero(dataset.targets[row])
        )
        for row in most
    }


def _ask_settings(dataset: Dataset, places: Iterator[DeltaGenerator]) -> dict[str, Any]:
    known = {item.name: item for item in fields(TrainConfig)}
    plans = [saved.name for saved in cache.plans(dataset.info.name) if not saved.problem]
    values: dict[str, Any] = {}
    for name, default in {**STARTING_POINT, **({"plan": ""} if plans else {})}.items():
        key = f"augment-{name}"
        _begin_with(key, default)
        choices = ["", *plans] if name == "plan" else None
        with next(places):
            values[name] = ask_field(known[name], key=key, default=default, choices=choices)
        _keep(key, values[name])
    return values


def _ask_count(place: DeltaGenerator, label: str, default: int, meaning: str) -> int:
    key = f"augment-{label.lower()}"
    _begin_with(key, default)
    value: int = place.number_input(
        label, min_value=1, max_value=MOST_VARIANTS, step=1, key=key, help=meaning
    )
    _keep(key, value)
    return value


def _places() -> Iterator[DeltaGenerator]:
    """Yield one place of a grid after the other."""
    while True:
        yield from st.columns(COLUMNS, vertical_alignment="bottom")


def _begin_with(key: str, default: Any) -> Any:
    """Give a widget that is not there yet what was kept for it; return its value."""
    if key not in st.session_state:
        st.session_state[key] = st.session_state.setdefault(DRAFT, {}).get(key, default)
    return st.session_state[key]


def _keep(key: str, value: Any) -> None:
    st.session_state.setdefault(DRAFT, {})[key] = value
