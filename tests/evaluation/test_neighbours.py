"""Nearest neighbours against brute force, and what cannot be asked."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from hpa_core.errors import ScoresError
from hpa_core.evaluation.neighbours import Neighbourhood, nearest_rows


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
    for row in range(60):
        rows, cosines = Neighbourhood(embeddings.astype(np.float32)).nearest(row, 4)
        assert rows.tolist() == expected[row].tolist()
        np.testing.assert_allclose(cosines, cosine[row][rows], atol=1e-4)
    asked = np.array([7, 3])
    assert np.array_equal(nearest_rows(embeddings, 4, rows=asked), expected[asked])


def test_a_sample_is_never_its_own_neighbour_even_among_copies() -> None:
    embeddings = np.repeat(np.eye(2), 5, axis=0)
    found = nearest_rows(embeddings, 3)
    assert found.shape == (10, 3)
    assert not (found == np.arange(10)[:, None]).any()
    assert (found // 5 == np.arange(10)[:, None] // 5).all()


def test_one_sample_is_asked_about_across_chunks_of_half_precision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hpa_core.evaluation.neighbours.CHUNK", 7)
    embeddings = np.random.default_rng(1).normal(size=(50, 8)).astype(np.float16)
    neighbourhood = Neighbourhood(embeddings)
    for row in (0, 6, 7, 49):
        assert neighbourhood.nearest(row, 5)[0].tolist() == (
            nearest_rows(embeddings, 5, rows=np.array([row]))[0].tolist()
        )
    assert len(neighbourhood.nearest(3, 100)[0]) == 49


@pytest.mark.parametrize("threads", [1, 2])
def test_a_search_in_parts_finds_what_one_search_finds_equals_too(threads: int) -> None:
    rng = np.random.default_rng(2)
    embeddings = rng.normal(size=(300, 16))[rng.integers(0, 300, 9_000)].astype(np.float16)
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        told.append((done, total))

    with threadpool_limits(threads):
        found = nearest_rows(embeddings, 10, progress=progress)
        assert np.array_equal(found, found_at_once(embeddings, 10))
    steps = [0, 2048, 4096, 6144, 9000] if threads == 1 else [0, 4096, 9000]
    assert told == [(done, 9000) for done in steps]


def found_at_once(embeddings: np.ndarray, k: int) -> np.ndarray:
    """Ask scikit-learn about all rows in one call; leave each one, or else the last, out."""
    points = embeddings.astype(np.float32)
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    search = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(points)
    rows = search.kneighbors(points, return_distance=False).tolist()
    return np.array([[each for each in row if each != own][:k] for own, row in enumerate(rows)])


def test_fewer_samples_than_neighbours_give_all_others() -> None:
    assert nearest_rows(np.eye(3), 10).shape == (3, 2)


@pytest.mark.parametrize("embeddings", [np.ones((1, 3)), np.array([[np.nan], [1.0]])])
def test_what_has_no_neighbours_is_refused(embeddings: np.ndarray) -> None:
    with pytest.raises(ScoresError):
        nearest_rows(embeddings, 1)
