"""Data comes in through the Overview, in a real browser, as a job of its own."""

from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from hpa_core.data.dataset import open_dataset
from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve


def bring_in(page: Page, kind: str) -> None:
    page.get_by_text("Bring in data").wait_for()
    page.get_by_text(kind, exact=True).click()


def test_the_real_quartets_come_in_through_the_page(
    browser_page: Page, serve: Serve, workspace: Workspace, realdata: Path
) -> None:
    browser_page.goto(serve(workspace))
    bring_in(browser_page, "Images and labels")
    folder = browser_page.get_by_role("textbox", name="Folder of the images on this machine")
    folder.fill(str(realdata / "quartets"))
    table = browser_page.get_by_role("textbox", name="Label table: path on this machine")
    table.fill(str(realdata / "labels" / "train.csv"))
    browser_page.get_by_role("textbox", name="Name").fill("real")
    browser_page.get_by_role("button", name="Import images").click()
    expect(browser_page.get_by_text("Samples that imports refused")).to_be_visible(timeout=90_000)
    assert open_dataset(workspace, "real").info.samples == 60


def test_an_uploaded_table_with_no_usable_row_is_refused_in_one_sentence(
    browser_page: Page, serve: Serve, workspace: Workspace, tmp_path: Path
) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("Id,Target\nsample,28\n")
    browser_page.goto(serve(workspace))
    bring_in(browser_page, "Labels only")
    browser_page.locator("input[type=file]").set_input_files(table)
    browser_page.get_by_text("labels.csv").first.wait_for()
    browser_page.get_by_role("textbox", name="Name").fill("bad")
    browser_page.get_by_role("button", name="Import labels").click()
    expect(browser_page.get_by_text("'28' is not a class")).to_be_visible(timeout=60_000)
    assert not list(workspace.datasets.glob("bad*"))


def test_a_file_named_neither_by_path_nor_by_upload_is_asked_for(
    browser_page: Page, serve: Serve, workspace: Workspace
) -> None:
    browser_page.goto(serve(workspace))
    bring_in(browser_page, "Labels only")
    browser_page.get_by_role("textbox", name="Name").fill("none")
    browser_page.get_by_role("button", name="Import labels").click()
    expect(browser_page.get_by_text("Name each file once")).to_be_visible()
    assert not list(workspace.jobs.glob("import*"))


def test_an_archive_under_a_tables_name_is_refused_before_any_job_starts(
    browser_page: Page, serve: Serve, workspace: Workspace, tmp_path: Path
) -> None:
    table = tmp_path / "labels.csv"
    with ZipFile(table, "w") as archive:
        archive.writestr("../../labels.csv", "Id,Target\nsample,1\n")
    browser_page.goto(serve(workspace))
    bring_in(browser_page, "Labels only")
    browser_page.locator("input[type=file]").set_input_files(table)
    browser_page.get_by_text("labels.csv").first.wait_for()
    browser_page.get_by_role("textbox", name="Name").fill("zip")
    browser_page.get_by_role("button", name="Import labels").click()
    expect(browser_page.get_by_text("ZIP archive")).to_be_visible()
    assert not list(workspace.jobs.glob("import*"))
