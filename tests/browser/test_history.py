"""Back and Forward after a picker was used: dataset, run and image as the link of then says."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.conftest import MakeDataset
from tests.scored import score_dataset


@pytest.fixture
def address(workspace: Workspace, make_dataset: MakeDataset, serve: Serve) -> str:
    for name in ("first", "second"):
        score_dataset(workspace, make_dataset(name, samples=140), name=f"run-of-{name}")
    return serve(workspace)


@pytest.fixture
def pick(browser_page: Page) -> Callable[[str, str], None]:
    def pick_(label: str, option: str) -> None:
        browser_page.get_by_role("combobox", name=label).first.click()
        browser_page.get_by_role("option", name=option).click()

    return pick_


def test_back_restores_what_a_picker_changed(
    address: str, browser_page: Page, pick: Callable[[str, str], None]
) -> None:
    page = browser_page
    opened = page.locator(".image-view .image-id")

    def stands(dataset: str, run: str, image: str) -> None:
        for label, value in (("Dataset", dataset), ("Run", run)):
            # While the page reruns, what was drawn before may stand below what is drawn now.
            expect(page.get_by_role("combobox", name=label).first).to_have_value(value)
        expect(opened).to_have_text(image) if image else expect(opened).to_be_hidden()
        expect(page).to_have_url(re.compile(f"dataset={dataset}"))
        expect(page.get_by_text("Not here")).to_have_count(0)
        expect(page.get_by_text("does not hold")).to_have_count(0)

    page.goto(f"{address}/images?dataset=first&image=sample-0100")
    stands("first", "run-of-first", "sample-0100")
    pick("Run", "none")
    stands("first", "none: true labels only", "sample-0100")
    pick("Dataset", "second")
    stands("second", "none: true labels only", "")
    pick("Run", "run-of-second")
    stands("second", "run-of-second", "")
    page.go_back()
    stands("second", "none: true labels only", "")
    page.go_back()
    stands("first", "none: true labels only", "sample-0100")
    page.go_back()
    stands("first", "run-of-first", "sample-0100")
    page.go_forward()
    stands("first", "none: true labels only", "sample-0100")
