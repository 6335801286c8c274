"""Samples small enough to be read one at a time, and expressions of every form."""

import numpy as np
from hypothesis import strategies as st

from hpa_core.classes import N_CLASSES
from hpa_core.selections.expression import (
    COMPARISONS,
    COUNTS,
    FIELDS,
    KINDS,
    VERDICTS,
    Among,
    And,
    Counted,
    Everything,
    Expression,
    HasClass,
    IdContains,
    Not,
    Or,
    Saved,
    Scored,
    WholeSet,
)
from hpa_core.selections.identities import Identities
from hpa_core.selections.samples import Samples

NAMES = ("train", "validation", "TRAIN", "atlas", "Ünusual name", 'a"b\\c', "7", "921", "or", "")
SPLITS, SOURCES = ("train", "validation", "7"), ("atlas", "Atlas", "Ünusual name", "")
"""What the samples' dataset knows; some of it none of the samples has."""

IDS = ("7_921_B9_2", "7_922_A1_1", "88_921_A1_1", "7_921_B9", "aBc", "abd")


def tuples_of(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(values, min_size=1, max_size=3).map(tuple)


def conditions(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Expression]:
    """Every condition; `texts` are the values of its fields."""
    classes = st.integers(0, N_CLASSES - 1)
    compare = st.sampled_from(COMPARISONS)
    return st.one_of(
        st.just(Everything()),
        st.builds(HasClass, st.sampled_from(KINDS), st.just(()) | tuples_of(classes)),
        st.builds(WholeSet, st.sampled_from(VERDICTS)),
        st.builds(Among, st.sampled_from(FIELDS), tuples_of(texts)),
        st.builds(IdContains, texts),
        st.builds(Counted, st.sampled_from(COUNTS), compare, st.integers(0, 28)),
        st.builds(Scored, classes, compare, st.floats(0, 1)),
    )


def expressions(
    texts: st.SearchStrategy[str], *, saved: bool = False
) -> st.SearchStrategy[Expression]:
    """Conditions, and what they make together."""
    one = conditions(texts)
    leaves = one | st.builds(Saved, texts) if saved else one
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            *(
                st.builds(form, st.lists(inner, min_size=2, max_size=3).map(tuple))
                for form in (And, Or)
            ),
        ),
        max_leaves=8,
    )


def random_samples(seed: int, *, count: int = 30) -> Samples:
    """Samples whose every value is drawn, some of them without a label."""
    rng = np.random.default_rng(seed)
    targets = rng.random((count, N_CLASSES)) < 0.06
    ids = [f"{IDS[row % len(IDS)]}{'' if row < len(IDS) else f'-{row}'}" for row in range(count)]
    probs = rng.choice([0.0, 0.25, 0.3, 0.5, 1.0], (count, N_CLASSES)).astype(np.float32)
    return Samples(
        rows=np.arange(count),
        identities=Identities(np.array(ids)),
        splits=rng.choice(["train", "validation"], count),
        sources=rng.choice(["atlas", "Ünusual name", ""], count),
        targets=targets,
        probs=probs,
        calls=targets ^ (rng.random(targets.shape) < 0.02),
        annotators={name: rng.random(count) < 0.4 for name in ("7", "or")},
        known_splits=SPLITS,
        known_sources=SOURCES,
    )
