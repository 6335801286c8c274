"""What is known of duplicates: from hashes, a search, lists and verdicts, kept with the dataset."""

from pathlib import Path

import pytest

from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.data.duplicates.gathering import import_list, review_samples, search_duplicates
from hpa_core.data.duplicates.known import Duplicates, known_duplicates
from hpa_core.data.importing import import_labels
from hpa_core.errors import DatasetError
from hpa_core.workspace import Workspace
from tests.data.duplicates.conftest import CopiedDataset


def group_ids(known: Duplicates) -> list[list[str]]:
    return [known.dataset.ids[list(group.rows)].tolist() for group in known.groups]


def listed(tmp_path: Path, *lines: str, name: str = "list.txt") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines))
    return path


def test_samples_of_one_hash_are_a_group_without_any_search(copied: CopiedDataset) -> None:
    known = known_duplicates(copied(hashes={5: 1, 9: 1}))
    assert group_ids(known) == [["s1", "s5", "s9"]]
    assert set(known.pairs["kind"]) == {"exact"}
    assert known.search is None
    assert known.groups[0].agree


def test_no_image_hash_means_no_copy_of_it(copied: CopiedDataset) -> None:
    assert group_ids(known_duplicates(copied(sha256=[""] * 24))) == []


def test_a_search_finds_the_same_pixels_under_another_hash(copied: CopiedDataset) -> None:
    dataset = copied(copies={20: 3}, hashes={5: 1})
    search = search_duplicates(dataset)
    known = known_duplicates(dataset)
    assert group_ids(known) == [["s1", "s5"], ["s3", "s20"]]
    assert (search.samples, search.dataset_hash) == (23, dataset.info.hash)
    (pair,) = search.pairs
    assert (pair.kind, pair.similarity, pair.orientation) == ("exact", 1.0, 0)


def test_a_search_of_other_images_counts_no_more(
    copied: CopiedDataset, workspace: Workspace
) -> None:
    dataset = copied(copies={20: 3})
    search_duplicates(dataset)
    assert known_duplicates(dataset).search
    changes = {"split": "train"}, {"sha256": "other"}
    for change, kept in zip(changes, (True, False), strict=True):
        manifest = dataset.manifest.assign(**change)
        write_dataset(dataset.folder, manifest, name="copied", source="kaggle", image_size=32)
        assert bool(known_duplicates(open_dataset(workspace, "copied")).search) is kept


def test_labels_alone_cannot_be_searched(workspace: Workspace, tmp_path: Path) -> None:
    table = listed(tmp_path, "Id,Target", "a,1", "b,1", name="labels.csv")
    with pytest.raises(DatasetError, match="holds labels only"):
        search_duplicates(import_labels(workspace, table, name="labels"))


def test_a_similarity_that_tells_no_copies_is_refused(copied: CopiedDataset) -> None:
    with pytest.raises(DatasetError, match=r"similarity of 0\.2 tells no copies"):
        search_duplicates(copied(), least=0.2)


def test_a_list_adds_pairs_and_says_how_similar_they_look(
    copied: CopiedDataset, tmp_path: Path
) -> None:
    dataset = copied(copies={4: 2})
    added = import_list(dataset, listed(tmp_path, "s4,s2,unknown", "s7,s8", "x,y"))
    assert (added.rows, added.ids, added.known, len(added.pairs)) == (3, 7, 4, 2)
    known = known_duplicates(dataset)
    assert group_ids(known) == [["s2", "s4"], ["s7", "s8"]]
    same, different = known.pairs["similarity"]
    assert same == pytest.approx(1, abs=1e-3)
    assert different < 0.5


def test_a_list_of_the_same_name_takes_the_place_of_the_old_one(
    copied: CopiedDataset, tmp_path: Path
) -> None:
    dataset = copied()
    import_list(dataset, listed(tmp_path, "s0,s1"))
    import_list(dataset, listed(tmp_path, "s2,s3", name="other.txt"))
    import_list(dataset, listed(tmp_path, "s4,s5"))
    assert group_ids(known_duplicates(dataset)) == [["s2", "s3"], ["s4", "s5"]]


def test_a_list_of_strangers_is_refused(copied: CopiedDataset, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="pairs no two samples"):
        import_list(copied(), listed(tmp_path, "s0,x", "y,z"))


def with_pairs(copied: CopiedDataset, tmp_path: Path) -> Dataset:
    dataset = copied(hashes={5: 1})
    import_list(dataset, listed(tmp_path, "s1,s7", "s7,s8"))
    return dataset


def test_verdicts_are_kept_and_can_be_taken_back(copied: CopiedDataset, tmp_path: Path) -> None:
    dataset = with_pairs(copied, tmp_path)
    assert group_ids(known_duplicates(dataset)) == [["s1", "s5", "s7", "s8"]]
    assert review_samples(known_duplicates(dataset), ["s1", "s5", "s7"], "rejected") == 1
    assert group_ids(known_duplicates(dataset)) == [["s1", "s5"], ["s7", "s8"]]
    assert review_samples(known_duplicates(dataset), ["s8", "s7"], "accepted") == 1
    assert known_duplicates(dataset).pairs["verdict"].tolist() == ["", "rejected", "accepted"]
    review_samples(known_duplicates(dataset), ["s1", "s7"], None)
    assert group_ids(known_duplicates(dataset)) == [["s1", "s5", "s7", "s8"]]


def test_what_cannot_be_judged_is_refused(copied: CopiedDataset, tmp_path: Path) -> None:
    known = known_duplicates(with_pairs(copied, tmp_path))
    with pytest.raises(DatasetError, match="has no sample 'x'"):
        review_samples(known, ["s1", "x"], "rejected")
    with pytest.raises(DatasetError, match="knows no pair among s2, s3"):
        review_samples(known, ["s2", "s3"], "rejected")
    with pytest.raises(DatasetError, match="copies of one image, which cannot be judged"):
        review_samples(known, ["s1", "s5"], "rejected")


def test_disagreeing_labels_are_counted_by_class(copied: CopiedDataset) -> None:
    targets = [[0]] * 24
    targets[5], targets[6] = [0, 25], [3]
    known = known_duplicates(copied(hashes={5: 1, 6: 1, 8: 7}, targets=targets))
    assert [group.agree for group in known.groups] == [False, True]
    counts = known.class_disagreements()
    assert counts[[0, 3, 25]].tolist() == [1, 1, 1]
    assert counts.sum() == 3


def test_a_damaged_file_is_told_by_its_path(copied: CopiedDataset) -> None:
    dataset = copied()
    search_duplicates(dataset)
    (dataset.folder / "duplicates.json").write_text('{"pairs": [{}]}')
    with pytest.raises(DatasetError, match=r"duplicates\.json lacks fields; delete it"):
        known_duplicates(dataset)


def test_the_published_lists_in_figures(
    realdata: Path, workspace: Workspace, tmp_path: Path
) -> None:
    train = (realdata / "labels" / "train.csv").read_text().splitlines()
    external = (realdata / "labels" / "HPAv18RBGY_wodpl.csv").read_text().splitlines()
    merged = listed(tmp_path, *train, *external[1:], name="labels.csv")
    dataset = import_labels(workspace, merged, name="merged")
    inside = import_list(dataset, realdata / "leaks" / "train_duplicates.txt")
    assert (inside.rows, inside.ids, inside.known) == (104, 210, 210)
    known = known_duplicates(dataset)
    assert (len(known.groups), sum(not group.agree for group in known.groups)) == (104, 0)
    across = import_list(dataset, realdata / "leaks" / "external_train_duplicates.txt")
    assert (across.rows, across.ids, across.known) == (4051, 8082, 8082)
    known = known_duplicates(dataset)
    assert len(known.groups) == 4113
    assert sum(len(group.rows) for group in known.groups) == 8250
    assert sum(not group.agree for group in known.groups) == 1591
    with pytest.raises(DatasetError, match="pairs no two samples"):  # the test ids have no labels
        import_list(dataset, realdata / "leaks" / "test_matches.csv")
