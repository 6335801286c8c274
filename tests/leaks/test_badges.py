"""Every score of a run whose split leaks says so: on the pages and on the command line."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from hpa_core.config import PRESETS
from hpa_core.data.dataset import Dataset
from hpa_core.data.folds import write_folds
from hpa_core.experiments.experiment import create_experiment
from hpa_core.experiments.kinds import KINDS
from hpa_core.imbalance.leaks import score_leaks
from hpa_core.runs.folder import RunFolder
from hpa_core.runs.metrics import METRICS, append_metrics
from hpa_core.runs.training import create_training_run
from hpa_core.workspace import Workspace
from tests.command import Hpa
from tests.command import hpa as in_process
from tests.leaks.conftest import SENTENCE
from tests.pages.conftest import OpenPage, open_page
from tests.scored import score_dataset

__all__ = ["open_page"]


def texts(page: AppTest) -> list[str]:
    assert not page.exception
    return [item.value for item in page.markdown]


@pytest.mark.parametrize("name", ["thresholds", "images"])
def test_the_pages_that_show_scores_wear_the_badge(
    name: str, scored: RunFolder, open_page: OpenPage
) -> None:
    page = open_page(name, dataset="tiny", run=scored.id)
    assert SENTENCE in texts(page)


def test_the_table_of_runs_counts_what_leaks(scored: RunFolder, open_page: OpenPage) -> None:
    page = open_page("overview")
    assert not page.exception
    runs = next(item.value for item in page.dataframe if "leaks" in item.value)
    assert runs["leaks"].tolist() == ["3 of 28 validation"]


def test_the_macro_f1_on_the_overview_says_it_too(scored: RunFolder, open_page: OpenPage) -> None:
    page = open_page("overview", dataset="tiny", run=scored.id)
    assert not page.exception
    (said,) = (item.value for item in page.caption if "set fixed-0.5" in item.value)
    assert SENTENCE in said


def test_without_leaks_there_is_no_badge(
    make_dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    run = score_dataset(workspace, make_dataset("tiny"))
    page = open_page("thresholds", dataset="tiny", run=run.id)
    assert not any("too high" in text for text in texts(page))


def test_the_command_line_says_it_with_every_score(
    leaking: Dataset, scored: RunFolder, hpa: Hpa
) -> None:
    fit = ("thresholds", "fit", scored.id, "--strategy", "fixed-0.5", "--name", "p", "--json")
    leaks = json.loads(hpa(*fit).stdout)["leaks"]
    assert (leaks["leaking"], leaks["exact"], leaks["near"]) == (3, 2, 1)
    assert (leaks["samples"], leaks["learnt"], leaks["scored"]) == (28, "train", "validation")
    expected = leaking.targets[[30, 40, 50]].sum(axis=0)
    assert [row["leaking"] for row in leaks["per_class"]] == expected.tolist()
    assert f"Beware: {SENTENCE}" in hpa("evaluate", scored.id, "--thresholds", "0.5").stdout


def test_the_gain_of_corrections_says_it_of_both_runs(
    leaking: Dataset, scored: RunFolder, workspace: Workspace, open_page: OpenPage
) -> None:
    after = score_dataset(workspace, leaking, name="after")
    page = open_page("label", dataset="tiny", annotator="Ana", labelling="Out and back")
    page.selectbox(key="label-before").select(scored.id)
    page.selectbox(key="label-after").select(after.id)
    next(one for one in page.button if one.label == "Compare").click().run()
    assert texts(page).count(SENTENCE) == 2
    compare = ("labels", "compare", scored.id, after.id, "--truth", "tiny")
    said = in_process(workspace, *compare).stdout
    assert all(f"Beware of {run}: {SENTENCE}" in said for run in (scored.id, after.id))
    told = json.loads(in_process(workspace, *compare, "--json").stdout)
    assert [one["leaking"] for one in told["leaks"]] == [3, 3]


def test_an_experiment_says_it_of_its_runs(
    only_near: Dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    sentence = "1 of 28 validation images has a copy in train: these scores are too high."
    base = replace(PRESETS["demo"]("tiny"), epochs=1)
    made = create_experiment(
        workspace, only_near, KINDS["model"], base=base, seeds=[0], name="nets"
    )
    page = open_page("experiments", dataset="tiny")
    assert texts(page).count(sentence) == 1, "once: all of its runs have the same splits"
    said = in_process(workspace, "experiments", "nets").stdout
    assert said.count(sentence) == len(made.members)
    told = json.loads(in_process(workspace, "experiments", "nets", "--json").stdout)
    assert [one["leaking"] for one in told["leaks"].values()] == [1, 1]


def test_compared_trainings_say_it_of_each(
    only_near: Dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    first, second = (
        create_training_run(
            workspace,
            PRESETS["demo"]("tiny"),
            name=name,
            dataset_hash=only_near.content_hash("train", "validation"),
            synthetic=False,
        )
        for name in ("first", "second")
    )
    for run in (first, second):
        append_metrics(run.path / METRICS, {"epoch": 1, "loss/train": 1.0})
    page = open_page("train", dataset="tiny", job=first.id)
    page.multiselect(key="train-compared-pick").set_value([second.id]).run()
    sentence = "1 of 28 validation images has a copy in train: these scores are too high."
    assert texts(page).count(sentence) == 2


def test_scores_of_a_fold_are_taken_to_have_learnt_from_the_others(
    leaking: Dataset, workspace: Workspace
) -> None:
    write_folds(leaking.folder, "cv", leaking.ids, np.arange(56) % 2)
    write_folds(leaking.folder, "halves", leaking.ids, np.arange(56) // 28)
    run = score_dataset(workspace, leaking, split="cv.fold-0", name="folds")
    leaks = score_leaks(workspace, run, "cv.fold-0")
    assert leaks is not None
    assert (leaks.learnt, len(leaks.leaks)) == ("cv.not-0", 1)  # row 40 copies row 3
    halves = score_leaks(workspace, run, "halves.fold-1")
    assert halves is not None
    assert len(halves.leaks) == 3


def test_nothing_is_said_of_what_cannot_be_told(
    leaking: Dataset, scored: RunFolder, workspace: Workspace
) -> None:
    assert score_leaks(workspace, scored, "validation")
    for change in ({"dataset": ""}, {"dataset_hash": "old"}, {"kind": "demo"}):
        run = RunFolder(scored.path, replace(scored.info, **change))
        assert score_leaks(workspace, run, "validation") is None
    assert score_leaks(workspace, scored, "test") is None
    shutil.rmtree(leaking.folder)
    assert score_leaks(workspace, scored, "validation") is None
