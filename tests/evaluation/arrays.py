"""Small score files for hypothesis: few distinct values, so that ties are the rule."""

import numpy as np
from hypothesis import strategies as st

LEVELS = (0.0, 0.1, 0.25, 0.5, 0.5000000000000001, 0.75, 1.0)
"""Scores and thresholds share these, so that a score often lies exactly on the threshold."""


@st.composite
def scored(draw: st.DrawFn, *, most: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Draw probabilities and truth of 1 to `most` samples and 1 to 4 classes."""
    samples, classes = draw(st.integers(1, most)), draw(st.integers(1, 4))
    size = samples * classes
    scores = draw(st.lists(st.sampled_from(LEVELS), min_size=size, max_size=size))
    truth = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    shape = (samples, classes)
    return np.array(scores).reshape(shape), np.array(truth).reshape(shape)


@st.composite
def scored_with_thresholds(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw the same, and a threshold for each class."""
    probs, targets = draw(scored())
    classes = probs.shape[1]
    chosen = draw(st.lists(st.sampled_from(LEVELS), min_size=classes, max_size=classes))
    return probs, targets, np.array(chosen)
