"""What people do in the soak: walk through all pages, watch a training, decide labels by key."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page, expect

PAGES = ("", "imbalance", "train", "experiments", "images", "thresholds", "errors", "label")
LOOK_MS = 3000
"""How long a page is looked at."""
PATIENCE_MS, AGAIN_MS = 120_000, 10_000
VIEWPORT = {"width": 1280, "height": 900}
DATASET = "demo"
COUNT_ACKED = """
    const real = window.fetch;
    window.acked = 0;
    window.fetch = async (...asked) => {
        const answer = await real(...asked);
        const acts = answer.ok && new URL(answer.url).pathname.endsWith('/acts');
        if (acts) window.acked += (await answer.clone().json()).acked.length;
        return answer;
    };
"""
"""In the page: what is asked of a response while its page is closed may never be answered."""


@dataclass
class Visitors:
    """One browser's visitors, and what the server promised them.

    Attributes:
        acked: decisions that the server has acknowledged.
        shown: pages that were shown.
        again: keys that were pressed again, as nothing had come of them for `AGAIN_MS`.
    """

    browser: Browser
    address: str
    acked: int = 0
    shown: int = 0
    again: int = 0
    problems: list[str] = field(default_factory=list)

    def stays(self) -> Page:
        """Come to the Train page, and stay."""
        page = self._context().new_page()
        self._show(page, f"train?dataset={DATASET}")
        return page

    def walks(self, page: Page) -> None:
        """Go through all pages by the menu, within one session."""
        for name in PAGES[1:] + PAGES[:1]:
            page.locator(f'[data-testid="stPageLink-NavLink"][href*="/{name}?"]').click()
            self._look(page)

    def comes_and_goes(self) -> None:
        """Open every page by its address in a session of its own, and leave."""
        context = self._context()
        page = context.new_page()
        for name in PAGES:
            self._show(page, f"{name}?dataset={DATASET}&annotator=Guest")
        context.close()

    def decides(self, annotator: str, decisions: int) -> None:
        """Accept one image after the other on the label pad, some of them with one label more.

        Never with one less: the pad saves no image without a label, and says so.
        """
        context = self._context()
        page = context.new_page()
        page.add_init_script(COUNT_ACKED)
        # Of the run that has scores of 1,200 images: an hour is long, and a queue can run dry.
        asked = f"dataset={DATASET}&run={DATASET}&split=train&annotator={annotator}"
        page.goto(f"{self.address}/label?{asked}")
        image, painted = page.locator(".pad .one"), "data-painted"
        for number in range(decisions):
            expect(image).to_have_attribute(painted, re.compile("."), timeout=PATIENCE_MS)
            name = image.get_attribute(painted) or ""
            lysosomes = page.locator(".pad .label-row", has_text="Lysosomes")
            if number % 3 == 0 and lysosomes.get_attribute("aria-pressed") == "false":
                page.keyboard.press("r")
                page.keyboard.press("l")
            if not self._press_until(page, expect(image).not_to_have_attribute, painted, name):
                self.problems.append(f"{page.url}: Enter does nothing")
                break
        saved = page.locator(".pad .save-status")
        expect(saved).to_have_attribute("data-state", "saved", timeout=PATIENCE_MS)
        self.acked += page.evaluate("window.acked")
        context.close()

    def _press_until(self, page: Page, reached: Callable[..., None], *expected: str) -> bool:
        """Press Enter; where nothing has come of it under load, do so again."""
        for _ in range(PATIENCE_MS // AGAIN_MS):
            page.keyboard.press("Enter")
            with suppress(AssertionError):
                reached(*expected, timeout=AGAIN_MS)
                return True
            self.again += 1
        return False

    def _context(self) -> BrowserContext:
        return self.browser.new_context(viewport=VIEWPORT)

    def _show(self, page: Page, address: str) -> None:
        page.goto(f"{self.address}/{address}", timeout=PATIENCE_MS)
        self._look(page)

    def _look(self, page: Page) -> None:
        """Wait until the page's script is through and has left no error, and look at it."""
        page.locator("h1").first.wait_for(timeout=PATIENCE_MS)
        page.wait_for_timeout(LOOK_MS)
        expect(page.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=PATIENCE_MS)
        for error in page.locator("[data-testid=stException]").all_text_contents():
            self.problems.append(f"{page.url}: {error}")
        self.shown += 1


def heap_mib(page: Page) -> float:
    """Return the page's JavaScript heap after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / 2**20
