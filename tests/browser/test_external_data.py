"""The atlas's images in a real browser: fetched, imported, and merged with the base."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from hpa_core.data.dataset import open_dataset
from hpa_core.data.importing import import_labels
from hpa_core.data.merging.report import read_report
from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.data.jpegs import PARTS, cells, false_colour
from tests.image_server import once_released, running_server
from tests.image_server import serve as answer_with

IDS = [f"7_1_A{number}_1" for number in range(6)]
PATIENCE_MS = 90_000


def choose(page: Page, form: str) -> None:
    page.get_by_text(form, exact=True).click()


def fill(page: Page, label: str, text: str | Path) -> None:
    page.get_by_role("textbox", name=label).fill(str(text))


def test_images_are_fetched_imported_and_merged_through_the_page(
    browser_page: Page,
    serve: Serve,
    workspace: Workspace,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    table, base = tmp_path / "list.csv", tmp_path / "base.csv"
    table.write_text("Id,Target\n" + "".join(f"{name},27\n" for name in IDS))
    base.write_text("Id,Target\na,0\nb,1\n")
    pairs = tmp_path / "pairs.txt"
    pairs.write_text(f"a,{IDS[0]}\n")
    import_labels(workspace, base, name="base")
    page = browser_page
    with running_server() as server:
        for name in IDS:
            antibody, _, image = name.partition("_")
            for colour in PARTS:
                content = false_colour(cells(140, seed=len(server.answers)), colour)
                server.answers[f"/{antibody}/{image}_{colour}.jpg"] = [
                    once_released(answer_with(content))
                ]
        page.goto(serve(workspace))
        page.get_by_text("Bring in data").click()
        choose(page, "Download")
        fill(page, "List of ids (CSV with the column Id): path on this machine", table)
        fill(page, "Folder on this machine to fetch into", tmp_path / "jpg")
        fill(page, "Address of the images", server.url)
        page.get_by_role("button", name="Start the download").click()
        expect(page.get_by_text("Download into")).to_be_visible(timeout=PATIENCE_MS)
        server.released.set()
        expect(page.get_by_text("Download into")).to_be_hidden(timeout=PATIENCE_MS)
        assert sum(server.counts.values()) == 4 * len(IDS)

    choose(page, "External images (HPA)")
    fill(page, "Folder of the JPEGs on this machine", tmp_path / "jpg")
    fill(page, "Label table: path on this machine", table)
    fill(page, "Name", "atlas")
    page.get_by_role("combobox", name="Pixels a side").click()
    page.get_by_role("option", name="128 px").click()
    page.get_by_role("button", name="Import external images").click()
    expect(page.get_by_text("Import external images as atlas")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Import external images as atlas")).to_be_hidden(timeout=PATIENCE_MS)
    assert open_dataset(workspace, "atlas").images.shape == (6, 4, 128, 128)

    choose(page, "Merge two datasets")
    page.get_by_role("combobox", name="External").click()
    page.get_by_role("option", name="atlas").click()
    fill(page, "Lists of duplicates, if there are any: path on this machine", pairs)
    fill(page, "Name", "both")
    page.get_by_role("button", name="Merge", exact=True).click()
    what = page.get_by_text("What merges did to rows and labels")
    what.wait_for(timeout=PATIENCE_MS)
    what.click()
    expect(page.get_by_text("1 rows of atlas are samples of base")).to_be_visible()
    assert read_report(workspace.dataset("both")).rows == {"base": 2, "external": 6, "merged": 7}
