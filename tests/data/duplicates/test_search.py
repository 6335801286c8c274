"""The search by matrix products finds what comparing every pair in every orientation finds."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpa_core.data.duplicates import search
from hpa_core.data.duplicates.hashing import hash_likeness, laid_hashes
from hpa_core.data.duplicates.orientation import ORIENTATIONS
from hpa_core.data.duplicates.search import MOST_PARTNERS, candidate_pairs


def alike_hashes(samples: int, seed: int) -> np.ndarray:
    """Random hashes, some of them noisy turned copies of earlier ones, some blank."""
    rng = np.random.default_rng(seed)
    hashes = rng.normal(0, 22, (samples, 4, 32))
    for row in rng.choice(samples, samples // 3, replace=False):
        turned = laid_hashes(np.rint(hashes[row]), int(rng.integers(8)))
        hashes[int(rng.integers(samples))] = turned + rng.normal(0, 12, (4, 32))
    hashes[rng.random(samples) < 0.05] = 0
    return np.clip(np.rint(hashes), -127, 127).astype(np.int8)


def brute_force(hashes: np.ndarray, least: float) -> dict[tuple[int, int], float]:
    found = {}
    for a, b in combinations(range(len(hashes)), 2):
        best = max(
            float(hash_likeness(hashes[a], laid_hashes(hashes[b], orientation)))
            for orientation in range(len(ORIENTATIONS))
        )
        if best >= least:
            found[a, b] = best
    return found


@pytest.mark.parametrize("block", [7, 256])
@settings(max_examples=10)
@given(samples=st.integers(1, 40), seed=st.integers(0, 2**32 - 1))
def test_the_search_finds_what_brute_force_finds(samples: int, seed: int, block: int) -> None:
    hashes = alike_hashes(samples, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_BLOCK", block)
        found = candidate_pairs(hashes)
    expected = brute_force(hashes, 0.7)
    pairs = list(zip(found.first.tolist(), found.second.tolist(), strict=True))
    assert pairs == sorted(expected)
    assert found.likeness == pytest.approx([expected[pair] for pair in pairs])
    for a, b, orientation, likeness in zip(
        found.first, found.second, found.orientation, found.likeness, strict=True
    ):
        laid = laid_hashes(hashes[b], int(orientation))
        assert hash_likeness(hashes[a], laid) == pytest.approx(likeness)


def test_no_pair_is_found_among_images_without_contrast() -> None:
    assert len(candidate_pairs(np.zeros((5, 4, 32), dtype=np.int8)).first) == 0


def test_a_crowd_of_copies_keeps_the_most_alike_and_counts_the_rest() -> None:
    rng = np.random.default_rng(0)
    one = rng.normal(0, 22, (4, 32))
    crowd = one + rng.normal(0, 2, (60, 4, 32))
    found = candidate_pairs(np.clip(np.rint(crowd), -127, 127).astype(np.int8))
    assert np.bincount(found.first).max() == MOST_PARTNERS
    assert len(found.first) + found.dropped == 60 * 59 // 2
    everything = brute_force(np.clip(np.rint(crowd), -127, 127).astype(np.int8), 0.7)
    of_first = sorted((value for (a, _), value in everything.items() if a == 0), reverse=True)
    assert sorted(found.likeness[found.first == 0], reverse=True) == pytest.approx(
        of_first[:MOST_PARTNERS]
    )
