"""The keys of 28 classes: none clashes, each is read as what it says."""

import pytest

from hpa_core.classes import CLASS_NAMES
from tests.components.label_pad.conftest import Javascript

MIXER = [*"01234", "a", "i", "+", "-"]


def test_the_default_keys_reach_every_class_once_and_nothing_else(javascript: Javascript) -> None:
    found = javascript(
        """const reader = new core.KeyReader(core.DEFAULT_KEYS);
        return { keys: core.DEFAULT_KEYS, actions: core.ACTION_KEYS,
                 fault: core.keyFault(core.DEFAULT_KEYS, names),
                 read: core.DEFAULT_KEYS.map(
                   (strokes) => [...strokes].map((key) => reader.read(key)).at(-1)),
                 mixer: input.map((key) => reader.read(key)) };""",
        MIXER,
    )
    assert found["fault"] is None
    assert found["read"] == [{"class": number} for number in range(len(CLASS_NAMES))]
    assert len({keys[0] for keys in found["keys"]} & {*found["actions"], *MIXER}) == 0
    assert found["mixer"] == [None] * len(MIXER)


def test_a_second_stroke_that_leads_nowhere_does_nothing(javascript: Javascript) -> None:
    assert javascript(
        """const reader = new core.KeyReader(core.DEFAULT_KEYS);
        return ['r', 'enter', 'n', 'r', 'escape', 'enter'].map((key) => reader.read(key));"""
    ) == [
        {"begun": "r"},
        {"begun": ""},
        {"class": 0},
        {"begun": "r"},
        {"begun": ""},
        {"action": "save"},
    ]


@pytest.mark.parametrize(
    ("strokes", "sentence"),
    [
        ("", "needs a key"),
        ("nnn", "more than two"),
        ("é", "neither a letter nor a digit"),
        ("1", "channel mixer"),
        ("a", "channel mixer"),
        ("u", "means unsure"),
        ("ux", "means unsure"),
        ("c", f"in the way of {CLASS_NAMES[25]}"),
        ("r", f"in the way of {CLASS_NAMES[8]}"),
        ("no", None),
        ("7", None),
    ],
)
def test_a_key_that_cannot_be_told_apart_is_refused_by_name(
    javascript: Javascript, strokes: str, sentence: str | None
) -> None:
    fault = javascript(
        "return core.keyFault([input, ...core.DEFAULT_KEYS.slice(1)], names);", strokes
    )
    if sentence is None:
        assert fault is None
    else:
        assert fault.startswith(f"{CLASS_NAMES[0]}: ")
        assert sentence in fault


def test_keys_are_remembered_and_broken_ones_are_not_taken(javascript: Javascript) -> None:
    own, broken, none = javascript(
        """const store = new Store(), own = ['no', ...core.DEFAULT_KEYS.slice(1)];
        core.rememberKeys(store, own);
        const kept = core.recallKeys(store, names);
        core.rememberKeys(store, ['1', ...core.DEFAULT_KEYS.slice(1)]);
        return [kept[0], core.recallKeys(store, names)[0], core.recallKeys(null, names)[0]];"""
    )
    assert (own, broken, none) == ("no", "n", "n")
