"""Nearest neighbours against brute force, and what cannot be asked."""

import numpy as np
import pytest

from hpa_core.errors import ScoresError
from hpa_core.evaluation.neighbours import nearest_rows


def test_the_neighbours_are_those_of_highest_cosine_after_standardising() -> None:
    embeddings = np.random.default_rng(0).normal(size=(60, 5)) * [1, 10, 0.1, 3, 100] + 7
    points = (embeddings - embeddings.mean(axis=0)) / embeddings.std(axis=0)
    cosine = np.corrcoef(points) * 0
    for row, one in enumerate(points):
        lengths = np.linalg.norm(points, axis=1) * np.linalg.norm(one)
        cosine[row] = points @ one / lengths
    np.fill_diagonal(cosine, -2)
    expected = np.argsort(-cosine, axis=1)[:, :4]
    assert np.array_equal(nearest_rows(embeddings, 4), expected)
    asked = np.array([7, 3])
    assert np.array_equal(nearest_rows(embeddings, 4, rows=asked), expected[asked])


def test_a_sample_is_never_its_own_neighbour_even_among_copies() -> None:
    embeddings = np.repeat(np.eye(2), 5, axis=0)
    found = nearest_rows(embeddings, 3)
    assert found.shape == (10, 3)
    assert not (found == np.arange(10)[:, None]).any()
    assert (found // 5 == np.arange(10)[:, None] // 5).all()


def test_fewer_samples_than_neighbours_give_all_others() -> None:
    assert nearest_rows(np.eye(3), 10).shape == (3, 2)


@pytest.mark.parametrize("embeddings", [np.ones((1, 3)), np.array([[np.nan], [1.0]])])
def test_what_has_no_neighbours_is_refused(embeddings: np.ndarray) -> None:
    with pytest.raises(ScoresError):
        nearest_rows(embeddings, 1)
