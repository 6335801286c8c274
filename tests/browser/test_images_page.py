"""The Images page in a real Chromium: pixels on the screen, keys, links, no needless request."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Request, Route, WebSocket, expect

from dashboard.components.assets import module_source
from dashboard.components.channel_viewer import FOLDER as VIEWER
from hpa_core.data.dataset import Dataset, write_dataset
from hpa_core.data.importing import import_external
from hpa_core.workspace import Workspace
from tests.browser.conftest import PATIENCE_MS, VIEWPORT, Serve, Server
from tests.composites import assert_shows, random_channels
from tests.conftest import MakeDataset, write_random_dataset
from tests.quartets import quartet_pixels, write_quartets
from tests.scored import score_dataset

STORED = "JSON.parse(sessionStorage.getItem('hpa-mixer'))"
PLAIN_CHANNELS = [
    {"on": True, "color": color, "lo": 0, "hi": 255, "gamma": 1}
    for color in ("#ff0000", "#00ff00", "#0000ff", "#ffff00")
]
PIXELS = """canvas => {
    const context = canvas.getContext('2d');
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    let text = '';
    for (let at = 0; at < data.length; at += 8192) {
        text += String.fromCharCode(...data.subarray(at, at + 8192));
    }
    return { width, height, data: btoa(text) };
}"""


SHORT_NAMES = ("MT", "protein", "nucleus", "ER")
ORIGINAL = "10580_1610_C1_1"
WATCH_WEBGL = """
    window.contexts = [];
    const { getContext } = HTMLCanvasElement.prototype;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        const context = getContext.call(this, kind, ...rest);
        if (kind === 'webgl2' && context && !window.contexts.includes(context)) {
            const draw = context.drawArraysInstanced;
            context.drawArraysInstanced = (...asked) => {
                window.drawn += 1;
                draw.apply(context, asked);
            };
            context.switch = context.getExtension('WEBGL_lose_context');
            window.contexts.push(context);
        }
        return context;
    };
"""
CHANGE_CONTEXTS = """async act => {
    const told = act === 'loseContext' ? 'webglcontextlost' : 'webglcontextrestored';
    await Promise.all(window.contexts.map(context => new Promise(done => {
        context.canvas.addEventListener(told, done, { once: true });
        context.switch[act]();
    })));
}"""
BOTH_PAINTERS = """async ({ source, mixers }) => {
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    const { makePainter, ShownImage } = await import(url);
    const painters = ['canvas', 'webgl'].map(name => {
        localStorage.setItem('hpa-painter', name);
        return makePainter();
    });
    const size = 128;
    const planes = crypto.getRandomValues(new Uint8Array(4 * size * size));
    const image = new ShownImage({ size, planes });
    const differing = mixers.map(mixer => {
        const [one, other] = painters.map(({ paint }) => {
            const context = new OffscreenCanvas(size, size).getContext('2d');
            paint([image], [mixer], [context]);
            return context.getImageData(0, 0, size, size).data;
        });
        return one.filter((value, at) => value !== other[at]).length;
    });
    return { names: painters.map(({ name }) => name), differing };
}"""


def pixels(canvas: Locator) -> np.ndarray:
    """What a canvas shows, uint8 (H, W, 4)."""
    found = canvas.evaluate(PIXELS)
    flat = np.frombuffer(base64.b64decode(found["data"]), np.uint8)
    return flat.reshape(found["height"], found["width"], 4)


def open_images(page: Page, address: str, link: str = "") -> Locator:
    """Open the page and wait until its tiles are painted."""
    return open_link(page, f"{address}/images{link}")


def open_link(page: Page, link: str) -> Locator:
    page.goto(link)
    viewer = page.locator(".viewer")
    expect(viewer.locator(".tile canvas").first).not_to_have_attribute("width", "1")
    return viewer


def toggle(viewer: Locator, stain: str) -> Locator:
    return viewer.locator(".toggle", has_text=stain)


def settle(page: Page) -> None:
    """Wait for the frame after the next, by which every change has been painted."""
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("images") / "workspace").create()


@pytest.fixture(scope="module")
def tiny(shared: Workspace) -> Dataset:
    dataset = write_random_dataset(shared, samples=140)
    score_dataset(shared, dataset)
    return dataset


@pytest.fixture(scope="module")
def address(
    shared: Workspace, tiny: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """One dashboard for all tests that only look at `tiny`; each opens its own session."""
    server = Server(shared, tmp_path_factory.mktemp("log") / "dashboard.log")
    yield server.url
    server.kill()


@pytest.fixture
def traffic(browser_page: Page) -> Callable[[], list[str]]:
    """Return a function that gives, and forgets, what the page has sent since the last call."""
    sent: list[str] = []
    browser_page.on("request", lambda request: sent.extend(_addresses(request)))
    browser_page.on(
        "websocket",
        lambda socket: socket.on("framesent", lambda _: sent.append("websocket frame")),
    )

    def take() -> list[str]:
        taken = list(sent)
        sent.clear()
        return taken

    return take


def _addresses(request: Request) -> list[str]:
    """What was asked for; the tab's icon, which a browser looks up for every address, is not."""
    return [] if "/media/" in request.url else [f"{request.method} {request.url}"]


@pytest.mark.parametrize("painter", ["webgl", "canvas"])
def test_every_mixer_setting_shows_the_exact_composite_and_asks_the_server_nothing(
    tiny: Dataset,
    address: str,
    browser_page: Page,
    traffic: Any,
    painter: str,
) -> None:
    browser_page.add_init_script(f"localStorage.setItem('hpa-painter', '{painter}')")
    viewer = open_images(browser_page, address)
    expect(viewer).to_have_attribute("data-painter", painter)
    browser_page.wait_for_load_state("networkidle")
    browser_page.wait_for_timeout(1500)  # Streamlit's own start-up traffic ends.
    traffic()
    canvas = viewer.locator(".tile canvas").nth(3)
    planes = np.asarray(tiny.thumbnails[73])
    seen = [pixels(canvas)]
    colours = viewer.get_by_label("Colours of the channels")
    steps: list[Callable[[], Any]] = [
        lambda: browser_page.keyboard.press("2"),
        lambda: browser_page.keyboard.press("0"),
        lambda: toggle(viewer, "microtubules").click(),
        lambda: viewer.get_by_label("protein: upper limit").press("PageDown"),
        lambda: viewer.get_by_label("nucleus: lower limit").press("PageUp"),
        lambda: viewer.get_by_label("Gamma of protein").fill("0.5"),
        lambda: browser_page.keyboard.press("a"),
        lambda: browser_page.keyboard.press("i"),
        *(
            lambda name=name: colours.select_option(name)
            for name in ("safe", "okabe", "protein", "grey")
        ),
        lambda: viewer.get_by_label("Colour of protein").fill("#12ab9f"),
        lambda: viewer.get_by_label("Invert").uncheck(),
        lambda: viewer.get_by_role("button", name="Reset").click(),
    ]
    for step in steps:
        step()
        settle(browser_page)
        seen.append(pixels(canvas))
        mixer = browser_page.evaluate(STORED)
        assert_shows(seen[-1], planes, mixer["channels"], inverted=mixer["inverted"])
        assert not np.array_equal(seen[-1], seen[-2])
    np.testing.assert_array_equal(seen[-1], seen[0])
    assert traffic() == []


def test_settings_of_one_image_are_its_own_until_they_are_everyones(
    address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address, "?image=sample-0071")
    expect(viewer.locator(".stage-canvas")).to_have_attribute("data-full", "true")
    own, other = (viewer.locator(".tile canvas").nth(place) for place in (1, 2))
    before = pixels(other)
    viewer.get_by_label("This image alone").check()
    browser_page.keyboard.press("2")
    settle(browser_page)
    assert not pixels(own)[..., [0, 2]].any()
    np.testing.assert_array_equal(pixels(other), before)
    browser_page.keyboard.press(".")
    expect(viewer.get_by_label("This image alone")).not_to_be_checked()
    browser_page.keyboard.press(",")
    expect(viewer.get_by_label("This image alone")).to_be_checked()
    viewer.get_by_role("button", name="Use for all").click()
    settle(browser_page)
    assert not pixels(other)[..., [0, 2]].any()
    expect(viewer.get_by_label("This image alone")).not_to_be_checked()


def test_a_link_brings_the_mixer_and_a_saved_picture_its_legend(
    tiny: Dataset, address: str, browser_page: Page, tmp_path: Path
) -> None:
    viewer = open_images(browser_page, address, "?image=sample-0071")
    browser_page.keyboard.press("3")
    viewer.get_by_label("nucleus: upper limit").press("PageDown")
    expect(browser_page).to_have_url(re.compile(r"mixer=hpa-0-0_0-ff0000-0-255-1_.*-0-239-1_"))
    link = browser_page.url
    browser_page.keyboard.press(".")  # The server writes the address anew, with the next image.
    expect(browser_page).to_have_url(re.compile("image=sample-0072.*mixer=hpa"))
    browser_page.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
    browser_page.goto(link)
    expect(toggle(viewer, "nucleus")).to_have_attribute("aria-pressed", "true")
    expect(toggle(viewer, "protein")).to_have_attribute("aria-pressed", "false")
    expect(viewer.locator(".stage-canvas")).to_have_attribute("data-full", "true")
    with browser_page.expect_download() as saved:
        browser_page.keyboard.press("s")
    assert saved.value.suggested_filename == "sample-0071_hpa_nucleus-0-239.png"
    saved.value.save_as(tmp_path / "saved.png")
    with Image.open(tmp_path / "saved.png") as file:
        assert file.info["Software"] == "HPA Workbench"
        assert file.info["Description"].startswith("Image sample-0071\nDataset tiny")
        picture = np.asarray(file.convert("RGBA"))
    channels = browser_page.evaluate(STORED)["channels"]
    assert picture.shape[1] == 512  # 32 pixels a side, each drawn 16 x 16.
    assert_shows(picture[:512:16, ::16], np.asarray(tiny.images[71]), channels)
    assert (picture[7:512:16, 9::16] == picture[:512:16, ::16]).all()
    legend = picture[512:]
    assert (legend == [0, 0, 255, 255]).all(axis=2).sum() > 100  # The swatch of the nucleus.
    assert (legend[..., :3] == 0).all(axis=2).sum() > 100  # Its words.


def stored(page: Page, store: str) -> dict[str, Any] | None:
    """The mixer that `sessionStorage` or `localStorage` remembers."""
    found: dict[str, Any] | None = page.evaluate(f"JSON.parse({store}.getItem('hpa-mixer'))")
    return found


@pytest.fixture
def receiver(browser: Browser, address: str) -> Iterator[Page]:
    """Another person's browser, which remembers a mixer of its own: inverted, the nucleus alone."""
    window = browser.new_context(viewport=VIEWPORT)
    page = window.new_page()
    page.set_default_timeout(PATIENCE_MS)
    open_images(page, address)
    page.keyboard.press("i")
    page.keyboard.press("3")
    settle(page)
    yield page
    window.close()


def test_a_link_that_names_nothing_keeps_the_receivers_own_mixer(
    address: str, browser_page: Page, receiver: Page
) -> None:
    open_images(browser_page, address, "?image=sample-0071")
    browser_page.wait_for_timeout(500)  # The link would have been written by now.
    assert "mixer" not in browser_page.url
    before = stored(receiver, "localStorage")
    viewer = open_link(receiver, browser_page.url)
    expect(viewer.get_by_label("Invert")).to_be_checked()
    expect(receiver).to_have_url(re.compile("mixer=hpa-1-0"))
    assert stored(receiver, "localStorage") == before


def test_a_link_with_the_plain_mixer_shows_it_and_the_receiver_keeps_the_other(
    tiny: Dataset, address: str, browser_page: Page, receiver: Page
) -> None:
    open_images(browser_page, address, "?image=sample-0071")
    browser_page.keyboard.press("2")
    browser_page.keyboard.press("0")
    expect(browser_page).to_have_url(re.compile("mixer=plain"))
    remembered = stored(receiver, "localStorage")
    viewer = open_link(receiver, browser_page.url)
    canvas = viewer.locator(".tile canvas").nth(1)
    assert_shows(pixels(canvas), np.asarray(tiny.thumbnails[71]), PLAIN_CHANNELS)
    expect(receiver).to_have_url(re.compile("mixer=plain"))
    assert stored(receiver, "localStorage") == remembered
    # The tab goes on with the link's settings, the next visit with the remembered ones.
    again = open_images(receiver, address)
    expect(again.get_by_label("Invert")).not_to_be_checked()
    visit = receiver.context.new_page()
    expect(open_images(visit, address).get_by_label("Invert")).to_be_checked()


def test_a_link_to_an_image_with_settings_of_its_own_brings_them_for_it_alone(
    tiny: Dataset, address: str, browser_page: Page, receiver: Page
) -> None:
    viewer = open_images(browser_page, address, "?image=sample-0071")
    viewer.get_by_label("This image alone").check()
    browser_page.keyboard.press("2")
    alone = re.compile(r"mixer=plain.*alone=sample-0071\*hpa-0-0_0-ff0000-")
    expect(browser_page).to_have_url(alone)
    remembered = stored(receiver, "localStorage")
    viewer = open_link(receiver, browser_page.url)
    expect(viewer.get_by_label("This image alone")).to_be_checked()
    expect(toggle(viewer, "protein")).to_have_attribute("aria-pressed", "true")
    expect(toggle(viewer, "nucleus")).to_have_attribute("aria-pressed", "false")
    solo = [{**channel, "on": at == 1} for at, channel in enumerate(PLAIN_CHANNELS)]
    for place, channels in ((1, solo), (2, PLAIN_CHANNELS)):
        shown = pixels(viewer.locator(".tile canvas").nth(place))
        assert_shows(shown, np.asarray(tiny.thumbnails[70 + place]), channels)
    assert stored(receiver, "localStorage") == remembered
    # A link to the same image without settings of its own takes them back.
    viewer.get_by_label("This image alone").uncheck()
    expect(receiver).to_have_url(re.compile("^(?!.*alone=).*mixer=plain"))
    viewer = open_link(browser_page, receiver.url)
    expect(viewer.get_by_label("This image alone")).not_to_be_checked()
    expect(toggle(viewer, "nucleus")).to_have_attribute("aria-pressed", "true")


def test_a_tab_keeps_its_mixer_whatever_another_one_sets(address: str, browser_page: Page) -> None:
    open_images(browser_page, address)
    browser_page.keyboard.press("3")
    settle(browser_page)
    tab = browser_page.context.new_page()
    open_images(tab, address)
    browser_page.keyboard.press("2")
    settle(browser_page)
    for page, stain in ((tab, "nucleus"), (browser_page, "protein")):
        again = open_images(page, address)
        expect(toggle(again, stain)).to_have_attribute("aria-pressed", "true")
    visit = browser_page.context.new_page()
    again = open_images(visit, address)
    expect(toggle(again, "protein")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (1920, 1080)])
def test_a_linked_image_comes_up_in_sight_and_a_rerun_leaves_the_page_where_it_is(
    address: str, browser_page: Page, width: int, height: int
) -> None:
    browser_page.set_viewport_size({"width": width, "height": height})
    viewer = open_images(browser_page, address, "?image=sample-0071")
    stage = viewer.locator(".stage-canvas")
    expect(stage).to_have_attribute("data-full", "true")
    expect(stage).to_be_in_viewport(ratio=1)
    expect(viewer.locator(".mixer")).to_be_in_viewport(ratio=1)
    expect(viewer.locator(".scale-note")).to_be_in_viewport(ratio=1)
    filter_text = browser_page.get_by_label("Filter", exact=True).last
    filter_text.scroll_into_view_if_needed()
    filter_text.fill("id~007")
    expect(viewer.locator(".tile")).to_have_count(10)
    expect(filter_text).to_be_in_viewport(ratio=1)


def test_an_image_cannot_be_lost_beside_the_stage(address: str, browser_page: Page) -> None:
    viewer = open_images(browser_page, address, "?image=sample-0071")
    stage = viewer.locator(".stage-canvas")
    expect(stage).to_have_attribute("data-full", "true")
    fitted = pixels(stage)
    box = stage.bounding_box()
    assert box is not None
    corner = (box["x"] + 5, box["y"] + 5)
    opposite = (box["x"] + box["width"] - 5, box["y"] + box["height"] - 5)
    for start, end in ((corner, opposite), (opposite, corner)):
        for _ in range(2):
            browser_page.mouse.move(*start)
            browser_page.mouse.down()
            browser_page.mouse.move(*end, steps=4)
            browser_page.mouse.up()
        shown = pixels(stage)[..., 3] > 0
        assert shown.mean() == pytest.approx(1 / 16, abs=0.005)  # A quarter of either side.
    browser_page.mouse.dblclick(*corner)
    np.testing.assert_array_equal(pixels(stage), fitted)
    browser_page.keyboard.press("+")
    assert not np.array_equal(pixels(stage), fitted)
    browser_page.keyboard.press("f")
    np.testing.assert_array_equal(pixels(stage), fitted)


def test_arrows_move_an_enlarged_image_that_has_the_focus_and_its_middle_is_read(
    tiny: Dataset, address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address, "?image=sample-0071")
    stage, read_out = viewer.locator(".stage-canvas"), viewer.locator(".readout")
    expect(stage).to_have_attribute("data-full", "true")
    browser_page.keyboard.press("g")
    expect(stage).to_be_focused()
    expect(viewer.locator(".cross-hair")).to_be_visible()
    column, row = (int(number) for number in re.findall(r"\d+", read_out.inner_text())[:2])
    assert {column, row} <= {15, 16}

    def assert_reads(column: int, row: int) -> None:
        values = np.asarray(tiny.images[71])[:, row, column]
        named = " ".join(f"{name} {value}" for name, value in zip(SHORT_NAMES, values, strict=True))
        expect(read_out).to_have_text(f"x {column} y {row} {named}")

    assert_reads(column, row)
    fitted = stage.get_attribute("data-left")
    browser_page.keyboard.press("ArrowRight")  # All of it is in sight: the key is the page's.
    assert stage.get_attribute("data-left") == fitted
    for _ in range(2):
        browser_page.keyboard.press("+")
    assert_reads(column, row)
    place = stage.bounding_box()
    for key, across, down in (("Right", 1, 0), ("Right", 2, 0), ("Up", 2, -1), ("Left", 1, -1)):
        browser_page.keyboard.press(f"Shift+Arrow{key}")
        assert_reads(column + across, row + down)
    before = float(stage.get_attribute("data-left") or "")
    browser_page.keyboard.press("ArrowLeft")
    assert float(stage.get_attribute("data-left") or "") > before + 20
    assert stage.bounding_box() == place
    stage.hover(position={"x": 100, "y": 100})
    expect(viewer.locator(".cross-hair")).to_be_hidden()


def test_keys_find_the_images_and_say_themselves_and_parts_have_names_of_their_own(
    address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address)
    names = viewer.get_by_role("navigation").evaluate_all("all => all.map(each => each.ariaLabel)")
    assert len(names) == len(set(names)) == 2
    expect(viewer.get_by_role("list")).to_have_count(0)
    browser_page.keyboard.press("g")
    expect(viewer.locator(".tile").first).to_be_focused()
    browser_page.keyboard.press("?")
    keys = viewer.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("go to the images")
    browser_page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    skip = viewer.get_by_role("button", name="Skip the mixer")
    skip.focus()
    browser_page.keyboard.press("Enter")
    expect(viewer.locator(".tile").first).to_be_focused()


def test_nothing_leads_beyond_the_ends_of_a_selection(address: str, browser_page: Page) -> None:
    viewer = open_images(browser_page, address, "?filter=wrong&image=sample-0070")
    back, on = (viewer.get_by_role("button", name=name) for name in ("‹ Previous", "Next ›"))
    place = viewer.locator(".image-place")
    expect(place).to_have_text("1 of 2")
    expect(back).to_be_disabled()
    on.click()
    expect(place).to_have_text("2 of 2")
    expect(on).to_be_disabled()
    expect(back).to_be_enabled()
    open_images(browser_page, address, "?filter=wrong&image=sample-0100")
    expect(place).to_have_text("outside the selection")
    expect(back).to_be_disabled()
    browser_page.keyboard.press(",")
    expect(place).to_have_text("outside the selection")
    on.click()
    expect(place).to_have_text("1 of 2")


def test_where_no_image_is_found_no_signs_are_explained(address: str, browser_page: Page) -> None:
    viewer = open_images(browser_page, address)
    expect(viewer.locator(".gallery-legend .chip")).to_have_count(3)
    browser_page.goto(f"{address}/images?filter=labels=9")
    expect(browser_page.get_by_text("No image fulfils this filter")).to_be_visible()
    expect(viewer.locator(".pager").first).to_be_attached()
    expect(viewer.locator(".gallery-legend .chip")).to_have_count(0)


def test_a_graphics_context_that_is_lost_comes_back(
    tiny: Dataset, address: str, browser_page: Page
) -> None:
    browser_page.add_init_script("localStorage.setItem('hpa-painter', 'webgl')")
    browser_page.add_init_script(WATCH_WEBGL)
    viewer = open_images(browser_page, address)
    canvas = viewer.locator(".tile canvas").nth(1)
    settle(browser_page)

    def shown_after(key: str) -> int:
        """Press it; what then is shown is exact. Return how often WebGL has drawn for that."""
        browser_page.evaluate("window.drawn = 0")
        browser_page.keyboard.press(key)
        settle(browser_page)
        channels = browser_page.evaluate(STORED)["channels"]
        assert_shows(pixels(canvas), np.asarray(tiny.thumbnails[71]), channels)
        drawn: int = browser_page.evaluate("window.drawn")
        return drawn

    assert shown_after("2") > 0
    browser_page.evaluate(CHANGE_CONTEXTS, "loseContext")
    assert shown_after("3") == 0
    browser_page.evaluate(CHANGE_CONTEXTS, "restoreContext")
    assert shown_after("1") > 0
    assert shown_after("0") > 0


def test_both_painters_show_the_same_pixels(address: str, browser_page: Page) -> None:
    browser_page.goto(address)
    modules = ("composite.js", "contrast.js", "mixer_state.js", "element.js", "stage_view.js")
    source = module_source(VIEWER, *modules, "shown_image.js", "gl_painter.js")
    rng = np.random.default_rng(0)
    mixers = [
        {"channels": random_channels(rng), "inverted": inverted, "perImage": False}
        for inverted in (False, True) * 20
    ]
    found = browser_page.evaluate(BOTH_PAINTERS, {"source": source, "mixers": mixers})
    assert found == {"names": ["canvas", "webgl"], "differing": [0] * len(mixers)}


def test_limits_follow_the_pointer_on_the_histogram(
    tiny: Dataset, address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address)
    box = viewer.locator(".histogram").nth(1).bounding_box()
    assert box is not None
    browser_page.mouse.move(box["x"] + box["width"], box["y"] + 10)
    browser_page.mouse.down()
    browser_page.mouse.move(box["x"] + box["width"] * 100 / 255, box["y"] + 10, steps=5)
    browser_page.mouse.up()
    settle(browser_page)
    channels = browser_page.evaluate(STORED)["channels"]
    assert abs(channels[1]["hi"] - 100) <= 1
    assert channels[1]["lo"] == 0
    # A drag that begins beside the handles moves the nearer one.
    browser_page.mouse.move(box["x"] + box["width"] * 40 / 255, box["y"] + 10)
    browser_page.mouse.down()
    browser_page.mouse.move(box["x"] + box["width"] * 60 / 255, box["y"] + 10, steps=5)
    browser_page.mouse.up()
    settle(browser_page)
    channels = browser_page.evaluate(STORED)["channels"]
    assert abs(channels[1]["lo"] - 60) <= 1
    assert abs(channels[1]["hi"] - 100) <= 1
    canvas = viewer.locator(".tile canvas").first
    assert_shows(pixels(canvas), np.asarray(tiny.thumbnails[70]), channels)


def test_limits_of_each_image_by_itself_are_shown_and_moving_one_takes_over(
    tiny: Dataset, address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address, "?image=sample-0071")
    expect(viewer.locator(".stage-canvas")).to_have_attribute("data-full", "true")
    strip = viewer.locator(".strip").nth(1)
    upper, cut = strip.get_by_role("slider", name="protein: upper limit"), strip.locator(".cut")
    browser_page.keyboard.press("a")
    expect(strip.get_by_label("Upper limit of protein")).not_to_have_value("255")
    own = [field.input_value() for field in viewer.locator(".numbers input").all()]
    viewer.get_by_role("button", name="Reset").click()
    viewer.get_by_label("Each image by itself").check()
    for field, value in zip(viewer.locator(".numbers input").all(), own, strict=True):
        expect(field).to_have_value(value)
    protein = np.asarray(tiny.images[71][1])
    below, above = (protein < int(own[2])).mean(), (protein > int(own[3])).mean()
    expect(cut).to_have_text(f"{100 * below:.1f} % below, {100 * above:.1f} % above")
    before = pixels(viewer.locator(".stage-canvas"))
    upper.press("Home")
    expect(viewer.get_by_label("Each image by itself")).not_to_be_checked()
    settle(browser_page)
    channels = browser_page.evaluate(STORED)["channels"]
    assert [channel[side] for channel in channels for side in ("lo", "hi")] == [
        int(own[2]) + 1 if at == 3 else int(value) for at, value in enumerate(own)
    ]
    assert not np.array_equal(pixels(viewer.locator(".stage-canvas")), before)
    browser_page.keyboard.press("Escape")
    viewer.get_by_label("Each image by itself").check()
    expect(cut).to_have_text("each image has its own")


def test_limits_are_typed_and_moved_to_their_ends_by_keys(address: str, browser_page: Page) -> None:
    viewer = open_images(browser_page, address)
    lower, upper = (viewer.get_by_label(f"{side} limit of protein") for side in ("Lower", "Upper"))
    for field, typed, taken in ((upper, "120", 120), (lower, "300", 119), (lower, "", 119)):
        field.fill(typed)
        field.press("Enter")
        expect(field).to_have_value(f"{taken}")
    handle = viewer.get_by_label("protein: lower limit")
    for key, level in (("Home", 0), ("End", 119), ("PageDown", 103), ("PageUp", 119)):
        handle.press(key)
        expect(handle).to_have_attribute("aria-valuenow", f"{level}")
        expect(lower).to_have_value(f"{level}")
    assert browser_page.evaluate("scrollY") == 0
    assert browser_page.evaluate(STORED)["channels"][1]["lo"] == 119


def test_all_channels_off_is_said_and_the_numbers_of_a_channel_that_is_off_can_be_read(
    address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address, "?image=sample-0071")
    for stain in ("microtubules", "protein", "nucleus", "reticulum"):
        toggle(viewer, stain).click()
    told = "All channels are off. Key 0 shows them"
    expect(viewer.locator(".mixer-note")).to_have_text(told)
    expect(viewer.locator(".stage-legend")).to_have_text(told)
    numbers = viewer.locator(".strip.off footer").first
    assert float(numbers.evaluate("each => parseFloat(getComputedStyle(each).fontSize)")) >= 11.5
    colour = numbers.evaluate("each => getComputedStyle(each).color")
    assert colour == viewer.evaluate("each => getComputedStyle(each).color")
    expect(numbers).to_have_css("opacity", "1")
    browser_page.keyboard.press("0")
    expect(viewer.locator(".mixer-note")).to_be_hidden()
    expect(viewer.locator(".stage-legend li")).to_have_count(4)


def test_mixer_settings_outlive_the_page_and_the_tab(address: str, browser_page: Page) -> None:
    open_images(browser_page, address)
    browser_page.keyboard.press("3")
    settle(browser_page)
    again = open_images(browser_page, address)
    expect(toggle(again, "nucleus")).to_have_attribute("aria-pressed", "true")
    expect(toggle(again, "protein")).to_have_attribute("aria-pressed", "false")
    tab = browser_page.context.new_page()
    other = open_images(tab, address)
    expect(toggle(other, "protein")).to_have_attribute("aria-pressed", "false")


def test_a_broken_store_does_not_break_the_viewer(address: str, browser_page: Page) -> None:
    open_images(browser_page, address)
    broken = '{"channels": [{"lo": 9, "hi": 3}]}'
    browser_page.evaluate("text => sessionStorage.setItem('hpa-mixer', text)", broken)
    viewer = open_images(browser_page, address)
    expect(toggle(viewer, "protein")).to_have_attribute("aria-pressed", "true")


def test_keys_choose_an_image_open_it_walk_on_and_come_back(
    address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address)
    viewer.locator(".tile").first.focus()
    browser_page.keyboard.press("ArrowRight")
    browser_page.keyboard.press("ArrowRight")
    browser_page.keyboard.press("ArrowLeft")
    browser_page.keyboard.press("Enter")
    name = viewer.locator(".image-id")
    expect(name).to_have_text("sample-0071")
    expect(browser_page).to_have_url(re.compile("image=sample-0071"))
    browser_page.keyboard.press(".")
    expect(name).to_have_text("sample-0072")
    browser_page.keyboard.press("Escape")
    expect(viewer.locator(".image-view")).to_be_hidden()
    expect(browser_page).to_have_url(re.compile("^(?!.*image=)"))
    browser_page.keyboard.press("]")
    expect(viewer.locator(".tile-id").first).to_have_text("sample-0118")
    expect(browser_page).to_have_url(re.compile("page=2"))
    browser_page.keyboard.press("[")
    expect(viewer.locator(".tile-id").first).to_have_text("sample-0070")


def test_keys_quicker_than_the_server_end_where_they_lead(address: str, browser_page: Page) -> None:
    viewer = open_images(browser_page, address)
    first, name = viewer.locator(".tile-id").first, viewer.locator(".image-id")
    for keys, ends in (
        ("][]", "page=2"),  # Pages,
        ("[][", "^(?!.*page=)"),
    ):
        for key in keys:
            browser_page.keyboard.press(key)
        expect(browser_page).to_have_url(re.compile(ends))
        expect(first).to_have_text("sample-0118" if "2" in ends else "sample-0070")
    viewer.locator(".tile").first.focus()
    for key in ("Enter", ".", ".", ",", "Escape", "Enter", ".", "."):  # then images.
        browser_page.keyboard.press(key)
    expect(browser_page).to_have_url(re.compile("image=sample-0073"))
    expect(name).to_have_text("sample-0073")
    browser_page.reload()
    expect(name).to_have_text("sample-0073")
    for key in ("Escape", "]"):
        browser_page.keyboard.press(key)
    expect(browser_page).to_have_url(re.compile("^(?!.*image=).*page=2"))
    expect(viewer.locator(".image-view")).to_be_hidden()
    expect(first).to_have_text("sample-0118")


def test_every_press_of_a_key_leads_one_image_further_over_the_edge_of_a_page_and_back(
    address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address)
    viewer.locator(".tile").first.click()
    name = viewer.locator(".image-id")
    expect(name).to_have_text("sample-0070")
    for key, times, ends in ((".", 55, 125), (",", 30, 95), (".", 3, 98), (",", 28, 70)):
        for _ in range(times):
            browser_page.keyboard.press(key)
        expect(name).to_have_text(f"sample-{ends:04d}")
        expect(browser_page).to_have_url(re.compile(f"image=sample-{ends:04d}"))


def test_the_next_page_is_there_before_it_is_turned(
    tiny: Dataset, address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address)
    browser_page.wait_for_load_state("networkidle")
    browser_page.route("**/hpa/tiles/**", lambda route: route.abort())
    browser_page.keyboard.press("]")
    expect(viewer.locator(".tile-id").first).to_have_text("sample-0118")
    expect(viewer.locator(".tile")).to_have_count(22)
    settle(browser_page)
    shown = pixels(viewer.locator(".tile canvas").first)
    assert_shows(shown, np.asarray(tiny.thumbnails[118]), PLAIN_CHANNELS)


def test_a_page_turned_is_drawn_without_the_script_around_it(
    tiny: Dataset, address: str, browser_page: Page
) -> None:
    received: list[bytes] = []
    sockets: list[WebSocket] = []

    def listen(socket: WebSocket) -> None:
        sockets.append(socket)
        socket.on("framereceived", lambda frame: received.append(bytes(frame)))

    browser_page.on("websocket", listen)
    viewer = open_images(browser_page, address)
    heading = f"of dataset {tiny.info.name}".encode()
    assert any(heading in frame for frame in received)
    browser_page.wait_for_load_state("networkidle")
    received.clear()
    with sockets[0].expect_event("framereceived", lambda frame: b"sample-0118" in bytes(frame)):
        browser_page.keyboard.press("]")
    expect(viewer.locator(".tile-id").first).to_have_text("sample-0118")
    assert not any(heading in frame for frame in received)


def test_walking_past_the_end_of_a_page_goes_on_with_the_next(
    address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address, "?image=sample-0117")
    name = viewer.locator(".image-id")
    expect(name).to_have_text("sample-0117")
    expect(viewer.locator(".image-place")).to_have_text("48 of 70")
    browser_page.keyboard.press(".")
    expect(name).to_have_text("sample-0118")
    expect(viewer.locator(".tile")).to_have_count(22)
    browser_page.keyboard.press(",")
    expect(name).to_have_text("sample-0117")


def test_a_filter_from_the_link_and_from_the_page_choose_the_same(
    address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address, "?filter=wrong")
    expect(viewer.locator(".tile-id")).to_have_text(["sample-0070", "sample-0071"])
    expect(viewer.locator(".tile").nth(1).locator(".chip.false")).to_have_text("✗ Rods & rings")
    filter_text = browser_page.get_by_label("Filter", exact=True).last
    filter_text.press("End")
    filter_text.press_sequentially(" id~0071")  # Typed, and neither sent nor left.
    expect(viewer.locator(".tile-id")).to_have_text(["sample-0071"])
    expect(browser_page).to_have_url(re.compile("filter=wrong.+id~0071|filter=wrong.+id%7E0071"))
    expect(filter_text).to_be_focused()


def test_the_samples_handed_out_are_those_that_the_filter_finds(
    address: str, browser_page: Page
) -> None:
    open_images(browser_page, address, '?filter=id~"011"')
    browser_page.get_by_role("button", name="Keep").click()
    with browser_page.expect_download() as download:
        browser_page.get_by_role("button", name="Samples (CSV)").click()
    table = pd.read_csv(download.value.path())
    assert table["Id"].tolist() == [f"sample-011{digit}" for digit in range(10)]
    assert set(table["Run"] + " " + table["ScoreSplit"] + " " + table["Thresholds"]) == {
        "scored validation fixed-0.5"
    }
    assert list(table)[-28:] == [f"score_{number}" for number in range(28)]


def test_the_scores_of_an_image_stand_against_their_thresholds(
    address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address, "?image=sample-0071")
    rows = viewer.locator(".score")
    expect(rows).to_have_count(28)
    last = rows.nth(27)
    expect(last).to_contain_text("✗ Rods & rings")
    expect(last).to_contain_text("0.600")
    expect(last).to_contain_text("false")
    viewer.get_by_role("button", name="Sort by score").click()
    values = [float(text) for text in viewer.locator(".score-value").all_inner_texts()]
    assert values == sorted(values, reverse=True)


def test_all_images_of_a_strip_are_one_step_of_the_history(
    make_dataset: MakeDataset, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    dataset = make_dataset(samples=20)
    ids = [f"{row % 2}_{row}_A{row}_1" for row in range(20)]
    manifest: pd.DataFrame = dataset.manifest.assign(id=ids)
    write_dataset(dataset.folder, manifest, name="tiny", source="kaggle", image_size=32)
    viewer = open_images(browser_page, serve(workspace))
    viewer.locator(".tile").first.click()
    name = viewer.locator(".image-id")
    shown = name.inner_text()
    all_of_it = viewer.get_by_role("button", name="Show 10 as a gallery")
    expect(all_of_it).to_be_visible()
    expect(browser_page).to_have_url(re.compile(f"image={shown}"))
    began = browser_page.evaluate("history.length")
    all_of_it.click()
    expect(viewer.locator(".image-view")).to_be_hidden()
    expect(viewer.locator(".tile:visible")).to_have_count(10)
    expect(browser_page).to_have_url(re.compile("filter=antibody"))
    assert browser_page.evaluate("history.length") == began + 1
    browser_page.go_back()
    expect(name).to_have_text(shown)


def test_an_id_with_markup_is_shown_as_text(
    make_dataset: MakeDataset, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    hostile = "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'> **b** [l](x)"
    dataset = make_dataset(samples=3)
    manifest: pd.DataFrame = dataset.manifest.assign(id=[hostile, "b", "c"])
    write_dataset(dataset.folder, manifest, name="tiny", source="kaggle", image_size=32)
    viewer = open_images(browser_page, serve(workspace))
    expect(viewer.locator(".tile-id").first).to_have_text(hostile)
    viewer.locator(".tile").first.click()
    expect(viewer.locator(".image-id")).to_have_text(hostile)
    expect(viewer.locator("img, script, a")).to_have_count(0)
    assert browser_page.evaluate("window.hit") is None
    expect(browser_page).to_have_url(re.compile("image="))
    browser_page.reload()
    expect(viewer.locator(".image-id")).to_have_text(hostile)
    assert browser_page.evaluate("window.hit") is None


def test_a_server_that_refuses_the_tiles_is_quoted(address: str, browser_page: Page) -> None:
    sentence = "Dataset 'tiny' has changed since this page was drawn; reload it."
    browser_page.route("**/hpa/tiles/**", lambda r: r.fulfill(status=404, body=sentence))
    browser_page.goto(f"{address}/images")
    told = browser_page.locator(".viewer .gallery-head + .fault span")
    expect(told).to_have_text(f"These images could not be loaded. {sentence}")


def test_an_image_still_to_come_shows_nothing_of_the_one_before_and_a_failed_one_is_tried_again(
    tiny: Dataset, address: str, browser_page: Page
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    browser_page.route(re.compile("/hpa/tiles/.*rows=118"), hold)
    viewer = open_images(browser_page, address, "?image=sample-0071")
    stage, tiles = viewer.locator(".stage-canvas"), viewer.locator(".gallery").first
    expect(stage).to_have_attribute("data-full", "true")
    stage.hover(position={"x": 100, "y": 100})
    viewer.get_by_label("Page", exact=True).first.fill("2")
    browser_page.keyboard.press("Enter")
    expect(viewer.locator(".image-id")).to_have_text("sample-0118")
    expect(stage).to_have_attribute("aria-label", "Image sample-0118 is loading")
    expect(viewer.locator(".stage-message")).to_have_text("Image sample-0118 is loading")
    expect(viewer.locator(".readout")).to_be_empty()
    assert not pixels(stage).any()
    expect(tiles).to_have_attribute("data-pixels", "awaited")
    told = viewer.locator(".gallery-head").get_by_role("status")
    expect(told).to_have_text("Loading images")
    waiting = tiles.locator("canvas").first
    expect(waiting).to_have_css("animation-name", "awaited")
    browser_page.emulate_media(reduced_motion="reduce")
    expect(waiting).to_have_css("animation-name", "none")
    for route in held:
        route.abort()
    faults = viewer.locator(".fault:visible")
    expect(faults).to_have_count(2)
    reason = "could not be loaded. The server did not answer. Look whether the dashboard is still"
    for fault, what in zip(faults.all(), ("Image sample-0118", "These images"), strict=True):
        expect(fault).to_contain_text(f"{what} {reason}")
    assert not pixels(stage).any()
    browser_page.unroute_all()
    for fault in reversed(faults.all()):
        fault.get_by_role("button", name="Try again").click()
    expect(stage).to_have_attribute("data-full", "true")
    expect(stage).to_have_attribute("aria-label", "Image sample-0118")
    expect(tiles).to_have_attribute("data-pixels", "here")
    expect(faults).to_have_count(0)
    expect(told).to_be_empty()
    settle(browser_page)
    shown = pixels(tiles.locator("canvas").first)
    assert_shows(shown, np.asarray(tiny.thumbnails[118]), PLAIN_CHANNELS)


def test_a_solo_channel_at_full_limits_is_the_file_itself(
    realdata: Any, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    dataset = write_quartets(workspace, realdata, samples=3)
    browser_page.add_init_script("localStorage.setItem('hpa-painter', 'webgl')")
    browser_page.set_viewport_size({"width": 1920, "height": 1080})
    sample = str(dataset.ids[1])
    viewer = open_images(browser_page, serve(workspace), f"?image={sample}")
    stage = viewer.locator(".stage-canvas")
    expect(stage).to_have_attribute("data-full", "true")
    viewer.get_by_label("Colours of the channels").select_option("grey")
    viewer.get_by_role("button", name="1:1").click()
    planes = quartet_pixels(realdata, sample)
    for channel in range(4):
        browser_page.keyboard.press(str(channel + 1))
        settle(browser_page)
        left, top = (
            int(float(stage.get_attribute(f"data-{side}") or "")) for side in ("left", "top")
        )
        shown = pixels(stage)[top : top + 512, left : left + 512, :3]
        assert shown.shape == (512, 512, 3)
        for part in range(3):
            np.testing.assert_array_equal(shown[..., part], planes[channel])


def test_a_large_original_is_exact_once_the_hand_rests_and_wherever_it_is_moved(
    make_dataset: MakeDataset, workspace: Workspace, serve: Serve, browser: Browser
) -> None:
    dataset = make_dataset(samples=2, size=1600)
    window = browser.new_context(viewport={"width": 1920, "height": 1080}, device_scale_factor=2)
    page = window.new_page()
    page.add_init_script("localStorage.setItem('hpa-painter', 'canvas')")
    viewer = open_images(page, serve(workspace), "?image=sample-0001")
    stage = viewer.locator(".stage-canvas")
    expect(stage).to_have_attribute("data-full", "true")
    viewer.get_by_role("button", name="1:1").click()
    planes = np.asarray(dataset.images[1])

    def assert_exact() -> None:
        expect(stage).to_have_attribute("data-resting", "true")
        shown, mixer = pixels(stage), page.evaluate(STORED)
        left, top = (int(float(stage.get_attribute(f"data-{x}") or "")) for x in ("left", "top"))
        height, width = shown.shape[:2]
        assert height * width > 1.2e6  # More than is mixed while a control moves.
        part = planes[:, max(-top, 0) : height - top, max(-left, 0) : width - left]
        shown = shown[max(top, 0) :, max(left, 0) :][: part.shape[1], : part.shape[2]]
        assert_shows(shown, part, mixer["channels"], inverted=mixer["inverted"])

    for key in ("2", "a", "i"):
        page.keyboard.press(key)
        settle(page)
        assert_exact()
    stage.hover(position={"x": 300, "y": 300})
    page.mouse.down()
    page.mouse.move(420, 120)
    page.mouse.up()
    assert_exact()
    window.close()


def test_a_real_original_of_2048_pixels_is_shown_read_and_saved_to_the_pixel(
    realdata: Path, workspace: Workspace, serve: Serve, browser_page: Page, tmp_path: Path
) -> None:
    labels = pd.DataFrame({"Id": [ORIGINAL], "Target": ["13 25 0 2 21"]})
    labels.to_csv(tmp_path / "labels.csv", index=False)
    source = realdata / "external"
    dataset = import_external(
        workspace, source, tmp_path / "labels.csv", name="originals", size=2048
    )
    planes = np.asarray(dataset.images[0])
    viewer = open_images(browser_page, serve(workspace), f"?image={ORIGINAL}")
    stage = viewer.locator(".stage-canvas")
    expect(stage).to_have_attribute("data-full", "true")
    expect(viewer.locator(".scale-note")).to_contain_text("2048 × 2048 px")
    viewer.get_by_role("button", name="1:1").click()
    browser_page.keyboard.press("a")
    browser_page.keyboard.press("i")
    viewer.get_by_label("Gamma of protein").fill("0.6")
    settle(browser_page)
    expect(stage).to_have_attribute("data-resting", "true")
    mixer = browser_page.evaluate(STORED)
    assert mixer["channels"][1]["gamma"] == 0.6
    left, top = (int(float(stage.get_attribute(f"data-{x}") or "")) for x in ("left", "top"))
    shown = pixels(stage)
    height, width = shown.shape[:2]
    part = planes[:, -top : height - top, -left : width - left]
    assert_shows(shown, part, mixer["channels"], inverted=True)
    stage.hover(position={"x": 100.5, "y": 50.5})
    values = planes[:, 50 - top, 100 - left]
    spoken = " ".join(f"{name} {value}" for name, value in zip(SHORT_NAMES, values, strict=True))
    words = " ".join(viewer.locator(".readout").inner_text().split())
    assert words == f"x {100 - left} y {50 - top} {spoken}"
    with browser_page.expect_download() as saved:
        browser_page.keyboard.press("s")
    saved.value.save_as(tmp_path / "saved.png")
    picture = np.asarray(Image.open(tmp_path / "saved.png").convert("RGBA"))
    assert_shows(picture[:2048], planes, mixer["channels"], inverted=True)


def test_a_zoomed_view_keeps_its_place_when_the_window_changes(
    address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address, "?image=sample-0071")
    stage = viewer.locator(".stage-canvas")
    expect(stage).to_have_attribute("data-full", "true")

    def centre() -> tuple[float, float, float]:
        """What the stage shows in its middle, and at which scale."""
        left, top, scale = (
            float(stage.get_attribute(f"data-{name}") or "") for name in ("left", "top", "scale")
        )
        width, height = stage.evaluate("({ width, height }) => [width, height]")
        return (width / 2 - left) / scale, (height / 2 - top) / scale, scale

    def resize(width: int) -> None:
        before = stage.evaluate("({ width }) => width")
        browser_page.set_viewport_size({"width": width, "height": 900})
        while stage.evaluate("({ width }) => width") == before:
            settle(browser_page)

    viewer.get_by_role("button", name="4:1").click()
    stage.hover(position={"x": 200, "y": 200})
    browser_page.mouse.down()
    browser_page.mouse.move(300, 500)
    browser_page.mouse.up()
    before = centre()
    resize(1500)
    assert centre() == pytest.approx(before, abs=0.25)
    browser_page.keyboard.press("f")
    fitted = centre()
    resize(1280)
    assert centre()[:2] == pytest.approx(fitted[:2], abs=0.25)
    assert centre()[2] < fitted[2]


def test_the_read_out_gives_the_four_stored_values_under_the_pointer(
    realdata: Any, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    dataset = write_quartets(workspace, realdata, samples=2)
    sample = str(dataset.ids[0])
    viewer = open_images(browser_page, serve(workspace), f"?image={sample}")
    stage = viewer.locator(".stage-canvas")
    expect(stage).to_have_attribute("data-full", "true")
    viewer.get_by_role("button", name="4:1").click()
    left, top = (float(stage.get_attribute(f"data-{side}") or "") for side in ("left", "top"))
    column, row = 260, 250
    stage.hover(position={"x": left + 4 * column + 2, "y": top + 4 * row + 2})
    values = quartet_pixels(realdata, sample)[:, row, column]
    words = " ".join(viewer.locator(".readout").inner_text().split())
    spoken = " ".join(f"{name} {value}" for name, value in zip(SHORT_NAMES, values, strict=True))
    assert words == f"x {column} y {row} {spoken}"
    expect(viewer.locator(".scale-note")).to_contain_text("512 px, no physical scale known")


def test_a_low_window_keeps_its_room_for_images_and_a_narrow_one_has_two_by_two_channels(
    address: str, browser_page: Page
) -> None:
    viewer = open_images(browser_page, address)
    mixer, strips = viewer.locator(".mixer"), viewer.locator(".strip")
    expect(mixer).to_have_css("position", "sticky")
    assert len({strip.bounding_box()["y"] for strip in strips.all()}) == 1
    browser_page.set_viewport_size({"width": 640, "height": 450})
    expect(mixer).to_have_css("position", "static")
    expect(strips).to_have_count(4)
    assert len({strip.bounding_box()["y"] for strip in strips.all()}) == 2
    assert len({strip.bounding_box()["x"] for strip in strips.all()}) == 2
