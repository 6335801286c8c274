"""The embedding map in Chromium: a line drawn around points opens their images."""

import re
from collections.abc import Callable
from io import BytesIO

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from hpa_core.data.dataset import Dataset
from hpa_core.projection.projecting import project_run
from hpa_core.projection.store import Projection
from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.scored import score_dataset

LINK = "errors?run=scored&split=validation&atlas=Embedding%20map&map-method=PCA"
MARGIN = 0.95
"""As viewport.js leaves it around the points."""


def test_points_are_hidden_by_the_legend_and_an_outline_opens_those_inside(
    browser_page: Page,
    serve: Serve,
    workspace: Workspace,
    make_dataset: Callable[..., Dataset],
) -> None:
    run = score_dataset(workspace, make_dataset())
    made = project_run(run, "validation", method="pca")
    browser_page.goto(f"{serve(workspace)}/{LINK}")
    plane = browser_page.locator(".map")
    expect(plane).to_have_attribute("data-drawn", "28")
    browser_page.get_by_role("button", name=re.compile("^right 26")).click()
    expect(plane).to_have_attribute("data-drawn", "2")
    browser_page.get_by_role("button", name=re.compile("^right 26")).click()
    expect(plane).to_have_attribute("data-drawn", "28")
    assert painted(browser_page) > 20

    left = made.points[:, 0] < np.median(made.points[:, 0])
    drag_around(browser_page, made, left)
    title = browser_page.get_by_text(f"{left.sum()} images: inside the outline on the PCA map")
    expect(title).to_be_visible()
    assert "pick=pca" in browser_page.url
    browser_page.get_by_role("button", name="Back").click()
    expect(plane).to_have_attribute("data-drawn", "28")

    alone = int(np.argmax(made.points[:, 0]))
    x, y = screen_places(browser_page, made)[alone]
    box = plane.locator(".stage").bounding_box()
    assert box is not None
    place = {"x": x - box["x"], "y": y - box["y"]}
    plane.locator(".overlay").hover(position=place)  # Waits until the page stands still.
    expect(plane.locator(".glimpse")).to_be_visible()
    expect(plane.locator(".note")).to_have_text("right")
    plane.locator(".overlay").click(position=place)
    expect(browser_page.get_by_text("inside the outline on the PCA map")).to_be_visible()
    expect(browser_page).to_have_url(re.compile(f"image={made.ids[alone]}"))


def screen_places(page: Page, made: Projection) -> list[tuple[float, float]]:
    """Return where each point lies on the screen while nothing is zoomed."""
    box = page.locator(".map .stage").bounding_box()
    assert box is not None
    scale = min(box["width"], box["height"]) / 2 * MARGIN
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return [(middle[0] + x * scale, middle[1] - y * scale) for x, y in made.points.tolist()]


def drag_around(page: Page, made: Projection, wanted: np.ndarray) -> None:
    """Draw a box with the pointer: as high as the plane, left of the points not wanted."""
    at = np.array(screen_places(page, made))
    right = (at[wanted, 0].max() + at[~wanted, 0].min()) / 2
    (left, top), bottom = at.min(axis=0) - 6, at[:, 1].max() + 6
    page.mouse.move(left, top)
    page.mouse.down()
    for corner in ((right, top), (right, bottom), (left, bottom)):
        page.mouse.move(*corner, steps=4)
    page.mouse.up()


def painted(page: Page) -> int:
    """Count the pixels of the plane that a screenshot shows in the colour of what is right."""
    shot = page.locator(".map .stage").screenshot()
    pixels = np.asarray(Image.open(BytesIO(shot)).convert("RGB")).astype(int)
    return int((np.abs(pixels - 0xB0).max(axis=2) < 24).sum())
