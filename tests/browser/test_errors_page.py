"""The Errors page in a real Chromium: click a bar, a cell, a row; see its images; go back."""

import re
from urllib.parse import parse_qsl, quote_plus, urlsplit

from playwright.sync_api import Page, expect

from dashboard.errors.sections import SECTIONS
from hpa_core.data.dataset import Dataset
from hpa_core.workspace import Workspace
from tests.browser.conftest import Serve
from tests.conftest import MakeDataset
from tests.dashboard.test_heat_colours import THEME
from tests.scored import score_dataset

DRAWN_IN = """(colours) => {
    const traces = document.querySelector(".js-plotly-plot")._fullData;
    const scale = traces.find((trace) => trace.type === "heatmap").colorscale;
    return String(scale.map(([, colour]) => colour)) === String(colours);
}"""

PLACE_OF = """([trace, place]) => {
    const chart = document.querySelector(".js-plotly-plot"), drawn = chart._fullData[trace];
    const [across, down] = ["xaxis", "yaxis"].map(
        (axis) => chart._fullLayout[axis + drawn[axis].slice(1)],
    );
    const box = chart.getBoundingClientRect();
    const middle = drawn.type === "bar" ? drawn.y[place] / 2 : drawn.y[place];
    return {
        x: box.left + across._offset + across.d2p(drawn.x[place]),
        y: box.top + down._offset + down.d2p(middle),
        pick: [drawn.customdata[place]].flat()[0],
    };
}"""
HIGHEST = """trace => {
    const heights = [...document.querySelector(".js-plotly-plot")._fullData[trace].y];
    return Math.max(heights.indexOf(Math.max(...heights)), 0);  // 0 where they are names.
}"""
MAIN = "document.querySelector('[data-testid=stMain]')"


def click_datum(page: Page, trace: int, place: int) -> str:
    """Scroll a bar or a point of the page's chart into view, click it, and return its pick."""
    page.wait_for_function("document.querySelector('.js-plotly-plot')?._fullData?.length")
    at = page.evaluate(PLACE_OF, [trace, place])
    page.evaluate(f"{MAIN}.scrollBy(0, {at['y'] - 360})")
    at = page.evaluate(PLACE_OF, [trace, place])
    page.mouse.click(at["x"], at["y"])
    return str(at["pick"])


def click_point(page: Page) -> None:
    """Click the middle of a chart's first point, through whatever lies above it."""
    box = page.locator(".js-plotly-plot .scatterlayer .point").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def go_back(page: Page) -> None:
    """Press the key once it is listened to: with the button that has it."""
    expect(page.get_by_test_id("stBaseButton-secondary").filter(has_text="Back")).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)
    page.keyboard.press("Backspace")


def test_every_kind_of_number_opens_its_images_with_one_click_and_closes_with_one_key(
    workspace: Workspace, make_dataset: MakeDataset, serve: Serve, browser_page: Page
) -> None:
    dataset = make_dataset(samples=140)
    score_dataset(workspace, dataset)
    first, second = (str(each) for each in dataset.ids[dataset.rows("validation")[:2]])
    page = browser_page
    page.goto(f"{serve(workspace)}/errors?dataset=tiny&run=scored&split=validation")
    images = page.locator(".tile")
    expect(page.locator(".js-plotly-plot .barlayer .point").first).to_be_visible()
    sections = page.get_by_test_id("stButtonGroup").first.get_by_role("radio")
    rows = sections.evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(rows) == len(SECTIONS)
    assert len(set(rows)) == 1  # At 1,280 pixels, beside the sidebar.
    bars = page.locator(".js-plotly-plot .barlayer .trace").nth(2).locator(".point path")
    shapes = [bars.nth(place).bounding_box() for place in range(bars.count())]
    wide = next(box for box in shapes if box is not None and box["width"] > 1)
    page.mouse.click(wide["x"] + wide["width"] / 2, wide["y"] + wide["height"] / 2)
    expect(page.get_by_text("are called 27 Rods & rings and do not carry it")).to_be_visible()
    expect(images).to_have_count(1)
    expect(page.get_by_text(second)).to_be_visible()
    expect(page).to_have_url(re.compile("pick=false.27"))
    go_back(page)
    expect(page.get_by_text("Click a bar or a point")).to_be_visible()
    expect(page).not_to_have_url(re.compile("pick="))

    page.get_by_role("radio", name="Confusion").click()
    expect(page.locator(".js-plotly-plot .heatmaplayer image")).to_be_visible()
    page.wait_for_function(DRAWN_IN, arg=THEME["light"]["chartSequentialColors"])
    page.emulate_media(color_scheme="dark")
    page.reload()
    expect(page.locator(".js-plotly-plot .heatmaplayer image")).to_be_visible()
    page.wait_for_function(DRAWN_IN, arg=THEME["dark"]["chartSequentialColors"])
    click_point(page)
    expect(page.get_by_text("have nothing false")).to_be_visible()
    expect(page.get_by_text(first)).to_be_visible()
    go_back(page)
    expect(page.get_by_text("A cell counts the images")).to_be_visible()

    page.get_by_role("radio", name="Label sets").click()
    table = page.get_by_test_id("stDataFrame")
    expect(page.get_by_text("are called exactly their label set")).to_be_visible()
    expect(table).to_have_count(1)  # The one of the confusions is gone.
    table.click(position={"x": 200, "y": 55})  # The first row below the header.
    expect(images).to_have_count(1)
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_text("are called exactly their label set")).to_be_visible()


def test_a_suspicious_label_opens_its_image_and_the_list_is_as_it_was_after_one_key(
    workspace: Workspace, make_dataset: MakeDataset, serve: Serve, browser_page: Page
) -> None:
    score_dataset(workspace, make_dataset(samples=140), mislabelled=7)
    page = browser_page
    link = "dataset=tiny&run=scored&split=validation&atlas=Suspicious+labels"
    page.goto(f"{serve(workspace)}/errors?{link}")
    expect(page.get_by_text("Click a row to see its image")).to_be_visible()
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_have_count(1)
    counted = page.get_by_text("Click a row to see its image")
    both = counted.inner_text()
    page.get_by_role("radio", name="surplus").click()
    expect(page).to_have_url(re.compile("suspicious-kind=surplus"))
    expect(counted).not_to_have_text(both)  # The list is the shorter one.
    expect(table).to_have_count(1)
    table.click(position={"x": 200, "y": 90})
    expect(page).to_have_url(re.compile("image=sample-"))
    reason = page.locator("p", has_text="but scored")
    expect(table).to_have_count(0)
    expect(page.locator(".viewer .tile")).to_have_count(1)  # Drawn last: the key is listened to.
    for told in (reason, page.get_by_role("button", name="Back").first):
        expect(told).to_be_in_viewport(ratio=1)
    number = re.search(r"pick=([0-9]+)", page.url)
    assert number
    expect(page.locator(".score.asked .score-id")).to_have_text(number[1])
    expect(page.get_by_test_id("stBaseButton-secondary")).to_have_count(1)
    go_back(page)
    expect(page.get_by_text("Click a row to see its image")).to_be_visible()
    expect(page).not_to_have_url(re.compile("image="))
    expect(page.get_by_role("radio", name="surplus")).to_be_checked()


def test_back_from_the_images_of_a_pick_leads_to_the_pick_and_the_filter_before(
    tiny: Dataset, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    sample = tiny.ids[tiny.rows("validation")[1]]
    address = f"{serve(workspace)}/errors?atlas=Mistakes&pick=27.{sample}"
    filter_text = browser_page.get_by_label("Filter", exact=True).last
    for began in ("", "labels>=1"):
        browser_page.goto(f"{address}&filter={began}")
        browser_page.get_by_role("link", name="Filter them further").click()
        expect(browser_page.get_by_role("heading", name="Images")).to_be_visible()
        expect(filter_text).to_have_value(f"id:{sample}")
        browser_page.go_back()
        expect(browser_page.get_by_role("heading", name="Errors")).to_be_visible()
        expect(browser_page.get_by_role("button", name="Back")).to_be_visible()
        expect(browser_page.get_by_text("1 image: ")).to_be_visible()
        expect(browser_page).to_have_url(re.compile(f"atlas=Mistakes.*pick=27.{sample}"))
        expect(filter_text).to_have_value(began)


def test_each_chart_opens_what_was_clicked_and_comes_back_as_it_was_left(
    workspace: Workspace, make_dataset: MakeDataset, serve: Serve, browser_page: Page
) -> None:
    score_dataset(workspace, make_dataset(samples=140), mislabelled=7)
    page, address = browser_page, f"{serve(workspace)}/errors?dataset=tiny&run=scored"
    for section, trace, told in (
        ("Mistakes", 0, "Click a point to see its image"),
        ("Spectrum&class=27", 0, "Click a bar for its images"),
        ("Spectrum&class=27&errors-scale=rank", 1, "Click a bar for its images"),
        ("Confusion&errors-cells=residual", 1, "A cell counts the images"),
        ("Groups&errors-by=nucleus+intensity", 0, "Click a group to see its wrong images"),
    ):
        page.goto(f"{address}&split=validation&atlas={section}")
        expect(page.get_by_text(told)).to_be_visible()
        expect(page.locator(".js-plotly-plot")).to_be_visible()
        before = page.url
        pick = click_datum(page, trace, page.evaluate(HIGHEST, trace))
        expect(page).to_have_url(re.compile(f"pick={re.escape(quote_plus(pick))}(&|$)"))
        expect(page.get_by_text(told)).to_have_count(0)
        expect(page.get_by_test_id("stBaseButton-secondary")).to_have_count(1)
        expect(page.locator(".viewer .tile").first).to_be_attached()
        go_back(page)
        expect(page.get_by_text(told)).to_be_visible()
        assert (
            dict(parse_qsl(urlsplit(page.url).query)).items()
            >= dict(parse_qsl(urlsplit(before).query)).items()
        )


def test_back_from_its_images_a_chart_is_scrolled_to_where_it_was_clicked(
    workspace: Workspace, make_dataset: MakeDataset, serve: Serve, browser_page: Page
) -> None:
    score_dataset(workspace, make_dataset(samples=140))
    page, link = browser_page, "dataset=tiny&run=scored&split=validation&atlas=Confusion"
    page.goto(f"{serve(workspace)}/errors?{link}")
    told = page.get_by_text("A cell counts the images")
    expect(told).to_be_visible()
    expect(page.locator(".js-plotly-plot .heatmaplayer image")).to_be_visible()
    page.set_viewport_size({"width": 1920, "height": 720})
    page.wait_for_function("document.querySelector('.js-plotly-plot').clientWidth > 1400")
    click_datum(page, 1, len(page.locator(".scatterlayer .point").all()) - 1)
    left = page.evaluate(f"{MAIN}.scrollTop")
    assert left > 100
    expect(told).to_have_count(0)
    expect(page.locator(".viewer .tile").first).to_be_visible()
    page.wait_for_function(f"{MAIN}.scrollTop === 0")
    go_back(page)
    expect(told).to_be_visible()
    page.wait_for_function(f"{MAIN}.scrollTop === {left}")
