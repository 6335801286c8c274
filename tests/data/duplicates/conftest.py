"""Small datasets whose copies are known: random pixels, repeated under other ids."""

from collections.abc import Callable

import numpy as np
import pytest

from hpa_core.data.dataset import Dataset
from hpa_core.workspace import Workspace
from tests.planted import write_images

CopiedDataset = Callable[..., Dataset]


@pytest.fixture
def copied(workspace: Workspace) -> CopiedDataset:
    """Return a function that writes 24 images of 32 px: s0 to s23, two thirds of them `train`.

    `copies` names rows that repeat an earlier row's pixels, `hashes` those that have its hash too.
    """

    def make(
        *,
        copies: dict[int, int] | None = None,
        hashes: dict[int, int] | None = None,
        name: str = "copied",
        **columns: object,
    ) -> Dataset:
        rng = np.random.default_rng(0)
        images = rng.integers(0, 256, (24, 4, 32, 32), dtype=np.uint8)
        names = [f"{row:064x}" for row in range(24)]
        for row, source in {**(copies or {}), **(hashes or {})}.items():
            images[row] = images[source]
        for row, source in (hashes or {}).items():
            names[row] = names[source]
        standard = {
            "targets": [[row % 4] for row in range(24)],
            "split": ["validation" if row % 3 == 2 else "train" for row in range(24)],
            "sha256": names,
        }
        ids = [f"s{row}" for row in range(24)]
        return write_images(workspace, images, ids, name=name, **(standard | columns))

    return make
