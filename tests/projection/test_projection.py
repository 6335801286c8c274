"""Points on a plane: the same by seed, as good as they say, kept until the predictions change."""

import importlib
import json

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors
from typer.testing import CliRunner

from hpa_core.cli.app import app
from hpa_core.errors import RunError, ScoresError
from hpa_core.projection.methods import project
from hpa_core.projection.projecting import features_of, project_run
from hpa_core.projection.quality import measure_quality
from hpa_core.projection.store import projection_path, read_projection
from hpa_core.runs.folder import RunFolder, RunInfo, create_run
from hpa_core.runs.predictions import Predictions, write_predictions
from hpa_core.workspace import Workspace

GROUPS = np.arange(90) % 3


@pytest.fixture
def features() -> np.ndarray:
    """Return three groups far apart in twelve dimensions."""
    rng = np.random.default_rng(0)
    return (rng.normal(size=(3, 12)) * 9)[GROUPS] + rng.normal(size=(90, 12))


@pytest.fixture
def run(workspace: Workspace, features: np.ndarray) -> RunFolder:
    made = create_run(workspace, RunInfo(id="embedded", kind="scores"))
    write_run(made, features)
    return made


def write_run(run: RunFolder, features: np.ndarray | None) -> None:
    probs = np.random.default_rng(1).random((90, 28)).astype(np.float32)
    ids = np.array([f"image-{row}" for row in range(90)])
    embeddings = None if features is None else features.astype(np.float16)
    write_predictions(run, "validation", Predictions(ids=ids, probs=probs, embeddings=embeddings))


def kept_by_brute_force(features: np.ndarray, points: np.ndarray, nearest: int) -> float:
    before, after = (
        NearestNeighbors(n_neighbors=nearest).fit(values).kneighbors(return_distance=False)
        for values in (features, points)
    )
    shares = [len({*one} & {*other}) / nearest for one, other in zip(before, after, strict=True)]
    return float(np.mean(shares))


def test_quality_is_scikit_learns_over_all_samples(features: np.ndarray) -> None:
    points = np.random.default_rng(3).normal(size=(90, 2)) + features[:, :2]
    found = measure_quality(features, points, neighbours=7)
    assert found.trustworthiness == pytest.approx(trustworthiness(features, points, n_neighbors=7))
    assert found.neighbours_kept == pytest.approx(kept_by_brute_force(features, points, 7))


def test_tsne_keeps_groups_together_and_repeats_itself_by_seed(features: np.ndarray) -> None:
    points = project(features, "tsne", seed=4)
    np.testing.assert_array_equal(points, project(features, "tsne", seed=4))
    nearest = NearestNeighbors(n_neighbors=5).fit(points).kneighbors(return_distance=False)
    assert (GROUPS[nearest] == GROUPS[:, None]).all()
    assert np.abs(points).max() == pytest.approx(1)


def test_pca_is_scikit_learns_but_for_frame_and_sign(features: np.ndarray) -> None:
    points = project(features, "pca")
    expected = PCA(2).fit_transform(features)
    for axis in range(2):
        agreement = np.corrcoef(points[:, axis], expected[:, axis])[0, 1]
        assert abs(agreement) == pytest.approx(1, abs=1e-6)


def test_a_projection_is_kept_until_the_predictions_change(
    run: RunFolder, features: np.ndarray
) -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int, *, unit: str, note: str = "") -> None:
        told.append((done, total))

    first = project_run(run, "validation", progress=progress)
    assert told[-1] == (750, 750)
    stored = read_projection(run, "validation", "tsne")
    assert stored is not None
    np.testing.assert_array_equal(stored.points, first.points)
    assert stored.trustworthiness == first.trustworthiness
    told.clear()
    assert project_run(run, "validation", progress=progress).key == first.key
    assert not told
    write_run(run, features * 2)
    assert project_run(run, "validation", method="pca").features == "embeddings"
    assert project_run(run, "validation").key != first.key


def test_scores_without_embeddings_are_projected_by_their_log_odds(run: RunFolder) -> None:
    write_run(run, None)
    assert project_run(run, "validation", method="pca").features == "scores"
    probs = np.array([[0.0, 0.5, *[1.0] * 26]], dtype=np.float32)
    logits = features_of(Predictions(ids=np.array(["a"]), probs=probs))
    assert np.isfinite(logits).all()
    assert logits[0, 1] == 0


def test_what_cannot_be_projected_is_said(run: RunFolder, features: np.ndarray) -> None:
    with pytest.raises(RunError, match="no predictions of 'test'"):
        project_run(run, "test")
    with pytest.raises(ScoresError, match="at least 4 images; found 3"):
        project(features[:3], "tsne")
    project_run(run, "validation", method="pca")
    projection_path(run, "validation", "pca").write_bytes(b"PK\3\4")
    assert read_projection(run, "validation", "pca") is None
    assert len(project_run(run, "validation", method="pca").ids) == 90


def test_the_command_says_how_far_the_plane_can_be_trusted(
    workspace: Workspace, run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HPA_WORKSPACE", str(workspace.root))
    importlib.import_module("hpa_core.cli.projecting")  # Adds its command.
    ended = CliRunner().invoke(app, ["project", run.id, "--method", "pca", "--json"])
    assert ended.exit_code == 0, ended.stderr
    said = json.loads(ended.stdout)
    assert said["samples"] == 90
    stored = read_projection(run, "validation", "pca")
    assert stored is not None
    assert said["neighbours_kept"] == stored.neighbours_kept
