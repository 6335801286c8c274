"""Enter and Space on the Label page: whatever has a meaning of its own for them keeps it."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from hpa_core.data.dataset import Dataset
from hpa_core.labeling import LabelStore
from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.browser.pad import SAVED, open_pad, painted

MIXER = "summary:has-text('Channel mixer')"
KEPT = [
    ("a[href]:has-text('Skip to main')", "Space"),
    (".pad summary:has-text('Edit the keys')", "Space"),
    (".pad .label-row >> nth=3", "Space"),
    (".pad .stage-tools button >> nth=0", "Enter"),
    (".pad .strip .toggle >> nth=1", "Space"),
    (".pad input[type=color] >> nth=0", "Enter"),
    (".pad input[type=range] >> nth=0", "Space"),
    (".pad [role=slider] >> nth=0", "Enter"),
    (".pad .mixer input[type=checkbox] >> nth=0", "Enter"),
    (".pad .key-fields input >> nth=0", "Enter"),
    ("[role=radio]:has-text('One by one')", "Enter"),
    ("[role=combobox] >> nth=0", "Space"),
    ("button:has-text('Opinions and controls')", "Enter"),
    ("[role=dialog] input[type=number]", "Enter"),
    ("[role=dialog] [role=slider], [role=dialog] input[type=range] >> nth=0", "Space"),
]


@pytest.fixture
def pad(workspace: Workspace, store: LabelStore, serve: Serve, browser_page: Page) -> Locator:
    pad = open_pad(browser_page, serve(workspace), "Ana")
    painted(pad)
    return pad


def test_a_focused_control_keeps_enter_and_space(
    pad: Locator, browser_page: Page, tiny: Dataset, store: LabelStore
) -> None:
    asked, press = painted(pad), browser_page.keyboard.press
    pad.locator(MIXER).click()
    invert = pad.get_by_role("checkbox", name="Invert")
    invert.focus()
    press("Space")
    expect(invert).to_be_checked()
    for control, key in KEPT:
        found = browser_page.locator(control).first
        found.focus()
        press(key)
        press("Shift+Tab")
        assert painted(pad) == asked, (control, key)
    pad.get_by_role("button", name="Unsure").focus()
    press("Enter")  # Its own meaning, and no other.
    expect(pad.locator(".save-status")).to_have_text(SAVED)
    assert [event.kind for event in store.history(tiny.info)] == ["unsure"]


def test_a_link_followed_by_enter_answers_no_grid(
    pad: Locator, browser_page: Page, tiny: Dataset, store: LabelStore
) -> None:
    browser_page.get_by_text("Grid", exact=True).click()
    expect(pad.locator(".question .tile")).to_have_count(48)
    browser_page.get_by_role("link", name="Images").focus()
    browser_page.keyboard.press("Enter")
    expect(browser_page).to_have_url(re.compile("/images"))
    assert not store.history(tiny.info)


def test_after_a_click_the_keys_are_the_pads_again(
    pad: Locator, browser_page: Page, tiny: Dataset, store: LabelStore
) -> None:
    press = browser_page.keyboard.press
    mixer = pad.locator(f"details:has({MIXER})")
    for clicked in (
        pad.locator(MIXER),
        pad.get_by_text("Invert"),
        pad.locator(".limits").first,
        pad.locator(".label-row").first,
    ):
        asked = painted(pad)
        clicked.click()
        press("g")
        press("Enter")
        expect(pad.locator(".one")).not_to_have_attribute("data-painted", asked)
        expect(mixer).to_have_attribute("open", "")
        browser_page.get_by_role("button", name="Opinions and controls").focus()
    expect(pad.locator(".save-status")).to_have_text(SAVED)
    assert len(store.history(tiny.info)) == 4
