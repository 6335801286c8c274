"""The section Class passport: every number of one class, of data whose answer is known."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.data.dealing import deal_folds
from hpa_core.data.folds import write_folds
from hpa_core.data.importing import import_labels
from hpa_core.data.labels import read_label_table
from hpa_core.runs.scores import Owner, import_scores
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, picker, said
from tests.scored import score_dataset


def open_passport(open_page: OpenPage, dataset: str = "tiny", **link: str) -> AppTest:
    page = open_page("imbalance", dataset=dataset, section="Class passport", **link)
    assert not page.exception
    return page


def metrics(page: AppTest) -> dict[str, str]:
    return {item.label: item.value for item in page.metric}


def test_the_real_lysosomes_are_always_with_endosomes_and_never_alone(
    workspace: Workspace, open_page: OpenPage, realdata: Path
) -> None:
    dataset = import_labels(workspace, realdata / "labels" / "train.csv", name="hpa")
    write_folds(dataset.folder, "cv", dataset.ids, deal_folds(dataset, 5))
    page = open_passport(open_page, "hpa", **{"class": "10"})
    assert metrics(page) == {
        "Positives": "28",
        "Share of labels": "0.06 %",
        "Rank": "26 of 28",
        "IRLbl": "460.2",
        "SCUMBLE": "0.22",
    }
    told = said(page)
    assert "Of 31,072 samples and 50,782 labels: dataset 'hpa', every split" in told
    assert "**Never alone**: 28 samples, each with another class" in told
    assert (
        "**Always with** 9 Endosomes: 28 samples, each with both (chance would give 0.041)" in told
    )
    assert "**Never with**, though chance would give 5 samples or more: 0 Nucleoplasm (12)" in told
    parts, samples = (page.dataframe[place].value for place in range(2))
    assert parts["set"].tolist() == ["splits in force", "cv"]
    assert parts["positives"][0] == "train 22, validation 6"
    assert sorted(map(int, parts["positives"][1].split())) == [5, 5, 6, 6, 6]
    assert "splits in force, cv" in page.warning[0].value
    rows = np.flatnonzero(dataset.targets[:, 10])
    assert sorted(samples["sample"]) == sorted(dataset.ids[rows])
    assert samples["labels"].str.contains("9 10").all()


def test_a_public_model_is_scored_as_scikit_learn_scores_it(
    workspace: Workspace, open_page: OpenPage, realdata: Path
) -> None:
    from sklearn.metrics import f1_score, precision_score, recall_score  # noqa: PLC0415

    import_labels(workspace, realdata / "labels" / "train.csv", name="hpa")
    folder = realdata / "validation"
    hpa = open_dataset(workspace, "hpa")
    import_scores(
        workspace,
        folder / "vgg16_probs.npy",
        folder / "ids.csv",
        name="vgg16",
        owner=Owner(name="hpa", hash=hpa.info.hash, ids=hpa.ids, targets=hpa.targets),
    )
    page = open_passport(open_page, "hpa", run="vgg16", **{"class": "24"})
    probs = np.load(folder / "vgg16_probs.npy")[:, 24]
    truth = read_label_table(folder / "ids.csv").targets[:, 24]
    found = metrics(page)
    assert found["F1"] == f"{f1_score(truth, probs > 0.5):.3f}"
    assert found["Precision"] == f"{precision_score(truth, probs > 0.5):.3f}"
    assert found["Recall"] == f"{recall_score(truth, probs > 0.5):.3f}"
    assert found["False calls"] == str((~truth & (probs > 0.5)).sum())
    assert f"6,215 images, {truth.sum()} with 24 Aggresome. Threshold 0.5000" in said(page)
    page.segmented_control(key="samples").set_value("highest others").run()
    table = page.dataframe[1].value
    assert "The first 1,000 of them" in said(page)
    assert table["score"].tolist() == pytest.approx(sorted(probs[~truth], reverse=True)[:1000])
    page.segmented_control(key="samples").set_value("lowest positives").run()
    table = page.dataframe[1].value
    assert table["score"].tolist() == pytest.approx(sorted(probs[truth]))
    assert table["called"].tolist() == (np.sort(probs[truth]) > 0.5).tolist()


@pytest.fixture
def scored(make_dataset: MakeDataset, workspace: Workspace) -> Dataset:
    """Validation is samples 28 to 55; number 28 misses its classes, 29 is falsely called 27."""
    dataset = make_dataset(samples=56)
    score_dataset(workspace, dataset)
    return dataset


def test_the_gallery_shows_all_positives_and_then_the_runs_best_and_worst(
    scored: Dataset, open_page: OpenPage
) -> None:
    page = open_passport(open_page, **{"class": "27"})
    has = scored.targets[:, 27]
    assert f"{has.sum()} samples: every sample of the dataset with the class" in said(page)
    page.segmented_control(key="samples").set_value("highest others").run()
    others = int((~has[28:]).sum())
    assert f"{others} samples: the images without the class that the run scores highest" in (
        said(page)
    )
    assert "Run scored, split validation, set fixed-0.5" in said(page)
    assert metrics(page)["False calls"] == "1"


def test_without_a_run_there_are_labels_alone(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset(samples=56)
    page = open_passport(open_page)
    assert "F1" not in metrics(page)
    assert not [item for item in page.segmented_control if item.key == "samples"]


def test_the_class_is_in_the_link_and_the_rarest_one_is_shown_without_it(
    scored: Dataset, open_page: OpenPage
) -> None:
    counts = scored.targets.sum(axis=0)
    page = open_passport(open_page, run="")
    assert page.selectbox(key="passport-class").value == counts.argmin()
    page.selectbox(key="passport-class").set_value(3).run()
    assert page.query_params["class"] == "3"
    assert metrics(page)["Positives"] == str(counts[3])
    for wrong in ("28", "-1", "x", "٣"):
        page = open_passport(open_page, **{"class": wrong})
        assert page.selectbox(key="passport-class").value == counts.argmin()


def test_a_class_that_nobody_carries_is_told_so(
    workspace: Workspace, open_page: OpenPage, tmp_path: Path
) -> None:
    (tmp_path / "few.csv").write_text("Id,Target\na,0\nb,0 1\n")
    import_labels(workspace, tmp_path / "few.csv", name="few")
    page = open_passport(open_page, "few", **{"class": "5"})
    assert "No sample of this dataset carries the class" in said(page)


def test_a_run_on_images_of_another_dataset_is_left_out(
    scored: Dataset, make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset("other")
    page = open_passport(open_page, "other")
    assert "F1" not in metrics(page)
    assert picker(page, "Dataset").value == "other"
