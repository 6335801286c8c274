"""Neighbours of a split too large for a page: said to be silent, found by a job, then heard."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from hpa_core.data.dataset import Dataset
from hpa_core.jobs import open_backend
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.neighbours import neighbours_path, read_neighbours
from hpa_core.runs.predictions import read_predictions, write_predictions
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, RunAndStop, narrowing, said
from tests.scored import score_dataset

SECTION = {"atlas": "Suspicious labels"}


@pytest.fixture
def dataset(make_dataset: MakeDataset) -> Dataset:
    return make_dataset(samples=140)


@pytest.fixture
def run(dataset: Dataset, workspace: Workspace) -> RunFolder:
    """Return a run whose embeddings tell the classes apart."""
    made = score_dataset(workspace, dataset, mislabelled=7)
    plain = read_predictions(made, "validation")
    rng = np.random.default_rng(0)
    embedded = plain.targets @ rng.normal(size=(28, 8)) + rng.normal(size=(70, 8)) / 4
    write_predictions(made, "validation", replace(plain, embeddings=embedded.astype(np.float16)))
    return made


@pytest.fixture
def large(run: RunFolder, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """Return the same run, too large for a page to compare its samples."""
    monkeypatch.setattr("dashboard.neighbours.AT_ONCE", 0)
    return run


def offered(page: AppTest) -> bool:
    return any(button.key == "neighbours-find" for button in page.button)


def reasons(page: AppTest) -> str:
    return " ".join(page.dataframe[0].value["why"])


def press_and_wait(page: AppTest, workspace: Workspace) -> None:
    """Press the button, and wait until its job has ended."""
    page.button(key="neighbours-find").click().run()
    backend = open_backend(workspace)
    deadline = time.monotonic() + 120
    while not all(job.ended for job in backend.list()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    job = backend.list()[0]
    assert (job.title, job.state) == ("Neighbours of scored, validation", "finished")


def test_few_samples_are_compared_by_the_page_itself(run: RunFolder, open_page: OpenPage) -> None:
    page = open_page("errors", **SECTION)
    assert "its nearest neighbours in the embedding make" in said(page)
    assert "of the 10 nearest images carry the label" in reasons(page)
    assert not offered(page)
    assert not neighbours_path(run, "validation").exists()


def test_many_are_compared_by_a_job_and_ranked_meanwhile_without_their_neighbours(
    large: RunFolder, workspace: Workspace, open_page: OpenPage
) -> None:
    page = open_page("errors", **SECTION)
    assert "Neighbours have not spoken yet" in said(page)
    assert "The nearest of 70 labelled images" in said(page)
    assert "Scores and the image's other labels make" in said(page)
    assert "nearest images" not in reasons(page)
    press_and_wait(page, workspace)
    page.run()
    assert "have not spoken yet" not in said(page)
    assert "of the 10 nearest images carry the label" in reasons(page)
    assert not offered(page)


def test_a_stopped_search_for_neighbours_is_said_to_be_stopped_until_they_are_found(
    large: RunFolder, workspace: Workspace, open_page: OpenPage, run_and_stop: RunAndStop
) -> None:
    title = "Neighbours of scored, validation"
    run_and_stop(title)
    page = open_page("errors", **SECTION)
    told = f"**{title}** was stopped at 1,200 of 5,000 images. Nothing of it was kept."
    assert told in said(page)
    assert page.button(key="neighbours-find").icon == ":material/replay:"
    assert told in said(open_page("label", dataset="tiny", annotator="Ana"))
    press_and_wait(page, workspace)
    page.run()
    assert "was stopped" not in said(page)


def test_the_pads_queue_offers_the_same_job(
    large: RunFolder, dataset: Dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    link = {"dataset": "tiny", "annotator": "Ana"}
    page = open_page("label", **link)
    assert "Neighbours have not spoken yet" in said(page)
    rare = open_page("label", **link, **{"label-need": "rare"})
    assert not offered(rare)
    press_and_wait(page, workspace)
    kept = read_neighbours(large, "validation")
    assert kept
    assert kept.ids.tolist() == dataset.ids[dataset.rows("validation")].tolist()
    page.run()
    assert not offered(page)
    assert page.get("bidi_component")


def test_neighbours_of_other_predictions_are_not_heard(
    large: RunFolder, workspace: Workspace, open_page: OpenPage
) -> None:
    press_and_wait(open_page("errors", **SECTION), workspace)
    plain = read_predictions(large, "validation")
    changed = np.asarray(plain.probs * 0.99, dtype=np.float32)
    write_predictions(large, "validation", replace(plain, probs=changed))
    page = open_page("errors", **SECTION)
    assert "Neighbours have not spoken yet" in said(page)
    assert "nearest images" not in reasons(page)


def test_a_filter_lists_some_labels_of_the_ranking_of_all(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    whole = open_page("errors", **SECTION).dataframe[0].value
    rows = dataset.rows("validation")
    wrong = dataset.ids[[*rows[:2], *rows[-7:]]].tolist()
    page = open_page("errors", filter="wrong", **SECTION)
    narrowing(page).set_value(True).run()
    assert "**9 images** that fulfil `wrong`" in said(page)
    some = page.dataframe[0].value
    assert set(some["id"]) <= set(wrong)
    both = whole[whole["id"].isin(wrong)]
    assert both["why"].tolist() == some["why"].tolist()[: len(both)]
    assert len(both)
    pick = f"{some['correction'].iloc[0].split()[1]}.{some['id'].iloc[0]}"
    opened = open_page("errors", filter="wrong", narrowed="yes", **SECTION, pick=pick)
    tiles = json.loads(opened.get("bidi_component")[0].proto.json)["tiles"]
    assert [tile["id"] for tile in tiles] == [some["id"].iloc[0]]
