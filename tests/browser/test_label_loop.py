"""The whole loop in a real Chromium: labels corrected by keys, published, learnt and judged."""

import json
import re
from contextlib import suppress
from time import monotonic
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from typer.testing import CliRunner

from hpa_core.cli.label_files import labels_app  # which adds `compare`
from hpa_core.data.dataset import Dataset, open_dataset, targets_from_lists
from hpa_core.data.synthetic.packing import write_synthetic
from hpa_core.jobs import open_backend
from hpa_core.labeling.exchange.publishing import read_version
from hpa_core.runs.folder import RunInfo, create_run, list_runs
from hpa_core.runs.predictions import Predictions, predicted_splits, write_predictions
from hpa_core.workspace import ENVIRONMENT_VARIABLE, Workspace
from tests.browser.conftest import PATIENCE_MS, Serve
from tests.browser.pad import SAVED, decide_labels, open_pad, painted
from tests.jobs.conftest import wait_until

OUT = "Out%20and%20back"


@pytest.fixture
def demo(workspace: Workspace) -> Dataset:
    """Rendered cells, three of whose labels in `train` are known to be wrong."""
    splits = {"train": 150, "validation": 40}
    return write_synthetic(workspace, "demo", splits=splits, size=64, workers=1)


def clean_targets(demo: Dataset) -> np.ndarray:
    return targets_from_lists(demo.manifest["clean_targets"])


def score(workspace: Workspace, demo: Dataset, clean: np.ndarray) -> None:
    """Scores of a network that sees what is there, as sure as one is."""
    run = create_run(workspace, RunInfo(id="before", kind="scores", dataset="demo"))
    noise = np.random.default_rng(0).uniform(0, 0.2, clean.shape)
    probs = np.where(clean, 1 - noise, noise).astype(np.float32)
    for split in demo.splits:
        rows = demo.rows(split)
        write_predictions(run, split, Predictions(ids=demo.ids[rows], probs=probs[rows]))


def test_what_is_corrected_by_keys_is_published_learnt_and_compared(
    demo: Dataset, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    clean = clean_targets(demo)
    wrong = np.flatnonzero((clean != demo.targets).any(axis=1))
    score(workspace, demo, clean)
    address = serve(workspace)
    correct_by_keys(browser_page, address, demo, clean, looked_at=6)
    publish(browser_page, address, "demo-2")
    published = open_dataset(workspace, "demo-2")
    version = read_version(published)
    assert version is not None
    assert {row["id"] for row in version.changes} == {*demo.ids[wrong].tolist()}
    assert np.array_equal(published.targets, clean)

    after = train(browser_page, workspace)
    told = compare(browser_page, address, after)
    found = by_command(workspace, after)
    low, high = found["interval"]
    assert told == f"{found['difference']:+.4f} (95 %: {low:+.4f} to {high:+.4f})"
    assert found["images"] == 40
    assert high < 0  # One epoch of a small network, against scores that see what is there.


def correct_by_keys(
    page: Page, address: str, demo: Dataset, clean: np.ndarray, *, looked_at: int
) -> None:
    """Answer the first images of the suspicious queue as a person who sees what is there."""
    truth = dict(zip(demo.ids.tolist(), clean, strict=True))
    link = {"run": "before", "split": "train", "label-need": "suspicious"}
    pad = open_pad(page, address, "Ana", dataset="demo", **link)
    for _ in range(looked_at):
        decide_labels(page, pad, np.flatnonzero(truth[painted(pad)]).tolist())
    expect(pad.locator(".save-status")).to_have_text(SAVED)


def publish(page: Page, address: str, name: str) -> None:
    """Become the first admin, who may publish, and press the button."""
    page.goto(f"{address}/label?dataset=demo&annotator=Ana&labelling={OUT}")
    choose(page, "Role", "admin")
    page.get_by_role("button", name="Give the role").click()
    expect(page.get_by_text("Ana is an admin.")).to_be_visible()
    page.get_by_label("Name of the new dataset").fill(name)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(f"Dataset {name}: 190 images, 3 with other labels")).to_be_visible()


def choose(page: Page, label: str, value: str) -> None:
    """Choose from a list, again where a rerun that began meanwhile has closed it."""
    box, option = page.get_by_role("combobox", name=label), page.get_by_role("option", name=value)
    deadline = monotonic() + PATIENCE_MS / 1000
    while monotonic() < deadline:
        box.click()
        with suppress(PlaywrightTimeoutError):
            option.click(timeout=2000)
            return
    expect(option).to_be_visible()


def train(page: Page, workspace: Workspace) -> str:
    """Start a small training on what was published, from its own link, and wait for its end."""
    page.get_by_role("link", name="Train on it").click()
    for label, value in (("Image size", 32), ("Epochs", 1), ("Batch size", 50)):
        field = page.get_by_role("spinbutton", name=label)
        field.fill(str(value))
        field.press("Enter")
        expect(field).to_have_value(str(value))
    page.get_by_role("button", name="Start training").click()
    wait_until(lambda: len(list_runs(workspace)) == 2, "a run")
    [run] = [run for run in list_runs(workspace) if run.id != "before"]
    wait_until(lambda: "validation" in predicted_splits(run), "its predictions", seconds=300)
    backend = open_backend(workspace)
    wait_until(lambda: all(job.ended for job in backend.list()), "its end", seconds=300)
    return run.id


def compare(page: Page, address: str, after: str) -> str:
    """Compare both runs on the page; return the difference of macro F1 as it says it."""
    page.goto(f"{address}/label?dataset=demo-2&annotator=Ana&labelling={OUT}")
    for label, value in (("Before", "before"), ("After", after)):
        choose(page, label, value)
    page.get_by_role("button", name="Compare").click()
    metric = page.get_by_test_id("stMetric").filter(has_text=f"Macro F1 of {after}")
    delta = metric.get_by_test_id("stMetricDelta")
    expect(delta).to_contain_text("95 %")
    return re.sub(r"^.*?([+-])", r"\1", str(delta.text_content())).replace("\u2212", "-")


def by_command(workspace: Workspace, after: str) -> dict[str, Any]:
    environment = {ENVIRONMENT_VARIABLE: str(workspace.root)}
    arguments = ["compare", "before", after, "--truth", "demo-2", "--json"]
    done = CliRunner().invoke(labels_app, arguments, env=environment)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found
