"""The mixer's settings, what they may be, and how they change."""

import itertools
from typing import Any

import numpy as np
import pytest

from tests.components.channel_viewer.conftest import Javascript

# Simulation of full dichromacy in linear RGB: Machado, Oliveira & Fernandes, IEEE TVCG 15 (2009).
DICHROMACY = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def test_the_plain_mixer_shows_the_stored_bytes(javascript: Javascript) -> None:
    mixer = javascript("core.plainMixer()")
    for channel in mixer["channels"]:
        assert (channel["on"], channel["lo"], channel["hi"], channel["gamma"]) == (True, 0, 255, 1)


def test_a_solo_channel_is_alone_and_all_come_back(javascript: Javascript) -> None:
    solo = javascript("core.solo(core.plainMixer(), 2)")
    assert [channel["on"] for channel in solo["channels"]] == [False, False, True, False]
    assert all(channel["on"] for channel in javascript("core.showAll(input)", solo)["channels"])


def test_grey_leaves_one_channel_on_because_greys_cannot_be_told_apart(
    javascript: Javascript,
) -> None:
    grey = javascript("core.withPreset(core.plainMixer(), 'grey')")
    assert sum(channel["on"] for channel in grey["channels"]) == 1
    kept = javascript("core.withPreset(core.solo(core.plainMixer(), 3), 'grey')")
    assert [channel["on"] for channel in kept["channels"]] == [False, False, False, True]


def test_grey_is_left_for_what_was_shown_before_it(javascript: Javascript) -> None:
    expression = """(() => {
        const two = core.withChannel(core.withChannel(core.withPreset(core.plainMixer(), 'safe'),
            0, { on: false }), 3, { on: false });
        const stored = core.parseMixer(JSON.stringify(core.withPreset(two, 'grey')));
        const grey = core.withChannel(core.solo(stored, 3), 2, { lo: 7 });
        return { two, grey, next: core.withPreset(grey, 'okabe'), all: core.showAll(grey),
            linked: core.showAll(core.readMixerText(core.mixerText(grey))),
            toggled: core.withChannel(grey, 1, { on: true }) };
    })()"""
    found = javascript(expression)
    colors = {name: preset["colors"] for name, preset in javascript("core.PRESETS").items()}

    def shown(name: str, field: str = "on") -> list[Any]:
        return [channel[field] for channel in found[name]["channels"]]

    assert shown("grey") == [False, False, False, True]
    assert shown("next") == shown("two") == [False, True, True, False]
    assert shown("next", "color") == colors["okabe"]
    assert shown("next", "lo") == [0, 0, 7, 0]
    assert (shown("all"), shown("all", "color")) == ([True] * 4, colors["safe"])
    assert found["all"]["preset"] == "safe"
    assert (shown("linked"), shown("linked", "color")) == ([True] * 4, colors["hpa"])
    assert shown("toggled") == [False, True, False, False]
    assert "before" not in found["next"]
    assert "before" not in found["all"]


def test_a_colour_of_ones_own_leaves_the_preset(javascript: Javascript) -> None:
    mixer = javascript("core.withChannel(core.plainMixer(), 1, { color: '#123456' })")
    assert mixer["preset"] == "custom"
    assert mixer["channels"][1]["color"] == "#123456"


def test_settings_survive_being_stored(javascript: Javascript) -> None:
    mixer = javascript(
        "core.withLimits(core.withPreset(core.plainMixer(), 'okabe'), input)", LIMITS
    )
    assert javascript("core.parseMixer(JSON.stringify(input))", mixer) == mixer


def test_settings_survive_a_link(javascript: Javascript) -> None:
    expression = """[core.plainMixer(), core.withPreset(core.plainMixer(), 'okabe'),
        core.withChannel({ ...core.plainMixer(), inverted: true }, 1, { color: '#123456' }),
        core.withChannel({ ...core.plainMixer(), perImage: true }, 3, { on: false, gamma: 0.35 }),
        core.withLimits(core.plainMixer(), input),
    ].map((mixer) => [mixer, core.readMixerText(core.mixerText(mixer))])"""
    for before, after in javascript(expression, LIMITS):
        assert after == before


def test_the_plain_mixer_is_one_word_in_a_link(javascript: Javascript) -> None:
    assert javascript("core.mixerText(core.plainMixer())") == "plain"


@pytest.mark.parametrize("sample", ["sample-0071", "a*b*", "", "<script>"])
def test_settings_of_one_image_survive_a_link(javascript: Javascript, sample: str) -> None:
    mixer = javascript("core.solo(core.plainMixer(), 2)")
    found = javascript("core.readAloneText(core.aloneText(...input))", [sample, mixer])
    assert found == [sample, mixer]


@pytest.mark.parametrize("text", ["", "hpa", "hpa-0-0_1-ff0000-9-3-1", "x_y_z_1_2", "a" * 5000])
def test_a_link_with_something_else_in_it_is_not_taken(javascript: Javascript, text: str) -> None:
    assert javascript("core.readMixerText(input)", text) is None


def test_an_inverted_legend_shows_the_colours_that_are_seen(javascript: Javascript) -> None:
    mixer = "{ ...core.solo(core.plainMixer(), 1), inverted: true }"
    legend = javascript(f"core.shownChannels({mixer})")
    assert [(entry["stain"], entry["color"]) for entry in legend] == [("protein", "#ff00ff")]


LIMITS = [{"lo": 1, "hi": 100}, {"lo": 2, "hi": 90}, {"lo": 3, "hi": 80}, {"lo": 4, "hi": 70}]


@pytest.mark.parametrize(
    "broken",
    [
        {"lo": 200, "hi": 100},
        {"lo": -1},
        {"hi": 256},
        {"lo": 0.5},
        {"gamma": 0},
        {"gamma": None},
        {"color": "red"},
        {"color": "#12345"},
        {"on": "yes"},
    ],
)
def test_stored_settings_that_cannot_be_meant_are_not_taken(
    javascript: Javascript, broken: dict
) -> None:
    mixer = javascript("core.plainMixer()")
    mixer["channels"][1].update(broken)
    assert javascript("core.parseMixer(JSON.stringify(input))", mixer) is None


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '{"channels": [1, 2, 3, 4]}', "7"])
def test_a_store_with_something_else_in_it_is_not_taken(javascript: Javascript, text: str) -> None:
    assert javascript("core.parseMixer(input)", text) is None


def test_no_storage_at_all_is_not_taken(javascript: Javascript) -> None:
    assert javascript("core.parseMixer(null)") is None


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of linear RGB."""
    xyz = TO_XYZ @ np.clip(rgb, 0, 1) / TO_XYZ.sum(axis=1)
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def linear(color: str) -> np.ndarray:
    level = np.frombuffer(bytes.fromhex(color[1:]), np.uint8) / 255
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("sight", list(DICHROMACY))
def test_colours_called_safe_stay_apart_for_the_colour_blind(
    javascript: Javascript, sight: str
) -> None:
    presets = javascript("core.PRESETS")
    safe = {k: v["colors"] for k, v in presets.items() if "Colour-blind safe" in v["title"]}
    assert len(safe) == 2
    matrix = np.array(DICHROMACY[sight])
    for name, colors in safe.items():
        seen = [lab(matrix @ linear(color)) for color in colors]
        nearest = min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2))
        assert nearest > 30, (name, sight, nearest, colors)
