"""The Overview tells what is there and what comes next."""

from sklearn.metrics import f1_score

from hpa_core.data.dataset import INFO, REFUSED, write_dataset
from hpa_core.files import write_json
from hpa_core.runs.folder import RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage


def test_an_empty_workspace_offers_the_demo(open_page: OpenPage) -> None:
    page = open_page("overview")
    assert not page.exception
    assert "demo" in page.info[0].value
    assert page.button(key="open-demo")


def test_a_dataset_with_images_leads_to_training(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset("tiny", samples=56)
    page = open_page("overview")
    assert not page.exception
    assert "train a first model" in page.info[0].value
    assert page.dataframe[0].value["samples"].tolist() == [56]


def test_predictions_lead_to_the_images(
    workspace: Workspace, make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset("tiny", samples=56)
    run = create_run(workspace, RunInfo(id="first", kind="scores", dataset="tiny"))
    write_predictions(
        run, "train", Predictions(ids=dataset.ids, probs=dataset.targets.astype("float32"))
    )
    page = open_page("overview")
    assert not page.exception
    assert "look at the images" in page.info[0].value
    assert page.dataframe[1].value["run"].tolist() == ["first"]


def test_each_step_of_the_loop_says_where_it_stands(
    workspace: Workspace, make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset("tiny", samples=56)
    run = create_run(workspace, RunInfo(id="first", kind="scores", dataset="tiny"))
    probs = dataset.targets.astype("float32")
    probs[:, 3] = 1 - probs[:, 3]
    write_predictions(
        run, "train", Predictions(ids=dataset.ids, probs=probs, targets=dataset.targets)
    )
    page = open_page("overview")
    assert not page.exception
    macro = f1_score(dataset.targets, probs >= 0.5, average="macro", zero_division=0)
    figures = {metric.label: metric.value for metric in page.metric}
    counts = dataset.targets.sum(axis=0)
    assert figures == {
        "Largest ratio": f"{counts.max() / counts[counts > 0].min():.0f} : 1",
        "Trainings": "0",
        "Experiments": "0",
        "Images": "56",
        "Macro F1": f"{macro:.4f}",
        "Wrong calls": "56",
        "Images decided on": "0",
        "Saved sets": "0",
    }


def test_labels_that_cannot_be_read_leave_the_other_steps_alone(
    workspace: Workspace, make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset("tiny", samples=56)
    (workspace.root / "labels.sqlite").write_bytes(b"no database" * 100)
    page = open_page("overview")
    assert not page.exception
    assert len(page.error) == 1
    assert {metric.label for metric in page.metric} >= {"Largest ratio", "Images", "Saved sets"}


def test_what_an_import_refused_is_listed_by_id_and_reason(
    workspace: Workspace, make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset("tiny", samples=56)
    refusal = {"id": "lost", "file": "lost_red.png", "reason": "is not there"}
    write_dataset(
        dataset.folder,
        dataset.manifest,
        name="tiny",
        source="kaggle",
        image_size=32,
        refused=[refusal],
    )
    page = open_page("overview")
    assert not page.exception
    assert page.dataframe[1].value.to_dict("records") == [refusal]


def test_a_damaged_dataset_is_told_in_one_sentence(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    dataset = make_dataset("tiny", samples=56)
    write_json(dataset.folder / INFO, {"name": "tiny"})
    page = open_page("overview")
    assert not page.exception
    assert "import it again" in page.error[0].value
    assert (dataset.folder / REFUSED).exists()
