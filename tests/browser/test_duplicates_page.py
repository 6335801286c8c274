"""Copies are searched, judged and put to use in a real browser, by jobs of their own."""

import re

import numpy as np
from playwright.sync_api import Page, expect

from hpa_core.data.dataset import open_dataset
from hpa_core.data.duplicates.known import known_duplicates
from hpa_core.data.duplicates.leaks import find_leaks
from hpa_core.data.duplicates.orientation import laid
from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.planted import write_images

TURNED_LEFT = 6


def write_copies(workspace: Workspace) -> None:
    """16 images, of which s9 is s2 turned left, and s10 is s3 as it is."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (16, 4, 64, 64), dtype=np.uint8)
    images[9], images[10] = laid(images[2], TURNED_LEFT), images[3]
    split = ["train"] * 8 + ["validation"] * 8
    ids = [f"s{row}" for row in range(16)]
    write_images(workspace, images, ids, name="tiny", split=split)


def test_copies_are_found_judged_and_put_on_one_side(
    browser_page: Page, serve: Serve, workspace: Workspace
) -> None:
    write_copies(workspace)
    browser_page.goto(f"{serve(workspace)}/imbalance?dataset=tiny&section=Duplicates")
    browser_page.get_by_role("button", name="Search the images for copies").click()
    leaks = browser_page.locator("[data-testid=stMetric]", has_text="Leak into validation")
    expect(leaks).to_contain_text("2 of 8", timeout=90_000)

    # The turned copy is shown as the first image lies: its canvas is turned right again.
    tiles = browser_page.locator(".viewer .gallery.compared .tile")
    expect(tiles).to_have_count(2)
    expect(tiles.nth(1)).to_contain_text("s9")
    turned = tiles.nth(1).locator("canvas")
    expect(turned).to_have_attribute("width", "64")  # full resolution, not the thumbnail
    matrix = turned.evaluate("canvas => getComputedStyle(canvas).transform")
    assert [float(part) for part in re.findall(r"-?\d+", matrix)] == [0, 1, -1, 0, 0, 0]
    expect(browser_page).to_have_url(re.compile("group=s2"))

    browser_page.get_by_role("button", name="Different images").click()
    expect(leaks).to_contain_text("1 of 8")
    browser_page.get_by_text("rejected", exact=True).click()
    expect(browser_page.get_by_text("Group 1 of 1")).to_be_visible()
    browser_page.get_by_role("button", name="Different images").click()
    expect(leaks).to_contain_text("2 of 8")

    browser_page.get_by_role("button", name="Split anew").click()
    picker = browser_page.get_by_test_id("stSidebar").get_by_test_id("stSelectbox").first
    expect(browser_page.get_by_text("Split tiny anew")).to_be_visible()
    expect(browser_page.get_by_text("Split tiny anew")).to_be_hidden(timeout=90_000)
    picker.click()
    expect(browser_page.get_by_role("option", name="tiny-split")).to_be_visible()
    known = known_duplicates(open_dataset(workspace, "tiny-split"))
    assert not find_leaks(known, "train", "validation").leaks
