"""The label pad as the tests see it."""

from playwright.sync_api import Locator, Page, expect

SAVED, DATASET = "All decisions saved", "tiny"


def open_pad(page: Page, address: str, annotator: str, **link: str) -> Locator:
    choices = "&".join(f"{key}={value}" for key, value in link.items())
    page.goto(f"{address}/label?dataset={DATASET}&annotator={annotator}&{choices}")
    return page.locator(".pad")


def painted(pad: Locator) -> str:
    """The id of the image in sight, once it is."""
    one = pad.locator(".one")
    name = one.locator(".image-id")
    expect(name).not_to_be_empty()
    expect(one).to_have_attribute("data-painted", name.text_content() or "")
    return str(name.text_content())
