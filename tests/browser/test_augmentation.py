"""The section Augmentation in a real Chromium: from the button to pixels, and on to a training."""

import base64

import numpy as np
from playwright.sync_api import Locator, Page, expect

from hpa_core.data.previews import FILE, read_preview
from hpa_core.jobs import open_backend
from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.composites import assert_shows
from tests.conftest import MakeDataset

STORED = "JSON.parse(sessionStorage.getItem('hpa-mixer')).channels"
PIXELS = """canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return btoa(String.fromCharCode(...data));
}"""


def pixels(canvas: Locator) -> np.ndarray:
    """What a canvas of 32 px shows, uint8 (32, 32, 4)."""
    flat = np.frombuffer(base64.b64decode(canvas.evaluate(PIXELS)), np.uint8)
    return flat.reshape(32, 32, 4)


def fill(page: Page, label: str, value: object) -> None:
    field = page.get_by_role("spinbutton", name=label, exact=True)
    field.fill(str(value))
    field.press("Enter")
    expect(field).to_have_value(str(value))


def test_variants_of_a_sample_are_seen_and_their_settings_taken_to_a_training(
    make_dataset: MakeDataset, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    make_dataset(size=32)
    page = browser_page
    page.goto(f"{serve(workspace)}/imbalance?dataset=tiny&section=Augmentation")
    for label, value in (("Image size", 32), ("Epochs", 2), ("Copies", 2), ("Mixup", 0.7)):
        fill(page, label, value)
    page.get_by_role("button", name="Show variants").click()
    viewer = page.locator(".viewer")
    expect(viewer.locator(".tile-id").nth(4)).to_have_text("epoch 2, copy 2")
    expect(viewer.locator(".tile canvas").nth(4)).to_have_attribute("width", "32")
    (job,) = open_backend(workspace).list()
    preview = read_preview(job.folder / FILE).preview
    viewer.get_by_role("button", name="Reset").click()
    channels = page.evaluate(STORED)
    for place in range(5):
        canvas = viewer.locator(".tile canvas").nth(place)
        assert_shows(pixels(canvas), preview.images[place], channels)
    mixed = next(at for at, picture in enumerate(preview.pictures) if picture.partner)
    share = round(100 * max(s for s in preview.pictures[mixed].targets if s < 1))
    expect(viewer.locator(".tile").nth(mixed)).to_contain_text(f"{share} %")

    viewer.locator(".tile").nth(1).click()
    expect(viewer.locator(".image-id")).to_have_text("epoch 1, copy 1")
    page.get_by_role("link", name="Use these settings in a training").click()
    page.get_by_text("More settings").click()
    expect(page.get_by_role("spinbutton", name="Mixup", exact=True)).to_have_value("0.7")
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
