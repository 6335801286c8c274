"""The previews route, asked over real HTTP, against the file that a job left."""

import numpy as np
import pytest

from hpa_core.data.previews import FILE, read_preview, write_preview
from hpa_core.workspace import Workspace
from tests.data.test_previews import some_preview


@pytest.mark.parametrize("kind", ["thumbnails", "images"])
def test_a_previews_pictures_come_as_a_datasets_do(get, workspace: Workspace, kind: str) -> None:
    folder = workspace.job("augment-1")
    folder.mkdir()
    write_preview(folder / FILE, some_preview())
    stored = read_preview(folder / FILE)
    answer = get(f"/hpa/previews/augment-1/{stored.written}/{kind}?rows=2,0")
    assert answer.status == 200
    array = stored.thumbnails if kind == "thumbnails" else stored.preview.images
    count, size = np.frombuffer(answer.body[:8], "<u4")
    assert (count, size) == (2, array.shape[-1])
    assert answer.body[8:] == array[[2, 0]].tobytes()
    older = get(f"/hpa/previews/augment-1/{stored.written - 1}/{kind}?rows=0")
    assert (older.status, "was made again" in older.text) == (404, True)
    assert get(f"/hpa/previews/augment-1/{stored.written}/about?rows=0").status == 404


@pytest.mark.parametrize("name", ["none", "..", "%2e%2e", "..%2f..%2fetc", "a%00b"])
def test_a_name_that_is_no_preview_is_never_opened(get, name: str) -> None:
    assert get(f"/hpa/previews/{name}/1/images?rows=0").status == 404
