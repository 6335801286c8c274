"""The passport of a class in a real Chromium: its images, with their scores, one of them large."""

import re

from playwright.sync_api import Page, expect

from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.conftest import MakeDataset
from tests.scored import score_dataset


def test_the_passport_shows_the_images_of_its_class_with_their_scores(
    make_dataset: MakeDataset, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    dataset = make_dataset(samples=56, size=32)
    score_dataset(workspace, dataset)
    browser_page.goto(f"{serve(workspace)}/imbalance?section=Class passport&class=3")
    expect(browser_page.locator(".js-plotly-plot")).to_have_count(2)
    viewer = browser_page.locator(".viewer")
    expect(viewer.locator(".tile canvas").first).not_to_have_attribute("width", "1")
    browser_page.get_by_role("combobox", name="Class").fill("rods")
    browser_page.get_by_role("option", name=re.compile("^27 Rods")).click()
    expect(browser_page).to_have_url(re.compile("class=27"))
    positives = dataset.ids[dataset.targets[:, 27]]
    expect(viewer.locator(".tile-id")).to_have_text(positives.tolist())
    expect(viewer.locator(".tile canvas").first).not_to_have_attribute("width", "1")
    expect(viewer.locator(".tile-score").first).to_be_hidden()  # These are of every split.

    browser_page.get_by_role("radio", name="highest others").click()
    expect(browser_page).to_have_url(re.compile("samples=highest"))
    first = viewer.locator(".tile").first
    expect(first.locator(".tile-id")).to_have_text("sample-0029")
    expect(first.locator(".tile-score")).to_have_text("Rods & rings 0.600")
    first.click()
    expect(viewer.locator(".image-id")).to_have_text("sample-0029")
    expect(browser_page).to_have_url(re.compile("class=27.*image=sample-0029"))
    browser_page.get_by_role("link", name="Filter and sort them").click()
    expect(browser_page).to_have_url(re.compile("/images.*filter=true.*Rods"))
