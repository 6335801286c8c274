"""The Train page in a real browser, with real trainings, and everything killed in between."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hpa_core.jobs import open_backend
from hpa_core.jobs.record import read_record
from hpa_core.runs.folder import RunFolder, list_runs
from hpa_core.runs.metrics import METRICS, read_metrics
from hpa_core.workspace import Workspace
from tests.browser.conftest import Server
from tests.conftest import MakeDataset
from tests.jobs.conftest import process_gone, wait_until

TRAINING_SECONDS = 300
PROMISED_SECONDS = 10
StartServer = Callable[[Workspace], Server]


@pytest.fixture(autouse=True)
def _no_training_outlives_its_test(workspace: Workspace) -> Iterator[None]:
    yield
    backend = open_backend(workspace)
    for job in backend.list():
        backend.stop(job.id)
    wait_until(lambda: all(job.ended for job in backend.list()), "the end of every job")


def start_training(page: Page, url: str, *, epochs: int) -> None:
    """Fill in the form of the demo preset at 32 px and press the button, twice."""
    page.goto(f"{url}/train?dataset=tiny")
    for label, value in (("Image size", 32), ("Epochs", epochs), ("Batch size", 8)):
        field = page.get_by_role("spinbutton", name=label)
        field.fill(str(value))
        field.press("Enter")
        expect(field).to_have_value(str(value))
    page.get_by_role("button", name="Start training").dblclick()


def badge(page: Page, state: str) -> None:
    """Wait for the state of the chosen training."""
    shown = page.locator(".stMarkdownBadge").filter(has_text=re.compile(rf"\b{state}$"))
    expect(shown).to_be_visible(timeout=TRAINING_SECONDS * 1000)


def only_run(workspace: Workspace) -> RunFolder:
    wait_until(lambda: bool(list_runs(workspace)), "a run")
    (run,) = list_runs(workspace)
    return run


def wait_for_epochs(run: RunFolder, count: int) -> None:
    wait_until(
        lambda: len(read_metrics(run.path / METRICS)) >= count,
        f"{count} epochs",
        seconds=TRAINING_SECONDS,
    )


def without_timings(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out what an epoch that is trained again does not repeat."""
    return [
        {key: value for key, value in record.items() if not key.startswith(("time/", "rate/"))}
        for record in records
    ]


def trainer_of(run: RunFolder) -> int:
    child = read_record(run.path).child
    assert child is not None
    return child.pid


def test_a_training_is_started_from_the_form_and_watched_to_its_end(
    make_dataset: MakeDataset,
    workspace: Workspace,
    start_server: StartServer,
    browser_page: Page,
) -> None:
    make_dataset()
    start_training(browser_page, start_server(workspace).url, epochs=2)
    badge(browser_page, "finished")
    run = only_run(workspace)
    assert [record["epoch"] for record in read_metrics(run.path / METRICS)] == [1, 2]
    assert f"job={run.id}" in browser_page.url
    expect(browser_page.get_by_role("button", name="Start training")).to_be_hidden()
    expect(browser_page.get_by_test_id("stMetric").first).to_contain_text("2 of 2")
    for title in ("Loss", "Macro F1", "Accuracy", "Learning rate"):
        expect(browser_page.locator("strong").get_by_text(title, exact=True)).to_be_visible()
    expect(browser_page.get_by_test_id("stPlotlyChart")).to_have_count(5)
    expect(browser_page.get_by_text("validation, tuned in-sample")).to_be_visible()


def test_a_training_outlives_the_dashboard_and_a_killed_one_fails_and_resumes_where_it_was(
    make_dataset: MakeDataset,
    workspace: Workspace,
    start_server: StartServer,
    browser_page: Page,
) -> None:
    make_dataset()
    server = start_server(workspace)
    start_training(browser_page, server.url, epochs=5000)
    run = only_run(workspace)
    wait_for_epochs(run, 1)
    trainer = trainer_of(run)
    server.kill()
    seen = len(read_metrics(run.path / METRICS))
    wait_for_epochs(run, seen + 2)

    browser_page.goto(f"{start_server(workspace).url}/train?job={run.id}")
    badge(browser_page, "running")
    assert trainer_of(run) == trainer
    assert not process_gone(trainer)

    before = without_timings(read_metrics(run.path / METRICS)[:2])
    os.kill(trainer, signal.SIGKILL)
    failed = browser_page.get_by_text("It failed: killed (SIGKILL); perhaps out of memory")
    expect(failed).to_be_visible(timeout=PROMISED_SECONDS * 1000)

    browser_page.get_by_role("button", name="Resume").click()
    badge(browser_page, "running")
    lost = len(read_metrics(run.path / METRICS))
    wait_for_epochs(run, lost + 2)
    resumed = trainer_of(run)
    browser_page.get_by_role("button", name="Stop").click()
    badge(browser_page, "stopped")
    wait_until(lambda: process_gone(resumed), "the end of the trainer")
    records = read_metrics(run.path / METRICS)
    assert [record["epoch"] for record in records] == list(range(1, len(records) + 1))
    assert without_timings(records[:2]) == before
