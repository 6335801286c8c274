"""The flips below the board: what a change of thresholds did, on data whose answer is known."""

import json

import numpy as np
from sklearn.metrics import f1_score

from hpa_core.data.dataset import Dataset
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions, read_predictions, write_predictions
from hpa_core.runs.thresholds import ThresholdSet, save_thresholds
from tests.pages.conftest import OpenPage, picker, said


def viewer(page) -> dict:
    return json.loads(page.get("bidi_component")[1].proto.json)


def test_flips_count_the_last_move_and_show_its_images(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("thresholds", studio="Flips")
    picker(page, "Thresholds").select("fixed-0.15").run()
    assert not page.exception
    # The first sample's classes score 0.2: called now, and true. Nothing else lies between.
    labels = int(dataset.targets[dataset.rows("validation")[0]].sum())
    assert "**1 of " in said(page)
    assert f"**{labels}** found, **0** cleared, **0** false, **0** missed" in said(page)
    shown = viewer(page)
    assert [tile["id"] for tile in shown["tiles"]] == [dataset.ids[dataset.rows("validation")[0]]]
    assert shown["tiles"][0]["calls"] == shown["tiles"][0]["truth"]


def test_the_change_of_macro_f1_is_scikit_learns(run: RunFolder, open_page: OpenPage) -> None:
    page = open_page("thresholds", studio="Flips")
    picker(page, "Thresholds").select("fixed-0.15").run()
    predictions = read_predictions(run, "validation")
    low, high = (
        f1_score(predictions.targets, predictions.probs > at, average="macro", zero_division=0)
        for at in (0.15, 0.5)
    )
    assert f"Macro F1 {low - high:+.5f}" in said(page)


def test_flips_against_a_saved_set_name_what_got_worse(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    strict = ThresholdSet(name="strict", thresholds=(0.5,) * 27 + (0.7,))
    save_thresholds(run, strict)
    page = open_page("thresholds", studio="Flips")
    page.selectbox(key="flips-base").select("strict").run()
    assert not page.exception
    table = page.dataframe[0].value
    assert table["class"].tolist() == ["27 Rods & rings"]
    assert table[["found", "cleared", "false", "missed"]].to_numpy().tolist() == [[0, 0, 1, 0]]
    assert table["threshold before"].tolist() == [0.7]
    page.segmented_control(key="flips-kind").set_value("false").run()
    second = dataset.ids[dataset.rows("validation")[1]]
    assert [tile["id"] for tile in viewer(page)["tiles"]] == [second]


def test_without_truth_flips_are_gained_and_lost(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    known = read_predictions(run, "validation")
    write_predictions(run, "test", Predictions(ids=known.ids, probs=known.probs))
    save_thresholds(run, ThresholdSet(name="moved", thresholds=(0.15,) * 27 + (0.7,)))
    page = open_page("thresholds", studio="Flips")
    page.selectbox(key="flips-base").select("moved").run()
    page.segmented_control(key="flips-kind").set_value("false").run()
    picker(page, "Split").select("test").run()
    assert not page.exception
    # Back from `moved` to 0.5 the first sample loses its classes, the second gains class 27.
    lost = int((known.probs[0] > 0.15).sum())
    assert f"**2 of 70 images** change: **1** gained, **{lost}** lost" in said(page)
    assert "no change is right or wrong" in said(page)
    assert "Macro F1" not in said(page).split("change:")[1]
    table = page.dataframe[0].value.set_index("class")
    assert table.loc["27 Rods & rings", ["gained", "lost"]].tolist() == [1, 0]
    assert table[["gained", "lost"]].sum().tolist() == [1, lost]
    assert {tile["id"] for tile in viewer(page)["tiles"]} == set(known.ids[:2])
    page.segmented_control(key="flips-kind").set_value("gained").run()
    assert [tile["id"] for tile in viewer(page)["tiles"]] == [known.ids[1]]


def test_before_the_first_move_the_page_says_what_to_do(
    run: RunFolder, open_page: OpenPage
) -> None:
    page = open_page("thresholds", studio="Flips")
    assert "Nothing has moved yet" in page.info[0].value


def test_where_nothing_changes_nothing_is_shown(run: RunFolder, open_page: OpenPage) -> None:
    save_thresholds(run, ThresholdSet(name="same-calls", thresholds=(0.51,) * 28))
    page = open_page("thresholds", studio="Flips")
    page.selectbox(key="flips-base").select("same-calls").run()
    assert "**0 of " in said(page)
    assert len(page.get("bidi_component")) == 1
    assert np.isclose(float(said(page).split("Macro F1 ")[1].split()[0]), 0)
