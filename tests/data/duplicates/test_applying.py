"""Groups go into the manifest and change no training; a new split is a dataset of its own."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpa_core.data.dataset import Dataset, manifest_hash, open_dataset
from hpa_core.data.duplicates.applying import apply_groups, split_anew
from hpa_core.data.duplicates.gathering import import_list, review_samples
from hpa_core.data.duplicates.known import known_duplicates
from hpa_core.data.duplicates.leaks import find_leaks
from hpa_core.errors import DatasetError
from hpa_core.workspace import Workspace
from tests.data.duplicates.conftest import CopiedDataset


def list_pairs(dataset: Dataset, tmp_path: Path, *lines: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text("\n".join(lines))
    import_list(dataset, path)


def groups(dataset: Dataset) -> list[str]:
    return dataset.manifest["group"].tolist()


def test_applied_groups_are_in_the_manifest_and_the_hash_is_as_before(
    copied: CopiedDataset, workspace: Workspace, tmp_path: Path
) -> None:
    dataset = copied(hashes={5: 1})
    list_pairs(dataset, tmp_path, "s5,s8")
    applied = apply_groups(workspace, known_duplicates(dataset))
    assert (applied.groups, applied.samples, applied.changed) == (1, 3, 2)
    again = open_dataset(workspace, "copied")
    assert [groups(again)[row] for row in (1, 5, 8, 9)] == ["s1", "s1", "s1", "s9"]
    assert again.info == dataset.info
    assert manifest_hash(again.manifest) == dataset.info.hash
    assert again.splits == dataset.splits


def test_applying_again_after_a_rejection_takes_the_group_apart(
    copied: CopiedDataset, workspace: Workspace, tmp_path: Path
) -> None:
    dataset = copied(group=["plate" if row in {3, 4} else f"s{row}" for row in range(24)])
    list_pairs(dataset, tmp_path, "s4,s9")
    apply_groups(workspace, known_duplicates(dataset))
    dataset = open_dataset(workspace, "copied")
    assert [groups(dataset)[row] for row in (3, 4, 9)] == ["plate"] * 3
    review_samples(known_duplicates(dataset), ["s4", "s9"], "rejected")
    assert apply_groups(workspace, known_duplicates(dataset)).changed == 1
    assert [groups(open_dataset(workspace, "copied"))[row] for row in (3, 4, 9)] == [
        *["plate"] * 2,
        "s9",
    ]


def test_a_new_split_is_a_new_dataset_of_the_same_image_files(
    copied: CopiedDataset, workspace: Workspace, tmp_path: Path
) -> None:
    dataset = copied(hashes={5: 1, 8: 4})
    list_pairs(dataset, tmp_path, "s0,s2")
    before = dataset.manifest.copy()
    fresh = split_anew(workspace, known_duplicates(dataset), name="fresh")
    for file in ("images.npy", "thumbnails.npy"):
        assert (fresh.folder / file).samefile(dataset.folder / file)
    assert fresh.info.hash != dataset.info.hash
    assert fresh.ids.tolist() == dataset.ids.tolist()
    known = known_duplicates(fresh)
    assert len(known.groups) == 3  # lists and verdicts come along
    assert not find_leaks(known, "train", "validation").leaks
    assert open_dataset(workspace, "copied").manifest.equals(before)
    assert abs((fresh.manifest["split"] == "validation").sum() - 8) <= 1


def test_a_taken_name_is_refused(copied: CopiedDataset, workspace: Workspace) -> None:
    dataset = copied()
    with pytest.raises(DatasetError, match="'copied' exists already"):
        split_anew(workspace, known_duplicates(dataset), name="copied")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_no_labelled_group_is_on_two_sides_and_other_splits_stay(
    copied: CopiedDataset, workspace: Workspace, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    split = rng.choice(["train", "validation", "test"], 24, p=[0.6, 0.25, 0.15])
    targets = [[] if rng.random() < 0.1 else [int(rng.integers(4))] for _ in range(24)]
    copies = {int(row): int(rng.integers(row)) for row in rng.choice(np.arange(1, 24), 8)}
    dataset = copied(hashes=copies, split=split, targets=targets, name=f"d{seed}")
    fresh = split_anew(workspace, known_duplicates(dataset), name=f"f{seed}")
    after = fresh.manifest.assign(before=split, labelled=fresh.targets.any(axis=1))
    labelled = after[after["labelled"]]
    staying = after["before"] == "test"
    assert (after.loc[staying, "split"] == "test").all()
    assert (after.loc[~after["labelled"], "split"] == after.loc[~after["labelled"], "before"]).all()
    assert (labelled.groupby("group")["split"].nunique() == 1).all()
    following = (labelled["split"] == "test") & (labelled["before"] != "test")
    homes = set(labelled.loc[labelled["before"] == "test", "group"])
    assert set(labelled.loc[following, "group"]) <= homes
