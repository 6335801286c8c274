"""A dataset in which 3 of 28 validation images have a copy in train, and a run scored on it."""

from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.data.duplicates.gathering import import_list
from hpa_core.runs.folder import RunFolder
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.scored import score_dataset

SENTENCE = "3 of 28 validation images have a copy in train: these scores are too high."


@pytest.fixture
def leaking(make_dataset: MakeDataset, workspace: Workspace, tmp_path: Path) -> Dataset:
    """Rows 28 on are the validation split: two repeat images of train, a list names a third."""
    dataset = make_dataset("tiny", samples=56, size=32)
    hashes = dataset.manifest["sha256"].to_numpy(copy=True)
    hashes[[30, 40]] = hashes[[2, 3]]
    manifest = dataset.manifest.assign(sha256=hashes)
    write_dataset(dataset.folder, manifest, name="tiny", source="kaggle", image_size=32)
    dataset = open_dataset(workspace, "tiny")
    listed = tmp_path / "list.txt"
    listed.write_text("sample-0050,sample-0004\n")
    import_list(dataset, listed)
    return dataset


@pytest.fixture
def scored(workspace: Workspace, leaking: Dataset) -> RunFolder:
    return score_dataset(workspace, leaking)


@pytest.fixture
def only_near(leaking: Dataset, workspace: Workspace) -> Dataset:
    """The same without the exact copies."""
    hashes = [f"{row:064x}" for row in np.arange(leaking.info.samples)]
    manifest = leaking.manifest.assign(sha256=hashes)
    write_dataset(leaking.folder, manifest, name="tiny", source="kaggle", image_size=32)
    return open_dataset(workspace, "tiny")
