"""The section Splits of the Imbalance page: what is covered, and folds seen, saved and deleted."""

from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from hpa_core.data.dataset import Dataset, write_dataset
from hpa_core.data.dealing import deal_folds
from hpa_core.data.folds import fold_names, write_folds
from hpa_core.data.importing import import_labels
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, said


def open_splits(open_page: OpenPage, dataset: str = "tiny", **link: str) -> AppTest:
    page = open_page("imbalance", dataset=dataset, section="Splits", **link)
    assert not page.exception
    return page


def test_the_splits_in_force_are_counted_and_those_that_validate_nothing_named(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset(samples=56)
    page = open_splits(open_page)
    table = page.dataframe[0].value
    for split in ("train", "validation"):
        assert table[split].tolist() == dataset.targets[dataset.rows(split)].sum(axis=0).tolist()
    assert "56 labelled samples" in said(page)
    assert "28 of 28 classes have too few positives in validation" in page.warning[0].value
    assert table["class"].str.endswith("⚠").all()


def test_folds_of_the_real_labels_are_as_even_as_can_be_and_five_classes_are_too_rare(
    workspace: Workspace, open_page: OpenPage, realdata: Path
) -> None:
    dataset = import_labels(workspace, realdata / "labels" / "train.csv", name="hpa")
    write_folds(dataset.folder, "cv", dataset.ids, deal_folds(dataset, 5))
    page = open_splits(open_page, "hpa", folds="cv")
    table = page.dataframe[0].value
    assert table["spread"].tolist() == table["least"].tolist()
    assert (table["random"] > table["spread"]).all()
    assert (
        table[[f"fold {fold}" for fold in range(5)]].sum(axis=1).tolist() == table["all"].tolist()
    )
    assert "31,072 labelled samples of dataset 'hpa'" in said(page)
    assert "Every class that 5 groups or more carry is in every fold" in said(page)
    told = page.warning[0].value
    assert "5 of 28 classes have too few positives in a fold" in told
    assert (
        "**27 Rods & rings**: 2 positives in a fold, where a recall of 50 % means 9 to 91 %" in told
    )
    assert "11 positives over all folds: 25 to 75 %" in told
    rare = np.flatnonzero(table["class"].str.endswith("⚠")).tolist()
    assert rare == [8, 9, 10, 15, 27]


def test_folds_are_seen_then_saved_then_deleted(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    page = open_splits(open_page, folds="new folds")
    assert not page.dataframe
    page.number_input(key="splits-folds").set_value(2).run()
    page.number_input(key="splits-seed").set_value(3).run()
    page.button(key="splits-deal").click().run()
    expected = deal_folds(dataset, 2, seed=3)
    assert page.dataframe[0].value["fold 1"].tolist() == (
        dataset.targets[expected == 1].sum(axis=0).tolist()
    )
    assert fold_names(dataset.folder) == []
    page.text_input(key="splits-name-2-folds-seed-3").set_value("mine").run()
    page.button(key="splits-save").click().run()
    assert not page.exception
    assert page.selectbox(key="folds").value == "mine"
    assert page.query_params["folds"] == "mine"
    assert dataset.folds("mine").fold.tolist() == expected.tolist()
    assert "choose `mine.fold-0` to validate on and `mine.not-0`" in said(page)
    page.button(key="splits-delete-sure").click().run()
    assert not page.exception
    assert fold_names(dataset.folder) == []
    assert page.selectbox(key="folds").value == "splits in force"


def test_a_name_that_other_folds_have_is_refused_in_a_sentence(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    write_folds(dataset.folder, "mine", dataset.ids, deal_folds(dataset, 4))
    page = open_splits(open_page, folds="new folds")
    page.button(key="splits-deal").click().run()
    page.text_input(key="splits-name-5-folds-seed-0").set_value("mine").run()
    page.button(key="splits-save").click().run()
    assert "Other folds are named 'mine' already" in page.error[0].value


def test_folds_that_miss_a_class_say_whether_another_dealing_could_help(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    """Class 0 is in fold 0 alone, in two samples; class 1 in one sample; the others in both."""
    dataset = make_dataset()
    targets = [[0], [0], [1], *([number] for number in range(2, 28)), *([n] for n in range(2, 28))]
    manifest = dataset.manifest.iloc[: len(targets)].assign(targets=targets)
    write_dataset(dataset.folder, manifest, name="tiny", source="kaggle", image_size=32)
    changed = Dataset(dataset.folder, dataset.info)
    fold = np.array([0, 0, 0, *[0] * 26, *[1] * 26])
    write_folds(dataset.folder, "cv", changed.ids, fold)
    page = open_splits(open_page, folds="cv")
    assert "0 Nucleoplasm: some fold has no positive, though 2 groups" in page.error[0].value
    assert "1 Nuclear membrane: fewer groups than folds" in said(page)
    assert "0 positives in a fold" in page.warning[0].value


def test_a_damaged_fold_file_is_one_sentence_and_can_be_deleted(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    write_folds(dataset.folder, "cv", dataset.ids, deal_folds(dataset, 4))
    (dataset.folder / "folds" / "cv.csv").write_text("Id,Fold\nx,0\n")
    page = open_splits(open_page, folds="cv")
    assert "cannot be used as folds" in page.error[0].value
    page.button(key="splits-delete-sure").click().run()
    assert fold_names(dataset.folder) == []
