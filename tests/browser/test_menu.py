"""The menu in a real Chromium: a page is one step of the history, and carries what was chosen."""

import re

import pytest
from playwright.sync_api import Page, expect

from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.conftest import MakeDataset
from tests.scored import score_dataset

WALK = ("Thresholds", "Errors", "Label", "Images")


@pytest.fixture
def address(workspace: Workspace, make_dataset: MakeDataset, serve: Serve) -> str:
    score_dataset(workspace, make_dataset(samples=140))
    make_dataset("other")
    return serve(workspace)


def arrive(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


def test_back_leads_page_by_page_the_way_that_was_come(address: str, browser_page: Page) -> None:
    browser_page.goto(f"{address}/images?dataset=tiny&filter=wrong")
    arrive(browser_page, "Images")
    expect(browser_page).to_have_url(re.compile("thresholds="))
    began = browser_page.evaluate("history.length")
    for title in WALK:
        browser_page.get_by_role("link", name=title, exact=True).click()
        arrive(browser_page, title)
    assert browser_page.evaluate("history.length") == began + len(WALK)
    for title in WALK[-2::-1]:
        browser_page.go_back()
        arrive(browser_page, title)
        expect(browser_page.get_by_label("Filter", exact=True).last).to_have_value("wrong")


def test_a_page_opened_in_a_tab_of_its_own_shows_what_was_chosen(
    address: str, browser_page: Page
) -> None:
    browser_page.goto(f"{address}/images?dataset=tiny&run=scored&filter=wrong")
    arrive(browser_page, "Images")
    link = browser_page.get_by_role("link", name="Errors", exact=True)
    expect(link).to_have_attribute("href", re.compile("filter=wrong"))
    with browser_page.context.expect_page() as opened:
        link.click(button="middle")
    arrive(opened.value, "Errors")
    expect(opened.value).to_have_url(re.compile("dataset=tiny&run=scored.*filter=wrong"))
    expect(opened.value.get_by_label("Filter", exact=True).last).to_have_value("wrong")
