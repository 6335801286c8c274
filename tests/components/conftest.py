"""Node, which runs the components' numeric modules without a browser."""

import os
import shutil
from pathlib import Path

import playwright
import pytest


@pytest.fixture(scope="session")
def node() -> str:
    """Path of Node: the system's own, else the one that Playwright ships."""
    shipped = Path(playwright.__file__).parent / "driver" / "node"
    path = shutil.which("node") or (str(shipped) if shipped.exists() else None)
    if path is None:
        reason = "there is no Node; install it, or Playwright, which ships one"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return path
