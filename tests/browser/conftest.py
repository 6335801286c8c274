"""A real Chromium and a real server for the tests in this folder."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from hpa_core.data.dataset import Dataset
from hpa_core.labeling import LabelStore, open_store
from hpa_core.workspace import Workspace
from tests.conftest import MakeDataset
from tests.scored import score_dataset

ROOT = Path(__file__).parents[2]
Serve = Callable[[Workspace], str]
Options = Sequence[str]
PATIENCE_MS = 30_000
"""How long a test waits for what the page will show: for busy machines, not a promise of speed."""
VIEWPORT = {"width": 1280, "height": 900}


expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the system's own, else Playwright's; none fails under CI and skips elsewhere."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except PlaywrightError as error:
            reason = f"no Chromium can be started; see CONTRIBUTING.md ({error.message[:200]})"
            pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
        yield chromium
        chromium.close()


@pytest.fixture
def browser_page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=VIEWPORT, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()


class Server:
    """One dashboard process on a free port, or on the one that an earlier process left."""

    def __init__(
        self, workspace: Workspace, log: Path, *, port: int | None = None, options: Options = ()
    ) -> None:
        self.port = port or free_port()
        self.url, self.process = _start(workspace, log, self.port, options)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _start(
    workspace: Workspace, log: Path, port: int, options: Options
) -> tuple[str, subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *options]
    options = ["--server.port", str(port), "--server.headless", "true"]
    environment = {**os.environ, "HPA_WORKSPACE": str(workspace.root)}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    url = f"http://127.0.0.1:{port}"
    _wait_until_healthy(url, process, log)
    return url, process


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):  # noqa: S310
                return
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.1)
                break
    process.kill()
    pytest.fail(f"the dashboard did not start:\n{log.read_text()}")


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Return a function that starts a dashboard whose process the test may kill."""
    servers: list[Server] = []

    def start(workspace: Workspace, *, port: int | None = None, options: Options = ()) -> Server:
        log = tmp_path / "dashboard.log"
        servers.append(Server(workspace, log, port=port, options=options))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def tiny(make_dataset: MakeDataset, workspace: Workspace) -> Dataset:
    dataset = make_dataset("tiny", samples=140)
    score_dataset(workspace, dataset)
    return dataset


@pytest.fixture
def store(tiny: Dataset, workspace: Workspace) -> LabelStore:
    return open_store(workspace)


@pytest.fixture
def serve(start_server: Callable[[Workspace], Server]) -> Serve:
    """Return a function that serves a workspace and gives the address."""
    return lambda workspace: start_server(workspace).url
