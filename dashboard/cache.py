"""What the pages read, loaded once for all visitors; arrays are read-only and shared.

Each entry is keyed by the version of what it came from: when the file was written, or the hash of
what it holds. A new version is a new entry, never a stale one.
"""

from collections.abc import Hashable
from hashlib import sha256
from pathlib import Path

import numpy as np
import streamlit as st

from hpa_core.data.dataset import INFO, Dataset, info_path, open_dataset
from hpa_core.data.dealing import deal_folds
from hpa_core.data.duplicates.known import Duplicates, known_duplicates
from hpa_core.data.duplicates.store import FILES
from hpa_core.data.folds import FOLDS, SavedFolds, list_folds
from hpa_core.data.previews import FILE, StoredPreview, read_preview
from hpa_core.imbalance.label_sets import LabelSets, count_label_sets
from hpa_core.imbalance.measures import (
    Imbalance,
    cooccurrence,
    cooccurrence_residual,
    measure_imbalance,
)
from hpa_core.imbalance.plan_files import PLANS, SavedPlan, list_plans
from hpa_core.labeling import LabelStore, open_store
from hpa_core.projection.store import Method, Projection, projection_path, read_projection
from hpa_core.runs.ablations import Ablation, Fill, ablation_path, read_ablation
from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.runs.predictions import Predictions, predictions_path, read_predictions
from hpa_core.runs.predictions import predictions_hash as hash_of_file
from hpa_core.workspace import Workspace, default_workspace


@st.cache_resource
def workspace() -> Workspace:
    """Return the workspace that this server serves."""
    return default_workspace().create()


def version_of(path: Path) -> int:
    """Return the version of a file: when it was written, in ns; 0 where there is none."""
    return path.stat().st_mtime_ns if path.exists() else 0


def dataset(name: str) -> Dataset:
    """Open a dataset; its arrays stay loaded while it stays the same."""
    return _dataset(name, version_of(info_path(workspace(), name)))


def run(run_id: str) -> RunFolder:
    """Open a run."""
    return open_run(workspace(), run_id)


def dataset_of(run: RunFolder) -> Dataset | None:
    """Open the dataset that a run belongs to; None where it belongs to none, or it is gone."""
    name = run.info.dataset
    return dataset(name) if name and info_path(workspace(), name).is_file() else None


def predictions(run_id: str, split: str) -> Predictions:
    """Read one split's predictions of a run."""
    return _predictions(run_id, split, predictions_version(run_id, split))


def predictions_version(run_id: str, split: str) -> int:
    """Return the version of one split's predictions; 0 where the run has none."""
    return version_of(predictions_path(run(run_id), split))


def predictions_hash(run_id: str, split: str) -> str:
    """Return the hash of one split's predictions, which a threshold set chosen on them names."""
    return _predictions_hash(run_id, split, predictions_version(run_id, split))


@st.cache_resource
def label_store() -> LabelStore:
    """Open the labels of the workspace, once for all visitors and routes."""
    return open_store(workspace())


def imbalance(name: str, split: str) -> Imbalance:
    """Measure one split of a dataset, or `all` of it."""
    return _imbalance(name, split, dataset(name).info.hash)


def split_targets(name: str, split: str) -> np.ndarray:
    """Return the labels of one split of a dataset, a fold, or `all` of it, (n, 28)."""
    return _split_targets(name, split, dataset(name).content_hash(split))


def plans(name: str) -> list[SavedPlan]:
    """List the resampling plans of a dataset."""
    opened = dataset(name)
    return _plans(name, (opened.info.hash, version_of(opened.folder / PLANS)))


def folds(name: str) -> list[SavedFolds]:
    """List the fold sets of a dataset."""
    opened = dataset(name)
    files = sorted((opened.folder / FOLDS).glob("*.csv"))
    return _folds(name, (opened.info.hash, *((path.name, version_of(path)) for path in files)))


def duplicates(name: str) -> Duplicates:
    """Gather what is known of a dataset's duplicates."""
    return _duplicates(name, duplicates_version(name))


def duplicates_version(name: str) -> tuple[int, ...]:
    """Return when each thing was written that says what a dataset's copies are and what leaks."""
    folder = workspace().dataset(name)
    return tuple(version_of(folder / file) for file in (INFO, *FILES, FOLDS))


def dealt_folds(name: str, folds: int, seed: int, grouped: bool) -> np.ndarray:
    """Deal a dataset's samples to folds, once for the labels and groups as they are now."""
    version = version_of(info_path(workspace(), name))
    return _dealt_folds(name, version, folds, seed, grouped)


def label_sets(name: str, split: str) -> LabelSets:
    """Count the label sets of one split of a dataset, or of `all` of it."""
    return _label_sets(name, split, dataset(name).info.hash)


def preview(job: str) -> StoredPreview:
    """Read the preview of augmentation that a job made."""
    path = workspace().job(job) / FILE
    return _preview(path, version_of(path))


def projection(run_id: str, split: str, method: Method) -> Projection | None:
    """Read a projection of a run's split; None if there is none."""
    path = projection_path(run(run_id), split, method)
    return _projection(run_id, split, method, version_of(path))


def ablation(run_id: str, split: str, fill: Fill) -> Ablation | None:
    """Read a channel ablation of a run's split; None if there is none."""
    path = ablation_path(run(run_id), split, fill)
    return _ablation(run_id, split, fill, version_of(path))


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, read once for each version of it."""
    return _file_hash(str(path), version_of(path))


def class_pairs(name: str, split: str, kind: str) -> np.ndarray:
    """Return the (C, C) matrix of class pairs: their `count` or their `residual`."""
    return _class_pairs(name, split, kind, dataset(name).info.hash)


@st.cache_resource(max_entries=4, show_spinner=False)
def _projection(run_id: str, split: str, method: Method, version: int) -> Projection | None:
    return read_projection(run(run_id), split, method)


@st.cache_resource(max_entries=4, show_spinner=False)
def _ablation(run_id: str, split: str, fill: Fill, version: int) -> Ablation | None:
    return read_ablation(run(run_id), split, fill)


@st.cache_data(max_entries=16, show_spinner=False)
def _file_hash(path: str, version: int) -> str:
    return sha256(Path(path).read_bytes()).hexdigest()


@st.cache_data(max_entries=50, show_spinner=False)
def _predictions_hash(run_id: str, split: str, version: int) -> str:
    return hash_of_file(run(run_id), split)


@st.cache_resource(max_entries=4, show_spinner=False)
def _duplicates(name: str, version: Hashable) -> Duplicates:
    return known_duplicates(dataset(name))


@st.cache_resource(max_entries=4)
def _split_targets(name: str, split: str, version: str) -> np.ndarray:
    opened = dataset(name)
    targets: np.ndarray = opened.targets[opened.rows(split)]
    return targets


@st.cache_resource(max_entries=4)
def _plans(name: str, version: Hashable) -> list[SavedPlan]:
    return list_plans(dataset(name))


@st.cache_resource(max_entries=4)
def _folds(name: str, version: Hashable) -> list[SavedFolds]:
    opened = dataset(name)
    return list_folds(opened.folder, opened.ids)


@st.cache_resource(max_entries=8, show_spinner="Dealing the samples to folds")
def _dealt_folds(name: str, version: int, folds: int, seed: int, grouped: bool) -> np.ndarray:
    return deal_folds(dataset(name), folds, seed=seed, grouped=grouped)


@st.cache_resource(max_entries=4)
def _preview(path: Path, version: int) -> StoredPreview:
    return read_preview(path)


@st.cache_resource(max_entries=16)
def _imbalance(name: str, split: str, version: str) -> Imbalance:
    return measure_imbalance(split_targets(name, split))


@st.cache_resource(max_entries=16)
def _label_sets(name: str, split: str, version: str) -> LabelSets:
    return count_label_sets(split_targets(name, split))


@st.cache_resource(max_entries=16)
def _class_pairs(name: str, split: str, kind: str, version: str) -> np.ndarray:
    targets = split_targets(name, split)
    return cooccurrence_residual(targets) if kind == "residual" else cooccurrence(targets)


@st.cache_resource(max_entries=4)
def _dataset(name: str, version: int) -> Dataset:
    return open_dataset(workspace(), name)


@st.cache_resource(max_entries=6)
def _predictions(run_id: str, split: str, version: int) -> Predictions:
    loaded = read_predictions(run(run_id), split)
    for array in vars(loaded).values():
        if array is not None:
            array.setflags(write=False)
    return loaded
