"""Opens a page as a visitor would, without a browser: through the menu, with a link's choices."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox, Toggle

from hpa_core.data.dataset import Dataset
from hpa_core.jobs import JobStatus, RunSpec, open_backend
from hpa_core.progress import read_progress
from hpa_core.runs.folder import RunFolder, new_run_id
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.jobs.conftest import wait_until
from tests.scored import score_dataset

ROOT = Path(__file__).parents[2]
OpenPage = Callable[..., AppTest]
RunAndStop = Callable[..., JobStatus]
COUNTING = """
from time import sleep
from hpa_core.progress import terminal_progress
with terminal_progress() as progress:
    progress(1200, 5000, unit="images")
    sleep(600)
"""


def picker(page: AppTest, label: str) -> Selectbox:
    """Return one of the sidebar's pickers, whose key changes with what other pages choose."""
    return next(box for box in page.sidebar.selectbox if box.label == label)


def narrowing(page: AppTest) -> Toggle:
    """Return the toggle that narrows a page to what the filter finds."""
    return next(each for each in page.toggle if each.label.startswith("Only what the filter finds"))


def said(page: AppTest) -> str:
    """Return all that a page tells in sentences, an item a line; it has failed nowhere."""
    assert not page.exception
    kinds = (page.markdown, page.caption, page.info, page.success, page.warning, page.error)
    return "\n".join(item.value for kind in kinds for item in kind)


def board(page: AppTest) -> Any:
    """Return what the Thresholds page hands to its board."""
    assert not page.exception
    return json.loads(page.get("bidi_component")[0].proto.json)


@pytest.fixture
def dataset(make_dataset: MakeDataset) -> Dataset:
    return make_dataset(samples=140)


@pytest.fixture
def run(dataset: Dataset, workspace: Workspace) -> RunFolder:
    """Return the run that scores the validation split of `dataset`, with two faults planted."""
    return score_dataset(workspace, dataset)


@pytest.fixture
def open_page(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Return a function that runs a page of `workspace`; keywords are the link's parameters."""
    monkeypatch.setenv("HPA_WORKSPACE", str(workspace.root))
    st.cache_resource.clear()

    def open_(name: str, **link: str) -> AppTest:
        script = ROOT / "dashboard" / "navigation.py"
        test = AppTest.from_file(str(script), default_timeout=60)
        for key, value in link.items():
            test.query_params[key] = value
        test.switch_page(f"../pages/{name}.py")
        return test.run()

    return open_


@pytest.fixture
def jobs_end_at_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no training outlive its test, nor import torch first, to save what nobody reads."""
    monkeypatch.setenv("HPA_GRACE_SECONDS", "0")
    yield
    backend = open_backend(workspace)
    for job in backend.list():
        backend.stop(job.id)
    wait_until(lambda: all(job.ended for job in backend.list()), "the end of every job")


@pytest.fixture
def run_and_stop(workspace: Workspace) -> RunAndStop:
    """Return a function that starts a job, stops it once it has told how far it is, and waits.

    Its process counts images, whatever the command is that it is given.
    """

    def run_and_stop_(title: str, *command: str, makes: Path | None = None) -> JobStatus:
        backend, folder = open_backend(workspace), workspace.job(new_run_id("counting"))
        argv = (sys.executable, "-c", COUNTING, *command)
        job = backend.submit(RunSpec(argv=argv, folder=folder, devices=0, title=title, makes=makes))
        wait_until(lambda: read_progress(folder) is not None, "its progress")
        backend.stop(job)
        wait_until(lambda: backend.status(job).ended, "its end")
        assert backend.status(job).state == "stopped"
        return backend.status(job)

    return run_and_stop_
