"""The pickers follow what other pages choose, and a late message never undoes that."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.session import KEY
from dashboard.threshold_link import linked_thresholds, threshold_word
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.runs.thresholds import UNSAVED, Fallback, ThresholdSet
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, picker
from tests.scored import score_dataset


@pytest.fixture
def scored(workspace: Workspace, make_dataset: MakeDataset) -> RunFolder:
    dataset = make_dataset("tiny")
    run = create_run(workspace, RunInfo(id="first", kind="scores", dataset="tiny"))
    probs = dataset.targets.astype("float32")
    write_predictions(run, "train", Predictions(ids=dataset.ids, probs=probs))
    return run


@pytest.fixture
def page(scored: RunFolder, open_page: OpenPage) -> AppTest:
    return open_page("imbalance", dataset="tiny")


def test_a_late_value_of_the_old_picker_does_not_undo_a_move(page: AppTest) -> None:
    old = picker(page, "Thresholds")
    chosen = page.session_state["hpa"]
    moved = replace(chosen.thresholds, name="unsaved", thresholds=(0.3,) * 28)
    chosen.thresholds = moved
    page.run()
    assert picker(page, "Thresholds").key != old.key
    old.select_index(1).run()
    assert page.session_state["hpa"].thresholds == moved


def test_a_pick_holds_and_keeps_its_picker(page: AppTest) -> None:
    key = picker(page, "Thresholds").key
    picker(page, "Thresholds").select_index(1).run()
    assert page.session_state["hpa"].thresholds.name == "fixed-0.15"
    assert picker(page, "Thresholds").key == key
    picker(page, "Run").select_index(1).run()
    assert page.session_state["hpa"].run is None


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.floats(0, 1), min_size=28, max_size=28),
    fallback=st.sampled_from(["none", "top1"]),
)
def test_an_unsaved_set_comes_back_from_its_link_to_the_last_bit(
    scored: RunFolder, numbers: list[float], fallback: Fallback
) -> None:
    moved = ThresholdSet(
        name=UNSAVED,
        thresholds=tuple(numbers),
        fallback=fallback,
        run="first",
        split="train",
    )
    linked = linked_thresholds(threshold_word(moved, "first"), scored, [])
    assert linked
    assert linked.thresholds == moved.thresholds
    assert (linked.name, linked.fallback) == (UNSAVED, fallback)
    assert (linked.run, linked.split) == ("first", "train")  # In-sample there, as it was.
    elsewhere = linked_thresholds(threshold_word(moved, "second"), scored, [])
    assert elsewhere
    assert not elsewhere.origin_known


@pytest.mark.parametrize(
    "word", ["tuned", "unsaved", "unsaved.train.none.AAAA", "unsaved.train.top2." + "A" * 299, "…"]
)
def test_thresholds_of_a_link_that_cannot_be_read_are_named(
    scored: RunFolder, open_page: OpenPage, word: str
) -> None:
    page = open_page("imbalance", dataset="tiny", run="first", thresholds=word)
    assert not page.exception
    assert "Not here: thresholds" in page.sidebar.warning[0].value
    assert page.session_state[KEY].thresholds.name == "fixed-0.5"
    picker(page, "Thresholds").select_index(1).run()
    assert not page.sidebar.warning


def test_what_a_link_names_and_is_not_here_is_said(scored: RunFolder, open_page: OpenPage) -> None:
    page = open_page("imbalance", dataset="gone", run="lost", split="test")
    told = page.sidebar.warning[0].value
    assert "dataset 'gone'" in told
    assert "run 'lost'" in told
    assert "split 'test'" in told
    assert page.session_state[KEY].dataset == "tiny"


def test_another_dataset_is_picked_without_blaming_what_belongs_to_the_one_before(
    scored: RunFolder, make_dataset: MakeDataset, workspace: Workspace, open_page: OpenPage
) -> None:
    other = make_dataset("other")
    score_dataset(workspace, other, name="others")
    make_dataset("unscored")
    page = open_page("images", dataset="tiny", image="sample-0001", page="2", split="train")
    assert page.query_params["image"] == "sample-0001"
    for name, run in (("other", "others"), ("unscored", None), ("tiny", "first")):
        picker(page, "Dataset").set_value(name).run()
        assert not page.exception
        assert not page.warning
        assert page.session_state[KEY].run == run
        assert page.query_params.get("run") == run
        assert not {"image", "page"} & page.query_params.keys()
