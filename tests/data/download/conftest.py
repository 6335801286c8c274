"""A server for images that answers as the test says."""

from collections.abc import Iterator

import pytest

from tests.image_server import Server, running_server

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    with running_server() as running:
        yield running
