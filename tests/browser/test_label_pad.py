"""The label pad in a real Chromium: keys alone, a grid, two people, and a dashboard that dies."""

import signal
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Route, expect

from hpa_core.data.dataset import FILE_SIDE, Dataset, write_dataset
from hpa_core.labeling import Decision, LabelStore, new_key
from hpa_core.workspace import Workspace
from tests.browser.conftest import VIEWPORT, Serve, Server
from tests.browser.pad import SAVED, open_pad, painted


def deeds(store: LabelStore, dataset: Dataset) -> list[tuple[Any, ...]]:
    """What is on the disk: who did what to which image."""
    history = store.history(dataset.info)
    return [(event.annotator, event.sample, event.kind, event.labels) for event in history]


def pressed(pad: Locator) -> list[str]:
    return pad.locator(".label-row[aria-pressed=true] .label-name").all_text_contents()


def test_keys_alone_label_note_undo_and_redo_and_a_grid_is_one_act(
    tiny: Dataset, store: LabelStore, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    address = serve(workspace)
    label_by_keys(open_pad(browser_page, address, "Ana"), browser_page, tiny, store)
    undo_after_a_reload(open_pad(browser_page, address, "Ana"), browser_page, tiny, store)
    asked = {"labelling": "Grid", "label-asked": "Golgi apparatus"}
    answer_a_grid(open_pad(browser_page, address, "Ana", **asked), browser_page, tiny, store)


def given_labels(dataset: Dataset) -> dict[str, list[int]]:
    rows = zip(dataset.ids, dataset.targets, strict=True)
    return {str(sample): row.nonzero()[0].tolist() for sample, row in rows}


def label_by_keys(pad: Locator, browser_page: Page, tiny: Dataset, store: LabelStore) -> None:
    status, press = pad.locator(".save-status"), browser_page.keyboard.press
    given = given_labels(tiny)

    first = painted(pad)
    press("Enter")
    second = painted(pad)
    assert second != first
    added = 10 not in given[second]
    for key in ("r", "l", "r", "Escape", "1"):  # Lysosomes; a stroke begun in vain; the mixer.
        press(key)
    assert ("Lysosomes" in pressed(pad)) == added
    assert (
        browser_page.evaluate("JSON.parse(sessionStorage.getItem('hpa-mixer')).channels[1].on")
        is False
    )
    press("q")
    browser_page.keyboard.type("<b>x</b> nz")  # While a person writes, letters are letters.
    press("Escape")
    press("Enter")
    third = painted(pad)
    press(" ")
    fourth = painted(pad)
    press("u")
    press("z")
    assert painted(pad) == fourth
    press("z")
    assert painted(pad) == third
    press("y")
    assert painted(pad) == fourth
    press("x")
    fifth = painted(pad)
    press(",")
    assert painted(pad) == fourth
    press(".")
    assert painted(pad) == fifth
    expect(status).to_have_text(SAVED)

    edited = sorted({*given[second]} ^ {10})
    accepted = ("Ana", first, "accept", tuple(given[first]))
    history = deeds(store, tiny)
    assert history[0] == accepted
    assert history[1] == ("Ana", second, "label", tuple(edited))
    assert store.state(tiny.info, second).note == "<b>x</b> nz"
    assert [(who, sample, kind) for who, sample, kind, _ in history[2:]] == [
        ("Ana", third, history[2][2]),
        ("Ana", fourth, "unsure"),
        ("Ana", fourth, "undo"),
        ("Ana", third, "undo"),
        ("Ana", third, "redo"),
        ("Ana", fourth, "skip"),
    ]


def undo_after_a_reload(pad: Locator, browser_page: Page, tiny: Dataset, store: LabelStore) -> None:
    """The last of Ana's acts is not hers any more: a new visit takes back the one before it."""
    hint, press = pad.locator(".pad-hint"), browser_page.keyboard.press
    *_, second, third, fourth = dict.fromkeys(sample for _, sample, *_ in deeds(store, tiny))
    state = store.state(tiny.info, fourth)
    taken = Decision(sample=fourth, base=state.version, kind="label", labels=(5,))
    store.record([taken], by="Bo", dataset=tiny.info, key=new_key())
    assert painted(pad) not in {second, third, fourth}
    press("z")
    assert painted(pad) == third
    expect(hint).to_contain_text(f"Bo gave Nuclear bodies to {fourth} at ")
    expect(hint).to_contain_text("what you did there stays.")
    press("z")
    assert painted(pad) == second
    expect(pad.locator(".pad-hint")).to_be_hidden()
    press("y")
    expect(pad.locator(".save-status")).to_have_text(SAVED)
    expect(pad.locator(".progress")).to_contain_text("0 decided on this visit")
    assert [(who, sample, kind) for who, sample, kind, _ in deeds(store, tiny)[-3:]] == [
        ("Ana", third, "undo"),
        ("Ana", second, "undo"),
        ("Ana", second, "redo"),
    ]


def answer_a_grid(pad: Locator, browser_page: Page, tiny: Dataset, store: LabelStore) -> None:
    status, press = pad.locator(".save-status"), browser_page.keyboard.press
    given = given_labels(tiny)
    tiles = pad.locator(".question .tile")
    expect(tiles).to_have_count(48)
    expect(pad.locator(".question canvas").first).not_to_have_attribute("width", "1")
    known = len(deeds(store, tiny))
    boxes = [tiles.nth(at).bounding_box() for at in range(4)]
    centres = [(box["x"] + box["width"] / 2, box["y"] + 20) for box in boxes if box]
    browser_page.mouse.move(*centres[1])
    browser_page.mouse.down()
    browser_page.mouse.move(*centres[2], steps=4)
    browser_page.mouse.move(*centres[3], steps=4)
    browser_page.mouse.up()
    tiles.nth(2).click()
    marked = [tiles.nth(at).locator(".tile-id").text_content() for at in (1, 3)]
    shown = tiles.locator(".tile-id").all_text_contents()
    counted = pad.locator(".question .image-place")
    expect(counted).to_have_text("2 yes, 46 no")  # The model calls few of them so.
    pad.get_by_label("Answer of all images that are not marked").select_option("yes")
    expect(counted).to_have_text("46 yes, 2 no")
    press("Enter")
    expect(status).to_have_text(SAVED)
    expect(tiles.first.locator(".tile-id")).not_to_have_text(shown[0])
    answers = {sample: labels for _, sample, _, labels in deeds(store, tiny)[known:]}
    assert answers.keys() == {*shown}
    for sample, labels in answers.items():
        others = {*given[sample]} - {7}
        if sample in marked:
            assert labels == (tuple(sorted(others)) or None)  # Without any class: unsure.
        else:
            assert labels == tuple(sorted({*given[sample], 7}))
    press("z")
    expect(tiles.first.locator(".tile-id")).to_have_text(shown[0])
    expect(status).to_have_text(SAVED)
    acts = {event.act for event in store.history(tiny.info)[known:]}
    assert len(acts) == 2
    assert all(store.state(tiny.info, sample).labels is None for sample in shown)


def test_an_image_that_does_not_come_is_said_and_tried_again(
    tiny: Dataset, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    browser_page.route("**/hpa/tiles/**", lambda route: route.abort())
    pad = open_pad(browser_page, serve(workspace), "Ana")
    fault, said = pad.locator(".one .fault"), pad.locator(".stage-message")
    expect(fault).to_contain_text("could not be loaded. The server did not answer.")
    expect(said).to_contain_text("is not here")
    browser_page.unroute_all()
    fault.get_by_role("button", name="Try again").click()
    painted(pad)
    expect(fault).to_be_hidden()
    expect(said).to_be_hidden()


def test_an_image_is_mixed_and_described_as_on_the_page_images(
    tiny: Dataset, workspace: Workspace, serve: Serve, browser_page: Page
) -> None:
    manifest = tiny.manifest.assign(**{FILE_SIDE: 1728})
    write_dataset(tiny.folder, manifest, name="tiny", source="kaggle", image_size=32)
    address = serve(workspace)
    link = {"split": "train", "label-need": "random"}
    pad = open_pad(browser_page, address, "Ana", **link)
    legend, alone = pad.locator(".stage-legend li"), pad.get_by_label("This image alone")
    asked = painted(pad)
    expect(pad.locator(".scale-note")).to_contain_text("scaled down from 1728 × 1728 px")
    browser_page.goto(f"{address}/images?dataset=tiny&image={asked}")
    browser_page.get_by_label("This image alone").check()
    browser_page.keyboard.press("2")
    open_pad(browser_page, address, "Ana", **link)
    assert painted(pad) == asked
    expect(legend).to_have_text(["protein"])
    browser_page.keyboard.press(".")
    assert painted(pad) != asked
    expect(legend).to_have_count(4)
    browser_page.keyboard.press(",")
    pad.locator("summary:has-text('Channel mixer')").click()
    expect(alone).to_be_checked()
    alone.uncheck()
    expect(legend).to_have_count(4)


def test_two_people_never_overwrite_each_other_and_a_killed_dashboard_loses_nothing(
    tiny: Dataset,
    store: LabelStore,
    workspace: Workspace,
    start_server: Callable[..., Server],
    browser: Browser,
    browser_page: Page,
) -> None:
    server = start_server(workspace)
    ana = open_pad(browser_page, server.url, "Ana", **{"label-need": "random"})
    contested = painted(ana)
    store.release(by="Ana", dataset=tiny.info)  # As when a lease has run out.
    context = browser.new_context(viewport=VIEWPORT)
    other = context.new_page()
    bo = open_pad(other, server.url, "Bo", **{"label-need": "random"})
    assert painted(bo) == contested
    other.keyboard.press("v")
    other.keyboard.press("Enter")
    expect(bo.locator(".save-status")).to_have_text(SAVED)
    context.close()

    browser_page.keyboard.press("e")
    browser_page.keyboard.press("Enter")
    conflict = ana.locator(".conflicts li")
    expect(conflict).to_contain_text("Bo said: ")
    expect(conflict).to_contain_text("You said: ")
    assert {who for who, *_ in deeds(store, tiny)} == {"Bo"}
    conflict.get_by_role("button", name="Put mine in its place").click()
    expect(conflict).to_have_count(0)
    expect(ana.locator(".save-status")).to_have_text(SAVED)
    [his, hers] = store.history(tiny.info, samples=[contested])
    assert (his.annotator, hers.annotator, hers.version) == ("Bo", "Ana", 2)
    assert 6 in (hers.labels or ()) or 6 in (his.labels or ())

    # The first of four decisions reaches the disk, but its answer never the browser.
    def lose_answer(route: Route) -> None:
        if not lost:
            lost.append(route.fetch())
            server.process.send_signal(signal.SIGSTOP)
        route.abort()

    lost: list[Any] = []

    browser_page.route("**/acts", lose_answer)
    decided = []
    for _ in range(4):
        decided.append(painted(ana))
        browser_page.keyboard.press("Enter")
    expect(ana.locator(".save-status")).to_contain_text("4 not yet saved")
    server.kill()
    browser_page.unroute("**/acts")
    assert [sample for _, sample, *_ in deeds(store, tiny)[2:]] == decided[:1]
    keys = browser_page.evaluate(
        "Object.keys(localStorage).filter(name => name.startsWith('hpa-act'))"
    )
    assert len(keys) == 4

    start_server(workspace, port=server.port)
    expect(ana.locator(".save-status")).to_have_text(SAVED)
    assert [sample for _, sample, *_ in deeds(store, tiny)[2:]] == decided
    store.check(tiny.info)
    browser_page.reload()
    assert painted(ana) not in decided
    assert len(deeds(store, tiny)) == 6
