"""Opens a page as a visitor would, without a browser: through the menu, with a link's choices."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox, Toggle

from hpa_core.jobs import open_backend
from hpa_core.workspace import Workspace
from tests.jobs.conftest import wait_until

ROOT = Path(__file__).parents[2]
OpenPage = Callable[..., AppTest]


def picker(page: AppTest, label: str) -> Selectbox:
    """Return one of the sidebar's pickers, whose key changes with what other pages choose."""
    return next(box for box in page.sidebar.selectbox if box.label == label)


def narrowing(page: AppTest) -> Toggle:
    """Return the toggle that narrows a page to what the filter finds."""
    return next(each for each in page.toggle if each.label.startswith("Only what the filter finds"))


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
