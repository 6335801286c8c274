"""What is said of a sample's classes, and where an image lies on the stage."""

import pytest

from tests.components.channel_viewer.conftest import Javascript


@pytest.mark.parametrize(
    ("truth", "calls", "expected"),
    [
        ([2, 5], [5, 7], [(5, "found"), (2, "missed"), (7, "false")]),
        ([2], None, [(2, "truth")]),
        (None, [3], [(3, "called")]),
        ([], [], []),
        ([1], [], [(1, "missed")]),
        (None, None, []),
    ],
)
def test_each_class_gets_the_verdict_of_truth_and_calls(
    javascript: Javascript, truth, calls, expected
) -> None:
    found = javascript("core.verdicts(input)", {"truth": truth, "calls": calls})
    assert [(item["id"], item["verdict"]) for item in found] == expected


def test_a_sample_is_read_aloud_with_its_verdicts(javascript: Javascript) -> None:
    tile = {"id": "s", "truth": [0], "calls": [1]}
    spoken = javascript("core.spoken(input, ['Golgi', 'Cytosol'])", tile)
    assert spoken == "s: Golgi missed, Cytosol false"


def test_a_class_that_is_true_in_part_says_its_share(javascript: Javascript) -> None:
    tile = {"id": "s", "truth": [0, 1], "calls": None, "shares": [0.704, 1, 0]}
    spoken = javascript("core.spoken(input, ['Golgi', 'Cytosol', 'Nucleoli'])", tile)
    assert spoken == "s: 70 % Golgi truth, Cytosol truth"


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


@pytest.mark.parametrize(
    ("tile", "number", "expected"),
    [
        ({"probs": [0.25, 0.12345]}, 1, "Cytosol 0.123"),
        ({"probs": [0.25, 0.12345]}, 0, "Golgi 0.250"),
        ({"probs": [0.25, 0.12345]}, None, ""),
        ({"probs": None}, 1, ""),
    ],
)
def test_a_tile_shows_the_score_of_the_class_that_is_asked_for(
    javascript: Javascript, tile, number, expected
) -> None:
    found = javascript("core.scoreText(input[0], ['Golgi', 'Cytosol'], input[1])", [tile, number])
    assert found == expected
