"""Every page with scores says whether thresholds or network have seen the images before."""

from dataclasses import replace

import pytest

from dashboard.thresholds.scores import learnt_note
from hpa_core.data.dataset import Dataset
from hpa_core.imbalance.leaks import has_learnt
from hpa_core.runs.folder import RunFolder, RunInfo
from hpa_core.runs.thresholds import ThresholdSet, save_thresholds
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, said
from tests.scored import score_dataset

PAGES = ("thresholds", "errors", "images", "overview")
LEARNT = "**The run has learnt these images**"
CHOSEN = "**in-sample**, chosen on the very images"
FIXED = "fixed beforehand, not fitted to these images"


@pytest.fixture
def dataset(make_dataset: MakeDataset) -> Dataset:
    return make_dataset(samples=140)


@pytest.mark.parametrize("name", PAGES)
def test_scores_of_what_the_network_learnt_are_said_to_be_in_sample(
    name: str, dataset: Dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    learnt = score_dataset(workspace, dataset, split="train", name="learnt")
    unseen = score_dataset(workspace, dataset, name="unseen")
    shown = said(open_page(name, dataset="tiny", run=learnt.id, split="train"))
    assert shown.count(LEARNT) == (2 if name == "overview" else 1)  # A card each of two pages.
    assert FIXED in shown, "the thresholds were not: it is the network that has seen them"
    assert LEARNT not in said(open_page(name, dataset="tiny", run=unseen.id, split="validation"))


@pytest.mark.parametrize("name", PAGES)
def test_a_set_chosen_on_the_split_shown_is_said_to_be_in_sample(
    name: str, dataset: Dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    run = score_dataset(workspace, dataset)
    own = ThresholdSet(name="own", thresholds=(0.3,) * 28, run=run.id, split="validation")
    save_thresholds(run, own)
    link = {"dataset": "tiny", "run": run.id, "split": "validation"}
    assert CHOSEN in said(open_page(name, **link, thresholds="own"))
    fixed = said(open_page(name, **link))
    assert CHOSEN not in fixed
    assert FIXED in fixed


@pytest.mark.parametrize(
    ("learnt", "scored", "seen"),
    [
        ("train", "train", True),
        ("train", "validation", False),
        ("train", "all", True),
        ("all", "validation", True),
        ("cv.not-0", "cv.fold-0", False),
    ],
)
def test_what_was_learnt_is_told_by_the_splits(
    learnt: str, scored: str, seen: bool, dataset: Dataset, workspace: Workspace
) -> None:
    run = score_dataset(workspace, dataset)
    trained = replace(run.info, kind="training", settings={"train_split": learnt})
    assert has_learnt(RunFolder(run.path, trained), scored) == seen
    assert bool(learnt_note(RunFolder(run.path, trained), scored)) == seen
    shipped = RunInfo(id="demo", kind="demo", settings={"train_split": learnt})
    assert not has_learnt(RunFolder(run.path, shipped), scored)


@pytest.mark.parametrize("name", ["thresholds", "errors"])
def test_where_no_run_is_chosen_none_is_said_to_be_missing(
    name: str, dataset: Dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    assert (
        "There are no predictions of this dataset yet"
        in open_page(name, dataset="tiny").info[0].value
    )
    score_dataset(workspace, dataset)
    told = [item.value for item in open_page(name, dataset="tiny", run="").info]
    assert told == ["No run is chosen; choose one beside."]
    cards = said(open_page("overview", dataset="tiny", run=""))
    assert "no run is chosen" in cards
    assert "no predictions yet" not in cards
