"""One toggle narrows a page to what the filter finds; what chooses stays on the whole split."""

import json

import numpy as np
import pytest
from sklearn.metrics import f1_score

from dashboard.session import KEY
from hpa_core.data.dataset import Dataset
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import read_predictions
from hpa_core.runs.thresholds import ThresholdSet, load_thresholds, save_thresholds
from tests.pages.conftest import OpenPage, board, narrowing, said

FILTER = "labels>=2"


def test_a_filter_that_is_not_applied_is_said_so_and_the_toggle_stands_in_the_link(
    run: RunFolder, open_page: OpenPage
) -> None:
    assert not open_page("thresholds").toggle
    for name in ("thresholds", "errors"):
        page = open_page(name, filter=FILTER)
        assert "The filter in force is **not applied here**" in said(page)
        assert "narrowed" not in page.query_params
        narrowing(page).set_value(True).run()
        assert page.query_params["narrowed"] == "yes"
        assert "not applied here" not in said(page)
        assert "that fulfil `labels>=2`" in said(page)
    page.switch_page("../pages/thresholds.py").run()
    assert narrowing(page).value
    assert narrowing(open_page("errors", filter=FILTER, narrowed="yes")).value


def test_the_board_and_the_table_of_sets_measure_what_the_filter_finds(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    save_thresholds(run, ThresholdSet(name="low", thresholds=(0.15,) * 28))
    predictions = read_predictions(run, "validation")
    targets = dataset.targets[dataset.rows("validation")]
    some = targets.sum(axis=1) >= 2
    assert 0 < some.sum() < 70
    page = open_page("thresholds", filter=FILTER, narrowed="yes")
    sent = board(page)
    assert "part=" in sent["address"]
    assert sent["part"]
    assert f"**{some.sum()} of 70 images**, those that fulfil `labels>=2`: run" in said(page)
    assert narrowing(page).label == f"Only what the filter finds ({some.sum()} of 70)"
    tables = [each.value for each in page.dataframe if "Set" in each.value.columns]
    table = tables[0].set_index("Set")["Macro F1"]
    for name, bound in (("fixed-0.5 (active)", 0.5), ("low", 0.15)):
        calls = predictions.probs[some] > bound
        expected = f1_score(targets[some], calls, average="macro", zero_division=0)
        assert table[name] == pytest.approx(expected, abs=1e-12)
    assert sent["server"]["macro"] == table["fixed-0.5 (active)"]
    whole = board(open_page("thresholds", filter=FILTER))
    assert not whole["part"]
    assert whole["server"]["macro"] != sent["server"]["macro"]


@pytest.mark.parametrize("section", ["Strategies", "Sweeps", "Submissions"])
def test_what_chooses_and_what_is_handed_in_is_of_the_whole_split_and_says_so(
    run: RunFolder, open_page: OpenPage, section: str
) -> None:
    page = open_page("thresholds", filter=FILTER, narrowed="yes", studio=section)
    assert "Of all 70 images of split validation, whatever the filter finds" in said(page)
    assert "whatever the filter finds" not in said(open_page("thresholds", studio=section))


def test_a_move_changes_figures_and_not_the_images_they_are_of(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("thresholds", filter="wrong", narrowed="yes")
    before = board(page)
    assert "**2 of 70 images**" in said(page)
    assert "stay the same while you move these" in said(page)
    moved = ThresholdSet(
        name="unsaved", thresholds=(0.15,) * 28, run="scored", split="validation", strategy="manual"
    )
    page.session_state[KEY].thresholds = moved
    page.run()
    after = board(page)
    assert after["address"] == before["address"]
    assert "**2 of 70 images**" in said(page)
    assert after["server"]["macro"] > before["server"]["macro"]
    page.text_input(key="save-name").set_value("by-hand")
    next(each for each in page.button if each.label == "Save in the run").click().run()
    kept = load_thresholds(run, "by-hand")
    assert (kept.run, kept.split) == ("scored", "validation")
    page.button(key="measured-anew").click().run()
    assert "**1 of 70 images**" in said(page)


def test_a_filter_that_finds_none_or_cannot_be_read_leaves_the_toggle_to_be_switched_off(
    run: RunFolder, open_page: OpenPage
) -> None:
    for name in ("thresholds", "errors"):
        page = open_page(name, filter="labels>=9", narrowed="yes")
        assert "finds none of these" in page.info[0].value
        page = open_page(name, filter="split:trian", narrowed="yes")
        (told,) = page.error
        assert "there is no split 'trian'" in told.value
        assert "until the filter beside is put right" in page.info[0].value
        narrowing(page).set_value(False).run()
        assert not page.exception
        assert "not applied here" in said(page)


def test_the_images_of_flips_and_the_sets_compared_are_those_of_the_filter(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    link = {"filter": "id~0070 or id~0099", "narrowed": "yes"}
    page = open_page("thresholds", studio="Compare", **link)
    assert "**2 of 70 images**, those that fulfil" in said(page)
    page = open_page("thresholds", studio="Flips", **link)
    page.selectbox(key="flips-base").set_value("fixed-0.15").run()
    assert "of 2 images** change" in said(page)
    tiles = json.loads(page.get("bidi_component")[1].proto.json)["tiles"]
    missed = np.flatnonzero(dataset.targets[70])
    assert [tile["id"] for tile in tiles] == ["sample-0070"]
    assert tiles[0]["truth"] == missed.tolist()


def test_the_measures_of_the_labels_are_of_what_the_filter_finds_and_other_sections_of_all(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    some = dataset.targets[dataset.targets.sum(axis=1) >= 2]
    page = open_page("imbalance", filter=FILTER)
    assert "not applied here" in said(page)
    assert page.dataframe[0].value["count"].tolist() == dataset.targets.sum(axis=0).tolist()
    narrowing(page).set_value(True).run()
    assert not page.exception
    assert narrowing(page).label == f"Only what the filter finds ({len(some)} of 140)"
    assert f"{len(some)} samples and {some.sum()} labels" in said(page)
    assert page.dataframe[0].value["count"].tolist() == some.sum(axis=0).tolist()
    for section in ("Plan", "Splits", "Class passport"):
        page = open_page("imbalance", filter=FILTER, narrowed="yes", section=section)
        assert not page.exception
        assert "not applied to this section" in said(page)
        assert not [each for each in page.toggle if each.label.startswith("Only what")]


def test_measures_by_a_filter_about_calls_are_of_what_the_run_has_scored(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    link = {"filter": "wrong", "narrowed": "yes"}
    page = open_page("imbalance", **link)
    assert narrowing(page).label == "Only what the filter finds (2 of 140)"
    told = "run `scored` says of split validation, chosen beside: it has scored"
    assert f"{told} 70 of these 140 samples." in said(page)
    expected = dataset.targets[70:72].sum(axis=0).tolist()
    assert page.dataframe[0].value["count"].tolist() == expected
    assert "split validation, scored by run `scored`, those that fulfil `wrong`" in said(page)
    page.segmented_control(key="imbalance-split").set_value("train").run()
    assert narrowing(page).label == "Only what the filter finds (0 of 70)"
    assert f"{told} none of these 70 samples." in said(page)
    assert "finds none of these" in page.info[0].value
    page = open_page("imbalance", run="", **link)
    assert "choose a run with scores" in page.error[0].value
    assert narrowing(page).value
