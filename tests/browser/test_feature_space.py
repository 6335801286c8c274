"""The feature-space section walked through in a real browser: start, result, stop."""

from playwright.sync_api import Page, expect

from hpa_core.oversampling.report import read_report, report_path
from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.conftest import MakeDataset
from tests.oversampling.conftest import write_run

LABELS = {"folds": "Parts that are held back in turn", "repeats": "How often the parts are dealt"}
LINK = "/imbalance?section=Feature+space&run=embedded&split=validation"


def set_numbers(page: Page, **values: int) -> None:
    page.get_by_role("button", name="Settings").click()
    for name, value in values.items():
        field = page.get_by_role("spinbutton", name=LABELS[name])
        field.fill(str(value))
        field.press("Enter")
    page.keyboard.press("Escape")


def test_a_comparison_is_started_watched_shown_and_another_one_stopped(
    browser_page: Page, serve: Serve, workspace: Workspace, make_dataset: MakeDataset
) -> None:
    make_dataset()
    run = write_run(workspace)
    browser_page.goto(serve(workspace) + LINK)
    set_numbers(browser_page, folds=2, repeats=2)
    browser_page.get_by_role("button", name="Compare", exact=True).click()
    expect(
        browser_page.get_by_role("heading", name="What the last comparison found")
    ).to_be_visible(timeout=120_000)
    report = read_report(run, "validation")
    assert report is not None
    assert (report.settings.folds, report.settings.repeats) == (2, 2)
    expect(browser_page.get_by_text("90 samples, 3 embedding features")).to_be_visible()
    expect(browser_page.get_by_text("8 Peroxisomes (12 *)")).to_be_visible()
    written = report_path(run, "validation").read_bytes()

    set_numbers(browser_page, repeats=100)
    browser_page.get_by_role("button", name="Compare again").click()
    expect(browser_page.get_by_text("of 800 heads")).to_be_visible(timeout=60_000)
    expect(browser_page.get_by_role("button", name="Compare again")).to_be_disabled()
    browser_page.get_by_role("button", name="Stop").click()
    expect(browser_page.get_by_role("button", name="Compare again")).to_be_enabled(timeout=60_000)
    assert report_path(run, "validation").read_bytes() == written
