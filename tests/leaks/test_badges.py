"""Every score of a run whose split leaks says so: on the pages and on the command line."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from hpa_core.data.dataset import Dataset
from hpa_core.data.folds import write_folds
from hpa_core.imbalance.leaks import score_leaks
from hpa_core.runs.folder import RunFolder
from hpa_core.workspace import Workspace
from tests.conftest import ROOT
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


def test_without_leaks_there_is_no_badge(
    make_dataset, workspace: Workspace, open_page: OpenPage
) -> None:
    run = score_dataset(workspace, make_dataset("tiny"))
    page = open_page("thresholds", dataset="tiny", run=run.id)
    assert not any("too high" in text for text in texts(page))


def test_the_command_line_says_it_with_every_score(
    leaking: Dataset, scored: RunFolder, workspace: Workspace
) -> None:
    def hpa(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "hpa_core", *arguments],
            cwd=ROOT,
            env={**os.environ, "HPA_WORKSPACE": str(workspace.root)},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    fit = ("thresholds", "fit", scored.id, "--strategy", "fixed-0.5", "--name", "p", "--json")
    leaks = json.loads(hpa(*fit))["leaks"]
    assert (leaks["leaking"], leaks["exact"], leaks["near"]) == (3, 2, 1)
    assert (leaks["samples"], leaks["learnt"], leaks["scored"]) == (28, "train", "validation")
    expected = leaking.targets[[30, 40, 50]].sum(axis=0)
    assert [row["leaking"] for row in leaks["per_class"]] == expected.tolist()
    assert f"Beware: {SENTENCE}" in hpa("evaluate", scored.id, "--thresholds", "0.5")


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
