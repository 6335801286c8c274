"""The points route, asked over real HTTP, against the projection in the run."""

import numpy as np
import pytest

from hpa_core.projection.projecting import project_run
from hpa_core.workspace import Workspace
from tests.scored import score_dataset


@pytest.fixture
def dataset(make_dataset):
    return make_dataset()


@pytest.fixture
def made(workspace: Workspace, dataset):
    return project_run(score_dataset(workspace, dataset), "validation", method="pca")


@pytest.mark.parametrize("known", [True, False])
def test_the_points_come_as_they_lie_in_the_run(get, made, dataset, known: bool) -> None:
    content = dataset.info.hash if known else "none"
    answer = get(f"/hpa/points/scored/validation/pca/{made.key}/{content}")
    assert answer.status == 200
    assert np.frombuffer(answer.body[:4], "<u4").item() == len(made.ids)
    count = len(made.ids)
    points = np.frombuffer(answer.body[4 : 4 + 8 * count], "<f4").reshape(-1, 2)
    np.testing.assert_array_equal(points, made.points)
    rows = np.frombuffer(answer.body[4 + 8 * count :], "<i4")
    if known:
        assert dataset.ids[rows].tolist() == made.ids.tolist()
    else:
        assert (rows == -1).all()
        assert "changed" in get(f"/hpa/points/scored/validation/pca/{made.key}/older").text


@pytest.mark.parametrize(
    "path",
    ["scored/validation/pca/older", "scored/validation/umap/key", "scored/test/pca/key"]
    + [f"{name}/validation/pca/key" for name in ("none", "..", "%2e%2e%2fetc", "a%00b")],
)
def test_what_is_no_projection_is_never_opened(get, made, path: str) -> None:
    assert get(f"/hpa/points/{path}/none").status == 404
