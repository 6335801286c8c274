"""The server listens on this machine alone unless its user says otherwise."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.server import is_loopback

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_addresses_are_known(address: str) -> None:
    assert is_loopback(address)


@pytest.mark.parametrize("address", [None, "0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_any_other_address_is_not_loopback(address: str | None) -> None:
    assert not is_loopback(address)


def test_the_dashboard_refuses_to_start_on_every_address() -> None:
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    options = ["--server.address", "0.0.0.0", "--server.headless", "true"]
    environment = {key: value for key, value in os.environ.items() if key != "HPA_TRUSTED_NETWORK"}
    ended = subprocess.run(
        [*command, *options], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode != 0
    assert "has no login" in ended.stderr
