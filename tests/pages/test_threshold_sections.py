"""Compare, Sweeps, Submissions and sets brought in, on scores whose answers are known."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from sklearn.metrics import f1_score, log_loss

from dashboard.session import KEY
from dashboard.thresholds.active import Stand
from dashboard.thresholds.sets import class_table
from hpa_core.data.dataset import Dataset
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.predictions import Predictions, read_predictions, write_predictions
from hpa_core.runs.thresholds import (
    UNSAVED,
    ThresholdSet,
    fixed_thresholds,
    load_thresholds,
    save_thresholds,
)
from hpa_core.workspace import Workspace
from tests.pages.conftest import OpenPage, said
from tests.scored import score_dataset


def macro(run: RunFolder, thresholds: float | np.ndarray) -> float:
    predictions = read_predictions(run, "validation")
    calls = predictions.probs > thresholds
    return f1_score(predictions.targets, calls, average="macro", zero_division=0)


def test_two_sets_are_compared_by_what_one_gains(run: RunFolder, open_page: OpenPage) -> None:
    page = open_page("thresholds", studio="Compare")
    page.selectbox(key="compare-second").select("fixed-0.15").run()
    page.selectbox(key="compare-first").select("fixed-0.5").run()
    assert f"**Macro F1 {macro(run, 0.15) - macro(run, 0.5):+.4f}**" in said(page)
    assert "for **fixed-0.15** over **fixed-0.5**" in said(page)
    assert len(page.get("plotly_chart")) == 1


def test_a_set_saved_earlier_under_a_built_in_name_does_not_hide_the_built_in_one(
    run: RunFolder, open_page: OpenPage
) -> None:
    saved = {"name": "fixed-0.15", "thresholds": [0.7] * 28}
    (run.thresholds / "fixed-0.15.json").write_text(json.dumps(saved))
    page = open_page("thresholds", studio="Compare")
    page.selectbox(key="compare-first").select("fixed-0.5").run()
    for name, threshold in (("fixed-0.15", 0.15), ("saved-fixed-0.15", 0.7)):
        page.selectbox(key="compare-second").select(name).run()
        assert f"**Macro F1 {macro(run, threshold) - macro(run, 0.5):+.4f}**" in said(page)
    page = open_page("thresholds", studio="Flips")
    for name, threshold in (("fixed-0.15", 0.15), ("saved-fixed-0.15", 0.7)):
        page.selectbox(key="flips-base").select(name).run()
        assert f"Macro F1 {macro(run, 0.5) - macro(run, threshold):+.5f}" in said(page)


def test_a_set_is_not_compared_with_itself(run: RunFolder, open_page: OpenPage) -> None:
    page = open_page("thresholds", studio="Compare")
    page.selectbox(key="compare-first").select("fixed-0.5").run()
    assert "two different sets" in page.info[0].value


def test_the_best_value_of_a_sweep_becomes_the_active_set(
    run: RunFolder, open_page: OpenPage
) -> None:
    page = open_page("thresholds", studio="Sweeps")
    scores = {value: macro(run, value) for value in np.round(np.arange(0.05, 0.96, 0.05), 2)}
    best = max(scores, key=lambda value: (scores[value], -value))
    button = page.button(key="use-sweep-common")
    assert button.label == f"Use {best:g} (macro F1 {scores[best]:.4f} here)"
    button.click().run()
    assert page.session_state[KEY].thresholds.thresholds == (best,) * 28
    moves = next(each.value for each in page.dataframe if "Moved" in each.value.columns)
    np.testing.assert_allclose(moves["Macro F1"], [scores[best]], atol=1e-12)


def test_the_classes_that_move_are_the_ones_named(run: RunFolder, open_page: OpenPage) -> None:
    page = open_page("thresholds", studio="Sweeps")
    page.number_input(key="sweep-base").set_value(0.7).run()
    page.multiselect(key="sweep-classes").set_value([27]).run()
    page.button(key="use-sweep-some").click().run()
    thresholds = page.session_state[KEY].thresholds.thresholds
    assert thresholds[:27] == (0.7,) * 27
    # One sample scores 0.6 falsely, which as a 32-bit number lies above 0.6; true ones have 0.9.
    assert thresholds[27] == 0.65


def test_a_submission_follows_the_order_of_the_sample(
    run: RunFolder, dataset: Dataset, open_page: OpenPage
) -> None:
    page = open_page("thresholds", studio="Submissions")
    ids = read_predictions(run, "validation").ids[::-1]
    sample = "Id,Predicted\n" + "".join(f"{sample_id},0\n" for sample_id in ids)
    upload = ("sample_submission.csv", sample.encode(), "text/csv")
    page.file_uploader(key="submission-sample").set_value(upload).run()
    assert f"All {len(ids)} ids of sample_submission.csv" in page.success[0].value
    short = ("short.csv", sample.encode().rsplit(b"\n", 2)[0], "text/csv")
    page.file_uploader(key="submission-sample").set_value(short).run()
    assert page.error[0].value == (
        f"short.csv lacks 1 of the samples predicted ('{ids[-1]}'); both must have the same "
        "samples."
    )


def test_a_submission_is_scored_against_a_solution(run: RunFolder, open_page: OpenPage) -> None:
    page = open_page("thresholds", studio="Submissions")
    mine = ("mine.csv", b"Id,Predicted\na,0 25\nb,3\n", "text/csv")
    page.file_uploader(key="score-submission").set_value(mine).run()
    solution = ("truth.csv", b"Id,Target\nb,3\na,0\n", "text/csv")
    page.file_uploader(key="score-solution").set_value(solution).run()
    assert f"**Macro F1 {2 / 28:.5f}**" in said(page)
    assert "1 of 2 images are called otherwise" in said(page)


def test_a_set_of_another_run_is_kept_here_with_where_it_came_from(
    run: RunFolder, dataset: Dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    other = score_dataset(workspace, dataset, name="other")
    tuned = ThresholdSet(
        name="tuned", thresholds=(0.3,) * 28, run="other", split="validation", strategy="exact"
    )
    save_thresholds(other, tuned)
    page = open_page("thresholds", run="scored")
    page.selectbox(key="bring-set").select("other / tuned")
    page.text_input(key="bring-name").input("from-other")
    next(button for button in page.button if button.label == "Use it on this run").click().run()
    kept = load_thresholds(run, "from-other")
    assert (kept.run, kept.strategy, kept.thresholds) == ("other", "exact", (0.3,) * 28)
    assert page.session_state[KEY].thresholds == kept
    assert "chosen on run `other`, split validation: scores of another run" in said(page)


def test_a_set_comes_from_a_file_and_a_bad_file_is_one_sentence(
    run: RunFolder, open_page: OpenPage
) -> None:
    page = open_page("thresholds")
    refused = {
        json.dumps([0.2] * 27): "mine.json has 27 numbers; a threshold set has 28, one a class.",
        "": "mine.json is not JSON; expected a list of 28 numbers.",
        "[NaN]": "mine.json has no list of 28 numbers between 0 and 1.",
    }
    for content in (*refused, json.dumps([0.2] * 28)):
        file = ("mine.json", content.encode(), "application/json")
        page.file_uploader(key="bring-file").set_value(file)
        page.text_input(key="bring-name").input("mine")
        next(button for button in page.button if button.label == "Use it on this run").click().run()
        if content in refused:
            assert page.error[0].value == refused[content]
    assert load_thresholds(run, "mine").thresholds == (0.2,) * 28
    assert "of unknown origin" in said(page)
    assert "nothing was fitted" not in said(page)
    assert "by thresholds **of unknown origin**" in page.warning[0].value
    table = next(each.value for each in page.dataframe if "Chosen on" in each.value.columns)
    assert table["Chosen on"][0] == "unknown"


def test_a_set_brought_in_replaces_another_only_when_asked_to(
    run: RunFolder, open_page: OpenPage
) -> None:
    save_thresholds(run, ThresholdSet(name="mine", thresholds=(0.4,) * 28))
    page = open_page("thresholds")
    for over, kept in ((False, 0.4), (True, 0.2)):
        file = ("mine.json", json.dumps([0.2] * 28).encode(), "application/json")
        page.file_uploader(key="bring-file").set_value(file)
        page.text_input(key="bring-name").input("mine")
        page.checkbox(key="bring-over").set_value(over)
        next(button for button in page.button if button.label == "Use it on this run").click().run()
        assert load_thresholds(run, "mine").thresholds == (kept,) * 28
        assert bool(page.error) is not over


def test_a_move_of_this_visit_is_listed_and_can_be_gone_back_to(
    run: RunFolder, open_page: OpenPage
) -> None:
    page = open_page("thresholds")
    stands = [
        Stand(
            datetime(2026, 1, 1, 12, minute, tzinfo=UTC),
            "scored",
            "validation",
            ThresholdSet(
                name=UNSAVED,
                thresholds=(value, *([0.5] * 27)),
                run="scored",
                split="validation",
                strategy="manual",
            ),
        )
        for minute, value in ((1, 0.7), (0, 0.3))
    ]
    page.session_state["hpa-threshold-history"] = stands
    page.run()
    table = next(each.value for each in page.dataframe if "Moved" in each.value.columns)
    assert table["Moved"].tolist() == ["0 to 0.7000", ""]
    assert table["At (UTC)"].tolist() == ["12:01:00", "12:00:00"]
    expected = [macro(run, np.array(stand.thresholds.thresholds)) for stand in stands]
    np.testing.assert_allclose(table["Macro F1"], expected, atol=1e-12)


def test_the_table_of_classes_has_what_each_scores(run: RunFolder, open_page: OpenPage) -> None:
    open_page("thresholds")
    table = class_table(fixed_thresholds(0.5), "scored", "validation")
    predictions = read_predictions(run, "validation")
    expected = f1_score(predictions.targets, predictions.probs > 0.5, average=None, zero_division=0)
    np.testing.assert_allclose(table["f1"], expected, atol=1e-12)
    assert table["threshold"].tolist() == [0.5] * 28
    assert table["support"].tolist() == predictions.targets.sum(axis=0).tolist()


def test_new_scores_from_elsewhere_are_warned_of_and_give_thresholds(
    run: RunFolder, dataset: Dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    other = score_dataset(workspace, dataset, name="elsewhere", split="train")
    scores = np.linspace(0.2, 0.8, 400, dtype=np.float32)[:, None].repeat(28, axis=1)
    ids = np.array([f"new-{row}" for row in range(400)])
    write_predictions(other, "test", Predictions(ids=ids, probs=scores))
    highest = replace(fixed_thresholds(0.5), name="highest", fallback="top1")
    save_thresholds(run, highest)
    page = open_page("thresholds", run="scored", studio="Shift", thresholds="highest")
    page.selectbox(key="shift-other").select("elsewhere, test").run()
    assert "The scores of 28 of 28 classes are distributed otherwise" in said(page)
    table = next(each.value for each in page.dataframe if "by EM" in each.value.columns)
    known = read_predictions(run, "validation").targets.mean(axis=0)
    np.testing.assert_allclose(table["labelled"], 100 * known)
    page.button(key="use-shift").click().run()
    taken = page.session_state[KEY].thresholds
    assert (taken.run, taken.split, taken.fallback) == ("elsewhere", "test", "top1")
    thresholds = np.array(taken.thresholds)
    assert (scores > thresholds).sum(axis=0).tolist() == np.rint(400 * known).tolist()
    page.segmented_control(key="shift-target").set_value("training split").run()
    page.button(key="use-shift").click().run()
    thresholds = np.array(page.session_state[KEY].thresholds.thresholds)
    train = dataset.targets[dataset.rows("train")].mean(axis=0)
    assert (scores > thresholds).sum(axis=0).tolist() == np.rint(400 * train).tolist()


def test_calibration_shows_the_loss_before_and_after(run: RunFolder, open_page: OpenPage) -> None:
    page = open_page("thresholds", studio="Calibration")
    predictions = read_predictions(run, "validation")
    expected = log_loss(
        predictions.targets.ravel(), predictions.probs.astype(float).ravel(), labels=[False, True]
    )
    assert f"Log loss **{expected:.4f}**" in said(page)
    table = next(each.value for each in page.dataframe if "recalibrated" in each.value.columns)
    assert table["positives"].tolist() == predictions.targets.sum(axis=0).tolist()
    assert len(page.get("plotly_chart")) == 1
