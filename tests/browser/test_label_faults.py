"""The label pad where something stands in its way: a proxy, a full disk, a read-only database."""

import shutil
from collections.abc import Callable
from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from hpa_core.data.dataset import Dataset
from hpa_core.labeling import LabelStore, open_store
from hpa_core.labeling.database.location import URL_VARIABLE
from hpa_core.workspace import Workspace
from tests.browser.conftest import Server, free_port
from tests.browser.pad import SAVED, open_pad, painted
from tests.browser.reverse_proxy import reverse_proxy
from tests.conftest import MountDisk
from tests.postgres_server import Server as Postgres


def decided(store: LabelStore, dataset: Dataset) -> list[str]:
    return [event.sample for event in store.history(dataset.info)]


def test_behind_a_proxy_labels_are_taken_from_the_address_that_was_allowed(
    tiny: Dataset,
    store: LabelStore,
    workspace: Workspace,
    start_server: Callable[..., Server],
    browser_page: Page,
) -> None:
    port = free_port()
    allowed = f"http://labels.localhost:{port}"
    server = start_server(workspace, options=["--server.corsAllowedOrigins", allowed])
    with reverse_proxy(port, server.port):
        stranger = open_pad(browser_page, f"http://127.0.0.1:{port}", "Ana")
        expect(stranger.locator(".queue-end")).to_contain_text(
            f"start the dashboard with --server.corsAllowedOrigins http://127.0.0.1:{port}."
        )
        pad = open_pad(browser_page, allowed, "Ana")
        first = painted(pad)
        browser_page.keyboard.press("Enter")
        expect(pad.locator(".save-status")).to_have_text(SAVED)
        browser_page.goto("about:blank")
    assert decided(store, tiny) == [first]


def test_a_full_disk_and_a_read_only_server_are_one_sentence_each_and_cost_nothing(
    tiny: Dataset,
    workspace: Workspace,
    postgres: Postgres,
    mount_disk: MountDisk,
    monkeypatch: pytest.MonkeyPatch,
    start_server: Callable[..., Server],
    browser_page: Page,
) -> None:
    disk = mount_disk(16)
    url = postgres.new_database(disk)
    monkeypatch.setenv(URL_VARIABLE, url)
    server, store = start_server(workspace), open_store(workspace)
    pad = open_pad(browser_page, server.url, "Ana")
    status, press = pad.locator(".save-status"), browser_page.keyboard.press
    first = painted(pad)
    press("Enter")
    expect(status).to_have_text(SAVED)

    ballast = disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(disk).free))
    given = [first]
    while "disk is full; nothing was recorded" not in str(status.text_content()):
        given.append(painted(pad))
        press("q")
        browser_page.keyboard.insert_text(token_hex(1000))
        press("Escape")
        press("Enter")
        expect(status).not_to_have_text("Saving")
    assert decided(store, tiny) == given[:-1]
    ballast.unlink()
    expect(status).to_have_text(SAVED)
    assert decided(store, tiny) == given

    postgres.make_read_only(url)
    given.append(painted(pad))
    press("Enter")
    expect(status).to_contain_text("1 not yet saved: ")
    expect(status).to_contain_text("it is read-only; nothing was recorded")
    postgres.make_read_only(url, no_longer=True)
    expect(status).to_have_text(SAVED)
    assert decided(store, tiny) == given
    store.check(tiny.info)
    server.kill()
    store.close()
    postgres.drop(url)
