"""What colours the points of the embedding map: mistakes, a class, its score, labels, source.

Axes: N points, M judged samples.
"""

import numpy as np
from jaxtyping import Int
from plotly.colors import sample_colorscale, unlabel_rgb

from dashboard.charts import (
    BLUE,
    CLASS_LABELS,
    GREEN,
    GREY,
    ORANGE,
    OUTCOMES,
    PINK,
    RED,
    SKY,
    YELLOW,
)
from dashboard.components.point_map import NOT_SHOWN, Colouring, Scale
from dashboard.errors.judged import Judged

MISTAKES, CLASS, SCORE, LABEL, SOURCE = "mistakes", "a class", "a score", "rarest label", "source"
MODES = (MISTAKES, CLASS, SCORE, LABEL, SOURCE)
OF_CLASS = (CLASS, SCORE)
"""Modes that need a class."""

PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, RED, YELLOW)
SHADES = [GREY, ORANGE, RED]
"""Of scores: all of them can be seen on light and on dark ground."""
STEPS = 64
SHAPES = {MISTAKES: (0, 1, 2, 3), CLASS: (0, 0, 1, 2)}
"""Of levels that say what calls come to: missed a ring, false a cross, both a square."""


def colour_points(
    judged: Judged, place: Int[np.ndarray, " N"], mode: str, number: int
) -> Colouring:
    """Colour every point of a projection.

    Args:
        judged: what the page is about.
        place: of each point's sample in what is judged; -1 for one that is not.
        mode: one of `MODES`.
        number: the class, for those in `OF_CLASS`.
    """
    if mode == SCORE:
        return _by_score(judged, place, number)
    if mode == CLASS:
        return _levels(mode, place, *_by_class(judged, number))
    if mode == MISTAKES:
        return _levels(mode, place, *_by_mistake(judged))
    values = judged.samples.sources if mode == SOURCE else _rarest_label(judged)
    return _levels(mode, place, *_by_frequency(values))


def _by_class(judged: Judged, number: int) -> tuple[np.ndarray, list[str], list[str]]:
    true, called = judged.targets[:, number], judged.calls[:, number]
    levels = np.select([true & called, true & ~called, ~true & called], [1, 2, 3], 0)
    return levels, [GREY, *OUTCOMES.values()], ["neither", *OUTCOMES]


def _by_mistake(judged: Judged) -> tuple[np.ndarray, list[str], list[str]]:
    missed = (judged.targets & ~judged.calls).any(axis=1)
    false = (judged.calls & ~judged.targets).any(axis=1)
    levels = np.select([missed & false, missed, false], [3, 1, 2], 0)
    labels = ["right", "missed only", "false only", "missed and false"]
    return levels, [GREY, OUTCOMES["missed"], OUTCOMES["false"], PINK], labels


def _rarest_label(judged: Judged) -> np.ndarray:
    """Return each sample's true class of the fewest positives, in words."""
    counts = judged.targets.sum(axis=0)
    rank = np.where(judged.targets, counts, counts.max() + 1)
    names = np.array(CLASS_LABELS)
    return np.asarray(names[rank.argmin(axis=1)])


def _by_frequency(values: np.ndarray) -> tuple[np.ndarray, list[str], list[str]]:
    """Give the most frequent values a colour each, the largest first, and the rest one together."""
    names, level, counts = np.unique(values, return_inverse=True, return_counts=True)
    largest = np.argsort(-counts, kind="stable")[: len(PALETTE)]
    new = np.zeros(len(names), dtype=np.int64)
    new[largest] = np.arange(1, len(largest) + 1)
    labels = ["others", *(str(names[each]) for each in largest)]
    return new[level], [GREY, *PALETTE[: len(largest)]], labels


def _by_score(judged: Judged, place: np.ndarray, number: int) -> Colouring:
    levels = np.minimum((judged.probs[:, number] * STEPS).astype(np.int64), STEPS - 1)
    shades = sample_colorscale(SHADES, np.linspace(0, 1, STEPS).tolist())
    colours = ["#{:02x}{:02x}{:02x}".format(*map(round, unlabel_rgb(shade))) for shade in shades]
    return Colouring(
        mode=SCORE,
        levels=_spread(levels, place),
        colours=colours,
        scale=Scale(title=f"score of {CLASS_LABELS[number]}", low=0.0, high=1.0),
    )


def _levels(
    mode: str, place: np.ndarray, levels: np.ndarray, colours: list[str], labels: list[str]
) -> Colouring:
    return Colouring(
        mode=mode,
        levels=_spread(levels, place),
        colours=colours,
        labels=labels,
        shapes=SHAPES.get(mode, ()),
    )


def _spread(levels: np.ndarray, place: np.ndarray) -> np.ndarray:
    return np.where(place < 0, NOT_SHOWN, levels[place]).astype(np.uint8)
