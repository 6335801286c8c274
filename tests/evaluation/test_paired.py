"""Paired differences against scikit-learn, and what they may claim of data made for it."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from hpa_core.evaluation.paired import (
    Difference,
    class_differences,
    macro_difference,
    macro_f1,
    repeated_f1,
)

C, R, B = 4, 2, 30


def made_up(seed: int, *, samples: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    targets = rng.random((samples, C)) < [0.6, 0.3, 0.1, 0.05]
    return targets, flipped(targets, rng, repeats=R)


def flipped(targets: np.ndarray, rng, *, repeats: int, share: float = 0.1) -> np.ndarray:
    """Call the truth, but for a share of wrong decisions."""
    return targets ^ (rng.random((repeats, *targets.shape)) < share)


def sklearn_f1(targets, calls, weights) -> np.ndarray:
    return np.mean(
        [
            f1_score(targets, one, average=None, zero_division=0, sample_weight=weights)
            for one in calls
        ],
        axis=0,
    )


def test_f1_is_scikit_learns_mean_over_the_repeats() -> None:
    targets, calls = made_up(0)
    scored = repeated_f1(targets, calls, replicates=B)
    assert np.allclose(scored.f1, sklearn_f1(targets, calls, None), atol=1e-12)
    assert scored.by_repeat.shape == (R, C)


@pytest.mark.parametrize("grouped", [False, True])
def test_a_replicate_is_scikit_learns_f1_with_every_group_as_often_as_it_was_drawn(
    grouped: bool,
) -> None:
    targets, calls = made_up(1)
    groups = np.random.default_rng(2).integers(15, size=60).astype(str) if grouped else None
    scored = repeated_f1(targets, calls, groups=groups, replicates=B, seed=5)
    numbers = np.arange(60) if groups is None else np.unique(groups, return_inverse=True)[1]
    times = np.random.default_rng(5).poisson(1.0, (B, numbers.max() + 1))
    assert scored.drawn.shape == (B, C)
    for drawn, found in zip(times, scored.drawn, strict=True):
        assert np.allclose(found, sklearn_f1(targets, calls, drawn[numbers]), atol=1e-12)


def test_the_same_calls_do_not_differ_and_nothing_is_claimed() -> None:
    targets, calls = made_up(4)
    one, other = (repeated_f1(targets, calls, replicates=B, seed=7) for _ in range(2))
    for found in (macro_difference(one, other), *class_differences(one, other)):
        assert (found.value, found.low, found.high) == (0, 0, 0)
        assert found.verdict == "cannot tell"


def test_a_clear_gain_helps_and_seen_from_the_other_side_hurts() -> None:
    rng = np.random.default_rng(5)
    targets = rng.random((400, C)) < 0.3
    good, bad = (
        repeated_f1(targets, flipped(targets, rng, repeats=R, share=share)) for share in (0.05, 0.3)
    )
    there, back = macro_difference(good, bad), macro_difference(bad, good)
    assert (there.verdict, back.verdict) == ("helps", "hurts")
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert {one.verdict for one in class_differences(good, bad)} == {"helps"}


def test_pairing_cancels_what_both_find_hard() -> None:
    """One flip in ten is common to both; unpaired, that would hide the few that are not."""
    rng = np.random.default_rng(6)
    targets = rng.random((500, C)) < 0.3
    common = flipped(targets, rng, repeats=1, share=0.1)
    worse = common ^ (rng.random(common.shape) < 0.01)
    one, other = repeated_f1(targets, common), repeated_f1(targets, worse)
    paired = macro_difference(one, other)
    alone = macro_f1(one)
    assert paired.high - paired.low < (alone.high - alone.low) / 2


def test_class_intervals_are_wide_enough_for_all_classes_at_once() -> None:
    rng = np.random.default_rng(8)
    one_class = rng.random((300, 1)) < 0.3
    pair = [
        repeated_f1(one_class, flipped(one_class, rng, repeats=R), replicates=B) for _ in range(2)
    ]
    assert class_differences(*pair)[0] == macro_difference(*pair)
    targets = rng.random((150, 28)) < 0.3
    false_claims = 0
    for _ in range(25):
        pair = [
            repeated_f1(targets, flipped(targets, rng, repeats=3), replicates=60) for _ in range(2)
        ]
        found = class_differences(*pair)
        false_claims += any(row.verdict != "cannot tell" for row in found)
    assert false_claims <= 4  # One is meant; more than 4 have a chance of 1 in 100.


def test_repeats_that_disagree_widen_the_interval() -> None:
    """Both repeats together call as well as the other way, but each far better or far worse."""
    rng = np.random.default_rng(9)
    targets = rng.random((400, C)) < 0.3
    even = repeated_f1(targets, flipped(targets, rng, repeats=2, share=0.2))
    uneven = np.concatenate(
        [flipped(targets, rng, repeats=1, share=share) for share in (0.05, 0.4)]
    )
    there = macro_difference(repeated_f1(targets, uneven), even)
    repeats = repeated_f1(targets, uneven).by_repeat.mean(axis=1) - even.by_repeat.mean(axis=1)
    assert there.high - there.value > 1.96 * repeats.std(ddof=1) / np.sqrt(2)
    assert there.verdict == "cannot tell"


def test_an_interval_that_touches_zero_cannot_tell() -> None:
    assert Difference(value=0.1, low=0.0, high=0.2).verdict == "cannot tell"
    assert Difference(value=-0.1, low=-0.2, high=0.0).verdict == "cannot tell"


def test_macro_f1_stays_between_0_and_1() -> None:
    targets = np.eye(C, dtype=bool)
    perfect = macro_f1(repeated_f1(targets, targets[None], replicates=B))
    assert perfect.value == 1
    assert perfect.high == 1
    assert 0 <= perfect.low < 1
