"""The Overview tells what is there and what comes next."""

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
