"""Samples of one split whose image also stands in another are told, counted and refused."""

from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.duplicates.gathering import import_list, search_duplicates
from hpa_core.data.duplicates.known import known_duplicates
from hpa_core.data.duplicates.leaks import Leaks, check_leaks, find_leaks
from hpa_core.data.folds import write_folds
from hpa_core.errors import DatasetError
from tests.data.duplicates.conftest import CopiedDataset

# Rows 2, 5, 8, ... are the validation split of a copied dataset, 8 of its 24.


def kinds(leaks: Leaks) -> list[tuple[str, str, str]]:
    return [(leak.scored, leak.learnt, leak.kind) for leak in leaks.leaks]


def test_a_copy_in_train_is_a_leak_in_both_directions(
    copied: CopiedDataset, tmp_path: Path
) -> None:
    dataset = copied(hashes={5: 1}, copies={11: 7, 16: 13})
    search_duplicates(dataset)
    listed = tmp_path / "list.txt"
    listed.write_text("s20,s21")
    import_list(dataset, listed)
    known = known_duplicates(dataset)
    leaks = find_leaks(known, "train", "validation")
    assert kinds(leaks) == [("s5", "s1", "exact"), ("s11", "s7", "exact"), ("s20", "s21", "near")]
    assert (leaks.samples, leaks.share, leaks.searched) == (8, 3 / 8, True)
    assert leaks.per_class[:4].tolist() == [1, 1, 0, 1]  # row % 4 of rows 5, 11 and 20
    assert leaks.positives[:4].tolist() == [2, 2, 2, 2]
    back = find_leaks(known, "validation", "train")
    assert kinds(back) == [("s1", "s5", "exact"), ("s7", "s11", "exact"), ("s21", "s20", "near")]
    assert leaks.sentence == (
        "3 of 8 validation images have a copy in train: these scores are too high."
    )


def test_a_copy_on_the_same_side_is_no_leak(copied: CopiedDataset) -> None:
    leaks = find_leaks(known_duplicates(copied(hashes={4: 1, 8: 5})), "train", "validation")
    assert kinds(leaks) == []
    assert leaks.sentence == ""
    assert not leaks.searched


def test_one_leak_has_its_own_grammar(copied: CopiedDataset) -> None:
    leaks = find_leaks(known_duplicates(copied(hashes={5: 1})), "train", "validation")
    assert leaks.sentence.startswith("1 of 8 validation images has a copy in train:")


def test_samples_that_were_learnt_themselves_are_said_to_be(copied: CopiedDataset) -> None:
    leaks = find_leaks(known_duplicates(copied(hashes={5: 1})), "all", "validation")
    assert {kind for _, _, kind in kinds(leaks)} == {"same"}
    assert leaks.sentence == (
        "8 of 8 validation images were learnt from: these scores are too high."
    )


def test_the_same_image_on_both_sides_is_refused_with_its_ids_and_the_way_out(
    copied: CopiedDataset,
) -> None:
    dataset = copied(hashes={5: 1, 8: 1})
    with pytest.raises(DatasetError) as refusal:
        check_leaks(dataset, "train", "validation")
    assert str(refusal.value) == (
        "2 of 8 images of split 'validation' are in split 'train' of dataset 'copied' too "
        "(s5 = s1, s8 = s1), so their scores would be too high; run "
        "`python -m hpa_core duplicates apply copied --as copied-split` and train on that."
    )


def test_folds_that_share_an_image_are_refused_with_another_way_out(copied: CopiedDataset) -> None:
    dataset = copied(hashes={5: 1})
    write_folds(dataset.folder, "cv", dataset.ids, np.arange(24) % 2)
    assert check_leaks(dataset, "cv.not-0", "cv.fold-0").leaks == ()
    write_folds(dataset.folder, "bad", dataset.ids, np.arange(24) % 3)
    with pytest.raises(DatasetError, match="duplicates apply copied` and deal the folds anew"):
        check_leaks(dataset, "bad.not-1", "bad.fold-1")


def test_near_copies_and_learning_from_everything_are_not_refused(
    copied: CopiedDataset, tmp_path: Path
) -> None:
    dataset = copied()
    listed = tmp_path / "list.txt"
    listed.write_text("s5,s1")
    import_list(dataset, listed)
    assert len(check_leaks(dataset, "train", "validation").leaks) == 1
    assert len(check_leaks(dataset, "all", "validation").leaks) == 8
