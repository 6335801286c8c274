"""A real HTTP server with every route of ours, and what its answers hold."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Thread
from time import sleep
from typing import Any

import pytest
import streamlit as st
import uvicorn
from starlette.applications import Starlette

from dashboard.server import routes
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    config = uvicorn.Config(Starlette(routes=routes()), port=0, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture
def get(
    port: int, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], Answer]]:
    """Return a function that asks for a path exactly as it is written."""
    monkeypatch.setenv(ENVIRONMENT_VARIABLE, str(workspace.root))
    st.cache_resource.clear()

    yield lambda path: _ask(port, "GET", path, headers={"Accept-Encoding": "gzip"})
    st.cache_resource.clear()


@pytest.fixture
def post(port: int, get: Callable[[str], Answer]) -> Callable[..., Answer]:
    """Return a function that posts a body to a path, as a page of this server would."""

    def send(path: str, body: object, **headers: str) -> Answer:
        own = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json"}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return _ask(port, "POST", path, body=content, headers={**own, **headers})

    return send


def _ask(port: int, method: str, path: str, **request: Any) -> Answer:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, **request)
    response = connection.getresponse()
    answer = Answer(response.status, dict(response.getheaders()), response.read())
    connection.close()
    return answer
