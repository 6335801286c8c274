"""Copies of the real quartets are found, and different images are not taken for copies.

Here each quartet is copied in one way; `python -m benchmarks.duplicates` measures all ways on all.
"""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from hpa_core.data.duplicates.finding import LEAST_SIMILARITY, FoundPairs, find_pairs
from hpa_core.data.duplicates.orientation import INVERSE, laid
from hpa_core.workspace import Workspace
from tests.planted import PROMISED, quarters, real_quartets, write_images

QUARTETS = 60
KINDS = [list(PROMISED)[row % len(PROMISED)] for row in range(QUARTETS)]


@pytest.fixture(scope="module")
def quartets(realdata: Path) -> np.ndarray:
    return real_quartets(realdata)[1]


def search(
    workspace: Workspace, images: np.ndarray, *, least: float = LEAST_SIMILARITY
) -> FoundPairs:
    ids = [f"s{row}" for row in range(len(images))]
    return find_pairs(write_images(workspace, images, ids, name="planted"), least=least)


def test_every_kind_of_copy_is_found_and_nothing_else(
    quartets: np.ndarray, workspace: Workspace
) -> None:
    rng = np.random.default_rng(0)
    copies = [PROMISED[kind](quartet, rng) for kind, quartet in zip(KINDS, quartets, strict=True)]
    found = search(workspace, np.concatenate([quartets, np.stack(copies)]))
    assert (found.second - found.first).tolist() == [QUARTETS] * len(found.first)
    hits = Counter(KINDS[row] for row in found.first)
    missed = Counter(KINDS) - hits
    # Heavy noise can hide an image of nearly nothing; every other copy is found.
    assert set(missed) <= {"noise of 5 to 20 levels"}
    assert missed.total() <= 1


def test_the_orientation_found_lays_the_copy_on_the_original(
    quartets: np.ndarray, workspace: Workspace
) -> None:
    copies = np.stack([laid(quartet, row) for row, quartet in enumerate(quartets[:8])])
    found = search(workspace, np.concatenate([quartets[:8], copies]))
    assert list(zip(found.first, found.second, strict=True)) == [(row, row + 8) for row in range(8)]
    assert found.orientation.tolist() == list(INVERSE)
    assert found.similarity.min() > 0.99
    assert found.exact.tolist() == [True] + [False] * 7  # the others lie otherwise
    assert found.looked_at == 8


def test_quarters_of_one_image_are_different_images(
    quartets: np.ndarray, workspace: Workspace
) -> None:
    """They share plate, stain and cell line, and partly cells: as near as different ones get."""
    found = search(workspace, quarters(quartets), least=0.0)
    assert found.samples == 240
    assert found.looked_at < 20  # of 28,680 pairs
    assert found.similarity.max() < LEAST_SIMILARITY - 0.1
