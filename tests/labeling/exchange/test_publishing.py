"""Labels in force, as files and as a new dataset."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.data.dealing import deal_folds
from hpa_core.data.folds import write_folds
from hpa_core.data.labels import read_label_table
from hpa_core.data.manifest import target_lists
from hpa_core.errors import ConfigError, DatasetError, LabelingError, RoleError
from hpa_core.labeling import Decision, LabelStore, new_key
from hpa_core.labeling.current import CurrentLabels, current_labels
from hpa_core.labeling.events import Kind, Labels
from hpa_core.labeling.exchange.exporting import export_labels
from hpa_core.labeling.exchange.publishing import publish_labels, read_version
from hpa_core.selections.saved import read_selection, save_selection
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset

Decide = Callable[..., None]


@pytest.fixture
def dataset(make_dataset: MakeDataset) -> Dataset:
    return make_dataset()


@pytest.fixture
def decide(store: LabelStore, dataset: Dataset) -> Decide:
    store.give_role("Rita", "admin", by="Rita")

    def record(
        row: int, labels: Labels | None, *, by: str = "Ana", kind: Kind = "label", note: str = ""
    ) -> None:
        sample = str(dataset.ids[row])
        base = store.state(dataset.info, sample).version
        decision = Decision(sample=sample, base=base, kind=kind, labels=labels, note=note)
        store.record([decision], by=by, dataset=dataset.info, key=new_key())

    return record


@pytest.fixture
def current(store: LabelStore, dataset: Dataset, decide: Decide) -> CurrentLabels:
    """Row 1 changed, row 2 accepted as it is, row 3 unsure; row 1's note is a formula."""
    decide(1, (3, 27), note="=cmd|'/c calc'!A0")
    decide(2, tuple(np.flatnonzero(dataset.targets[2]).tolist()), by="Bo", kind="accept")
    decide(3, None, kind="unsure", note="blurred")
    return current_labels(store, dataset)


def test_people_override_the_dataset_and_nothing_else_changes(current: CurrentLabels) -> None:
    assert np.flatnonzero(current.targets[1]).tolist() == [3, 27]
    assert current.changed.tolist() == [1]
    assert current.decided.tolist() == [1, 2]
    rest = np.arange(len(current.targets)) != 1
    assert (current.targets[rest] == current.dataset.targets[rest]).all()


def test_the_kaggle_csv_reads_back(current: CurrentLabels, tmp_path: Path) -> None:
    assert export_labels(current, tmp_path / "train.csv") == 56
    table = read_label_table(tmp_path / "train.csv")
    assert table.ids.tolist() == current.dataset.ids.tolist()
    assert (table.targets == current.targets).all()


def test_notes_that_would_be_formulas_are_written_as_text(
    current: CurrentLabels, tmp_path: Path
) -> None:
    for form in ("notes", "diff"):
        path = tmp_path / f"{form}.csv"
        assert export_labels(current, path, form=form, which="changed") == 1
        with path.open(newline="") as file:
            (row,) = csv.DictReader(file)
        assert (row["Note"], row["Annotator"]) == ("'=cmd|'/c calc'!A0", "Ana")


def test_the_diff_says_what_was_added_and_removed(current: CurrentLabels, tmp_path: Path) -> None:
    export_labels(current, tmp_path / "diff.csv", form="diff")
    with (tmp_path / "diff.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    told = [row[name] for name in ("Id", "Before", "After", "Added", "Removed")]
    assert told == ["sample-0001", "1 7", "3 27", "3 27", "1 7"]


def test_parquet_has_the_labels_and_who_gave_them(current: CurrentLabels, tmp_path: Path) -> None:
    assert export_labels(current, tmp_path / "x.parquet", form="parquet", which="decided") == 2
    table = pd.read_parquet(tmp_path / "x.parquet")
    assert table["id"].tolist() == ["sample-0001", "sample-0002"]
    assert [row.tolist() for row in table["targets"]] == [[3, 27], [2, 14]]
    assert table["annotator"].tolist() == ["Ana", "Bo"]
    assert table.attrs == {"dataset": "tiny", "hash": current.dataset.info.hash}


def test_coco_counts_the_same_labels(current: CurrentLabels, tmp_path: Path) -> None:
    export_labels(current, tmp_path / "coco.json", form="coco")
    coco = json.loads((tmp_path / "coco.json").read_text())
    found = np.zeros_like(current.targets)
    row_of = {image["id"]: image["file_name"] for image in coco["images"]}
    for annotation in coco["annotations"]:
        sample = row_of[annotation["image_id"]].removesuffix("_green.png")
        found[current.dataset.ids.tolist().index(sample), annotation["category_id"]] = True
    assert (found == current.targets).all()
    assert len({one["id"] for one in coco["annotations"]}) == current.targets.sum()
    assert [one["name"] for one in coco["categories"]][7] == "Golgi apparatus"


def test_an_unknown_format_is_refused(current: CurrentLabels, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'xml' of 'all'"):
        export_labels(current, tmp_path / "x", form="xml")


def test_a_published_version_has_the_new_labels_and_shares_the_images(
    current: CurrentLabels, store: LabelStore, workspace: Workspace, dataset: Dataset
) -> None:
    write_folds(dataset.folder, "cv", dataset.ids, deal_folds(dataset, 2))
    save_selection(dataset.folder, "odd", "labels>=2")
    made = publish_labels(workspace, store, dataset, name="tiny-2", by="Rita", note="First pass.")
    assert (made.targets == current.targets).all()
    assert made.info.hash != dataset.info.hash
    assert "1 labels corrected, 2 samples looked at. First pass." in made.info.note
    for file in ("images.npy", "thumbnails.npy"):
        assert (made.folder / file).samefile(dataset.folder / file)
    assert made.folds("cv").hash == dataset.folds("cv").hash
    assert read_selection(made.folder, "odd").filter == "labels>=2"
    assert made.manifest["split"].tolist() == dataset.manifest["split"].tolist()
    version = read_version(made)
    assert version is not None
    assert (version.parent, version.parent_hash, version.by) == ("tiny", dataset.info.hash, "Rita")
    assert [(row["id"], row["added"], row["annotator"]) for row in version.changes] == [
        ("sample-0001", [3, 27], "Ana")
    ]
    assert read_version(dataset) is None


def test_publishing_again_returns_what_is_there_and_other_labels_need_another_name(
    current: CurrentLabels,
    store: LabelStore,
    workspace: Workspace,
    dataset: Dataset,
    decide: Decide,
) -> None:
    first = publish_labels(workspace, store, dataset, name="tiny-2", by="Rita")
    again = publish_labels(workspace, store, dataset, name="tiny-2", by="Rita")
    assert again.info == first.info
    decide(5, (1,))
    with pytest.raises(DatasetError, match="with other content"):
        publish_labels(workspace, store, dataset, name="tiny-2", by="Rita")
    assert open_dataset(workspace, "tiny-2").info == first.info


def test_only_a_reviewer_publishes_and_only_what_somebody_decided(
    store: LabelStore, workspace: Workspace, dataset: Dataset, decide: Decide
) -> None:
    with pytest.raises(LabelingError, match="Nobody has decided"):
        publish_labels(workspace, store, dataset, name="tiny-2", by="Rita")
    decide(1, (3,))
    with pytest.raises(RoleError, match="takes the role reviewer"):
        publish_labels(workspace, store, dataset, name="tiny-2", by="Ana")
    assert not workspace.dataset("tiny-2").exists()


def test_a_sample_that_got_its_first_label_joins_the_split_of_its_group(
    store: LabelStore, workspace: Workspace, dataset: Dataset, decide: Decide
) -> None:
    targets = dataset.targets.copy()
    targets[:3] = False
    manifest = dataset.manifest.assign(targets=target_lists(targets))
    manifest.loc[[0, 1, 2], "split"] = "test"
    manifest.loc[1, "group"] = dataset.ids[40]
    write_dataset(dataset.folder, manifest, name="tiny", source="kaggle", image_size=32)
    dataset = open_dataset(workspace, "tiny")
    decide(0, (5,))
    decide(1, (6,))
    made = publish_labels(workspace, store, dataset, name="tiny-2", by="Rita")
    assert made.manifest["split"].tolist()[:3] == ["train", "validation", "test"]
    version = read_version(made)
    assert version is not None
    assert version.joined == ("sample-0000", "sample-0001")
