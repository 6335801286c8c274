"""Opens a page as a visitor would, without a browser: through the menu, with a link's choices."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from hpa_core.workspace import Workspace

ROOT = Path(__file__).parents[2]
OpenPage = Callable[..., AppTest]


def picker(page: AppTest, label: str) -> Selectbox:
    """Return one of the sidebar's pickers, whose key changes with what other pages choose."""
    return next(box for box in page.sidebar.selectbox if box.label == label)


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
