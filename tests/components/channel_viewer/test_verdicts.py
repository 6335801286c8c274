"""What is said of a sample's classes."""

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
