"""Repeat-factor and class-aware sampling, against their formulas and a literal sampler."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hpa_core.imbalance.planning import plan_copies
from hpa_core.imbalance.presets import PLAN_PRESETS
from hpa_core.imbalance.steps import ClassAware, CopyClasses, RepeatFactor

tables = arrays(bool, st.tuples(st.integers(1, 40), st.just(4)))


@given(tables, st.floats(0.001, 1), st.integers(0, 3))
def test_a_sample_is_repeated_by_the_factor_of_its_rarest_class(
    targets: np.ndarray, threshold: float, seed: int
) -> None:
    copies = plan_copies(targets, [RepeatFactor(threshold=threshold)], seed=seed)
    frequencies = targets.mean(axis=0)
    for row, times in zip(targets, copies, strict=True):
        factors = [max(1.0, (threshold / f) ** 0.5) for f in frequencies[row]]
        assert abs(times - max(factors, default=1.0)) < 1 + 1e-6


def test_the_papers_threshold_reaches_the_three_rarest_classes(real_targets: np.ndarray) -> None:
    copies = plan_copies(real_targets, [RepeatFactor(threshold=0.001)], seed=0)
    rare = real_targets[:, [10, 15, 27]].any(axis=1)  # 28, 21 and 11 of 31,072
    assert (copies[~rare] == 1).all()
    assert copies[real_targets[:, 27]].sum() == pytest.approx(11 * (31.072 / 11) ** 0.5, abs=1)


def test_the_preset_repeats_what_is_rarer_than_the_median_class(real_targets: np.ndarray) -> None:
    (step,) = PLAN_PRESETS["repeat-factor"](real_targets)
    copies = plan_copies(real_targets, [step], seed=0)
    counts = real_targets.sum(axis=0)
    rare = real_targets[:, counts < np.median(counts)].any(axis=1)
    assert (copies[~rare] == 1).all()
    assert copies[rare].mean() > 1.2


def used_up_in_turn(things: list[int], rng: np.random.Generator) -> Iterator[int]:
    """Yield from a shuffled list, shuffled anew whenever it is used up, as the paper says."""
    while True:
        yield from rng.permutation(things).tolist()


@given(tables, st.floats(0.1, 4), st.integers(0, 3))
def test_class_aware_sampling_draws_as_evenly_as_a_literal_sampler(
    targets: np.ndarray, length: float, seed: int
) -> None:
    ones = np.ones(len(targets), dtype=np.int64)
    copies = ClassAware(length=length).apply(ones, targets, rng=np.random.default_rng(seed))
    rng = np.random.default_rng(seed)
    members = {c: np.flatnonzero(targets[:, c]).tolist() for c in range(4) if targets[:, c].any()}
    epoch = round(len(targets) * length) if members else 0
    samplers = {c: used_up_in_turn(rows, rng) for c, rows in members.items()}
    classes = used_up_in_turn(list(members), rng)
    literal = np.zeros(len(targets), dtype=int)
    for _ in range(epoch):
        literal[next(samplers[next(classes)])] += 1
    assert copies.sum() == literal.sum() == epoch
    # Each class's draws, and each sample's among them, differ by one at most from turn to turn.
    assert (np.abs(copies - literal) <= 2 * targets.sum(axis=1)).all()


def test_class_aware_sampling_gives_every_class_the_same_number_of_draws() -> None:
    targets = np.zeros((111, 3), dtype=bool)
    targets[:100, 0] = targets[100:110, 1] = targets[110:, 2] = True
    copies = plan_copies(targets, [ClassAware(length=3.0)], seed=0)
    assert [copies[:100].sum(), copies[100:110].sum(), copies[110:].sum()] == [111, 111, 111]
    assert set(copies[:100]) == {1, 2}
    assert set(copies[100:110]) == {11, 12}


def test_class_aware_sampling_weighs_samples_by_the_copies_so_far() -> None:
    targets = np.array([[True, False], [True, True]])
    steps = [CopyClasses(factors={1: 3}), ClassAware(length=10.0)]
    # 4 samples shown, so 40 draws: 20 of the first class from a list of 1 + 3, 20 of the second.
    assert plan_copies(targets, steps, seed=0).tolist() == [5, 35]
