"""Where an image lies on the stage."""

import pytest

from tests.components.channel_viewer.conftest import Javascript

STAGE = {"width": 900, "height": 500}


@pytest.mark.parametrize("side", [80, 500, 4000])
@pytest.mark.parametrize("across", [-1, 0, 1])
@pytest.mark.parametrize("down", [-1, 0, 1])
def test_a_quarter_of_the_image_or_the_stage_stays_in_sight(
    javascript: Javascript, side: int, across: int, down: int
) -> None:
    wanted = {"scale": 2, "left": across * 1e5, "top": down * 1e5}
    held = javascript("core.heldView(...input)", [wanted, side, STAGE])
    assert held["scale"] == 2
    for start, room in ((held["left"], STAGE["width"]), (held["top"], STAGE["height"])):
        seen = min(start + side, room) - max(start, 0)
        assert seen >= min(side, room) / 4


def test_a_view_that_shows_enough_is_left_alone(javascript: Javascript) -> None:
    view = {"scale": 1, "left": -200.5, "top": 120}
    assert javascript("core.heldView(...input)", [view, 512, STAGE]) == view


def test_zooming_keeps_the_pixel_under_the_pointer(javascript: Javascript) -> None:
    expression = """[0.5, 3, 40].map((factor) => {
        const view = { scale: 2, left: -30, top: 12 };
        const next = core.zoomedView(view, factor, 101, 77, 1.5);
        return [core.pixelUnder(view, 101, 77, 512), core.pixelUnder(next, 101, 77, 512)];
    })"""
    for before, after in javascript(expression):
        assert before == after == {"column": 65, "row": 32}


def test_a_place_beside_the_image_is_no_pixel(javascript: Javascript) -> None:
    view = {"scale": 2, "left": 10, "top": 10}
    places = [[9, 20], [20, 9], [10 + 2 * 64, 20], [20, 10 + 2 * 64]]
    expression = "input.places.map(([x, y]) => core.pixelUnder(input.view, x, y, 64))"
    assert javascript(expression, {"view": view, "places": places}) == [None] * 4


def test_fitting_is_a_whole_factor_where_one_is_near(javascript: Javascript) -> None:
    scales = javascript(
        "[519, 512, 500, 560, 1030, 1200].map((room) => core.fitScale(512, room, 2000))"
    )
    assert scales == [1, 1, 500 / 512, 560 / 512, 2, 1200 / 512]


def test_an_image_at_one_to_one_lies_on_whole_pixels(javascript: Javascript) -> None:
    view = javascript("core.centredView(1, 256, 256, { width: 701, height: 555 })")
    assert view == {"scale": 1, "left": 95, "top": 22}


@pytest.mark.parametrize(
    ("view", "size", "expected"),
    [
        ({"scale": 1, "left": -100, "top": -20}, 512, (99, 19, 302, 202)),
        ({"scale": 1, "left": -100, "top": -20}, 256, (49, 9, 152, 102)),  # The same, halved.
        ({"scale": 4, "left": -402, "top": 3}, 512, (99, 0, 78, 51)),
        ({"scale": 0.25, "left": 86, "top": 36}, 512, (0, 0, 512, 512)),
        ({"scale": 1, "left": 400, "top": 0}, 512, (0, 0, 0, 201)),
    ],
)
def test_the_part_of_an_image_that_a_stage_shows(
    javascript: Javascript, view, size, expected
) -> None:
    given = {"view": view, "spread": 512 * view["scale"], "size": size}
    part = javascript(
        "core.seenPart(input.view, input.spread, input.size, { width: 300, height: 200 })", given
    )
    assert (part["left"], part["top"], part["width"], part["height"]) == expected


def test_the_size_says_what_an_image_was_scaled_down_from(javascript: Javascript) -> None:
    for known in (0, 512):
        assert javascript("core.sizeNote(512, input)", known) == (
            "512 × 512 px, no physical scale known"
        )
    assert javascript("core.sizeNote(512, 2048)") == (
        "512 × 512 px, scaled down from 2048 × 2048 px, no physical scale known"
    )
