"""The Thresholds page: what it hands to the board, what it takes back, saves and exports."""

import numpy as np
import pytest
from sklearn.metrics import f1_score
from streamlit.testing.v1 import AppTest

from dashboard.session import KEY, Session
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import Dataset
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.runs.thresholds import UNSAVED, ThresholdSet, load_thresholds, save_thresholds
from hpa_core.workspace import Workspace
from tests.pages.conftest import OpenPage, board, picker


def chosen(page: AppTest) -> Session:
    return page.session_state[KEY]


def text(page: AppTest) -> str:
    return page.markdown[0].value


def use(page: AppTest, name: str) -> AppTest:
    return picker(page, "Thresholds").select(name).run()


def test_without_predictions_the_page_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page("thresholds")
    assert "train a run, or import scores" in page.info[0].value
    assert not page.get("bidi_component")


def test_the_board_gets_the_address_the_active_set_and_the_exact_figures(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    sent = board(open_page("thresholds", dataset="tiny"))
    assert sent["address"].startswith("hpa/scores/scored/validation?version=")
    assert sent["names"] == list(CLASS_NAMES)
    assert (sent["thresholds"], sent["fallback"]) == ([0.5] * 28, False)
    file = np.load(run.predictions / "validation.npz")
    calls = file["probs"].astype(np.float64) > 0.5
    for name in ("macro", "micro", "samples"):
        expected = f1_score(file["targets"], calls, average=name, zero_division=0)
        assert sent["server"][name] == pytest.approx(expected, abs=1e-12)


def test_a_set_chosen_elsewhere_raises_the_revision_and_a_rerun_does_not(
    run: RunFolder, open_page: OpenPage
) -> None:
    save_thresholds(run, ThresholdSet(name="low", thresholds=(0.05,) * 28, run="scored"))
    page = open_page("thresholds", dataset="tiny")
    first = board(page)["revision"]
    assert board(page.run())["revision"] == first
    changed = board(use(page, "low"))
    assert (changed["revision"], changed["thresholds"]) == (first + 1, [0.05] * 28)


def test_the_page_says_whether_the_thresholds_saw_the_images(
    run: RunFolder, open_page: OpenPage
) -> None:
    here = {"run": "scored", "split": "validation"}
    save_thresholds(run, ThresholdSet(name="own", thresholds=(0.3,) * 28, **here))
    save_thresholds(
        run, ThresholdSet(name="other", thresholds=(0.3,) * 28, run="scored", split="train")
    )
    page = open_page("thresholds", dataset="tiny")
    assert "fixed beforehand" in text(use(page, "fixed-0.5"))
    assert "in-sample" in text(use(page, "own"))
    assert "split train, not on these images" in text(use(page, "other"))


def test_scores_without_truth_show_no_f1_and_say_why(
    workspace: Workspace, open_page: OpenPage
) -> None:
    folder = create_run(workspace, RunInfo(id="outside", kind="scores"))
    probs = np.full((5, 28), 0.7, dtype=np.float32)
    ids = np.array([f"id-{row}" for row in range(5)])
    write_predictions(folder, "test", Predictions(ids=ids, probs=probs))
    page = open_page("thresholds", run="outside", split="test")
    assert board(page)["server"] is None
    assert "there is no F1" in text(page)
    assert "What survives on new images" not in [part.value for part in page.subheader]
    assert "Macro F1" not in page.dataframe[0].value.columns


def test_a_set_is_saved_with_where_it_comes_from(run: RunFolder, open_page: OpenPage) -> None:
    page = open_page("thresholds", dataset="tiny")
    active = ThresholdSet(
        name=UNSAVED,
        thresholds=tuple(np.linspace(0.1, 0.9, 28)),
        run="scored",
        split="validation",
        strategy="manual",
        data_hash="abc",
    )
    chosen(page).thresholds = active
    page.text_input(key="save-name").input("mine")
    page.button(key="FormSubmitter:save-thresholds-Save in the run").click().run()
    saved = load_thresholds(run, "mine")
    assert saved.thresholds == active.thresholds
    assert (saved.run, saved.split, saved.strategy) == ("scored", "validation", "manual")
    assert saved.data_hash == "abc"
    assert saved.created
    assert chosen(page).thresholds == saved


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("taken", "has a set 'taken' already"),
        (UNSAVED, "cannot name a saved threshold set"),
        ("fixed-0.15", "cannot name a saved threshold set"),
        ("0.15", "cannot name a saved threshold set"),
        ("../up", "cannot be the name"),
        ("", "cannot be the name"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_in_a_sentence(
    run: RunFolder, open_page: OpenPage, name: str, sentence: str
) -> None:
    save_thresholds(run, ThresholdSet(name="taken", thresholds=(0.4,) * 28, run="scored"))
    page = open_page("thresholds", dataset="tiny")
    page.text_input(key="save-name").input(name)
    page.button(key="FormSubmitter:save-thresholds-Save in the run").click().run()
    assert sentence in page.error[0].value
    assert load_thresholds(run, "taken").thresholds == (0.4,) * 28
    assert [path.stem for path in run.thresholds.glob("*.json")] == ["taken"]


def test_the_link_chooses_the_section_and_an_unknown_one_is_the_first(
    run: RunFolder, open_page: OpenPage
) -> None:
    for link in ("Strategies", "Measures"):
        page = open_page("thresholds", dataset="tiny", studio=link)
        assert not page.exception
        assert page.segmented_control(key="studio").value == "Strategies"


def test_a_damaged_set_is_named_and_the_others_stay_in_use(
    run: RunFolder, open_page: OpenPage
) -> None:
    save_thresholds(run, ThresholdSet(name="low", thresholds=(0.05,) * 28, run="scored"))
    damaged = run.thresholds / "mine.json"
    damaged.write_text("{")
    page = open_page("thresholds", dataset="tiny", thresholds="low")
    assert not page.exception
    assert any("mine.json is not JSON" in part.value for part in page.warning)
    assert chosen(page).thresholds.name == "low"
    page.text_input(key="save-name").input("mine")
    page.button(key="FormSubmitter:save-thresholds-Save in the run").click().run()
    assert "has a set 'mine' already" in page.error[0].value
    assert damaged.read_text() == "{"


def test_scores_without_truth_are_called_as_often_as_wanted(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    probs = np.random.default_rng(0).random((200, 28), dtype=np.float32)
    ids = np.array([f"new-{row}" for row in range(len(probs))])
    write_predictions(run, "test", Predictions(ids=ids, probs=probs))
    page = open_page("thresholds", dataset="tiny", run="scored", split="test", studio="Strategies")
    page.button(key="use-prevalence").click().run()
    assert not page.exception
    shares = dataset.targets[dataset.rows("train")].mean(axis=0)
    calls = (probs > np.array(chosen(page).thresholds.thresholds)).sum(axis=0)
    assert np.abs(calls - len(probs) * shares).max() <= 1
    assert chosen(page).thresholds.strategy == "prevalence-target"
