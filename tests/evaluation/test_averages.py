"""Macro, micro and samples F1: do their intervals hold what other samples of the source give?"""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from hpa_core.evaluation import averages
from hpa_core.evaluation.averages import average_intervals

KINDS = ("macro", "micro", "samples")


def drawn(samples: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return truth and calls of 6 classes, of which the last is rare."""
    rng = np.random.default_rng(seed)
    truth = rng.random((samples, 6)) < np.array([0.4, 0.3, 0.2, 0.2, 0.1, 0.02])
    return truth, np.where(rng.random((samples, 6)) < 0.8, truth, rng.random((samples, 6)) < 0.2)


@pytest.mark.parametrize("seed", range(3))
def test_the_intervals_lie_around_scikit_learns_figures(seed: int) -> None:
    truth, calls = drawn(300, seed)
    found = average_intervals(truth, calls)
    for kind in KINDS:
        low, high = getattr(found, kind)
        assert (low + high) / 2 == pytest.approx(
            f1_score(truth, calls, average=kind, zero_division=0)
        )


def test_micro_and_samples_f1_vary_as_with_samples_drawn_anew() -> None:
    truth, calls = drawn(400, 1)
    rng = np.random.default_rng(0)
    again = [rng.integers(400, size=400) for _ in range(400)]
    found = average_intervals(truth, calls)
    for kind in KINDS[1:]:
        brute = [f1_score(truth[r], calls[r], average=kind, zero_division=0) for r in again]
        low, high = getattr(found, kind)
        assert high - low == pytest.approx(2 * 1.96 * np.std(brute), rel=0.15)


def test_what_was_never_found_leaves_macro_f1_open() -> None:
    truth = np.zeros((200, 2), dtype=bool)
    truth[:100, 0] = truth[:5, 1] = True
    calls = truth.copy()
    calls[:, 1] = False
    found = average_intervals(truth, calls)
    assert found.macro.high - found.macro.low > 0.1, "of five positives nobody knows"
    assert found.micro.high - found.micro.low < 0.1


def test_replicates_in_blocks_are_the_same_replicates(monkeypatch: pytest.MonkeyPatch) -> None:
    truth, calls = drawn(300, 2)
    whole = average_intervals(truth, calls)
    monkeypatch.setattr(averages, "BLOCK_BYTES", 8 * 300)
    for kind in KINDS:
        assert getattr(average_intervals(truth, calls), kind) == pytest.approx(
            getattr(whole, kind), abs=0.004
        )


def test_without_a_sample_there_is_no_interval() -> None:
    with pytest.raises(ValueError, match="without a sample"):
        average_intervals(*np.zeros((2, 0, 6), dtype=bool))


@pytest.mark.parametrize("samples", [300, 1000])
def test_real_scores_lie_in_the_interval_as_often_as_it_says(realdata: Path, samples: int) -> None:
    targets = np.load(realdata / "validation" / "targets.npy") > 0.5
    calls = np.load(realdata / "validation" / "vgg16_probs.npy") >= 0.5
    rng = np.random.default_rng(5)

    def figures(rows: np.ndarray) -> list[float]:
        return [f1_score(targets[rows], calls[rows], average=k, zero_division=0) for k in KINDS]

    expected = np.mean([figures(r) for r in rng.integers(len(targets), size=(200, samples))], 0)
    held = np.zeros(3)
    for rows in rng.integers(len(targets), size=(200, samples)):
        found = average_intervals(targets[rows], calls[rows], replicates=300)
        ends = np.array([getattr(found, kind) for kind in KINDS])
        held += (ends[:, 0] <= expected) & (expected <= ends[:, 1])
    assert (held / 200 >= 0.91).all(), held / 200  # Three standard errors of 200 trials below 0.95.
