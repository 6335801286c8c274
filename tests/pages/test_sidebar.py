"""The pickers follow what other pages choose, and a late message never undoes that."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from hpa_core.runs.folder import RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.pages.conftest import OpenPage, picker


@pytest.fixture
def page(workspace: Workspace, make_dataset: MakeDataset, open_page: OpenPage) -> AppTest:
    dataset = make_dataset("tiny")
    run = create_run(workspace, RunInfo(id="first", kind="scores", dataset="tiny"))
    probs = dataset.targets.astype("float32")
    write_predictions(run, "train", Predictions(ids=dataset.ids, probs=probs))
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
