"""The Plan section in a real browser: from a preset to the Train page."""

from playwright.sync_api import Locator, Page, expect

from hpa_core.data.dataset import Dataset, open_dataset, write_dataset
from hpa_core.imbalance.plan_files import read_plan
from hpa_core.imbalance.planning import plan_copies
from hpa_core.imbalance.report_plans import report_copy
from hpa_core.imbalance.steps import step_from_dict
from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.conftest import MakeDataset

WISH = {"classes": [0, 2, 21, 25], "kind": "at most"}
FREQUENT, LISTED = [[0]] * 40 + [[25]] * 10, [[4]] * 3 + [[4, 11]] * 3


def make_skewed(make_dataset: MakeDataset, workspace: Workspace) -> Dataset:
    """Return a dataset whose four largest classes have 50 of 59 labels."""
    dataset = make_dataset(samples=112)
    manifest = dataset.manifest.assign(targets=(FREQUENT + LISTED) * 2)
    write_dataset(dataset.folder, manifest, name="tiny", source="kaggle", image_size=32)
    return open_dataset(workspace, "tiny")


def metric(page: Page, label: str) -> Locator:
    shown = page.get_by_test_id("stMetric").filter(has_text=label)
    return shown.get_by_test_id("stMetricValue")


def test_a_preset_is_changed_saved_and_found_on_the_train_page(
    make_dataset: MakeDataset, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    dataset = make_skewed(make_dataset, workspace)
    targets = dataset.targets[dataset.rows("train")]
    page = browser_page
    page.goto(f"{serve(workspace)}/imbalance?dataset=tiny&section=Plan")
    expect(metric(page, "Samples an epoch")).to_have_text("56")

    page.get_by_role("combobox", name="Begin with").click()
    page.get_by_role("option", name="preset report-copy").click()
    copies = plan_copies(targets, report_copy(targets), seed=0)
    expect(metric(page, "Samples an epoch")).to_have_text(str(copies.sum()))
    expect(metric(page, "Most often")).to_have_text(f"{copies.max()} times")
    expect(page.get_by_role("heading", name="Beside the report")).to_be_visible()
    assert "plan=report-copy" in page.url

    share = page.get_by_test_id("stDataFrame").first
    share.click(position={"x": 120, "y": 50})
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    editor = page.locator("#portal input")
    editor.fill("50")
    editor.press("Enter")
    (step,) = report_copy(targets)
    halved = step_from_dict(step.to_dict() | {"targets": [{**WISH, "share": 0.5}]})
    copies = plan_copies(targets, [halved], seed=0)
    expect(metric(page, "Samples an epoch")).to_have_text(str(copies.sum()))
    expect(page.get_by_role("combobox", name="Begin with")).to_have_value("steps of my own")

    page.get_by_role("textbox", name="Name of the plan").fill("half")
    page.get_by_role("button", name="Save with the dataset").click()
    expect(page.get_by_text("Select a plan to load")).to_be_visible()
    assert read_plan(dataset, "half", split="train").copies.tolist() == copies.tolist()

    saved = page.get_by_test_id("stDataFrame").nth(1)
    saved.click(position={"x": 16, "y": 50})
    page.get_by_role("link", name="Train with it").click()
    expect(page.get_by_role("heading", name="Train", exact=True)).to_be_visible()
    expect(page.get_by_role("combobox", name="Plan")).to_have_value("half")
