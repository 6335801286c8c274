"""The composite under Node, against its formula in numpy."""

import numpy as np
import pytest

from tests.components.channel_viewer.conftest import Javascript
from tests.composites import assert_shows, channel, random_channels

PAINT = """input.cases.map(({ planes, channels }) => Array.from(
    core.composite(Uint8Array.from(planes), channels, new Uint8ClampedArray(planes.length),
        input.inverted)))"""


def painted(
    javascript: Javascript, cases: list[tuple[np.ndarray, list[dict]]], *, inverted: bool = False
) -> list[np.ndarray]:
    given = [{"planes": planes.ravel().tolist(), "channels": mixer} for planes, mixer in cases]
    shapes = [(*planes.shape[1:], 4) for planes, _ in cases]
    found = javascript(PAINT, {"cases": given, "inverted": inverted})
    return [np.array(flat).reshape(shape) for flat, shape in zip(found, shapes, strict=True)]


def test_a_composite_is_the_clamped_sum_of_its_channels(javascript: Javascript) -> None:
    rng = np.random.default_rng(0)
    cases = [
        (rng.integers(0, 256, (4, 16, 16), dtype=np.uint8), random_channels(rng)) for _ in range(60)
    ]
    for (planes, mixer), pixels in zip(cases, painted(javascript, cases), strict=True):
        assert_shows(pixels, planes, mixer)
    inverted = painted(javascript, cases, inverted=True)
    for (planes, mixer), pixels in zip(cases, inverted, strict=True):
        assert_shows(pixels, planes, mixer, inverted=True)


@pytest.mark.parametrize("inverted", [False, True])
def test_a_part_is_mixed_as_in_the_whole_and_nothing_beside_it(
    javascript: Javascript, inverted: bool
) -> None:
    rng = np.random.default_rng(4)
    planes, mixer = rng.integers(0, 256, (4, 16, 16), dtype=np.uint8), random_channels(rng)
    given = {"planes": planes.ravel().tolist(), "channels": mixer, "inverted": inverted}
    mixed = javascript(
        """[null, { left: 3, top: 5, width: 7, height: 4 }].map((part) => Array.from(
            core.composite(Uint8Array.from(input.planes), input.channels,
                new Uint8ClampedArray(1024), input.inverted, part)))""",
        given,
    )
    whole, part = (np.array(flat).reshape(16, 16, 4) for flat in mixed)
    inside = np.zeros((16, 16), dtype=bool)
    inside[5:9, 3:10] = True
    np.testing.assert_array_equal(part[inside], whole[inside])
    assert not part[~inside].any()


def test_every_preset_shows_what_its_colours_say(javascript: Javascript) -> None:
    presets = javascript("Object.values(core.PRESETS).map(({ colors }) => colors)")
    assert len(presets) >= 4
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    planes = np.stack([levels, levels.T, levels[::-1], levels[:, ::-1]])
    cases = [(planes, [channel(color) for color in colors]) for colors in presets]
    for (_, mixer), pixels in zip(cases, painted(javascript, cases), strict=True):
        assert_shows(pixels, planes, mixer)


def test_switching_a_channel_off_never_changes_what_the_others_add(javascript: Javascript) -> None:
    planes = np.full((4, 2, 2), 100, dtype=np.uint8)
    both = [
        channel("#ff0000"),
        channel("#00ff00"),
        channel("#0000ff"),
        channel("#ffffff", on=False),
    ]
    alone = [both[0], *({**other, "on": False} for other in both[1:])]
    together, single = painted(javascript, [(planes, both), (planes, alone)])
    assert (together[..., 0] == single[..., 0]).all()
    assert (together[..., :3] == 100).all()
    assert (single[..., 1:3] == 0).all()


def test_limits_that_do_not_rise_are_refused(javascript: Javascript) -> None:
    with pytest.raises(AssertionError, match="limits must rise"):
        javascript("core.levelTable(input)", channel("#ffffff", lo=9, hi=9))


def test_a_halved_image_is_the_mean_of_squares_of_four(javascript: Javascript) -> None:
    planes = np.random.default_rng(3).integers(0, 256, (4, 6, 6), dtype=np.uint8)
    found = javascript(
        "Array.from(core.halvePlanes(Uint8Array.from(input), 6))", planes.ravel().tolist()
    )
    means = planes.reshape(4, 3, 2, 3, 2).mean(axis=(2, 4))
    np.testing.assert_array_equal(np.array(found).reshape(4, 3, 3), np.floor(means + 0.5))
