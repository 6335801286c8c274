"""The section Augmentation: what it asks for, the job that it starts, and what it shows of it."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.imbalance.augmentation_jobs import KEPT, Request
from hpa_core.data.dataset import Dataset, write_dataset
from hpa_core.data.previews import FILE, read_preview
from hpa_core.jobs import open_backend
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.jobs.conftest import wait_until
from tests.pages.conftest import OpenPage, said

SECTION = {"section": "Augmentation"}


@pytest.fixture(autouse=True)
def _no_job_outlives_its_test(workspace: Workspace) -> Iterator[None]:
    yield
    backend = open_backend(workspace)
    for job in backend.list():
        backend.stop(job.id)
    wait_until(lambda: all(job.ended for job in backend.list()), "the end of every job")


def small(page: AppTest, **changes: Any) -> AppTest:
    """Set the fields for pictures that take no time."""
    for name, value in {"image_size": 32, "epochs": 2, **changes}.items():
        page.number_input(key=f"augment-{name}").set_value(value)
    return page.run()


def rendered(page: AppTest, workspace: Workspace) -> AppTest:
    """Press the button and wait for the job."""
    page.button(key="augment-show").click().run()
    wait_until(lambda: all(job.ended for job in open_backend(workspace).list()), "the preview")
    return page.run()


def tiles(page: AppTest) -> list[dict[str, Any]]:
    assert not page.exception
    found: list[dict[str, Any]] = json.loads(page.get("bidi_component")[0].proto.json)["tiles"]
    return found


def test_labels_alone_cannot_be_augmented(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    folder = workspace.dataset("labels")
    folder.mkdir()
    write_dataset(folder, make_dataset().manifest, name="labels", source="labels")
    page = open_page("imbalance", dataset="labels", **SECTION)
    assert "holds labels only, and augmentation changes images" in page.info[0].value
    assert not page.button


def test_variants_are_rendered_by_a_job_and_shown_with_their_mixed_labels(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    page = small(open_page("imbalance", dataset="tiny", **SECTION), mixup=0.0, cutmix=1.0)
    page = rendered(page, workspace)
    (job,) = open_backend(workspace).list()
    assert (job.state, page.query_params["preview"]) == ("finished", job.id)
    preview = read_preview(job.folder / FILE).preview
    most = dataset.rows("train")[dataset.targets[:28].sum(axis=1).argmax()]
    assert preview.sample == dataset.ids[most]
    shown = tiles(page)
    assert [tile["id"] for tile in shown[:3]] == ["as stored", "epoch 1", "epoch 2"]
    assert shown[1]["shares"] == list(preview.variants[0].targets)
    assert shown[1]["truth"] == np.flatnonzero(preview.variants[0].targets).tolist()
    (table,) = [frame.value for frame in page.dataframe]
    assert table["mixed with"].tolist() == [f"{p.partner}, pasted" for p in preview.variants]
    assert "split train of dataset tiny" in said(page)

    page.number_input(key="augment-noise").set_value(0.2).run()
    assert "are of other settings" in said(page)
    linked = open_page("imbalance", dataset="tiny", preview=job.id, **SECTION)
    assert tiles(linked) == shown
    assert linked.number_input(key="augment-cutmix").value == 1.0
    assert "are of other settings" not in said(linked)
    linked.button(key="augment-show").click().run()
    assert len(open_backend(workspace).list()) == 1, "what is there is not rendered again"


def test_a_sample_that_is_not_there_fails_with_its_sentence(
    make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    dataset = make_dataset()
    page = small(open_page("imbalance", dataset="tiny", **SECTION))
    page.switch_page("../pages/train.py").run()
    # As if it had been typed, which AppTest cannot do; what was chosen survives the visit.
    page.session_state["augment-draft"][f"augment-sample-{dataset.info.hash[:12]}-train"] = "none"
    page.query_params["section"] = "Augmentation"
    page.switch_page("../pages/imbalance.py").run()
    assert page.number_input(key="augment-image_size").value == 32
    page = rendered(page, workspace)
    assert not page.exception
    assert "has no sample 'none'" in page.error[0].value


def test_what_cannot_be_meant_is_one_sentence(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset()
    page = small(open_page("imbalance", dataset="tiny", **SECTION), epochs=9, copies=9)
    assert "At most 24 variants at once" in page.error[0].value
    small(page, copies=1, mixup=0.7, cutmix=0.7)
    assert "must not exceed 1 together" in page.error[0].value
    assert not page.exception


@pytest.mark.parametrize(
    ("preview", "sentence"),
    [("augment-gone", "is gone"), ("../x", "cannot be the name of a job")],
)
def test_a_link_to_a_preview_that_is_gone_or_cannot_be_says_so(
    make_dataset: MakeDataset, open_page: OpenPage, preview: str, sentence: str
) -> None:
    make_dataset()
    page = open_page("imbalance", dataset="tiny", preview=preview, **SECTION)
    assert sentence in said(page)


def test_settings_come_to_the_train_page_by_its_link(
    make_dataset: MakeDataset, open_page: OpenPage
) -> None:
    make_dataset()
    settings = {"mixup": 0.4, "turns": False, "seed": 7}
    page = open_page("train", dataset="tiny", settings=json.dumps(settings))
    assert page.number_input(key="train-demo-mixup").value == 0.4
    assert page.toggle(key="train-demo-turns").value is False
    assert page.number_input(key="train-demo-seed").value == 7
    assert "settings" not in page.query_params
    page.number_input(key="train-demo-seed").set_value(8).run()
    assert page.number_input(key="train-demo-seed").value == 8


@pytest.mark.parametrize("settings", ["{", '{"mixup": "x"}', '{"nothing": 1}', '{"mixup": 9}'])
def test_a_link_with_settings_that_cannot_be_meant_is_one_sentence(
    make_dataset: MakeDataset, open_page: OpenPage, settings: str
) -> None:
    make_dataset()
    page = open_page("train", dataset="tiny", settings=settings)
    assert not page.exception
    assert len(page.error) == 1
    assert page.number_input(key="train-demo-mixup").value == 0.0


def test_a_request_names_its_job_by_what_it_shows() -> None:
    one = {"dataset": "d", "content": "h", "sample": "-x", "settings": {}, "epochs": 2, "copies": 1}
    first, again, other = Request(**one), Request(**one), Request(**one | {"copies": 2})
    assert first.job_id == again.job_id != other.job_id
    assert KEPT > 1


def test_a_samples_name_is_never_read_as_an_option(dataset_of: Dataset) -> None:
    request = Request(
        dataset="tiny",
        content=dataset_of.info.hash,
        sample="--out=/tmp/x",
        settings={},
        epochs=1,
        copies=1,
    )
    assert "--id=--out=/tmp/x" in request.command


@pytest.fixture
def dataset_of(
    make_dataset: MakeDataset, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> Dataset:
    monkeypatch.setenv("HPA_WORKSPACE", str(workspace.root))
    return make_dataset()
