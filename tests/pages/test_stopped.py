"""Stopped jobs on every page but Errors: said to be stopped, and offered again until done."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from hpa_core.config import PRESETS
from hpa_core.data.dataset import Dataset
from hpa_core.experiments.experiment import create_experiment
from hpa_core.experiments.kinds import KINDS
from hpa_core.jobs import open_backend
from hpa_core.jobs.trainings import start_training
from hpa_core.runs.folder import RunFolder, open_run
from hpa_core.workspace import Workspace
from tests.command import hpa
from tests.conftest import MakeDataset
from tests.jobs.conftest import wait_until
from tests.pages.conftest import OpenPage, RunAndStop, said
from tests.scored import score_dataset

LABELS = "Id,Target\na,0\nb,1 2\nc,3\n"
IMPORT = "Import labels as mine"
ESTIMATE = ("thresholds", "estimate", "scored", "--split=validation", "--fallback=none")
OVERSAMPLE = ("oversample", "scored", "--split=validation")
JOBS = {
    "Build the demo": ("overview", ("demo",), {}, "it goes on from there"),
    IMPORT: ("overview", ("import", "labels"), {}, "it goes on from there"),
    "Download into /x": ("overview", ("download", "/x"), {}, "it brings what is missing"),
    "Merge a and b as c": ("overview", ("merge", "a", "b"), {}, "it goes on from there"),
    "Search tiny for copies": (
        "imbalance",
        ("duplicates", "find", "tiny"),
        {"section": "Duplicates"},
        "Nothing of it was kept",
    ),
    "Compare heads of scored, validation": (
        "imbalance",
        OVERSAMPLE,
        {"section": "Feature space"},
        "Nothing of it was kept",
    ),
    "Predict test by scored": ("train", ("predict", "scored"), {}, "Nothing of it was kept"),
}
"""Where a job is spoken of, by its title: page, command, link, and what is said to remain."""


@pytest.fixture
def run(workspace: Workspace, make_dataset: MakeDataset) -> RunFolder:
    """Return a run that every page takes for one that was trained here."""
    return score_dataset(workspace, make_dataset())


@pytest.mark.parametrize("title", JOBS)
def test_a_stopped_job_is_spoken_of_where_it_was_started_and_nowhere_else(
    workspace: Workspace,
    run: RunFolder,
    open_page: OpenPage,
    run_and_stop: RunAndStop,
    title: str,
) -> None:
    name, command, link, kept = JOBS[title]
    if name == "train":
        take_for_a_training(run)
    job = run_and_stop(title, *command)
    page = open_page(name, **link)
    assert f"**{title}** was stopped at 1,200 of 5,000 images." in said(page)
    assert kept in said(page)
    others = {(other, tuple(where.items())) for other, _, where, _ in JOBS.values()}
    for other, where in others - {(name, tuple(link.items()))}:
        assert "was stopped" not in said(open_page(other, **dict(where)))
    page.button(key=f"again-{job.id}").click().run()
    assert "was stopped" not in said(page)
    assert not open_backend(workspace).status(job.id).ended
    stop_all(workspace)


def take_for_a_training(run: RunFolder) -> None:
    config = run.path / "config.json"
    config.write_text(config.read_text().replace('"kind": "scores"', '"kind": "train"'))
    (run.checkpoints / "best.safetensors").write_bytes(b"weights")


@pytest.fixture
def stopped_import(workspace: Workspace, open_page: OpenPage, tmp_path: Path) -> AppTest:
    """Return the Overview after an import was stopped there that waited for its table."""
    table = tmp_path / "labels.csv"
    os.mkfifo(table)
    page = open_page("overview")
    page.segmented_control(key="import-kind").set_value("Labels only").run()
    page.text_input(key="labels-file-path").input(str(table))
    page.text_input(key="labels-name").input("mine")
    next(each for each in page.button if each.label == "Import labels").click().run()
    backend = open_backend(workspace)
    [job] = backend.list()
    page.button(key=f"stop-{job.id}").click().run()
    wait_until(lambda: backend.status(job.id).ended, "its end")
    table.unlink()
    table.write_text(LABELS)
    return page.run()


def test_a_stopped_import_is_started_again_with_its_own_arguments(
    workspace: Workspace, stopped_import: AppTest
) -> None:
    assert f"**{IMPORT}** was stopped before any of it was done." in said(stopped_import)
    backend = open_backend(workspace)
    [job] = backend.list()
    stopped_import.button(key=f"again-{job.id}").click().run()
    wait_until(lambda: backend.status(job.id).ended, "its end")
    assert backend.status(job.id).state == "finished"
    assert "was stopped" not in said(stopped_import.run())
    assert stopped_import.dataframe[0].value["dataset"].tolist() == ["mine"]


def test_a_stopped_import_is_no_longer_spoken_of_once_the_command_line_has_done_it(
    workspace: Workspace, stopped_import: AppTest, tmp_path: Path
) -> None:
    table = tmp_path / "labels.csv"
    done = hpa(workspace, "import", "labels", table, "--name", "mine")
    assert done.returncode == 0
    assert "was stopped" not in said(stopped_import.run())


def test_a_stopped_estimate_says_what_was_kept(
    run: RunFolder, open_page: OpenPage, run_and_stop: RunAndStop
) -> None:
    run_and_stop("Estimate thresholds of scored, validation", *ESTIMATE)
    page = open_page("thresholds")
    assert "was stopped at 1,200 of 5,000 images. Every strategy that was done by then" in said(
        page
    )
    assert page.button(key="estimate").icon == ":material/replay:"


def test_the_stopped_trainings_of_an_experiment_are_told_and_resumed_together(
    workspace: Workspace,
    make_dataset: MakeDataset,
    open_page: OpenPage,
    jobs_end_at_once: None,
) -> None:
    base, backend = PRESETS["demo"]("tiny"), open_backend(workspace)
    made = create_experiment(
        workspace, make_dataset(), KINDS["model"], base=base, seeds=[0], name="nets"
    )
    for member in made.members:
        start_training(open_run(workspace, member.run), backend)
    stop_all(workspace)
    page = open_page("experiments", experiment="nets")
    for member in made.members:
        assert f"**Train {member.run}** was stopped before any of it was done." in said(page)
    page.button(key="experiment-resume").click().run()
    assert not page.exception
    assert not any(job.ended for job in backend.list())
    assert "was stopped" not in said(page)


def test_a_stopped_training_says_how_far_it_came_and_that_it_can_go_on(
    workspace: Workspace, dataset: Dataset, open_page: OpenPage, jobs_end_at_once: None
) -> None:
    made = create_experiment(
        workspace, dataset, KINDS["model"], base=PRESETS["demo"]("tiny"), seeds=[0], name="nets"
    )
    run = open_run(workspace, made.members[0].run)
    start_training(run, open_backend(workspace))
    stop_all(workspace)
    assert "Nothing of it was kept." in said(open_page("train", job=run.id))
    (run.checkpoints / "state-e00001-s0000000.safetensors").write_bytes(b"state")
    page = open_page("train", job=run.id)
    assert "Its last checkpoint was kept: resumed, it goes on from there." in said(page)
    assert page.button(key=f"train-resume-{run.id}")


@pytest.fixture
def dataset(make_dataset: MakeDataset) -> Dataset:
    return make_dataset()


def stop_all(workspace: Workspace) -> None:
    backend = open_backend(workspace)
    for job in backend.list():
        backend.stop(job.id)
    wait_until(lambda: all(job.ended for job in backend.list()), "the end of every job")
