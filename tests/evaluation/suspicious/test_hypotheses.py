"""What may be wrong with a sample's labels, on label sets whose mistakes are known."""

from itertools import product

import numpy as np
import pytest
from scipy.special import expit

from hpa_core.evaluation.suspicious.calibration import ErrorRates, usual_shares
from hpa_core.evaluation.suspicious.hypotheses import (
    mistake_log_odds,
    size_steps,
    swapped_share,
)


def one_label_each(*, swapped: float, samples: int = 3_000) -> tuple[np.ndarray, np.ndarray]:
    """Draw one class of five a sample, log-odds that tell it, and labels, some of them swapped."""
    rng = np.random.default_rng(2)
    shown = rng.choice(5, samples, p=[0.4, 0.3, 0.2, 0.07, 0.03])
    presence = rng.normal(-3, 1.5, (samples, 5))
    presence[np.arange(samples), shown] += 5
    labels = np.where(rng.random(samples) < swapped, rng.permutation(shown), shown)
    return presence, labels[:, None] == np.arange(5)


@pytest.mark.parametrize("share", [0.0, 0.04, 0.15])
def test_how_often_labels_are_swapped_is_learnt_from_samples_with_one_label(share: float) -> None:
    presence, targets = one_label_each(swapped=share)
    assert swapped_share(presence, targets) == pytest.approx(share, abs=0.012)


def test_scores_that_confuse_two_classes_are_not_taken_for_swapped_labels() -> None:
    presence, targets = one_label_each(swapped=0.0)
    assert swapped_share(4 * presence, targets) < 0.02


def test_sizes_are_held_against_classes_that_come_and_go_by_themselves() -> None:
    presence = np.array([[0.3, -1.0, 0.5], [2.0, -0.2, -3.0]])
    targets = np.array([[True, False, False], [True, True, False]])
    expected = np.zeros(7)
    for row in expit(presence):
        for there in product([0, 1], repeat=3):
            expected[sum(there)] += np.prod(np.where(there, row, 1 - row))
    seen = np.array([0, 1, 1, 0, 0, 0, 0])
    excess = np.log((seen + 0.01) / (expected + 1))
    more, fewer = size_steps(presence, targets)
    assert more == pytest.approx([excess[2] - excess[1], excess[3] - excess[2]])
    assert fewer == pytest.approx([excess[0] - excess[1], excess[1] - excess[2]])


def test_a_samples_only_label_is_suspicious_only_in_the_place_of_another() -> None:
    presence, targets = one_label_each(swapped=0.0)
    both = np.arange(5) == np.array([[0], [0], [1]])
    both[1, 3] = True
    found = np.array([[-2.0, -5, -5, -5, -5], [-2.0, -5, -5, -2, -5], [3.0, -2, -5, -5, -5]])
    presence, targets = np.vstack([presence, found]), np.vstack([targets, both])
    targets[:900, 4] = True  # Samples with two labels are common here.
    alone, beside, swapped = mistake_log_odds(presence, targets, ErrorRates())[-3:]
    assert alone[0] < beside[0] - 3
    assert swapped[1] > alone[0] + 3
    assert swapped[0] > beside[2] + 3  # The other half of that swap.


def test_a_swap_is_weighed_as_its_two_halves_and_its_rate_say() -> None:
    presence = np.array([[-1.0, 0.5, -4.0]] * 2)
    targets = np.array([[True, False, False], [True, False, True]])
    rates = ErrorRates(lost=0.1, mistaken=0.2)
    usual = usual_shares(targets)
    more, fewer = size_steps(presence, targets)
    swap = 0.0005 / 1 * np.exp(-presence[0, 0]) * usual[0] / usual.sum()
    lost = 0.1 * np.exp(presence[0, 1] + more[0])
    mistaken = 0.2 * usual[0] * np.exp(-presence[0, 0] + fewer[0])
    found = mistake_log_odds(presence, targets, rates)[0]
    assert np.exp(found[1]) == pytest.approx(lost + swap * np.exp(presence[0, 1]))
    others = np.exp(presence[0, 1:]).sum()
    assert np.exp(found[0]) == pytest.approx(mistaken + swap * others)
