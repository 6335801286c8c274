"""The label pad as the tests see it."""

from collections.abc import Iterable

from playwright.sync_api import Locator, Page, expect

SAVED, DATASET = "All decisions saved", "tiny"


def open_pad(
    page: Page, address: str, annotator: str, *, dataset: str = DATASET, **link: str
) -> Locator:
    choices = "&".join(f"{key}={value}" for key, value in link.items())
    page.goto(f"{address}/label?dataset={dataset}&annotator={annotator}&{choices}")
    return page.locator(".pad")


def painted(pad: Locator) -> str:
    """The id of the image in sight, once it is."""
    one = pad.locator(".one")
    name = one.locator(".image-id")
    expect(name).not_to_be_empty()
    expect(one).to_have_attribute("data-painted", name.text_content() or "")
    return str(name.text_content())


def decide_labels(page: Page, pad: Locator, wanted: Iterable[int]) -> None:
    """Press the keys of every class that is not as wanted, then the one that saves."""
    wanted = {*wanted}
    states = pad.locator(".label-row").evaluate_all(
        "rows => rows.map(row => [row.ariaPressed, row.querySelector('kbd').textContent])"
    )
    for number, (pressed, strokes) in enumerate(states):
        if (pressed == "true") != (number in wanted):
            for stroke in strokes.lower().split():
                page.keyboard.press(stroke)
    page.keyboard.press("Enter")
