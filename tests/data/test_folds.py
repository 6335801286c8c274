"""Fold sets on disk, and folds as splits of their dataset."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hpa_core.data.dataset import Dataset, write_dataset
from hpa_core.data.dealing import deal_folds
from hpa_core.data.folds import (
    NO_FOLD,
    delete_folds,
    fold_names,
    fold_split,
    list_folds,
    read_folds,
    write_folds,
)
from hpa_core.data.importing import import_labels
from hpa_core.data.labels import read_label_table
from hpa_core.errors import ConfigError, DatasetError, HpaError, WorkspaceError
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset


@pytest.fixture
def tiny(make_dataset: MakeDataset) -> Dataset:
    return make_dataset(samples=56)


def save(dataset: Dataset, name: str = "cv", *, seed: int = 0) -> np.ndarray:
    fold = deal_folds(dataset, 4, seed=seed)
    write_folds(dataset.folder, name, dataset.ids, fold)
    return fold


def test_what_was_written_is_read_again(tiny: Dataset) -> None:
    fold = save(tiny)
    read = tiny.folds("cv")
    assert read.fold.tolist() == fold.tolist()
    assert read.count == 4
    assert read.sizes.tolist() == np.bincount(fold).tolist() == [14] * 4


def test_every_fold_and_its_complement_share_the_set_between_them(tiny: Dataset) -> None:
    fold = save(tiny)
    for number in range(4):
        inside, others = tiny.rows(f"cv.fold-{number}"), tiny.rows(f"cv.not-{number}")
        assert inside.tolist() == np.flatnonzero(fold == number).tolist()
        assert sorted([*inside, *others]) == list(range(56))


def test_rows_outside_train_and_validation_or_without_labels_are_in_no_fold(
    tiny: Dataset, workspace: Workspace
) -> None:
    manifest = tiny.manifest.copy()
    manifest.loc[:9, "split"] = "shifted"
    manifest["targets"] = [
        [] if row == 20 else list(one) for row, one in enumerate(manifest["targets"])
    ]
    write_dataset(tiny.folder, manifest, name="tiny", source="kaggle", image_size=32)
    changed = Dataset(tiny.folder, tiny.info)
    fold = save(changed)
    assert np.flatnonzero(fold == NO_FOLD).tolist() == [*range(10), 20]
    assert len(changed.rows("cv.fold-0")) + len(changed.rows("cv.not-0")) == 45


def test_groups_stay_in_one_fold_unless_they_are_switched_off(tiny: Dataset) -> None:
    groups = np.arange(56) // 4
    manifest = tiny.manifest.assign(group=[f"g{number}" for number in groups])
    write_dataset(tiny.folder, manifest, name="tiny", source="kaggle", image_size=32)
    changed = Dataset(tiny.folder, tiny.info)
    together = deal_folds(changed, 4)
    apart = deal_folds(changed, 4, grouped=False)
    assert all(len(set(together[groups == group])) == 1 for group in range(14))
    assert any(len(set(apart[groups == group])) > 1 for group in range(14))


def test_the_published_folds_of_the_competition_can_be_used_as_they_are(
    workspace: Workspace, realdata: Path
) -> None:
    dataset = import_labels(workspace, realdata / "labels" / "train.csv", name="hpa")
    parts = [read_label_table(realdata / "splits" / f"stratified_fold{i}.csv") for i in range(5)]
    lines = [f"{name},{i}" for i, part in enumerate(parts) for name in part.ids.tolist()]
    (dataset.folder / "folds").mkdir()
    (dataset.folder / "folds" / "published.csv").write_text("\n".join(["Id,Fold", *lines, ""]))
    assert dataset.folds("published").sizes.tolist() == [6250, 6258, 6165, 6204, 6195]
    rows = dataset.rows("published.fold-2")
    assert sorted(dataset.ids[rows]) == sorted(parts[2].ids)
    assert dataset.targets[rows, 27].sum() == 3


def test_the_content_hash_follows_the_folds_that_are_named_and_no_others(tiny: Dataset) -> None:
    save(tiny, "one")
    save(tiny, "other", seed=1)
    plain, one = tiny.content_hash("train", "validation"), tiny.content_hash("one.fold-0")
    assert plain == tiny.info.hash
    assert len({plain, one, tiny.content_hash("other.fold-0")}) == 3
    assert tiny.content_hash("one.not-2", "one.fold-2") == one
    path = tiny.folder / "folds" / "one.csv"
    rows = path.read_text().splitlines()
    path.write_text("\n".join([rows[0], *reversed(rows[1:])]))
    assert tiny.content_hash("one.fold-0") == one  # The order of the lines means nothing.
    path.write_text("\n".join(rows[:-1]))
    assert tiny.content_hash("one.fold-0") != one


def test_a_split_that_is_called_like_a_fold_is_that_split(tiny: Dataset) -> None:
    save(tiny)
    manifest = tiny.manifest.assign(
        split=["cv.fold-1" if row < 5 else "train" for row in range(56)]
    )
    write_dataset(tiny.folder, manifest, name="tiny", source="kaggle", image_size=32)
    changed = Dataset(tiny.folder, tiny.info)
    assert changed.rows("cv.fold-1").tolist() == [0, 1, 2, 3, 4]
    assert changed.content_hash("cv.fold-1") == changed.info.hash


def test_a_name_is_not_given_to_other_folds_but_the_same_may_be_made_again(tiny: Dataset) -> None:
    save(tiny)
    save(tiny)
    with pytest.raises(DatasetError, match="Other folds are named 'cv' already"):
        save(tiny, seed=7)
    delete_folds(tiny.folder, "cv")
    save(tiny, seed=7)
    assert fold_names(tiny.folder) == ["cv"]
    with pytest.raises(DatasetError, match=r"no fold set 'gone'; it has: cv\."):
        delete_folds(tiny.folder, "gone")


@pytest.mark.parametrize("name", ["../x", "", ".hidden", "a b", "x" * 95])
def test_a_name_that_cannot_be_a_file_s_or_a_split_s_is_refused(tiny: Dataset, name: str) -> None:
    with pytest.raises(WorkspaceError, match="cannot be the name of a fold set"):
        save(tiny, name)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "expected the columns Id,Fold"),
        ("Id,Part\nsample-0000,0\n", "expected the columns Id,Fold"),
        ("Id,Fold\n", "a row for every sample"),
        ("Id,Fold\nsample-0000,0\nsample-0001,x\n", "is not a number from 0 to 99"),
        ("Id,Fold\nsample-0000,0\nsample-0001,-1\n", "is not a number from 0 to 99"),
        ("Id,Fold\nsample-0000,0\nsample-0001,100\n", "is not a number from 0 to 99"),
        ("Id,Fold\nsample-0000,0\nsample-0000,1\n", "a sample comes twice"),
        ("Id,Fold\nsample-0000,0\nsample-0001,2\n", "none of them empty"),
        ("Id,Fold\nsample-0000,0\nsample-0001,0\n", "two folds or more"),
        ("Id,Fold\nsample-0000,0\nstranger,1\n", "'stranger' is no sample of dataset 'tiny'"),
        ("Id,Fold\nsample-0000,0,1,2\nsample-0001,1\nx", "a row for every sample"),
        (b"\xff\xfe\x00", "it is not a table"),
    ],
)
def test_a_file_that_breaks_the_contract_is_one_sentence(
    tiny: Dataset, content: str | bytes, reason: str
) -> None:
    (tiny.folder / "folds").mkdir()
    raw = content if isinstance(content, bytes) else content.encode()
    (tiny.folder / "folds" / "cv.csv").write_bytes(raw)
    with pytest.raises(DatasetError, match=reason) as refused:
        read_folds(tiny.folder, "cv", tiny.ids)
    (saved,) = list_folds(tiny.folder, tiny.ids)
    assert (saved.folds, saved.problem) == (None, str(refused.value))


@pytest.mark.parametrize(
    ("split", "sentence"),
    [
        ("cv.fold-4", "has the folds 0 to 3"),
        ("cv.not-9", "has the folds 0 to 3"),
        ("none.fold-0", "no fold set 'none'; it has: cv"),
        ("cv", "has no split 'cv'"),
    ],
)
def test_a_fold_that_there_is_not_is_one_sentence(tiny: Dataset, split: str, sentence: str) -> None:
    save(tiny)
    with pytest.raises(HpaError, match=sentence):
        tiny.rows(split)


def test_a_name_is_read_as_a_fold_only_in_its_whole() -> None:
    for name in ("cv", "fold-1", "cv.fold-", "cv.fold-100", "cv.in-1", "cv.fold-1x"):
        assert fold_split(name) is None
    inner = fold_split("cv.fold-1.not-2")
    assert inner is not None
    assert (inner.folds, inner.fold, inner.inside) == ("cv.fold-1", 2, False)


def test_too_many_folds_and_a_dataset_without_labels_are_refused(tiny: Dataset) -> None:
    with pytest.raises(ConfigError, match="expected 2 to 100"):
        deal_folds(tiny, 101)
    manifest: pd.DataFrame = tiny.manifest.assign(split="test")
    write_dataset(tiny.folder, manifest, name="tiny", source="kaggle", image_size=32)
    with pytest.raises(DatasetError, match="has no labelled sample in train or validation"):
        deal_folds(Dataset(tiny.folder, tiny.info), 4)
