"""The form of a new training, drawn from the fields of `TrainConfig`.

What was typed is kept under a key that no widget owns, so that it survives a visit elsewhere.
"""

from collections.abc import Collection
from dataclasses import Field, fields
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import cache
from dashboard.training.fields import ask_field
from dashboard.training.splits import OTHER, keep_apart, split_choices
from hpa_core.choices import UNCALIBRATED
from hpa_core.config import PRESETS, TrainConfig
from hpa_core.data.dataset import Dataset
from hpa_core.imbalance.plan_runs import create_planned_run
from hpa_core.jobs import open_backend
from hpa_core.jobs.trainings import start_training

DRAFT, TOKEN, STARTS = "train-draft", "train-token", "train-starts"
PRESET_HELP = {
    "demo": "the small network at 128 px: minutes on two CPU cores",
    "modern": "BN-Inception as one would train it today: AdamW, warm-up, averaging",
    "report-model1": "the report's model 1: pretrained BN-Inception, SGD 0.03, 512 px",
    "report-model2": "the report's model 2: the wide hand-made network, 512 px",
}
MAIN = (
    "model",
    "weights",
    "image_size",
    "train_split",
    "plan",
    "validation_split",
    "epochs",
    "batch_size",
    "loss",
    "optimizer",
    "learning_rate",
    "schedule",
)
COLUMNS = 3
Entry = dict[str, Any]


def new_training(dataset: Dataset) -> str | None:
    """Ask for the settings of a training; return the id of the run once one was started.

    Raises:
        ConfigError: a setting has a value that cannot be meant.
        WorkspaceError: the name cannot be a folder's, or the workspace cannot be written.
    """
    if not dataset.info.has_images:
        st.info(
            f"Dataset {dataset.info.name!r} holds labels only, and a network learns from images. "
            "Choose a dataset with images beside, or import them on the Overview.",
            icon=":material/image_not_supported:",
        )
        return None
    preset = _ask_preset()
    values = {"dataset": dataset.info.name, **_ask_fields(dataset, preset)}
    name = st.text_input(
        "Name", _recalled("name", preset), key="train-name", help="A word for the run's id."
    )
    _remember("name", name)
    if not _start_pressed():
        return None
    return _start(dataset, TrainConfig.from_dict(values), name=name.strip())


def started_trainings() -> int:
    """Count the trainings this visitor has started; a form after each is a fresh, folded one."""
    count: int = st.session_state.get(STARTS, 0)
    return count


def prefill_form(values: Entry) -> None:
    """Let the form of every preset begin with these settings."""
    for preset in PRESET_HELP:
        for name, value in values.items():
            key = f"train-{preset}-{name}"
            st.session_state.pop(key, None)
            _remember(key, value)


def _ask_preset() -> str:
    names = list(PRESET_HELP)
    preset: str = st.segmented_control(
        "Preset",
        names,
        default=_recalled("preset", "demo"),
        required=True,
        key="train-preset",
        help="Fills in the settings below; each may still be changed.",
    )
    _remember("preset", preset)
    st.caption(f"{preset}: {PRESET_HELP[preset]}.")
    return preset


def _ask_fields(dataset: Dataset, preset: str) -> Entry:
    """Draw the settings, the usual ones in sight and the rest folded; return their values."""
    defaults = PRESETS[preset](dataset.info.name)
    known = {item.name: item for item in fields(TrainConfig) if item.name != "dataset"}
    values = _ask_in_columns([known[name] for name in MAIN], defaults, preset, dataset)
    if values["loss"] in UNCALIBRATED:
        st.caption(
            f":material/info: The loss {values['loss']} shifts probabilities on purpose: they are "
            "no frequencies, and 0.5 is not the natural threshold. Fit thresholds afterwards."
        )
    with st.expander("More settings", key="train-more"):
        rest = [item for name, item in known.items() if name not in MAIN]
        return {**values, **_ask_in_columns(rest, defaults, preset, dataset)}


def _ask_in_columns(
    items: list[Field[Any]], defaults: TrainConfig, preset: str, dataset: Dataset
) -> Entry:
    values = {}
    for start in range(0, len(items), COLUMNS):
        for column, item in zip(_columns(), items[start : start + COLUMNS], strict=False):
            with column:
                values[item.name] = _ask(item, getattr(defaults, item.name), preset, dataset)
    return values


def _columns() -> list[DeltaGenerator]:
    return st.columns(COLUMNS, vertical_alignment="bottom")


def _ask(item: Field[Any], default: Any, preset: str, dataset: Dataset) -> Any:
    """Draw the widget that fits the field and return its value."""
    key = f"train-{preset}-{item.name}"
    if key not in st.session_state:
        st.session_state[key] = _recalled(key, default)
    keep = partial(keep_apart, preset, item.name) if item.name in OTHER else None
    value = ask_field(
        item, key=key, default=default, choices=_choices(item, dataset), on_change=keep
    )
    _remember(key, value)
    return value


def _choices(item: Field[Any], dataset: Dataset) -> Collection[str] | None:
    if item.name == "plan":
        return ["", *(saved.name for saved in cache.plans(dataset.info.name) if not saved.problem)]
    if item.name in OTHER:
        return split_choices(item.name, dataset)
    choices: Collection[str] | None = item.metadata["choices"]
    return choices


def _start_pressed() -> bool:
    """Draw the button; a second press of the same one finds it gone, and starts nothing."""
    token = st.session_state.setdefault(TOKEN, 0)
    pressed = st.button(
        "Start training", type="primary", icon=":material/play_arrow:", key=f"train-start-{token}"
    )
    if pressed:
        st.session_state[TOKEN] = token + 1
    return pressed


def _start(dataset: Dataset, config: TrainConfig, *, name: str) -> str:
    run = create_planned_run(cache.workspace(), dataset, config, name=name)
    start_training(run, open_backend(cache.workspace()))
    st.session_state[STARTS] = started_trainings() + 1
    return run.id


def _recalled(key: str, default: Any) -> Any:
    return st.session_state.setdefault(DRAFT, {}).get(key, default)


def _remember(key: str, value: Any) -> None:
    st.session_state.setdefault(DRAFT, {})[key] = value
